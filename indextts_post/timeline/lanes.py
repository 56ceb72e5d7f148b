"""Things that overlap, laid side by side: each goes to the first lane that is free."""

from __future__ import annotations

from collections.abc import Iterable

from indextts_post.timeline.records import CutClip


def lanes(clips: Iterable[CutClip]) -> list[tuple[CutClip, ...]]:
    """Clips in time order on as few lanes as they need; on each, none overlaps another."""
    found: list[list[CutClip]] = []
    for clip in sorted(clips, key=lambda clip: (clip.span.start, clip.span.end)):
        free = next((lane for lane in found if lane[-1].span.end <= clip.span.start), None)
        if free is None:
            found.append([clip])
        else:
            free.append(clip)
    return [tuple(lane) for lane in found]
