"""Where recordings are that voices are taken from, and how they are read for these networks: mono at 22,050 Hz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from indextts_post.cast import REFERENCE, VoiceInfo
from indextts_post.errors import CastError
from indextts_post.recordings import Recording
from indextts_post.recordings import read_recording as read_at

VOICES_FOLDER = "voices"
"""Where recordings are looked for, beside the project and in the model's folder."""
RATE = 22_050

_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff"})


def found_recordings(folders: Sequence[Path]) -> tuple[VoiceInfo, ...]:
    """Any recording, then those in the `voices` folders of `folders`, by name; the language is open."""
    named = dict.fromkeys(f"{VOICES_FOLDER}/{path.name}" for folder in folders for path in _sounds(folder))
    anything = VoiceInfo(REFERENCE, "", note=f"any recording of 5 to 15 s: {REFERENCE}path/to/file.wav")
    return (*(VoiceInfo(REFERENCE + name, "", rank=rank) for rank, name in enumerate(named)), anything)


def _sounds(folder: Path) -> Iterator[Path]:
    voices = folder / VOICES_FOLDER
    if voices.is_dir():
        yield from sorted(path for path in voices.iterdir() if path.suffix.lower() in _SUFFIXES)


def recording_path(voice: str, folders: Sequence[Path]) -> Path:
    """The file of a voice `ref:…`, in the first of `folders` that has it. Raises `CastError`."""
    if not voice.startswith(REFERENCE) or voice == REFERENCE:
        raise CastError(
            f"voice {voice!r}: 0 recordings are named in it. This engine speaks in the voice of a recording; "
            f'write voice = "{REFERENCE}voices/name.wav" into cast.toml.'
        )
    wanted = Path(voice.removeprefix(REFERENCE)).expanduser()
    places = [wanted] if wanted.is_absolute() else [folder / wanted for folder in folders]
    for place in places:
        if place.is_file():
            return place
    names = [info.id for info in found_recordings(folders)[:-1]]
    near = get_close_matches(voice, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else " Check the path; it counts from the folder of cast.toml."
    raise CastError(f"voice {voice!r}: no such file in {len(places)} folder(s).{hint}")


def read_recording(path: Path) -> Recording:
    """The part of a recording that is used, at `RATE`. Raises `MediaError` for one that is no voice."""
    return read_at(path, RATE)
