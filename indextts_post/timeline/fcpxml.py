"""FCPXML 1.8 to 1.14 (`.fcpxml`, `.fcpxmld`): captions, titles, markers, roles, exact rational times.

Times are fractions of seconds. An item's `offset` is a time of its container, its `start` the container's own time at
which its content begins: a child stands at `record(parent) + child.offset − parent.start`. Items with a `lane` hang on
their parent and may outlast it; items without are its content and are cut by it.
Source: Apple, "FCPXML Reference", Story Elements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from indextts_post.errors import TimelineError
from indextts_post.notices import Notice, Place, Severity
from indextts_post.timebase import FrameRate, FrameSpan, frame_to_timecode, round_half_up, timecode_to_frame
from indextts_post.timeline.assembling import Found, assemble
from indextts_post.timeline.cues import Speech
from indextts_post.timeline.dialogue import is_dialogue_name
from indextts_post.timeline.intake import read_bytes
from indextts_post.timeline.labels import is_text_track
from indextts_post.timeline.lanes import lanes
from indextts_post.timeline.line_sources import LineSources, own_values
from indextts_post.timeline.media_paths import find_media
from indextts_post.timeline.options import ReadOptions
from indextts_post.timeline.records import Cut, CutClip, CutMarker, CutTrack, CutTransition, Timeline, TrackKind
from indextts_post.timeline.xml_input import parse

SUFFIXES = (".fcpxml", ".fcpxmld")
MAX_NESTING = 32
MAX_ITEMS = 200_000
"""Items of a walk: compound clips that hold one another by the dozen grow without end."""
_MAX_SECONDS = 400 * 3600

_CONTENT = (
    "clip",
    "asset-clip",
    "ref-clip",
    "sync-clip",
    "mc-clip",
    "audition",
    "gap",
    "title",
    "caption",
    "video",
    "audio",
    "spine",
)
_TIME = re.compile(r"(-?\d{1,18}(?:\.\d{1,9})?)(?:/(\d{1,18}))?s")

Extent = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class _Item:
    """A story element on the record: `at` is where its `start` stands, in seconds from the sequence's start."""

    element: Element
    at: Fraction
    start: Fraction
    duration: Fraction
    visible: Extent
    lane: int
    role: str
    enabled: bool


@dataclass
class _Reading:
    path: Path
    rate: FrameRate
    start_frame: int
    options: ReadOptions
    folder: Path
    resources: Mapping[str, Element]
    lines: LineSources
    video: dict[int, list[CutClip]] = field(default_factory=dict)
    audio: dict[tuple[str, bool], list[CutClip]] = field(default_factory=dict)
    markers: list[CutMarker] = field(default_factory=list)
    transitions: list[CutTransition] = field(default_factory=list)
    captions: dict[str, list[Speech]] = field(default_factory=dict)
    paths: dict[str, Path | None] = field(default_factory=dict)
    items: int = 0

    def time(self, element: Element, key: str, default: Fraction = Fraction(0)) -> Fraction:
        """An attribute in exact seconds. Raises `TimelineError` for what is no time."""
        text = element.get(key)
        if text is None:
            return default
        return seconds(text, self.path, element)

    def span(self, extent: Extent) -> FrameSpan:
        start = round_half_up(extent[0] * self.rate.fps)
        return FrameSpan(start, max(start, round_half_up(extent[1] * self.rate.fps)))

    def place(self, element: Element, at: Fraction) -> Place:
        label = frame_to_timecode(self.start_frame + round_half_up(at * self.rate.fps), self.rate)
        name = (element.get("name") or element.get("value") or "")[:40]
        return Place(self.path.name, thing=f"{element.tag} {name!r} at {label}")


def read(path: Path, options: ReadOptions) -> Timeline:
    """A timeline of an FCPXML project. Raises `TimelineError`: one sentence, with the element and a way out."""
    file = path / "Info.fcpxml" if path.is_dir() else path
    return read_root(parse(read_bytes(file), file), path, options)


def read_root(root: Element, path: Path, options: ReadOptions) -> Timeline:
    if root.tag != "fcpxml":
        raise TimelineError(f"{path}: its root is <{root.tag}>, not <fcpxml>. Export it from Final Cut Pro.")
    project, sequence = _sequence(root, path)
    resources = {r.get("id") or "": r for holder in root.findall("resources") for r in holder}
    rate = _rate(sequence, resources, options, path)
    start_s = seconds(sequence.get("tcStart") or "0s", path, sequence)
    start_frame = _start_frame(start_s, rate, options, path)
    reading = _Reading(path, rate, start_frame, options, path.parent, resources, LineSources(path.name))
    frame_count = _walk_sequence(sequence, reading, start_s)
    if frame_count < 1:
        raise TimelineError(f"{path}: the sequence is empty, its length is 0. Export the project with its clips.")
    _choose_captions(reading)
    speeches, notices = reading.lines.best(frame_count, rate)
    found = Found(
        path=path,
        name=project or path.stem,
        rate=rate,
        start_frame=start_frame,
        frame_count=frame_count,
        cut=Cut(_tracks(reading), tuple(reading.markers)),
        speeches=speeches,
        media_root=path.parent,
        notices=notices,
    )
    return assemble(found, options)


def seconds(text: str, path: Path, element: Element) -> Fraction:
    """`"1001/30000s"` exactly. Raises `TimelineError` for what is no FCPXML time."""
    value = _parsed_time(text.strip()[:60])
    if value is None:
        raise TimelineError(
            f"{path}: <{element.tag}> has the time {text[:30]!r}; FCPXML writes times like 1001/24000s."
        )
    if abs(value) > _MAX_SECONDS:
        raise TimelineError(f"{path}: <{element.tag}> lies more than 400 hours away ({text[:30]}).")
    return value


@lru_cache(maxsize=65_536)
def _parsed_time(text: str) -> Fraction | None:
    match = _TIME.fullmatch(text)
    if match is None or (match[2] and int(match[2]) == 0):
        return None
    return Fraction(match[1]) / int(match[2] or 1)


def _sequence(root: Element, path: Path) -> tuple[str, Element]:
    """Name and sequence of the one project. Raises `TimelineError` for none and for several."""
    projects = [project for project in root.iter("project") if project.find("sequence") is not None]
    if len(projects) > 1:
        names = ", ".join(repr(project.get("name")) for project in projects[:5])
        raise TimelineError(f"{path}: holds {len(projects)} projects ({names}). Export the one to be dubbed alone.")
    if projects:
        sequence = projects[0].find("sequence")
        if sequence is not None:
            return projects[0].get("name") or "", sequence
    raise TimelineError(f"{path}: holds no project with a sequence. Select the project in Final Cut Pro and export it.")


def _rate(sequence: Element, resources: Mapping[str, Element], options: ReadOptions, path: Path) -> FrameRate:
    if options.rate is not None:
        return options.rate
    resource = resources.get(sequence.get("format") or "")
    duration = resource.get("frameDuration") if resource is not None else None
    if duration is None:
        if options.default_rate is None:
            raise TimelineError(
                f"{path}: its sequence names no frame duration. Give the rate with --fps, e.g. --fps 25."
            )
        return options.default_rate
    length = seconds(duration, path, sequence)
    if not Fraction(1, 250) <= length <= 1:
        raise TimelineError(f"{path}: a frame duration of {duration} is none. Give the rate with --fps, e.g. --fps 25.")
    plain = FrameRate((1 / length).limit_denominator(1001))
    droppable = plain.fps.denominator == 1001 and plain.nominal % 30 == 0
    return FrameRate(plain.fps, sequence.get("tcFormat") == "DF" and droppable)


def _start_frame(start_s: Fraction, rate: FrameRate, options: ReadOptions, path: Path) -> int:
    if options.start_timecode is None:
        return round_half_up(start_s * rate.fps)
    try:
        return timecode_to_frame(options.start_timecode, rate)
    except ValueError as error:
        raise TimelineError(f"{path}: start {error}. Write it like 01:00:00:00.") from error


def _walk_sequence(sequence: Element, reading: _Reading, start_s: Fraction) -> int:
    """Walk the primary storyline; gives the length in frames."""
    spine = sequence.find("spine")
    if spine is None:
        return 0
    first = next((reading.time(child, "offset", start_s) for child in spine if child.tag in _CONTENT), start_s)
    origin = start_s if first >= start_s else Fraction(0)  # some writers count offsets from zero whatever tcStart says
    forever = (Fraction(-_MAX_SECONDS), Fraction(_MAX_SECONDS))
    end = _walk_spine(spine, -origin, forever, 0, "", True, reading, 0)
    length = reading.time(sequence, "duration", end)
    return round_half_up(max(length, end) * reading.rate.fps)


def _walk_spine(
    spine: Element, origin: Fraction, limit: Extent, lane: int, role: str, enabled: bool, reading: _Reading, depth: int
) -> Fraction:
    """Items of a storyline one after another; `origin` is where its time 0 stands. Gives the end of the last."""
    position: Fraction | None = None
    end = Fraction(0)
    for child in spine:
        if child.tag == "transition":
            _add_transition(child, origin, lane, reading)
            continue
        if child.tag not in _CONTENT:
            continue
        default = position if position is not None else -origin
        at = origin + reading.time(child, "offset", default)
        duration = _walk_item(child, at, limit, lane, role, enabled, reading, depth + 1)
        position = at - origin + duration
        end = max(end, at + duration)
    return end


def _walk_item(
    element: Element, at: Fraction, limit: Extent, lane: int, role: str, enabled: bool, reading: _Reading, depth: int
) -> Fraction:
    """One item at a record time, with all that hangs on it or lies in it; gives its duration in seconds."""
    reading.items += 1
    if depth > MAX_NESTING or reading.items > MAX_ITEMS:
        raise TimelineError(
            f"{reading.path}: clips stand too deep or too often in one another. Export it without them."
        )
    if element.tag == "spine":
        return _walk_spine(element, at, limit, lane, role, enabled, reading, depth) - at
    if element.tag == "audition":
        active = next((child for child in element if child.tag in _CONTENT), None)
        return (
            _walk_item(active, at, limit, lane, role, enabled, reading, depth + 1)
            if active is not None
            else Fraction(0)
        )
    item = _item(element, at, limit, lane, role, enabled, reading)
    _take(item, reading)
    _walk_children(item, limit, reading, depth)
    if element.tag == "ref-clip":
        _walk_compound(item, reading, depth)
    return item.duration


def _item(
    element: Element, at: Fraction, limit: Extent, lane: int, role: str, enabled: bool, reading: _Reading
) -> _Item:
    start = reading.time(element, "start", _own_start(element, reading))
    duration = reading.time(element, "duration", _own_duration(element, reading))
    if duration < 0:
        raise TimelineError(f"{reading.place(element, at)}: has a negative duration. Correct it in the project.")
    own_role = element.get("audioRole") or element.get("role") or role
    seen = max(at, limit[0]), min(at + duration, limit[1])
    return _Item(element, at, start, duration, seen, lane, own_role, enabled and element.get("enabled") != "0")


def _walk_children(item: _Item, limit: Extent, reading: _Reading, depth: int) -> None:
    for child in item.element:
        if child.tag in ("marker", "chapter-marker"):
            _add_marker(child, item, reading)
        if child.tag not in _CONTENT:
            continue
        hangs = child.get("lane") is not None
        at = item.at + reading.time(child, "offset", item.start) - item.start
        lane = item.lane + _lane(child) if hangs else item.lane
        inside = limit if hangs else item.visible
        _walk_item(child, at, inside, lane, item.role, item.enabled, reading, depth + 1)


def _walk_compound(item: _Item, reading: _Reading, depth: int) -> None:
    """The sequence that a compound clip refers to, cut by the clip."""
    media = reading.resources.get(item.element.get("ref") or "")
    sequence = media.find("sequence") if media is not None else None
    spine = sequence.find("spine") if sequence is not None else None
    if spine is not None and item.visible[0] < item.visible[1]:
        _walk_spine(spine, item.at - item.start, item.visible, item.lane, item.role, item.enabled, reading, depth + 1)


def _own_start(element: Element, reading: _Reading) -> Fraction:
    """Where an item begins that does not say it: its media's start."""
    resource = reading.resources.get(element.get("ref") or "")
    if resource is None:
        return Fraction(0)
    sequence = resource.find("sequence")
    return reading.time(resource, "start") if sequence is None else reading.time(sequence, "tcStart")


def _own_duration(element: Element, reading: _Reading) -> Fraction:
    resource = reading.resources.get(element.get("ref") or "")
    if resource is None:
        return Fraction(0)
    sequence = resource.find("sequence")
    return reading.time(resource if sequence is None else sequence, "duration")


def _lane(element: Element) -> int:
    text = element.get("lane") or "0"
    return int(text) if re.fullmatch(r"-?\d{1,4}", text) else 0


def _take(item: _Item, reading: _Reading) -> None:
    """What an item itself gives: a caption, a title, a clip of the cut, or a line of our own metadata."""
    element, (start, end) = item.element, item.visible
    if start >= end or element.tag in ("gap", "spine", "ref-clip", "sync-clip", "clip"):
        return
    span = reading.span(item.visible)
    if not span.frames:
        return
    place = reading.place(element, item.at)
    own = _own_values(element)
    if own and item.enabled:
        reading.lines.add_own(own, span, place)
    if element.tag == "caption":
        _add_caption(item, span, place, reading)
    elif element.tag == "title":
        _add_title(item, span, place, reading)
    if element.tag != "caption":
        _add_clips(item, span, bool(own), reading)


def _add_caption(item: _Item, span: FrameSpan, place: Place, reading: _Reading) -> None:
    """`role="SRT?captionFormat=SRT.en"` ends in the language; the part before the question mark may be a name."""
    if not item.enabled:
        return
    role = item.element.get("role") or ""
    language = role.rpartition(".")[2] if "." in role else ""
    speech = Speech(span, _text(item.element) or item.element.get("name") or "", place, language=language or None)
    reading.captions.setdefault(role, []).append(speech)


def _add_title(item: _Item, span: FrameSpan, place: Place, reading: _Reading) -> None:
    main, _, sub = (item.element.get("role") or "").partition(".")
    text = _text(item.element)
    if not text or not item.enabled:
        return
    if is_dialogue_name(main) or is_text_track(main):
        reading.lines.texts.append(Speech(span, text, place, character=_character(sub, main)))
    elif main.casefold() in ("", "titles", "title", "video"):
        reading.lines.titles.append(Speech(span, text, place, character=_character(sub, main)))


def _character(sub_role: str, main: str) -> str:
    """`dialogue.Ben` is Ben; `dialogue.dialogue-1` and `titles.titles-2` are Final Cut's own numbering."""
    generic = re.fullmatch(rf"({re.escape(main)}|titles?|dialogue|subtitles?)[-\s]?\d*", sub_role, re.IGNORECASE)
    return "" if generic else sub_role.strip()


def _add_marker(element: Element, item: _Item, reading: _Reading) -> None:
    start = item.at + reading.time(element, "start", item.start) - item.start
    end = start + reading.time(element, "duration")
    if not item.visible[0] <= start < item.visible[1]:
        return
    span = reading.span((start, min(end, item.visible[1])))
    name, note = element.get("value") or "", element.get("note") or ""
    reading.markers.append(CutMarker(span, name, note))
    main, _, sub = item.role.partition(".")
    character = _character(sub, main) if is_dialogue_name(main) else ""
    reading.lines.add_marker(name, note, span, reading.place(element, start), character)


def _add_transition(element: Element, origin: Fraction, lane: int, reading: _Reading) -> None:
    start = origin + reading.time(element, "offset", -origin)
    span = reading.span((start, start + reading.time(element, "duration")))
    if span.frames and lane == 0:
        reading.transitions.append(CutTransition(element.get("name") or "", span))


def _add_clips(item: _Item, span: FrameSpan, dub: bool, reading: _Reading) -> None:
    """An item with picture and sound is a clip of a picture track and one of the track of its audio role.

    Lines of an earlier dub (`dub`) stay on tracks of their own, apart from the original of the same role.
    """
    element = item.element
    asset = reading.resources.get(element.get("ref") or "")
    seen, heard = _shows(element, asset)
    clip = _clip(item, span, asset, reading)
    if seen:
        reading.video.setdefault(item.lane, []).append(clip)
    if heard:
        main = item.role.partition(".")[0] or "dialogue"
        reading.audio.setdefault((main, dub), []).append(clip)


def _shows(element: Element, asset: Element | None) -> tuple[bool, bool]:
    """Does an item show a picture, does it make a sound?"""
    if element.tag in ("video", "title"):
        return True, False
    if element.tag == "audio":
        return False, True
    if element.tag == "mc-clip" or asset is None:
        return True, True
    enabled = element.get("srcEnable") or "all"
    picture = asset.get("hasVideo") == "1" and enabled != "audio"
    return picture, asset.get("hasAudio") == "1" and enabled != "video"


def _clip(item: _Item, span: FrameSpan, asset: Element | None, reading: _Reading) -> CutClip:
    element = item.element
    address = _address(asset)
    if address not in reading.paths:
        reading.paths[address] = find_media(address, reading.folder) if address else None
    rate = _asset_rate(asset, reading)
    local = item.start + item.visible[0] - item.at
    media_time, speed = _through_time_map(element, local, reading)
    channels = (asset.get("audioChannels") or "") if asset is not None else ""
    return CutClip(
        name=element.get("name") or "",
        span=span,
        media=address,
        path=reading.paths[address],
        source_start=media_time * rate,
        source_rate=rate,
        media_start=reading.time(asset, "start") * rate if asset is not None else None,
        media_frames=reading.time(asset, "duration") * rate if asset is not None else None,
        speed=speed,
        channels=int(channels) if channels.isdecimal() and len(channels) < 4 else None,
        enabled=item.enabled,
        role=item.role,
    )


def _address(asset: Element | None) -> str:
    """`src` of the asset up to 1.8, of its media representation after."""
    if asset is None or asset.tag != "asset":
        return ""
    representation = asset.find("media-rep")
    holder = asset if representation is None else representation
    return holder.get("src") or ""


def _asset_rate(asset: Element | None, reading: _Reading) -> Fraction:
    """Frames a second of an asset's picture; the sequence's for sound and generators."""
    resource = reading.resources.get(asset.get("format") or "") if asset is not None else None
    duration = resource.get("frameDuration") if resource is not None else None
    length = seconds(duration, reading.path, resource) if duration and resource is not None else Fraction(0)
    return 1 / length if Fraction(1, 1000) <= length <= 1 else reading.rate.fps


def _through_time_map(element: Element, local: Fraction, reading: _Reading) -> tuple[Fraction, Fraction]:
    """Media time and speed at a time of a retimed clip, by the two points of its map around it."""
    points = [(reading.time(p, "time"), reading.time(p, "value")) for p in element.findall("timeMap/timept")]
    if len(points) < 2:
        return local, Fraction(1)
    last = len(points) - 2
    index = next((i for i in range(last + 1) if local < points[i + 1][0]), last)
    (time, value), (next_time, next_value) = points[index], points[index + 1]
    speed = (next_value - value) / (next_time - time) if next_time > time else Fraction(1)
    return value + (local - time) * speed, speed


def _text(element: Element) -> str:
    """All words of a caption or title; each `<text>` is a line."""
    return "\n".join("".join(text.itertext()).strip() for text in element.findall("text")).strip()


def _own_values(element: Element) -> Mapping[str, Any]:
    """Our metadata on a clip: `<md key="dubsync" value="dubsync:{…}">`, or a note that holds the same."""
    for md in element.findall("metadata/md"):
        if (md.get("key") or "").endswith("dubsync"):
            return own_values(md.get("value"))
    note = element.find("note")
    return own_values(note.text) if note is not None else {}


def _choose_captions(reading: _Reading) -> None:
    """One language of captions is spoken: the one asked for, else the first."""
    if not reading.captions:
        return
    wanted = (reading.options.language or "").casefold().partition("-")[0]
    roles = list(reading.captions)
    matching = [r for r in roles if wanted and r.rpartition(".")[2].casefold().partition("-")[0] == wanted]
    chosen = (matching or roles)[0]
    reading.lines.captions = reading.captions[chosen]
    if len(roles) > 1:
        others = ", ".join(repr(role) for role in roles if role != chosen)
        message = f"of {len(roles)} caption roles {chosen!r} is spoken, not {others}; --lang decides"
        reading.lines.notices.append(Notice("timeline.caption_role", message, Severity.NOTE, Place(reading.path.name)))


def _tracks(reading: _Reading) -> tuple[CutTrack, ...]:
    return tuple(_iterate_tracks(reading))


def _iterate_tracks(reading: _Reading) -> Iterator[CutTrack]:
    number = 0
    for lane in sorted(reading.video):
        for clips in lanes(reading.video[lane]):
            number += 1
            transitions = tuple(reading.transitions) if lane == 0 else ()
            yield CutTrack(TrackKind.VIDEO, f"V{number}", clips, transitions)
    for (role, dub), clips_of_role in reading.audio.items():
        for index, clips in enumerate(lanes(clips_of_role), start=1):
            name = f"{role}{' dub' if dub else ''}{f' {index}' if index > 1 else ''}"
            yield CutTrack(TrackKind.AUDIO, name, clips, role="dub" if dub else role.casefold())
