"""What the user decides about formats, parsed once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class UrlStyle(StrEnum):
    """How an OTIO file spells where media are. Hosts disagree; each flavour has its own default."""

    BARE = "bare"
    """Absolute path: Resolve and Kdenlive."""
    FILE = "file"
    """Percent-encoded `file://` address: Premiere."""
    RELATIVE = "relative"
    """Path from the file's own folder."""


class SourceOrigin(StrEnum):
    """What a line's sound file counts its own time from. Never mixed within one file that is written."""

    ZERO = "zero"
    """The file starts at 0 and carries no time stamp."""
    ABSOLUTE = "absolute"
    """The file is stamped (`bext`) with its place on the timeline, and source times in the project count from there."""


class MarkedLines(StrEnum):
    """Which lines get a marker with verdict and note."""

    NONE = "none"
    FLAGGED = "flagged"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class FormatOptions:
    """Options of `export_formats`; `None` means the target's own habit.

    `origin` is ABSOLUTE by default for `bwf` alone. `width` and `height` are the picture's, where a format must say.
    `handles` are frames of silence before and after each stem; `two_pop` puts one frame of 1 kHz two seconds before
    picture start (it needs handles of at least two seconds). `scene` goes into iXML. `made` is "YYYY-MM-DD HH:MM:SS",
    left blank where not given, so that the same dub gives the same bytes.
    """

    origin: SourceOrigin | None = None
    markers: MarkedLines = MarkedLines.FLAGGED
    take_lanes: bool = True
    fcpxml_version: str = "1.10"
    aaf_embed: bool = True
    url_style: UrlStyle | None = None
    otio_clip_schema: int = 2
    otioz_originals: bool = True
    width: int = 1920
    height: int = 1080
    handles: int = 0
    two_pop: bool = False
    scene: str = ""
    made: str = ""
