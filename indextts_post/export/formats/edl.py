"""CMX3600 edit lists of audio events, one list a track: the format knows no names for tracks, only four of them.

`path` is a folder. Lists end after 999 events, as the event number has three digits; the next part is a further file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from indextts_post.export.formats.canonical import Dub, DubClip, DubTrack
from indextts_post.export.formats.losses import Feature, Loss, losses_of
from indextts_post.export.formats.names import ascii_name, one_line
from indextts_post.export.formats.options import FormatOptions
from indextts_post.export.formats.own_note import note_of
from indextts_post.files import write_text
from indextts_post.timebase import frame_to_timecode, hours_to_frames

MOST_EVENTS = 999
_DAY_HOURS = 24


def write(dub: Dub, path: Path, options: FormatOptions) -> tuple[Loss, ...]:
    """Write `<path>/<track>.edl` for each track that is heard."""
    path.mkdir(parents=True, exist_ok=True)
    lost = {
        Feature.RATE: "an edit list does not say it; read it with the sequence's rate",
        Feature.START: "only record timecodes stand in it, not where the programme starts",
        Feature.ORIGINALS: "only the dub is listed",
        Feature.TAKES: "there are no alternatives in the format",
        Feature.MARKERS: "left out",
        Feature.CAPTIONS: "not part of the format; export srt or vtt beside it",
    }
    audible = [track for track in dub.tracks if not track.muted]
    for track in audible:
        for number, part in enumerate(_parts(track.clips), start=1):
            stem = track.id if number == 1 else f"{track.id}_part{number}"
            write_text(path / f"{stem}.edl", "\n".join(_list(dub, track, part)) + "\n")
    return losses_of(dub, lost)


def _parts(clips: Sequence[DubClip]) -> Iterator[Sequence[DubClip]]:
    for first in range(0, len(clips), MOST_EVENTS):
        yield clips[first : first + MOST_EVENTS]


def _list(dub: Dub, track: DubTrack, clips: Sequence[DubClip]) -> Iterator[str]:
    yield f"TITLE: {one_line(track.name)}"
    yield f"FCM: {'DROP FRAME' if dub.rate.drop_frame else 'NON-DROP FRAME'}"
    yield ""
    reels: dict[str, str] = {}
    for number, clip in enumerate(clips, start=1):
        source = dub.source_start(clip)
        record = dub.start_frame + clip.span.start
        frames = (source, source + clip.span.frames, record, record + clip.span.frames)
        times = " ".join(_label(frame, dub) for frame in frames)
        yield f"{number:03d}  {_reel(clip.line_id, reels):<8} A     C        {times}"
        yield f"* FROM CLIP NAME: {one_line(clip.line_id)}"
        yield f"* SOURCE FILE: {clip.path.absolute()}"
        yield f"* {note_of(clip)}"
        if clip.text:
            yield f"* COMMENT: {one_line(f'{clip.character}: {clip.text}' if clip.character else clip.text)}"


def _label(frame: int, dub: Dub) -> str:
    """Timecode of the day: a list has two digits for hours, so what passes midnight starts at zero again."""
    return frame_to_timecode(frame % hours_to_frames(_DAY_HOURS, dub.rate), dub.rate)


def _reel(line_id: str, reels: dict[str, str]) -> str:
    """Eight characters at most, one name for one line."""
    base = name = ascii_name(line_id, "LINE").replace("_", "")[:8].upper() or "LINE"
    number = 2
    while reels.get(name, line_id) != line_id:
        name, number = f"{base[: 8 - len(str(number))]}{number}", number + 1
    reels[name] = line_id
    return name
