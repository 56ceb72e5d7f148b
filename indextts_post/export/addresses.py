"""How a timeline spells where a file is; hosts disagree, so the user chooses."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path, PurePath

from indextts_post.export.formats.names import file_url

Address = Callable[[Path], str]


def addressing(style: str, folder: Path) -> Address:
    """A function from a file to its `target_url` in a timeline that lies in `folder`.

    "relative" is the path from that folder (the whole folder can be moved), "bare" the absolute path (Resolve,
    Kdenlive), "file" a percent-encoded address (Premiere). Another drive has no relative path; it gets the bare one.
    """

    def relative(path: Path) -> str:
        try:
            return PurePath(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
        except ValueError:
            return bare(path)

    def bare(path: Path) -> str:
        return path.absolute().as_posix()

    return {"relative": relative, "bare": bare, "file": file_url}[style]
