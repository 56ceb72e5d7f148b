"""Takes a file of the user's: OTIO or subtitles; gives a `Timeline` of `Cue`s: who, what, from which frame to which."""

from indextts_post.timeline.options import ReadOptions, TcOrigin
from indextts_post.timeline.reading import read
from indextts_post.timeline.records import (
    Cue,
    Cut,
    CutClip,
    CutMarker,
    CutTrack,
    CutTransition,
    LengthMode,
    OtioDocument,
    SyncClass,
    Timeline,
    TrackKind,
)

__all__ = [
    "Cue",
    "Cut",
    "CutClip",
    "CutMarker",
    "CutTrack",
    "CutTransition",
    "LengthMode",
    "OtioDocument",
    "ReadOptions",
    "SyncClass",
    "TcOrigin",
    "Timeline",
    "TrackKind",
    "read",
]
