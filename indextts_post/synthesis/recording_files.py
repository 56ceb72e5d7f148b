"""Which file a voice `ref:…` means: one look-up for every engine that takes voices from recordings."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from indextts_post.cast import REFERENCE, VoiceInfo
from indextts_post.errors import CastError


def recording_path(voice: str, folders: Sequence[Path], offered: Sequence[VoiceInfo] = ()) -> Path:
    """The file of `voice`, in the first of `folders` that has it; `offered` are voices a misspelt one may have meant.

    Raises `CastError` where the name is not that of a recording, or where no folder has the file.
    """
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
    near = get_close_matches(voice, [info.id for info in offered if info.id != REFERENCE], n=1)
    hint = f"Did you mean {near[0]!r}?" if near else "Check the path; it counts from the folder of cast.toml."
    raise CastError(f"voice {voice!r}: no such file in {len(places)} folder(s) ({', '.join(map(str, places))}). {hint}")
