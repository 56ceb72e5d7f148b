"""What a format cannot carry, said by name and number before the user finds out in the other program."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from indextts_post.export.formats.canonical import Dub
from indextts_post.plan import Verdict
from indextts_post.timeline import CutClip


class Feature(StrEnum):
    """One thing a dub is made of; a format carries it or loses it."""

    FRAMES = "record frames"
    NAMES = "line names"
    TEXT = "text"
    CHARACTERS = "characters"
    LANGUAGE = "language"
    START = "start timecode"
    DROP_FLAG = "drop-frame flag"
    RATE = "frame rate"
    TRACKS = "track names"
    SOUND = "line files"
    SAMPLES = "exact sample counts"
    TAKES = "other takes"
    MARKERS = "markers"
    CAPTIONS = "captions"
    ORIGINALS = "original tracks"
    MUTING = "muted original dialogue"
    RETIMES = "speed changes of the original"
    TRANSITIONS = "transitions of the original"
    VERDICTS = "verdicts and notes"


@dataclass(frozen=True)
class Loss:
    """`count` things of one kind that the written file does not hold, and what becomes of them."""

    feature: Feature
    count: int
    reason: str

    def __str__(self) -> str:
        return f"{self.feature} ({self.count}): {self.reason}"


def _fractional_starts(dub: Dub) -> int:
    return sum(1 for track in dub.cut.tracks for clip in track.clips if clip.speed != 1)


_COUNT: dict[Feature, Callable[[Dub], int]] = {
    Feature.FRAMES: lambda dub: len(dub.clips),
    Feature.NAMES: lambda dub: len(dub.clips),
    Feature.TEXT: lambda dub: sum(1 for clip in dub.clips if clip.text),
    Feature.CHARACTERS: lambda dub: len({clip.character for clip in dub.clips if clip.character}),
    Feature.LANGUAGE: lambda dub: len({clip.language for clip in dub.clips if clip.language}),
    Feature.START: lambda dub: 1 if dub.start_frame else 0,
    Feature.DROP_FLAG: lambda dub: 1 if dub.rate.drop_frame else 0,
    Feature.RATE: lambda dub: 1,
    Feature.TRACKS: lambda dub: len(dub.tracks),
    Feature.SOUND: lambda dub: len(dub.clips),
    Feature.SAMPLES: lambda dub: len(dub.clips),
    Feature.TAKES: lambda dub: sum(len(clip.takes) for clip in dub.clips),
    Feature.MARKERS: lambda dub: len(dub.markers) + len(dub.cut.markers),
    Feature.CAPTIONS: lambda dub: len(dub.captions),
    Feature.ORIGINALS: lambda dub: len(dub.cut.tracks),
    Feature.MUTING: lambda dub: sum(1 for track in dub.cut.tracks if track.dialogue and not track.enabled),
    Feature.RETIMES: _fractional_starts,
    Feature.TRANSITIONS: lambda dub: sum(len(track.transitions) for track in dub.cut.tracks),
    Feature.VERDICTS: lambda dub: sum(1 for clip in dub.clips if clip.note or clip.verdict is not Verdict.FITS),
}
"""How many of each a dub holds: what is not there cannot be lost."""


def without_media(clip: CutClip) -> Loss:
    """The loss of one clip of the original edit that no file can be named for."""
    return Loss(Feature.ORIGINALS, 1, f"{clip.name or 'a clip'} has no media and is left out")


def losses_of(dub: Dub, lost: dict[Feature, str]) -> tuple[Loss, ...]:
    """Losses of a format that cannot carry `lost` (feature → what becomes of it), for what this dub really holds."""
    counted = ((feature, _COUNT[feature](dub), reason) for feature, reason in lost.items())
    return tuple(Loss(feature, count, reason) for feature, count, reason in counted if count)
