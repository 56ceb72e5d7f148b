"""Where the picture and sound of a stretch of the old cut stand in the new one, in exact seconds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePosixPath, PureWindowsPath
from urllib.parse import unquote

from indextts_post.timeline import CutClip, CutTrack, Timeline, TrackKind


@dataclass(frozen=True)
class Use:
    """A stretch of a medium on the record: record time `start` to `end` plays the medium from `source` on, in seconds.

    `rank` orders what a line hangs on: original dialogue first (0), then picture from the main track up.
    """

    key: tuple[str, bool]
    start: Fraction
    end: Fraction
    source: Fraction
    speed: Fraction
    rank: int


@dataclass(frozen=True)
class Piece:
    """Record time `start` to `end` of the old cut, found in the new one `shift` seconds later."""

    start: Fraction
    end: Fraction
    shift: Fraction
    rank: int

    @property
    def length(self) -> Fraction:
        return self.end - self.start


def uses_of(timeline: Timeline) -> tuple[Use, ...]:
    """Every stretch of picture and original dialogue. Music and effects tell nothing of where a line belongs, unless
    there is nothing else; tracks of an earlier dub never do."""
    tracks = [track for track in (timeline.cut.tracks if timeline.cut else ()) if track.role != "dub"]
    dialogue = [track for track in tracks if track.dialogue]
    picture = [track for track in tracks if track.kind is TrackKind.VIDEO]
    chosen = [*dialogue, *picture] or tracks
    fps = timeline.rate.fps
    ranked = ((0 if track.dialogue else 1 + number, track) for number, track in enumerate(chosen))
    return tuple(_use(clip, track, rank, fps) for rank, track in ranked for clip in track.clips if _tells(clip))


def _tells(clip: CutClip) -> bool:
    return bool(clip.media or clip.path or clip.reel) and clip.speed != 0 and clip.span.frames > 0


def _use(clip: CutClip, track: CutTrack, rank: int, fps: Fraction) -> Use:
    key = (_medium(clip), track.kind is TrackKind.VIDEO)
    return Use(key, clip.span.start / fps, clip.span.end / fps, clip.source_offset_s, clip.speed, rank)


def _medium(clip: CutClip) -> str:
    """A medium's name without its folder: projects move, and programs spell the same address differently."""
    address = unquote(clip.media) or (str(clip.path) if clip.path else clip.reel)
    name = PureWindowsPath(address).name if "\\" in address else PurePosixPath(address).name
    return (name or address).casefold()


def by_medium(uses: Iterable[Use]) -> Mapping[tuple[str, bool], list[Use]]:
    found: dict[tuple[str, bool], list[Use]] = {}
    for use in uses:
        found.setdefault(use.key, []).append(use)
    return found


def pieces_of(
    start: Fraction, end: Fraction, old: Sequence[Use], new: Mapping[tuple[str, bool], list[Use]]
) -> tuple[Piece, ...]:
    """What is left of record time `start` to `end`, each medium by itself; neighbours that moved alike are one."""
    found = (
        piece
        for use in old
        if use.start < end and start < use.end
        for other in new.get(use.key, ())
        if other.speed == use.speed and (piece := _common(start, end, use, other))
    )
    return tuple(_joined(sorted(found, key=lambda piece: (piece.rank, piece.shift, piece.start))))


def _common(start: Fraction, end: Fraction, use: Use, other: Use) -> Piece | None:
    """The part of [start, end) that both stretches show. A source time `s` stands at start + (s − source) / speed."""
    shift = other.start - use.start + (use.source - other.source) / use.speed
    first = max(start, use.start, other.start - shift)
    last = min(end, use.end, other.end - shift)
    return Piece(first, last, shift, use.rank) if first < last else None


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    held: Piece | None = None
    for piece in pieces:
        if held and (held.rank, held.shift) == (piece.rank, piece.shift) and piece.start <= held.end:
            held = Piece(held.start, max(held.end, piece.end), held.shift, held.rank)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held
