"""The room's one verb: a file in, a `Timeline` out, by the file's suffix and what it really holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from indextts_post.errors import TimelineError
from indextts_post.notices import Notice
from indextts_post.timebase import FrameSpan
from indextts_post.timeline import aaf, edl, fcpxml, otio, subtitles, xml_timeline
from indextts_post.timeline.cues import past_end_error
from indextts_post.timeline.options import ReadOptions
from indextts_post.timeline.records import Timeline

Reader = Callable[[Path, ReadOptions], Timeline]

READERS: dict[str, Reader] = {
    **dict.fromkeys(subtitles.SUFFIXES, subtitles.read),
    **dict.fromkeys(otio.SUFFIXES, otio.read),
    **dict.fromkeys(fcpxml.SUFFIXES, fcpxml.read),
    **dict.fromkeys(xml_timeline.SUFFIXES, xml_timeline.read),
    **dict.fromkeys(edl.SUFFIXES, edl.read),
    **dict.fromkeys(aaf.SUFFIXES, aaf.read),
}
"""Suffix → reader."""


def read(path: Path, options: ReadOptions | None = None) -> Timeline:
    """Lines of a timeline or subtitle file, on the frames of the timeline.

    Raises `TimelineError`: one sentence with the file, the place in it, and a way out.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = " ".join(sorted(READERS))
        raise TimelineError(
            f"{path}: files of the kind {path.suffix or 'without suffix'!r} are not read. Known: {known}"
        )
    return _fitting(reader(path, options or ReadOptions()))


def _fitting(timeline: Timeline) -> Timeline:
    """Cues that outlast the picture end with it. Raises `TimelineError` for one that starts after its end."""
    if error := past_end_error(timeline.cues, timeline.frame_count, timeline.rate, timeline.start_frame):
        raise error
    end = timeline.frame_count
    long = [cue for cue in timeline.cues if cue.span.end > end]
    cut = {cue.id: replace(cue, span=FrameSpan(cue.span.start, end)) for cue in long}
    notices = (
        Notice(
            "cue.past_end",
            f"ends {cue.span.end - end} frame(s) after the picture; cut",
            place=cue.place,
            line_id=cue.id,
        )
        for cue in long
    )
    cues = tuple(cut.get(cue.id, cue) for cue in timeline.cues)
    return replace(timeline, cues=cues, notices=(*timeline.notices, *notices)) if long else timeline
