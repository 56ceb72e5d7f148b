"""How much time each line has: its slot, and the silence around it that it may borrow.

Neighbours are looked at over the whole timeline. Silence is where nobody has a cue; a line never borrows into a cue,
its own character's or another's. Where cues overlap already, the user's slot stands, except that one character cannot
speak twice at once: his earlier line has to end where his later one begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from indextts_post.cast import Line
from indextts_post.plan.options import PlanOptions
from indextts_post.timebase import FrameRate, frames_to_seconds


@dataclass(frozen=True)
class TimeWindow:
    """Exact seconds on the timeline. Speech starts in `[earliest, start]`, ends by `latest`; `end` is the slot's."""

    start_s: Fraction
    end_s: Fraction
    earliest_s: Fraction
    latest_s: Fraction


def time_windows(lines: Sequence[Line], rate: FrameRate, frame_count: int, options: PlanOptions) -> list[TimeWindow]:
    """One `TimeWindow` for each line, in the order given (any order)."""
    order = sorted(range(len(lines)), key=lambda i: (lines[i].span.start, lines[i].span.end, i))
    own_next = _next_of_same_character(lines, order)
    slots = {i: _slot(lines[i], lines[own] if (own := own_next[i]) is not None else None, rate) for i in order}
    earliest = _earliest_starts(order, slots, options)
    picture_end = frames_to_seconds(frame_count, rate)
    found: dict[int, TimeWindow] = {}
    for index, after in pairwise([*order, None]):
        assert index is not None
        start, end = slots[index]
        if after is None:
            wall = picture_end
        else:
            same = lines[after].character == lines[index].character
            wall = (slots[after][0] if same else earliest[after]) - options.min_gap_s
        latest = _latest(lines[index], end, wall, rate, options)
        found[index] = TimeWindow(start, end, earliest[index], max(min(latest, picture_end), start))
    return [found[index] for index in range(len(lines))]


def _slot(line: Line, own_next: Line | None, rate: FrameRate) -> tuple[Fraction, Fraction]:
    """Start and end of the cue in seconds, cut where the same character has to speak again."""
    start, end = (frames_to_seconds(frame, rate) for frame in (line.span.start, line.span.end))
    if own_next is not None:
        end = max(min(end, frames_to_seconds(own_next.span.start, rate)), start + rate.frame_duration_s)
    return start, end


def _next_of_same_character(lines: Sequence[Line], order: Sequence[int]) -> dict[int, int | None]:
    following: dict[int, int | None] = {}
    last: dict[str, int] = {}
    for index in order:
        following[index] = None
        previous = last.get(lines[index].character)
        if previous is not None:
            following[previous] = index
        last[lines[index].character] = index
    return following


def _latest(line: Line, end: Fraction, wall: Fraction, rate: FrameRate, options: PlanOptions) -> Fraction:
    """Latest end of speech: as far as the class and the options reach, but not through `wall`; never before `end`."""
    limits = options.limits[line.sync]
    reach = options.borrow_after_s
    if limits.late_s is not None:
        reach = min(reach, limits.late_s)
    if limits.late_frames is not None:
        reach = min(reach, limits.late_frames * rate.frame_duration_s)
    return max(end, min(end + reach, wall))


def _earliest_starts(
    order: Sequence[int], slots: dict[int, tuple[Fraction, Fraction]], options: PlanOptions
) -> dict[int, Fraction]:
    """Half of the gap before a line at most: the other half is the line's that was spoken before it."""
    found: dict[int, Fraction] = {}
    spoken_until: Fraction | None = None
    for index in order:
        start, end = slots[index]
        free = start if spoken_until is None else (start - spoken_until - options.min_gap_s) / 2
        found[index] = start - min(max(free, Fraction(0)), options.borrow_before_s)
        spoken_until = end if spoken_until is None else max(spoken_until, end)
    return found
