"""The track plan as JSON, for scripts that place lines inside a program: what goes on which track at which frame.

    {"rate": "24000/1001", "drop_frame": false, "start_frame": 86400, "frame_count": 2400, "sample_rate": 48000,
     "tracks": [{"name": "DX Ben", "character": "Ben",
                 "clips": [{"id", "path", "record_frame", "frames", "samples", "text", "language"}]}]}

Frames count from the timeline's first, paths are absolute, and on one track no clip overlaps another.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indextts_post.export.formats.canonical import Dub, DubClip, DubTrack
from indextts_post.export.formats.losses import Feature, Loss, losses_of
from indextts_post.export.formats.options import FormatOptions
from indextts_post.files import write_json
from indextts_post.timebase import SAMPLE_RATE


def write(dub: Dub, path: Path, options: FormatOptions) -> tuple[Loss, ...]:
    """Write `path`: every line that is heard, its file, its place and its words."""
    write_json(path, track_plan(dub))
    return losses_of(
        dub,
        {
            Feature.TAKES: "only chosen takes are placed",
            Feature.MARKERS: "only lines",
            Feature.CAPTIONS: "the words stand with the lines",
            Feature.ORIGINALS: "they are in the program already",
            Feature.VERDICTS: "only lines that can be placed",
        },
    )


def track_plan(dub: Dub) -> dict[str, Any]:
    """The plan as a JSON object; see the top of this module."""
    return {
        "name": dub.name,
        "rate": dub.rate.exact,
        "drop_frame": dub.rate.drop_frame,
        "start_frame": dub.start_frame,
        "frame_count": dub.frame_count,
        "sample_rate": SAMPLE_RATE,
        "tracks": [_track(track) for track in dub.tracks if not track.muted],
    }


def _track(track: DubTrack) -> dict[str, Any]:
    return {"name": track.name, "character": track.character, "clips": [_clip(clip) for clip in track.clips]}


def _clip(clip: DubClip) -> dict[str, Any]:
    return {
        "id": clip.line_id,
        "path": str(clip.path.absolute()),
        "record_frame": clip.span.start,
        "frames": clip.span.frames,
        "samples": clip.samples.samples,
        "text": clip.text,
        "language": clip.language,
    }
