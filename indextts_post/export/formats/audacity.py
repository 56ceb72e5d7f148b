"""Audacity labels: start, end and name of each line, in seconds."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from indextts_post.export.formats.canonical import Dub, DubClip
from indextts_post.export.formats.losses import Feature, Loss, losses_of
from indextts_post.export.formats.names import one_line
from indextts_post.export.formats.options import FormatOptions
from indextts_post.files import write_text
from indextts_post.timebase import frames_to_seconds, round_half_up


def write(dub: Dub, path: Path, options: FormatOptions) -> tuple[Loss, ...]:
    """Write `path` with one tab-separated label a line: `L0001 Anna: text`."""
    write_text(path, "".join(f"{_label(clip, dub)}\n" for clip in dub.clips))
    reason = "labels are times and names only"
    features = (Feature.LANGUAGE, Feature.START, Feature.DROP_FLAG, Feature.RATE, Feature.TRACKS, Feature.SOUND)
    more = (Feature.TAKES, Feature.MARKERS, Feature.CAPTIONS, Feature.ORIGINALS, Feature.VERDICTS, Feature.SAMPLES)
    return losses_of(dub, dict.fromkeys((*features, *more), reason))


def decimal_seconds(seconds: Fraction, places: int = 6) -> str:
    """A number of seconds with a fixed count of decimals, the last one rounded half up."""
    scaled = round_half_up(seconds * 10**places)
    whole, rest = divmod(scaled, 10**places)
    return f"{whole}.{rest:0{places}d}"


def _label(clip: DubClip, dub: Dub) -> str:
    times = (decimal_seconds(frames_to_seconds(frame, dub.rate)) for frame in (clip.span.start, clip.span.end))
    who = f"{clip.character}: " if clip.character else ""
    return "\t".join((*times, one_line(f"{clip.line_id} {who}{clip.text}")))
