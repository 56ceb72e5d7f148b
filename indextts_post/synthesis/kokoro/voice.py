"""Kokoro as an engine: a line planned in frames of 25 ms, spoken for its budget, measured, and corrected if need be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TypeVar

from indextts_post.cast import VoiceInfo
from indextts_post.errors import TextError
from indextts_post.files import value_hash
from indextts_post.models import CATALOGUE
from indextts_post.plan import Natural, syllable_count
from indextts_post.synthesis.kokoro.front_end import FrontEnd, Spelling
from indextts_post.synthesis.kokoro.graph import FRAMES_PER_S, SAMPLE_RATE, Floats, KokoroGraph
from indextts_post.synthesis.kokoro.landing import Phrase, land, natural_units, prepare
from indextts_post.synthesis.kokoro.phrases import phrases
from indextts_post.synthesis.kokoro.symbols import SYMBOL_CLASSES, SymbolClass
from indextts_post.synthesis.kokoro.timing import Timing
from indextts_post.synthesis.kokoro.voices import ROWS, all_voices, parse_voice, read_voice
from indextts_post.synthesis.protocol import Request, Spoken, Unspeakable, Utterance

VERSION = 1
"""Counts up when the same request would sound different though the model is the same."""
_AHEAD = 3
"""Lines prepared for each worker ahead of what is being spoken: keeps cores busy and memory bounded."""

T = TypeVar("T")


class KokoroEngine:
    """Keeps `synthesis.Engine`. `workers` lines are spoken at once, each on one core; one engine serves one caller.

    `uniform` scales every sound alike: not for speaking well, but to measure what pauses-first is worth.
    """

    name = "kokoro"
    sample_rate = SAMPLE_RATE
    unit_rate = Fraction(FRAMES_PER_S)

    def __init__(
        self,
        graph: KokoroGraph,
        voices_folder: Path,
        front_end: FrontEnd,
        *,
        workers: int,
        model_hash: str,
        uniform: bool = False,
    ) -> None:
        self.fingerprint = f"kokoro-{model_hash[:16]}-{VERSION}{'-uniform' if uniform else ''}"
        self._uniform = uniform
        self._graph = graph
        self._folder = voices_folder
        self._front_end = front_end
        self._workers = workers
        self._tables: dict[str, Floats] = {}

    def voices(self) -> tuple[VoiceInfo, ...]:
        return all_voices()

    def voice_fingerprint(self, voice: str) -> str:
        hashes = {Path(file.path).stem: file.sha256 for file in CATALOGUE["kokoro-voices"].files}
        return value_hash([(hashes[name], share) for name, share in parse_voice(voice).shares])[:16]

    def natural(self, utterances: Sequence[Utterance]) -> list[Natural | Unspeakable]:
        """Exact for the unhurried line: counted by the duration graph, heard through the energy curve."""
        with ThreadPoolExecutor(self._workers) as pool:
            return list(pool.map(lambda task: task(), [self._natural_task(utterance) for utterance in utterances]))

    def speak(self, requests: Sequence[Request]) -> Iterator[Spoken | Unspeakable]:
        """Speak all on `workers` cores, answering as each is done. Samples depend on nothing but the request."""
        yield from _as_done((self._speak_task(request) for request in requests), self._workers)

    def spell(self, utterance: Utterance) -> Spelling:
        """What the front end makes of an utterance. Raises `TextError`, `CastError`."""
        blend = parse_voice(utterance.voice)
        return self._front_end.spell(utterance.text, utterance.language, british=blend.british)

    def timings(self, utterance: Utterance) -> list[Timing]:
        """How far each sound of each phrase may give way. Raises `TextError`, `CastError`."""
        return [one.timing for one in self._prepared(self.spell(utterance), self._table(utterance.voice))]

    def _natural_task(self, utterance: Utterance) -> Callable[[], Natural | Unspeakable]:
        spelling = self._speakable(utterance)
        if isinstance(spelling, Unspeakable):
            return lambda: spelling
        table = self._table(utterance.voice)
        syllables = syllable_count(utterance.text, utterance.language)

        def count() -> Natural:
            units, shortest, longest = natural_units(self._prepared(spelling, table))
            return Natural(utterance.id, units, shortest, longest, syllables)

        return count

    def _speak_task(self, request: Request) -> Callable[[], Spoken | Unspeakable]:
        spelling = self._speakable(request.utterance)
        if isinstance(spelling, Unspeakable):
            return lambda: spelling
        table = self._table(request.utterance.voice)

        def speak() -> Spoken:
            landed = land(self._graph, self._prepared(spelling, table), request)
            details = {**landed.details, "symbols": spelling.symbols, "unread": list(spelling.unread)}
            return Spoken(request.utterance.id, landed.samples, landed.units, details)

        return speak

    def _speakable(self, utterance: Utterance) -> Spelling | Unspeakable:
        try:
            spelling = self.spell(utterance)
        except TextError as error:
            return Unspeakable(utterance.id, str(error))
        if any(SYMBOL_CLASSES[s] not in (SymbolClass.PAUSE, SymbolClass.MARK) for s in spelling.symbols):
            return spelling
        unread = f" ({', '.join(spelling.unread)} cannot be read)" if spelling.unread else ""
        return Unspeakable(
            utterance.id, f"the text {utterance.text!r} has 0 sounds to speak{unread}; write what is to be said."
        )

    def _prepared(self, spelling: Spelling, table: Floats) -> list[Phrase]:
        prepared = [
            prepare(self._graph, symbols, table[min(len(symbols), ROWS - 1)]) for symbols in phrases(spelling.symbols)
        ]
        return [replace(one, timing=one.timing.alike()) for one in prepared] if self._uniform else prepared

    def _table(self, voice: str) -> Floats:
        if voice not in self._tables:
            self._tables[voice] = read_voice(self._folder, parse_voice(voice))
        return self._tables[voice]


def _as_done(tasks: Iterable[Callable[[], T]], workers: int) -> Iterator[T]:
    """Results of tasks run on `workers` threads, in the order they get done, never more than a few tasks ahead."""
    with ThreadPoolExecutor(workers) as pool:
        waiting: set[Future[T]] = set()
        try:
            for task in tasks:
                waiting.add(pool.submit(task))
                while len(waiting) >= workers * _AHEAD:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while waiting:
                done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:
            pool.shutdown(cancel_futures=True)
