"""Are subtitle times counted from zero, or from the timeline's timecode? Decided by where the cues would fall."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from indextts_post.notices import Notice, Place, Severity
from indextts_post.timebase import FrameRate, frame_to_timecode, frames_to_seconds, hours_to_frames
from indextts_post.timeline.options import TcOrigin

_HOUR = Fraction(3600)
_EARLY = Fraction(1)
"""A cue may begin this long before the timeline's start and still be counted from its timecode (rounded exports)."""


@dataclass(frozen=True)
class Origin:
    """`offset_s` is taken off every time; `start_frame` is the timeline's start, None where the file knows none."""

    offset_s: Fraction
    start_frame: int | None
    notice: Notice | None


def label_seconds(frame: int, rate: FrameRate) -> Fraction:
    """The clock time a timecode label shows: 01:00:00:00 is 3600 s although 23.976 needs 3603.6 to get there."""
    label = frame_to_timecode(frame, rate)
    hours, minutes, seconds, frames = (int(part) for part in label.replace(";", ":").lstrip("-").split(":"))
    value = Fraction(hours * 3600 + minutes * 60 + seconds) + Fraction(frames, rate.nominal)
    return -value if label.startswith("-") else value


def for_timeline(
    first_s: Fraction,
    last_s: Fraction,
    start_frame: int,
    frame_count: int,
    rate: FrameRate,
    wanted: TcOrigin | None,
    file: str,
) -> Origin:
    """Origin of a subtitle file that goes with a timeline starting at `start_frame`.

    Editors write the clock time of the timecode label; a file that only fits in true seconds is taken so.
    """
    label, true = label_seconds(start_frame, rate), frames_to_seconds(start_frame, rate)
    length = frames_to_seconds(frame_count, rate)
    offset = true if last_s - label > length >= last_s - true and first_s >= true else label
    absolute = Origin(offset, start_frame, None)
    relative = Origin(Fraction(0), start_frame, None)
    if wanted is not None or start_frame == 0:
        return absolute if wanted is TcOrigin.TIMELINE else relative
    at = frame_to_timecode(start_frame, rate)
    if first_s >= offset - _EARLY and start_frame > 0:
        return Origin(offset, start_frame, _said(f"times count from the timeline's start timecode {at}", file))
    return Origin(Fraction(0), start_frame, _said(f"times count from zero, not from the timecode {at}", file))


def for_bare_file(
    first_s: Fraction,
    film_s: Fraction | None,
    wanted: TcOrigin | None,
    given_frame: int | None,
    rate: FrameRate,
    file: str,
) -> Origin:
    """Origin of a subtitle file without a timeline.

    A programme whose first word comes after an hour starts at that hour.
    """
    if wanted is TcOrigin.ZERO:
        return Origin(Fraction(0), given_frame, None)
    if given_frame is not None:
        offset = label_seconds(given_frame, rate)
        counted = wanted is TcOrigin.TIMELINE or first_s >= offset - _EARLY
        return Origin(offset if counted else Fraction(0), given_frame, None)
    hours = int(first_s // _HOUR)
    if wanted is None and (hours < 1 or (film_s is not None and first_s < film_s)):
        return Origin(Fraction(0), None, None)
    start = hours_to_frames(hours, rate)
    shown = frame_to_timecode(start, rate)
    said = _said(f"the first cue comes after {hours} h, so times count from a start timecode of {shown}", file)
    return Origin(hours * _HOUR, start, said)


def _said(message: str, file: str) -> Notice:
    return Notice("subtitle.origin", f"{message} (--tc-origin decides)", Severity.NOTE, Place(file))
