"""Final Cut Pro 7 XML, xmeml 4 and 5 (`.xml`), as Premiere and Resolve write it: tracks, markers, titles, timecode.

Record times are frames of the sequence, `in` and `out` frames of the clip's own rate. A start or end of −1 means that
the clip runs into the transition beside it; the cut is then where the transition's alignment puts it.
Source: Apple, "Final Cut Pro XML Interchange Format", 2007.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from indextts_post.errors import TimelineError
from indextts_post.notices import Place
from indextts_post.timebase import FrameRate, FrameSpan, frame_to_timecode, round_half_up, timecode_to_frame
from indextts_post.timeline.assembling import Found, assemble
from indextts_post.timeline.cues import Speech
from indextts_post.timeline.dialogue import is_dialogue_name
from indextts_post.timeline.labels import is_label, is_text_track
from indextts_post.timeline.lanes import lanes
from indextts_post.timeline.line_sources import LineSources, own_values
from indextts_post.timeline.media_paths import find_media
from indextts_post.timeline.options import ReadOptions
from indextts_post.timeline.records import Cut, CutClip, CutMarker, CutTrack, CutTransition, Timeline, TrackKind

MAX_NESTING = 16
MAX_ITEMS = 200_000
_MAX_FRAMES = 400 * 3600 * 240


@dataclass(frozen=True)
class _View:
    """How frames of a sequence stand on the record: frame `f` at `offset + scale · f`, seen within `limit`."""

    offset: Fraction
    scale: Fraction
    limit: FrameSpan
    depth: int = 0

    def record(self, frame: Fraction) -> int:
        return round_half_up(self.offset + self.scale * frame)


@dataclass
class _Reading:
    path: Path
    rate: FrameRate
    start_frame: int
    files: Mapping[str, Element]
    sequences: Mapping[str, Element]
    lines: LineSources
    tracks: list[CutTrack] = field(default_factory=list)
    markers: dict[CutMarker, None] = field(default_factory=dict)
    paths: dict[str, Path | None] = field(default_factory=dict)
    items: int = 0

    def place(self, element: Element, frame: int) -> Place:
        at = frame_to_timecode(self.start_frame + frame, self.rate)
        return Place(self.path.name, thing=f"{element.tag} {_text(element, 'name')[:40]!r} at {at}")

    def count(self) -> None:
        self.items += 1
        if self.items > MAX_ITEMS:
            raise TimelineError(f"{self.path}: sequences stand in one another too often. Export it without nests.")


def read_root(root: Element, path: Path, options: ReadOptions) -> Timeline:
    """A timeline of an xmeml sequence. Raises `TimelineError`: one sentence, with the element and a way out."""
    sequence = _sequence(root, path)
    rate = options.rate or _sequence_rate(sequence, options, path)
    start_frame = _start_frame(sequence, rate, options, path)
    files, sequences = _by_id(root, "file"), _by_id(root, "sequence")
    reading = _Reading(path, rate, start_frame, files, sequences, LineSources(path.name))
    frame_count = max(_frames(sequence, "duration", path) or 0, _last_end(sequence, path))
    if frame_count < 1:
        raise TimelineError(f"{path}: the sequence is empty, its length is 0. Export the sequence with its clips.")
    _walk(sequence, _View(Fraction(0), Fraction(1), FrameSpan(0, int(frame_count))), reading)
    speeches, notices = reading.lines.best(int(frame_count), rate)
    found = Found(
        path=path,
        name=_text(sequence, "name") or path.stem,
        rate=rate,
        start_frame=start_frame,
        frame_count=int(frame_count),
        cut=Cut(tuple(reading.tracks), tuple(reading.markers)),
        speeches=speeches,
        media_root=path.parent,
        notices=notices,
    )
    return assemble(found, options)


def _sequence(root: Element, path: Path) -> Element:
    """The one sequence that is not nested in another. Raises `TimelineError` for none and for several."""
    if root.tag != "xmeml":
        raise TimelineError(
            f"{path}: is XML, but its root is <{root.tag}>, not <xmeml>. Export it as Final Cut Pro XML."
        )
    found = list(_top_sequences(root))
    if len(found) > 1:
        names = ", ".join(repr(_text(sequence, "name")) for sequence in found[:5])
        raise TimelineError(f"{path}: holds {len(found)} sequences ({names}). Export the one to be dubbed alone.")
    if not found:
        raise TimelineError(f"{path}: holds no sequence. Select the sequence and export it as Final Cut Pro XML.")
    return found[0]


def _top_sequences(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag == "sequence" and len(child):
            yield child
        elif child.tag in ("project", "children", "bin"):
            yield from _top_sequences(child)


def _by_id(root: Element, tag: str) -> dict[str, Element]:
    """Full definitions by id; later mentions are empty."""
    found: dict[str, Element] = {}
    for element in root.iter(tag):
        key = element.get("id")
        if key and len(element):
            found.setdefault(key, element)
    return found


def _sequence_rate(sequence: Element, options: ReadOptions, path: Path) -> FrameRate:
    fps = _rate(sequence)
    if fps is None:
        if options.default_rate is None:
            raise TimelineError(f"{path}: its sequence has no rate. Give one with --fps, e.g. --fps 25.")
        return options.default_rate
    shown = _text(sequence, "timecode/displayformat").upper()
    droppable = fps.denominator == 1001 and round_half_up(fps) % 30 == 0
    return FrameRate(fps, shown == "DF" and droppable)


def _rate(element: Element) -> Fraction | None:
    """`<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>` as a fraction, None where there is none."""
    text = _text(element, "rate/timebase")
    if not text.isdecimal() or not 1 <= int(text[:6]) <= 240 or len(text) > 6:
        return None
    ntsc = _text(element, "rate/ntsc").upper() == "TRUE"
    return Fraction(int(text) * 1000, 1001) if ntsc else Fraction(int(text))


def _start_frame(sequence: Element, rate: FrameRate, options: ReadOptions, path: Path) -> int:
    label = options.start_timecode or _text(sequence, "timecode/string")
    try:
        return timecode_to_frame(label, rate) if label else int(_frames(sequence, "timecode/frame", path) or 0)
    except ValueError as error:
        if options.start_timecode is None and (frame := _frames(sequence, "timecode/frame", path)) is not None:
            return int(frame)
        raise TimelineError(f"{path}: start {error}. Give it with --start-timecode 01:00:00:00.") from error


def _last_end(sequence: Element, path: Path) -> Fraction:
    ends = [_frames(item, "end", path) for track in sequence.findall("media/*/track") for item in track]
    return max((end for end in ends if end is not None), default=Fraction(0))


def _walk(sequence: Element, view: _View, reading: _Reading) -> None:
    """Markers and tracks of the sequence itself."""
    for marker in sequence.findall("marker"):
        _add_marker(marker, view, reading)
    for kind in (TrackKind.VIDEO, TrackKind.AUDIO):
        for number, track in enumerate(sequence.findall(f"media/{kind.value}/track"), start=1):
            name = _track_name(track) or f"{kind.value[0].upper()}{number}"
            _add_track(track, kind, name, view, reading)


def _add_track(track: Element, kind: TrackKind, name: str, view: _View, reading: _Reading) -> None:
    """A track of the cut, and further lanes where sequences nested on it show several clips at once."""
    enabled = _enabled(track)
    clips = _clips_on(track, kind, name, enabled, view, reading)
    transitions = tuple(found for item in track.findall("transitionitem") for found in _transition(item, view, reading))
    first, *others = lanes(clips) or [()]
    dub = any(_own(item) for item in track.findall("clipitem"))
    reading.tracks.append(CutTrack(kind, name, first, transitions, enabled, "dub" if dub else ""))
    for number, lane in enumerate(others, start=2):
        reading.tracks.append(CutTrack(kind, f"{name} (nested {number})", lane, (), enabled))


def _clips_on(
    track: Element, kind: TrackKind, name: str, enabled: bool, view: _View, reading: _Reading
) -> list[CutClip]:
    items = [item for item in track if item.tag in ("clipitem", "generatoritem", "transitionitem")]
    clips: list[CutClip] = []
    for index, item in enumerate(items):
        reading.count()
        if item.tag != "transitionitem":
            bounds = _bounds(item, _transition_at(items, index - 1), _transition_at(items, index + 1), reading)
            clips += _take(item, bounds, kind, name, enabled, view, reading)
    return clips


def _transition_at(items: list[Element], index: int) -> Element | None:
    return items[index] if 0 <= index < len(items) and items[index].tag == "transitionitem" else None


def _enabled(element: Element) -> bool:
    return _text(element, "enabled").upper() != "FALSE"


@dataclass(frozen=True)
class _Bounds:
    """Record start and end in the sequence's frames, and the own frame of the media at `start`."""

    start: Fraction
    end: Fraction
    source: Fraction
    source_rate: Fraction
    speed: Fraction


def _bounds(item: Element, before: Element | None, after: Element | None, reading: _Reading) -> _Bounds:
    path = reading.path
    start, end = _frames(item, "start", path), _frames(item, "end", path)
    first, last = _frames(item, "in", path) or Fraction(0), _frames(item, "out", path)
    rate = _rate(item) or reading.rate.fps
    length = (last - first) / rate * reading.rate.fps if last is not None and last >= first >= 0 else None
    full_start, full_end = start, end
    if start is None or start < 0:
        full_start = _frames(before, "start", path) if before is not None else None
        start = _cut_point(before, path) if before is not None else None
    if end is None or end < 0:
        full_end = _frames(after, "end", path) if after is not None else None
        end = _cut_point(after, path) if after is not None else None
    if start is None and end is not None and length is not None:
        start = full_start = (full_end or end) - length
    if end is None and start is not None and length is not None:
        end = full_end = (full_start if full_start is not None else start) + length
    if start is None or end is None:
        raise TimelineError(f"{path}: clip {_text(item, 'name')[:40]!r} has neither start nor end. Export it again.")
    if end < start:
        raise TimelineError(f"{path}: clip {_text(item, 'name')[:40]!r} ends ({end}) before it starts ({start}).")
    offset = (start - (full_start if full_start is not None else start)) * rate / reading.rate.fps
    return _Bounds(start, end, first + offset, rate, _speed(item))


def _cut_point(transition: Element, path: Path) -> Fraction | None:
    start, end = _frames(transition, "start", path), _frames(transition, "end", path)
    if start is None or end is None:
        return None
    alignment = _text(transition, "alignment")
    if alignment.startswith("start"):
        return start
    return end if alignment.startswith("end") else Fraction((start + end) // 2)


def _take(
    item: Element, bounds: _Bounds, kind: TrackKind, track: str, enabled: bool, view: _View, reading: _Reading
) -> list[CutClip]:
    """The clip of an item, or those of the sequence nested in it; its markers and words are noted on the way."""
    start, end = view.record(bounds.start), view.record(bounds.end)
    span = _within(start, end, view.limit)
    enabled = enabled and _enabled(item)
    to_record = reading.rate.fps / bounds.source_rate
    offset = view.offset + view.scale * (bounds.start - bounds.source * to_record)
    for marker in item.findall("marker"):
        _add_marker(marker, _View(offset, view.scale * to_record, span), reading)
    nested = _nested(item, reading)
    if not span.frames:
        return []
    if nested is not None:
        return _nested_clips(
            nested, _View(offset, view.scale * to_record, span, view.depth + 1), kind, enabled, reading
        )
    if enabled:
        _note_words(item, span, track, reading)
    return [_clip(item, bounds, span, start, enabled, reading)]


def _nested_clips(nested: Element, view: _View, kind: TrackKind, enabled: bool, reading: _Reading) -> list[CutClip]:
    """Clips of one kind in a nested sequence, which plays at its own rate from the clip's `in` on."""
    if view.depth > MAX_NESTING:
        raise TimelineError(f"{reading.path}: sequences stand more than {MAX_NESTING} deep in one another.")
    for marker in nested.findall("marker"):
        _add_marker(marker, view, reading)
    clips: list[CutClip] = []
    for track in nested.findall(f"media/{kind.value}/track"):
        clips += _clips_on(track, kind, _track_name(track), enabled and _enabled(track), view, reading)
    return clips


def _nested(item: Element, reading: _Reading) -> Element | None:
    sequence = item.find("sequence")
    if sequence is None:
        return None
    return sequence if len(sequence) else reading.sequences.get(sequence.get("id") or "")


def _within(start: int, end: int, limit: FrameSpan) -> FrameSpan:
    first = max(start, limit.start)
    return FrameSpan(first, max(first, min(end, limit.end)))


def _note_words(item: Element, span: FrameSpan, track: str, reading: _Reading) -> None:
    """Lines that a clip carries: our own note, a title's text, or the name of a clip without media on a text track."""
    place = reading.place(item, span.start)
    own = _own(item)
    if own and reading.lines.add_own(own, span, place):
        return
    words = _title_text(item)
    if words:
        target = reading.lines.texts if is_text_track(track) or is_dialogue_name(track) else reading.lines.titles
        target.append(Speech(span, words, place))
    elif is_text_track(track) or (is_dialogue_name(track) and item.find("file") is None):
        name = _text(item, "name")
        if not is_label(name):
            reading.lines.texts.append(Speech(span, name, place))


def _own(item: Element) -> Mapping[str, Any]:
    """Our metadata in one of the notes a clip may have, {} for none."""
    notes = ("comments/mastercomment1", "comments/mastercomment2", "logginginfo/lognote", "logginginfo/description")
    return next((values for note in notes if (values := own_values(_text(item, note)))), {})


def _title_text(item: Element) -> str:
    """The words of a text generator: its parameter "str", or the one named Text."""
    for parameter in item.findall("effect/parameter") if item.tag == "generatoritem" else ():
        if (
            _text(parameter, "parameterid").casefold() in ("str", "text")
            or _text(parameter, "name").casefold() == "text"
        ):
            return _text(parameter, "value")
    return ""


def _clip(item: Element, bounds: _Bounds, span: FrameSpan, start: int, enabled: bool, reading: _Reading) -> CutClip:
    file = item.find("file")
    if file is not None and not len(file):
        file = reading.files.get(file.get("id") or "", file)
    address = _text(file, "pathurl") if file is not None else ""
    if address not in reading.paths:
        reading.paths[address] = find_media(address, reading.path.parent) if address else None
    hidden = Fraction(span.start - start) / reading.rate.fps * bounds.source_rate * bounds.speed
    media_start, media_frames = _media_extent(file, bounds.source_rate, reading.path)
    return CutClip(
        name=_text(item, "name"),
        span=span,
        media=address,
        path=reading.paths[address],
        source_start=(media_start or 0) + bounds.source + hidden,
        source_rate=bounds.source_rate,
        media_start=media_start,
        media_frames=media_frames,
        speed=bounds.speed,
        channels=_channels(item, file),
        enabled=enabled,
    )


def _media_extent(file: Element | None, rate: Fraction, path: Path) -> tuple[Fraction | None, Fraction | None]:
    """Start timecode and length of a media file in frames of `rate`; `in` and `out` count from its first frame."""
    if file is None:
        return None, None
    own = _rate(file) or rate
    start, duration = _frames(file, "timecode/frame", path), _frames(file, "duration", path)
    return (start or Fraction(0)) / own * rate, duration / own * rate if duration is not None else None


def _channels(item: Element, file: Element | None) -> int | None:
    """One for an item that takes a channel of its media, as Premiere writes them; else all the media has."""
    if _text(item, "sourcetrack/mediatype") == "audio" and _text(item, "sourcetrack/trackindex"):
        return 1
    count = _text(file, "media/audio/channelcount") if file is not None else ""
    return int(count) if count.isdecimal() and len(count) < 4 else None


def _speed(item: Element) -> Fraction:
    """The constant speed of a time remap filter, 1 where there is none."""
    for effect in item.findall("filter/effect"):
        if _text(effect, "effectid").casefold() != "timeremap":
            continue
        speed, reverse = Fraction(1), False
        for parameter in effect.findall("parameter"):
            key, value = _text(parameter, "parameterid").casefold(), _text(parameter, "value")
            if key == "speed":
                speed = (_number(value) or Fraction(100)) / 100
            reverse = reverse or (key == "reverse" and value.upper() == "TRUE")
        return -abs(speed) if reverse else speed
    return Fraction(1)


def _add_marker(marker: Element, view: _View, reading: _Reading) -> None:
    reading.count()
    first, last = _frames(marker, "in", reading.path), _frames(marker, "out", reading.path)
    if first is None or first < 0:
        return
    start = view.record(first)
    end = view.record(last) if last is not None and last > first else start
    if not view.limit.start <= start < view.limit.end:
        return
    span = FrameSpan(start, max(start, min(end, view.limit.end)))
    name, comment = _text(marker, "name"), _text(marker, "comment")
    found = CutMarker(span, name, comment)
    if found in reading.markers:  # picture and sound of a clip carry the same markers
        return
    reading.markers[found] = None
    reading.lines.add_marker(name, comment, span, reading.place(marker, start))


def _transition(item: Element, view: _View, reading: _Reading) -> list[CutTransition]:
    start, end = _frames(item, "start", reading.path), _frames(item, "end", reading.path)
    if start is None or end is None or end <= start:
        return []
    span = _within(view.record(start), view.record(end), view.limit)
    return [CutTransition(_text(item, "effect/name"), span)] if span.frames else []


def _track_name(track: Element) -> str:
    named = next((value for key, value in track.attrib.items() if key.endswith("TrackName")), "")
    return _text(track, "name") or named


def _frames(element: Element, key: str, path: Path) -> Fraction | None:
    """A number of frames under a tag, None where there is none. Raises `TimelineError` for one out of all bounds."""
    value = _number(_text(element, key))
    if value is not None and abs(value) > _MAX_FRAMES:
        raise TimelineError(f"{path}: <{element.tag}> has {key} = {float(value):g} frames, more than 400 hours.")
    return value


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text) if 0 < len(text) < 30 and "e" not in text.casefold() else None
    except (ValueError, ZeroDivisionError):
        return None


def _text(element: Element, key: str) -> str:
    return (element.findtext(key) or "").strip()
