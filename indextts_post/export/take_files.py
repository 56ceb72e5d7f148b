"""A file of its own for every take that is placed in an editing program.

`lines/L0001.wav` is always the newest take. A program that has the file open may go on playing the old sound, or take
the old length for true, so a script that places lines gets a name that says what is in it: `L0001-3fa2c1d0.wav`, the
first eight hex digits of the SHA-256 of its content. The same content has the same name, and is placed once.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from indextts_post.errors import InputError
from indextts_post.files import content_hash, link_or_copy

DIGITS = 8


def with_take_paths(plan: dict[str, Any], folder: Path) -> dict[str, Any]:
    """A track plan whose clips have a `take_path` below `folder`, a second name for the file where the disk can.

    Raises `InputError` for a line whose file is gone, `OutputError` where the folder cannot be written.
    """
    return {**plan, "tracks": [_track(track, folder) for track in plan["tracks"]]}


def _track(track: dict[str, Any], folder: Path) -> dict[str, Any]:
    return {**track, "clips": [{**clip, "take_path": str(_take_file(clip, folder))} for clip in track["clips"]]}


def _take_file(clip: dict[str, Any], folder: Path) -> Path:
    path = Path(clip["path"])
    if not path.is_file():
        raise InputError(f"{clip['id']}: its file {path} is gone. Export again; what was spoken is kept.")
    target = folder.absolute() / f"{path.stem}-{content_hash(path)[:DIGITS]}{path.suffix}"
    if not target.is_file():
        link_or_copy(path, target)
    return target
