"""IndexTTS-2 and 2.5 as an engine: lines of several characters decoded together, each landing on its budget.

A voice is a recording (`ref:voices/ben.wav`). A line goes text → segments → codes (several candidates, one kept) →
spectrogram of exactly the mel frames asked for → sound. Lines are decoded shortest first, many at a time; their sound
is made a few at a time, on an accelerator while the next ones are decoded.

N codes, D width of the GPT, T semantic rows, F mel frames.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from indextts_post.audio import Samples, audible_span
from indextts_post.cast import VoiceInfo
from indextts_post.errors import TextError
from indextts_post.files import content_hash, value_hash
from indextts_post.notices import Notice
from indextts_post.plan import LengthPredictor, Natural, syllable_count
from indextts_post.synthesis.indextts2.acoustic import SpokenLine
from indextts_post.synthesis.indextts2.batching import Batches
from indextts_post.synthesis.indextts2.budget import TextBounds, choose
from indextts_post.synthesis.indextts2.builder import Studio
from indextts_post.synthesis.indextts2.decoding import Decoded, DecodeRequest, decode
from indextts_post.synthesis.indextts2.emotion import blended
from indextts_post.synthesis.indextts2.feelings import Feeling, Feelings
from indextts_post.synthesis.indextts2.length_regulator import elastic_map
from indextts_post.synthesis.indextts2.pacing import elasticity
from indextts_post.synthesis.indextts2.phrases import FRAME_SAMPLES, SAMPLE_RATE, Phrases, phrase_budgets
from indextts_post.synthesis.indextts2.recordings import Recording, found_recordings, read_recording, recording_path
from indextts_post.synthesis.indextts2.references import KnownVoice
from indextts_post.synthesis.indextts2.text import Segment
from indextts_post.synthesis.protocol import Request, Spoken, Unspeakable, Utterance

VERSION = 1
"""Counts up when the same request would sound different though the weights are the same."""
CANDIDATES = 3
"""Candidates of each phrase: as many rows as the reference has beams."""
LINES_AT_ONCE = 10
"""Lines decoded together; each has `CANDIDATES` rows."""
SOUNDED_AT_ONCE = {"cpu": 2, "mps": 4, "cuda": 8}
"""Lines whose sound is made together."""
_NATURAL_REACH = (Fraction(1, 2), Fraction(2))
_LIKELY = -0.7
"""Log-probability from which on the decoder itself held ending likelier than not."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class _Line:
    """A request made ready: whose voice, which feeling, which parts, and the rows before the codes of each part."""

    request: Request
    voice: KnownVoice
    recording: Recording
    feeling: Feeling
    phrases: Phrases
    prefixes: tuple[Tensor, ...]
    seeds: tuple[int, ...]
    content: str


@dataclass(frozen=True)
class _DecodedLine:
    """A line and the candidate kept of each of its parts."""

    line: _Line
    kept: tuple[Decoded, ...]


class IndexTts2Engine:
    """Keeps `synthesis.Engine`. `folders` are searched for recordings; `lengths` keeps what was learned of lengths."""

    name = "indextts2"
    sample_rate = SAMPLE_RATE

    def __init__(
        self,
        studio: Studio,
        folders: Sequence[Path],
        *,
        lengths: Path | None = None,
        notices: list[Notice] | None = None,
        candidates: int = CANDIDATES,
        lines_at_once: int = LINES_AT_ONCE,
        overlap: bool | None = None,
    ) -> None:
        self._studio, self._folders, self._candidates = studio, tuple(folders), candidates
        self._notices = notices if notices is not None else []
        self.unit_rate = Fraction(25 if studio.folder.is_2_5 else 50)
        machine = studio.machine
        kind = str(machine.dtype).removeprefix("torch.")
        self.fingerprint = f"indextts2-{studio.weights[:16]}-{kind}-{candidates}-{studio.settings.steps}-{VERSION}"
        self._front_end = studio.front_end()
        self._feelings = Feelings(studio.reader, self._say_feeling)
        self._predictor = self._opened(lengths)
        self._hashes: dict[tuple[Path, int, int], str] = {}
        self._recordings: dict[str, Recording] = {}
        self._decoding = Batches(lines_at_once, self._say_memory)
        self._sounding = Batches(SOUNDED_AT_ONCE.get(machine.device, 1), self._say_memory)
        self._overlap = machine.device == "cuda" if overlap is None else overlap

    def voices(self) -> tuple[VoiceInfo, ...]:
        """Recordings found in the `voices` folders, and that any other will do."""
        return found_recordings(self._folders)

    def voice_fingerprint(self, voice: str) -> str:
        """Hash of the recording's content: a file of the same name with another voice in it is another voice."""
        return self._content(recording_path(voice, self._folders))[:32]

    def natural(self, utterances: Sequence[Utterance]) -> list[Natural | Unspeakable]:
        """Predicted from the text and from what the voice needed before. Raises `MediaError` for a bad recording."""
        return [self._natural(utterance) for utterance in utterances]

    def speak(self, requests: Sequence[Request]) -> Iterator[Spoken | Unspeakable]:
        """Speak all, shortest first. What cannot be spoken is answered before anything is decoded."""
        lines: list[_Line] = []
        known = self._known(requests)
        for request in requests:
            try:
                lines.append(self._prepared(request, known))
            except TextError as error:
                yield Unspeakable(request.utterance.id, str(error))
        lines.sort(key=lambda line: line.request.units)
        yield from self._spoken(lines)
        self._predictor.save()

    def _natural(self, utterance: Utterance) -> Natural | Unspeakable:
        try:
            self._segments(utterance)
            self._feelings.of(utterance.emotion)
        except TextError as error:
            return Unspeakable(utterance.id, str(error))
        content, _ = self._recording(utterance.voice)
        seconds = self._predictor.predict_s(self._learned_name(content), utterance.language, utterance.text)
        units = max(1, round(seconds * self.unit_rate))
        syllables = max(1, syllable_count(utterance.text, utterance.language))
        bounds = TextBounds.of(syllables, self.unit_rate)
        shortest = min(units, max(bounds.least, ceil(units * _NATURAL_REACH[0])))
        longest = max(units, min(bounds.most, int(units * _NATURAL_REACH[1])))
        return Natural(utterance.id, units, shortest, longest, syllables, predicted=True)

    def _segments(self, utterance: Utterance) -> list[Segment]:
        return self._front_end.segments(utterance.text, utterance.language)

    def _content(self, path: Path) -> str:
        """Hash of a file, computed again only when the file has changed."""
        facts = path.stat()
        key = (path, facts.st_size, facts.st_mtime_ns)
        if key not in self._hashes:
            self._hashes[key] = content_hash(path)
        return self._hashes[key]

    def _recording(self, voice: str) -> tuple[str, Recording]:
        """Hash and sound of a voice's recording; what is wrong with it is said once."""
        path = recording_path(voice, self._folders)
        content = self._content(path)
        if content not in self._recordings:
            self._recordings[content] = read_recording(path)
            self._notices += [Notice("voice.recording", flaw) for flaw in self._recordings[content].flaws]
        return content, self._recordings[content]

    def _known(self, requests: Sequence[Request]) -> dict[str, KnownVoice]:
        """Every voice and every emotion clip of the requests, by hash of its recording."""
        utterances = [request.utterance for request in requests]
        named = {utterance.voice for utterance in utterances} | {u.emotion.clip for u in utterances if u.emotion.clip}
        return self._studio.voices(dict(self._recording(voice) for voice in sorted(named)))

    def _prepared(self, request: Request, known: dict[str, KnownVoice]) -> _Line:
        """Raises `TextError` where the text, the feeling or the budget cannot be spoken."""
        utterance = request.utterance
        feeling = self._feelings.of(utterance.emotion)
        segments = self._segments(utterance)
        gpt = self._studio.gpt
        phrases = phrase_budgets(request, segments, self.unit_rate, gpt.sizes.longest_codes)
        content, recording = self._recording(utterance.voice)
        voice = known[content]
        vector = self._emotion_vector(feeling, voice, known)
        with torch.no_grad():
            prefixes = tuple(
                gpt.prefix(
                    voice.speaker,
                    vector,
                    part.segment.ids,
                    language=part.segment.language,
                    duration=gpt.duration_rows(part.budget.target),
                )
                for part in phrases.parts
            )
        seeds = tuple(_seed(request, content, index) for index in range(len(segments)))
        return _Line(request, voice, recording, feeling, phrases, prefixes, seeds, content)

    def _emotion_vector(self, feeling: Feeling, voice: KnownVoice, known: dict[str, KnownVoice]) -> Tensor:
        if feeling.clip:
            clip, _ = self._recording(feeling.clip)
            return blended(voice.emotion, known[clip].emotion, feeling.strength)
        if feeling.values is not None:
            return self._studio.bank.mixed(feeling.values, voice.acoustic.style, voice.emotion)
        return voice.emotion

    def _spoken(self, lines: Sequence[_Line]) -> Iterator[Spoken]:
        decoded = self._decoding.run(lines, self._decoded)
        groups = _grouped(decoded, lambda: self._sounding.size)
        if self._overlap:
            return _one_ahead(groups, self._sounded_aside)
        return (spoken for group in groups for spoken in self._sounding.run(group, self._sounded))

    def _decoded(self, lines: Sequence[_Line]) -> list[_DecodedLine]:
        """Decode all parts of these lines in one batch, keep the best candidate of each, and learn from it."""
        asked = [
            DecodeRequest(prefix, part.budget, seed, self._candidates)
            for line in lines
            for prefix, part, seed in zip(line.prefixes, line.phrases.parts, line.seeds, strict=True)
        ]
        made = iter(decode(self._studio.gpt, asked, rows_at_once=len(asked) * self._candidates))
        found = []
        for line in lines:
            kept = tuple(choose(next(made), part.budget.target) for part in line.phrases.parts)
            found.append(_DecodedLine(line, kept))
            self._learn(found[-1])
        return found

    def _learn(self, decoded: _DecodedLine) -> None:
        """A natural length is learned where the decoder itself wished to end, whatever it was made to do."""
        line, kept = decoded.line, decoded.kept
        wished = [_wished_length(one) for one in kept]
        if all(wished):
            codes = sum(length for length in wished if length)
            utterance = line.request.utterance
            self._predictor.learn(
                self._learned_name(line.content), utterance.language, utterance.text, codes / float(self.unit_rate)
            )

    def _sounded_aside(self, group: Sequence[_DecodedLine]) -> list[Spoken]:
        """The same on a stream of its own, so that decoding goes on meanwhile."""
        aside = torch.cuda.is_available() and self._studio.machine.device == "cuda"
        with torch.cuda.stream(torch.cuda.Stream()) if aside else nullcontext():  # type: ignore[no-untyped-call]
            return list(self._sounding.run(group, self._sounded))

    def _sounded(self, group: Sequence[_DecodedLine]) -> list[Spoken]:
        """Spectrograms of all parts in one batch, then the vocoder part by part, then the lines put together."""
        shares = [decoded.line.phrases.frame_shares([one.length for one in decoded.kept]) for decoded in group]
        spoken = [
            self._spoken_part(decoded.line, kept, frames, seed)
            for decoded, counts in zip(group, shares, strict=True)
            for kept, frames, seed in zip(decoded.kept, counts, decoded.line.seeds, strict=True)
        ]
        mouth = self._studio.mouth
        sounds = (mouth.sound(mel).cpu().numpy() for mel in mouth.spectrograms(spoken))
        return [
            self._assembled(decoded, [next(sounds) for _ in decoded.kept], counts)
            for decoded, counts in zip(group, shares, strict=True)
        ]

    def _spoken_part(self, line: _Line, kept: Decoded, frames: int, seed: int) -> SpokenLine:
        """One part with its map from mel frames to semantic rows: `frames` of them, whatever the codes came to."""
        mouth = self._studio.mouth
        with torch.no_grad():
            rows = mouth.semantic_rows(kept.codes, kept.latents)
        pauses = torch.isin(kept.codes, line.voice.pauses).repeat_interleave(len(rows) // kept.length)
        source = elastic_map(frames, elasticity(rows, pauses), mouth.natural_frames(kept.length))
        return SpokenLine(line.voice.acoustic, kept.codes, kept.latents, source, seed)

    def _assembled(self, decoded: _DecodedLine, sounds: Sequence[Samples], frames: Sequence[int]) -> Spoken:
        line = decoded.line
        gap = np.zeros(line.phrases.gap_frames * FRAME_SAMPLES, dtype=np.float32)
        pieces = [piece for sound in sounds for piece in (gap, sound)][1:]
        samples = np.concatenate(pieces)
        heard = audible_span(samples, SAMPLE_RATE).samples
        details = {**self._receipt(decoded, frames), "heard_samples": heard}
        units = round(Fraction(heard, SAMPLE_RATE) * self.unit_rate)
        return Spoken(line.request.utterance.id, samples, units, details)

    def _receipt(self, decoded: _DecodedLine, frames: Sequence[int]) -> dict[str, object]:
        """What is written beside the take: lengths on every level, and what came from which recording."""
        line, kept = decoded.line, decoded.kept
        recording, natural = line.recording, self._studio.mouth.natural_frames
        until = recording.from_s + recording.length_s
        return {
            "model": "2.5" if self._studio.folder.is_2_5 else "2",
            "phrases": [part.segment.text for part in line.phrases.parts],
            "wished_codes": [part.budget.target for part in line.phrases.parts],
            "codes": [one.length for one in kept],
            "ended": [one.ending.value for one in kept],
            "mel_frames": list(frames),
            "gap_frames": line.phrases.gap_frames,
            "residual": [round(count / natural(one.length), 4) for count, one in zip(frames, kept, strict=True)],
            "timbre": f"{line.request.utterance.voice}, {recording.from_s:.1f} to {until:.1f} s",
            "emotion": line.feeling.source,
            "emotion_values": list(line.feeling.values or ()),
            "candidates": self._candidates,
            "log_likelihood": [round(one.log_likelihood, 4) for one in kept],
            "duration_slots": self._studio.gpt.sizes.duration_convention.value,
        }

    def _learned_name(self, content: str) -> str:
        return f"{self.name}-{'2.5' if self._studio.folder.is_2_5 else '2'}:{content[:32]}"

    def _opened(self, lengths: Path | None) -> LengthPredictor:
        try:
            return LengthPredictor(lengths)
        except (ValueError, KeyError):
            message = f"{lengths}: damaged, so natural lengths are learned anew"
            self._notices.append(Notice("lengths.damaged", message))
            assert lengths is not None
            lengths.unlink()
            return LengthPredictor(lengths)

    def _say_feeling(self, message: str) -> None:
        self._notices.append(Notice("emotion.words", message))

    def _say_memory(self, message: str) -> None:
        self._notices.append(Notice("memory.halved", message))


def _seed(request: Request, content: str, part: int) -> int:
    """The seed of one part of a line: the job's, with all that makes the line, so that no two lines share noise."""
    utterance = request.utterance
    return int(value_hash([request.seed, utterance.text, utterance.language, content, part])[:15], 16)


def _wished_length(decoded: Decoded) -> int | None:
    """Codes after which the decoder held ending likelier than not; None where it never did."""
    if decoded.wished_end is not None:
        return decoded.wished_end or None
    return decoded.length if decoded.stop_log_prob > _LIKELY else None


def _grouped(items: Iterable[T], size: Callable[[], int]) -> Iterator[list[T]]:
    """Lists of at most `size()` items, asked anew for each."""
    group: list[T] = []
    for item in items:
        group.append(item)
        if len(group) >= size():
            yield group
            group = []
    if group:
        yield group


def _one_ahead(groups: Iterable[T], work: Callable[[T], list[R]]) -> Iterator[R]:
    """What `work` makes of each group, in order; while it works on one, the next group is brought."""
    with ThreadPoolExecutor(1) as pool:
        waiting: Future[list[R]] | None = None
        for group in groups:
            started = pool.submit(work, group)
            if waiting is not None:
                yield from waiting.result()
            waiting = started
        if waiting is not None:
            yield from waiting.result()
