"""Lines for a host that cannot read its own subtitles and names a subtitle file instead."""

from __future__ import annotations

from pathlib import Path

from indextts_post.notices import Notice
from indextts_post.server.hosts.timeline import HostLine
from indextts_post.timeline import ReadOptions, read


def lines_of(subtitles: Path, document: Path) -> tuple[list[HostLine], tuple[Notice, ...]]:
    """Lines of a subtitle file on the frames of the host's timeline in `document`, and what is odd about them.

    Raises `TimelineError` for a file that cannot be read, or whose times are not those of the timeline.
    """
    found = read(document, ReadOptions(subtitles=subtitles))
    lines = [HostLine(cue.text, cue.span.start, cue.span.end, cue.character, cue.emotion or "") for cue in found.cues]
    return lines, tuple(found.notices)
