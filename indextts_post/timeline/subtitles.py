"""Subtitle files: .srt .ass .ssa .vtt .ttml and whatever else pysubs2 reads. Times become frames of the timeline."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pysubs2
from pysubs2.exceptions import FormatAutodetectionError, Pysubs2Error, UnknownFPSError
from pysubs2.formats import FILE_EXTENSION_TO_FORMAT_IDENTIFIER, autodetect_format

from indextts_post.errors import TimelineError
from indextts_post.notices import Notice, Place, Severity
from indextts_post.timebase import FrameRate, FrameSpan, frames_to_seconds, seconds_to_frame, timecode_to_frame
from indextts_post.timeline import origin
from indextts_post.timeline.cues import Speech, cues_from
from indextts_post.timeline.intake import MAX_SUBTITLE_BYTES, decode, read_bytes
from indextts_post.timeline.options import ReadOptions
from indextts_post.timeline.origin import Origin
from indextts_post.timeline.records import Timeline
from indextts_post.timeline.styles import UNNAMED, SpokenStyle, spoken_style
from indextts_post.timeline.ttml import read_ttml

SUFFIXES = (".srt", ".ass", ".ssa", ".vtt", ".ttml", ".dfxp", ".itt", ".sub", ".smi", ".sami", ".txt", ".json")
BESIDE_SUFFIXES = (".srt", ".ass", ".ssa", ".vtt", ".ttml")
"""Formats looked for beside a timeline, most usual first."""

DEFAULT_RATE = FrameRate(Fraction(25))
"""For a subtitle file without film or `--fps`: 40 ms, a grid on which subtitle times mostly stand."""
MAX_SECONDS = 100 * 3600
"""Timecode has two digits of hours."""

_TROUBLE = (
    *(Pysubs2Error, ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError),
    *(NotImplementedError, AssertionError, RecursionError, StopIteration, SyntaxError),
)
"""What pysubs2's parsers raise on files that are not what they seem."""

_TIME_LINE = {
    "srt": re.compile(r"(\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3}).*?(\d{1,2}:\d{1,2}:\d{1,2}[.,]\d{1,3})"),
    "vtt": re.compile(r"((?:\d{0,4}:)?\d{2}:\d{2}\.\d{2,3}).*?((?:\d{0,4}:)?\d{2}:\d{2}\.\d{2,3})"),
    "ass": re.compile(r"\s*(?:Dialogue|Comment):"),
    "ssa": re.compile(r"\s*(?:Dialogue|Comment):"),
    "microdvd": re.compile(r" *\{ *\d+ *\} *\{ *\d+ *\}"),
    "mpl2": re.compile(r"\[-?\d+\]\[-?\d+\]"),
    "tmp": re.compile(r"\d{1,2}:\d{2}:\d{2}:"),
}
_ARROW = re.compile(r"^\s*[\d:.,]+\s*-+>\s*[\d:.,]*")


@dataclass(frozen=True)
class SubtitleEvent:
    """One event as the file has it; times in exact seconds of the file's own clock."""

    start_s: Fraction
    end_s: Fraction
    text: str
    place: Place
    style: SpokenStyle = UNNAMED
    language: str | None = None
    ass: bool = False


@dataclass(frozen=True)
class SubtitleFile:
    """All spoken events of a file. `declared_rate` is what a frame-based format counts in."""

    path: Path
    events: tuple[SubtitleEvent, ...]
    notices: tuple[Notice, ...]
    declared_rate: Fraction | None = None

    @property
    def first_s(self) -> Fraction:
        return min(event.start_s for event in self.events)

    @property
    def last_s(self) -> Fraction:
        return max(event.end_s for event in self.events)


def read(path: Path, options: ReadOptions) -> Timeline:
    """A timeline made of a subtitle file alone; its length is the film's, or the end of the last cue.

    Raises `TimelineError` for no cues and for a cue that ends before it starts.
    """
    chosen = options.rate or options.default_rate
    file = load(path, options, chosen)
    rate, said = _rate_for(file, chosen)
    found = origin.for_bare_file(
        file.first_s,
        frames_to_seconds(options.frame_count, rate) if options.frame_count else None,
        options.tc_origin,
        _start_frame(options, rate),
        rate,
        path.name,
    )
    cues, notices = cues_from(speeches(file, rate, found), options)
    if not cues and options.lines_required:
        raise TimelineError(f"{path}: none of its {len(file.events)} cues has words to be spoken.")
    frame_count = options.frame_count or max((cue.span.end for cue in cues), default=1)
    return Timeline(
        name=path.stem,
        path=path,
        rate=rate,
        start_frame=found.start_frame or 0,
        frame_count=frame_count,
        cues=cues,
        notices=(*file.notices, *said, *_origin_notice(found), *notices),
    )


def speeches_for(
    path: Path, options: ReadOptions, rate: FrameRate, start_frame: int, frame_count: int
) -> tuple[tuple[Speech, ...], tuple[Notice, ...]]:
    """Texts of a subtitle file that goes with a timeline, on the timeline's frames."""
    file = load(path, options, rate)
    found = origin.for_timeline(file.first_s, file.last_s, start_frame, frame_count, rate, options.tc_origin, path.name)
    return speeches(file, rate, found), (*file.notices, *_origin_notice(found))


def speeches(file: SubtitleFile, rate: FrameRate, found: Origin) -> tuple[Speech, ...]:
    """Events on the frame grid: each boundary half up, at least a frame long."""
    return tuple(_speech(event, rate, found.offset_s) for event in file.events)


def load(path: Path, options: ReadOptions, rate: FrameRate | None) -> SubtitleFile:
    """Parse a subtitle file. Raises `TimelineError` with file and line for what cannot be a subtitle."""
    content = read_bytes(path, MAX_SUBTITLE_BYTES)
    if _is_ttml(content, path):
        events, notices = _ttml_events(content, path)
        declared = None
    else:
        text, said = decode(content, path, options.encoding)
        events, declared, notices = _pysubs2_events(text, path, rate)
        notices = (*said, *notices)
    if not events:
        raise TimelineError(f"{path}: holds no cues that are spoken. Check that it is a subtitle file with text.")
    _check_times(events)
    return SubtitleFile(path, events, notices, declared)


def beside(path: Path, language: str | None) -> tuple[Path | None, tuple[Notice, ...]]:
    """The subtitle file that stands beside a timeline: `<stem>.srt`, `<stem>.zh.srt`, …; other candidates are said."""
    try:
        names = sorted(entry for entry in path.parent.iterdir() if entry.suffix.lower() in BESIDE_SUFFIXES)
    except OSError:
        return None, ()
    found = [entry for entry in names if entry.stem == path.stem or entry.stem.startswith(f"{path.stem}.")]
    if not found:
        return None, ()
    chosen = min(found, key=lambda entry: _preference(entry, path.stem, language))
    message = f"lines come from {chosen.name} beside the timeline"
    others = ", ".join(entry.name for entry in found if entry != chosen)
    message += f", not from {others} (--subtitles decides)" if others else ""
    return chosen, (Notice("timeline.subtitles_beside", message, Severity.NOTE, Place(path.name)),)


def language_of(path: Path, stem: str) -> str | None:
    """The language in `<stem>.<lang>.srt`, where it looks like one."""
    tag = path.stem[len(stem) + 1 :].rpartition(".")[2]
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?", tag) else None


def _preference(entry: Path, stem: str, language: str | None) -> tuple[bool, bool, int, str]:
    tag = (language_of(entry, stem) or "").casefold().partition("-")[0]
    spoken = (language or "").casefold().partition("-")[0]
    matches = bool(spoken) and tag == spoken
    return (not matches, entry.stem != stem, BESIDE_SUFFIXES.index(entry.suffix.lower()), entry.name)


def _rate_for(file: SubtitleFile, chosen: FrameRate | None) -> tuple[FrameRate, tuple[Notice, ...]]:
    if chosen is not None:
        return chosen, ()
    rate = FrameRate(file.declared_rate) if file.declared_rate else DEFAULT_RATE
    source = "the file's own" if file.declared_rate else "for want of a film or --fps"
    message = f"frames are counted at {rate} fps, {source}"
    return rate, (Notice("timeline.rate", message, Severity.NOTE, Place(file.path.name)),)


def _start_frame(options: ReadOptions, rate: FrameRate) -> int | None:
    if options.start_timecode is None:
        return None
    try:
        return timecode_to_frame(options.start_timecode, rate)
    except ValueError as error:
        raise TimelineError(f"start timecode: {error}. Write it like 01:00:00:00.") from error


def _origin_notice(found: Origin) -> tuple[Notice, ...]:
    return (found.notice,) if found.notice else ()


def _speech(event: SubtitleEvent, rate: FrameRate, offset_s: Fraction) -> Speech:
    start = seconds_to_frame(event.start_s - offset_s, rate)
    end = max(start + 1, seconds_to_frame(event.end_s - offset_s, rate))
    return Speech(
        FrameSpan(start, end),
        event.text,
        event.place,
        character=event.style.character,
        language=event.language,
        sync=event.style.sync,
        ass=event.ass,
    )


def _check_times(events: Sequence[SubtitleEvent]) -> None:
    backwards = [event for event in events if event.end_s < event.start_s]
    if backwards:
        first = backwards[0]
        more = f" So do {len(backwards) - 1} more." if len(backwards) > 1 else ""
        raise TimelineError(
            f"{first.place}: the cue ends ({float(first.end_s):.3f} s) before it starts ({float(first.start_s):.3f} s)."
            f"{more} Correct the times there."
        )
    far = next((event for event in events if not -MAX_SECONDS < event.start_s <= event.end_s < MAX_SECONDS), None)
    if far is not None:
        raise TimelineError(f"{far.place}: the cue lies beyond 100 hours. Correct the times there.")


def _is_ttml(content: bytes, path: Path) -> bool:
    if path.suffix.lower() in (".ttml", ".dfxp", ".itt"):
        return True
    head = content[:2000].replace(b"\x00", b"")
    return b"/ns/ttml" in head or b"/ns/ttaf" in head or b"/2006/10/ttaf1" in head


def _ttml_events(content: bytes, path: Path) -> tuple[tuple[SubtitleEvent, ...], tuple[Notice, ...]]:
    cues, _ = read_ttml(content, path)
    events = tuple(
        SubtitleEvent(
            cue.start_s,
            cue.end_s,
            cue.text,
            Place(path.name, thing=f"paragraph {cue.number}"),
            SpokenStyle(cue.character),
            cue.language,
        )
        for cue in cues
    )
    return events, ()


def _pysubs2_events(
    text: str, path: Path, rate: FrameRate | None
) -> tuple[tuple[SubtitleEvent, ...], Fraction | None, tuple[Notice, ...]]:
    kind = _format(text, path)
    prepared = _prepare(text, kind)
    subs = _parse(prepared, kind, path, rate)
    numbers = _line_numbers(prepared, kind, len(subs.events))
    styles = len({event.style for event in subs.events}) > 1
    events, notices = [], list(_unread_times(text, kind, path))
    for number, event in zip(numbers, subs.events, strict=True):
        place = Place(path.name, number)
        style = spoken_style(event.name, event.style if styles and kind in ("ass", "ssa") else "")
        if not event.is_text:
            continue
        if style.unspoken:
            message = f"left out: its style {event.style!r} is for songs or signs, not speech"
            notices.append(Notice("subtitle.unspoken_style", message, Severity.NOTE, place))
            continue
        times = (Fraction(event.start) / 1000, Fraction(event.end) / 1000)
        events.append(SubtitleEvent(*times, event.text, place, style, ass=kind in ("ass", "ssa")))
    declared = Fraction(subs.fps).limit_denominator(1001) if kind == "microdvd" and subs.fps and not rate else None
    return tuple(events), declared, tuple(notices)


def _format(text: str, path: Path) -> str:
    """Content decides; where it is undecided, the suffix."""
    by_suffix = FILE_EXTENSION_TO_FORMAT_IDENTIFIER.get(path.suffix.lower())
    try:
        return autodetect_format(text[:100_000])
    except FormatAutodetectionError as error:
        if by_suffix and (not error.formats or by_suffix in error.formats):
            return by_suffix
        raise TimelineError(
            f"{path}: is not a subtitle format that can be read. Convert it to .srt, .ass, .vtt or .ttml."
        ) from error


def _prepare(text: str, kind: str) -> str:
    """What pysubs2 would take for words is blanked, line for line: WebVTT's notes, styles and cue names.

    A number after the end keeps it from taking a last line of digits for the number of a next cue.
    """
    if kind == "srt":
        return f"{text}\n\n0\n"
    return "\n".join(_quiet_vtt(text.split("\n"))) if kind == "vtt" else text


def _quiet_vtt(lines: Sequence[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if not line.strip():
            inside = False
        elif _TIME_LINE["vtt"].match(line.lstrip()):
            inside = True
        yield line if inside or line.startswith("WEBVTT") else ""


def _parse(text: str, kind: str, path: Path, rate: FrameRate | None) -> pysubs2.SSAFile:
    options = {"keep_html_tags": True} if kind in ("srt", "vtt") else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about fonts and margins, which nobody hears
            try:
                return pysubs2.SSAFile.from_string(text, kind, **options)
            except UnknownFPSError:
                fps = float((rate or DEFAULT_RATE).fps)
                return pysubs2.SSAFile.from_string(text, kind, fps=fps, **options)
    except _TROUBLE as error:
        reason = str(error).partition("\n")[0][:100]
        raise TimelineError(f"{path}: cannot be read as {kind} subtitles ({reason}). Check the file.") from error


def _line_numbers(text: str, kind: str, count: int) -> list[int | None]:
    """Line of each event, by the rule by which pysubs2 finds them; None where the rule does not hold."""
    pattern = _TIME_LINE.get(kind)
    if pattern is None:
        return [None] * count
    find = pattern.search if kind in ("srt", "vtt") else pattern.match
    numbers = [number for number, line in enumerate(text.split("\n"), start=1) if find(line)]
    return list(numbers) if len(numbers) == count else [None] * count


def _unread_times(text: str, kind: str, path: Path) -> Iterable[Notice]:
    """A line with an arrow that is no time line: its cue would be lost without a word."""
    pattern = _TIME_LINE.get(kind)
    if pattern is None or kind not in ("srt", "vtt"):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if _ARROW.match(line) and not pattern.search(line):
            message = f"{line.strip()[:60]!r} is not a pair of times; the cue was left out"
            yield Notice("subtitle.times", message, Severity.WARNING, Place(path.name, number))
