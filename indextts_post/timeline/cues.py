"""Takes what stands in a file at some frames (`Speech`); gives numbered `Cue`s with one speaker each.

All readers end here, so that a speaker's name, a direction or an empty line mean the same in every format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from indextts_post.errors import TimelineError
from indextts_post.notices import Notice, Place, Severity
from indextts_post.timebase import FrameRate, FrameSpan, frame_to_timecode
from indextts_post.timeline.options import ReadOptions
from indextts_post.timeline.records import Cue, LengthMode, SyncClass
from indextts_post.timeline.speakers import Utterance, speaker_prefixes, speaking_weight, utterances


@dataclass(frozen=True)
class Speech:
    """Text found at a place, with its markup still on, and whatever the format says about it beside the text.

    `exact` texts are spoken as they stand (from our own metadata): no prefixes or directions are looked for.
    """

    span: FrameSpan
    text: str
    place: Place
    character: str = ""
    language: str | None = None
    emotion: str | None = None
    emotion_values: Mapping[str, float] = field(default_factory=dict)
    voice: str | None = None
    sync: SyncClass | None = None
    mode: LengthMode | None = None
    ratio: float | None = None
    id: str = ""
    ass: bool = False
    exact: bool = False


def cues_from(speeches: Sequence[Speech], options: ReadOptions) -> tuple[tuple[Cue, ...], tuple[Notice, ...]]:
    """Cues in the order they are spoken, with ids L0001…; notices say what was left out or overlaps."""
    known = _names(speeches)
    drafts: list[tuple[Cue, str]] = []
    notices: list[Notice] = []
    asides: list[str] = []
    for speech in speeches:
        said = _said(speech, known)
        spoken = [utterance for utterance in said if utterance.text]
        if not spoken:
            notices.append(_nothing_spoken(speech, said))
        else:
            asides += [aside for utterance in said for aside in utterance.left_out]
        spans = _shares(speech.span, [speaking_weight(utterance.text) for utterance in spoken])
        drafts += [
            (_cue(speech, utterance, span, options), speech.id) for utterance, span in zip(spoken, spans, strict=True)
        ]
    cues, repeated = _numbered(drafts)
    if asides:
        notices.append(_left_out(asides, speeches[0].place.file))
    return cues, (*notices, *repeated, *overlap_notices(cues))


def past_end_error(cues: Iterable[Cue], frame_count: int, rate: FrameRate, start_frame: int) -> TimelineError | None:
    """The error to raise when cues start at or after the end of the picture."""
    late = [cue for cue in cues if cue.span.start >= frame_count]
    if not late:
        return None
    first = late[0]
    at = frame_to_timecode(start_frame + first.span.start, rate)
    end = frame_to_timecode(start_frame + frame_count, rate)
    return TimelineError(
        f"{first.place}: {len(late)} cue(s) start at or after the picture's end, the first at {at}, the end is {end}. "
        "Is it the right film? If the times count from the timeline's timecode, say --tc-origin timeline."
    )


def overlap_notices(cues: Sequence[Cue]) -> tuple[Notice, ...]:
    """One warning for each cue that begins before its own character has finished another."""
    speaking: dict[str, Cue] = {}
    notices = []
    for cue in cues:
        before = speaking.get(cue.character)
        if before is not None and before.span.overlaps(cue.span):
            who = cue.character or "the unnamed speaker"
            shared = min(before.span.end, cue.span.end) - cue.span.start
            message = f"{who} still speaks {before.id} when {cue.id} begins; they share {shared} frame(s)"
            notices.append(Notice("cue.overlap", message, Severity.WARNING, cue.place, cue.id))
        if before is None or cue.span.end > before.span.end:
            speaking[cue.character] = cue
    return tuple(notices)


def _names(speeches: Sequence[Speech]) -> frozenset[str]:
    given = {speech.character for speech in speeches if speech.character}
    return frozenset(given.union(*(speaker_prefixes(s.text, ass=s.ass) for s in speeches if not s.exact)))


def _said(speech: Speech, known: frozenset[str]) -> tuple[Utterance, ...]:
    if speech.exact:
        return (Utterance(speech.text.strip(), speech.character),)
    return utterances(speech.text, character=speech.character, ass=speech.ass, known=known)


def _cue(speech: Speech, utterance: Utterance, span: FrameSpan, options: ReadOptions) -> Cue:
    emotions = [emotion for emotion in (speech.emotion, utterance.emotion) if emotion]
    return Cue(
        id="",
        span=span,
        text=utterance.text,
        character=utterance.character,
        place=speech.place,
        language=speech.language or options.language,
        emotion=", ".join(emotions) or None,
        emotion_values=speech.emotion_values,
        voice=speech.voice,
        sync=speech.sync or utterance.sync or options.default_sync,
        mode=speech.mode,
        ratio=speech.ratio,
    )


def _shares(span: FrameSpan, weights: Sequence[int]) -> tuple[FrameSpan, ...]:
    """A span cut where the weights say, each part at least a frame; all get the whole span when it is too short."""
    if len(weights) > span.frames:
        return (span,) * len(weights)
    total, passed, bounds = sum(weights), 0, [span.start]
    for position, weight in enumerate(weights, start=1):
        passed += weight
        bound = span.start + (2 * span.frames * passed + total) // (2 * total)
        left = len(weights) - position
        bounds.append(min(max(bound, bounds[-1] + 1), span.end - left))
    return tuple(FrameSpan(a, b) for a, b in pairwise(bounds))


def _numbered(drafts: Sequence[tuple[Cue, str]]) -> tuple[tuple[Cue, ...], tuple[Notice, ...]]:
    """Sort by time, drop exact repetitions (layered subtitles), keep well-formed ids and number the rest."""
    ordered = sorted(drafts, key=lambda draft: (draft[0].span.start, draft[0].span.end))
    seen: set[tuple[FrameSpan, str, str]] = set()
    unique: list[tuple[Cue, str]] = []
    notices = []
    for cue, wanted in ordered:
        key = (cue.span, cue.text, cue.character)
        if key in seen:
            notices.append(Notice("cue.repeated", "stands there twice and is spoken once", Severity.NOTE, cue.place))
        else:
            seen.add(key)
            unique.append((cue, wanted))
    return _with_ids(unique), tuple(notices)


def _with_ids(drafts: Sequence[tuple[Cue, str]]) -> tuple[Cue, ...]:
    taken: set[str] = set()
    kept = []
    for _, wanted in drafts:
        good = re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,31}", wanted) is not None and wanted.casefold() not in taken
        kept.append(wanted if good else "")
        taken.add(wanted.casefold() if good else "")
    free = (f"L{number:04d}" for number in range(1, 10**9))
    numbers = (name for name in free if name.casefold() not in taken)
    return tuple(replace(cue, id=name or next(numbers)) for (cue, _), name in zip(drafts, kept, strict=True))


def _nothing_spoken(speech: Speech, said: Iterable[Utterance]) -> Notice:
    left_out = [aside for utterance in said for aside in utterance.left_out]
    manners = [utterance.emotion for utterance in said if utterance.emotion]
    shown = "; ".join([*left_out, *manners])[:80] or "no words"
    return Notice("cue.nothing_spoken", f"left out, nothing is spoken there ({shown})", Severity.NOTE, speech.place)


def _left_out(asides: Sequence[str], file: str) -> Notice:
    message = f"{len(asides)} sound cue(s) or sung passage(s) were taken out of the spoken text, such as {asides[0]!r}"
    return Notice("cue.sounds", message, Severity.NOTE, Place(file))
