"""What a host program says it placed, compared with what was to be placed: hosts round, refuse and forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indextts_post.export.formats.canonical import Dub


@dataclass(frozen=True)
class PlacedLine:
    """A line's file as it really stands; `record_frame` counts from the timeline's first frame."""

    line_id: str
    record_frame: int
    frames: int


@dataclass(frozen=True)
class Misplaced:
    line_id: str
    planned_frame: int
    placed_frame: int


@dataclass(frozen=True)
class Placement:
    """`right` lines stand on their frame; `missing` were not placed, `unknown` are none of ours."""

    right: int
    off: tuple[Misplaced, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not (self.off or self.missing or self.unknown)


def compare_placed(dub: Dub, placed: Sequence[PlacedLine]) -> Placement:
    """Compare by line. A line that was placed twice is right only if both stand on its frame."""
    planned = {clip.line_id: clip.span.start for clip in dub.clips}
    of_the_plan = [line for line in placed if line.line_id in planned]
    off = tuple(
        Misplaced(line.line_id, planned[line.line_id], line.record_frame)
        for line in of_the_plan
        if line.record_frame != planned[line.line_id]
    )
    there = {line.line_id for line in of_the_plan}
    return Placement(
        right=len(there - {one.line_id for one in off}),
        off=off,
        missing=tuple(name for name in planned if name not in there),
        unknown=tuple(dict.fromkeys(line.line_id for line in placed if line.line_id not in planned)),
    )
