"""Where the files of the adapters lie: inside an installed package, or beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

from indextts_post.errors import InputError

PACKAGE = Path(__file__).parent.parent


def adapter_files(name: str) -> Path:
    """The folder of the adapter `name`, such as "resolve". Raises `InputError` where it was not installed with us."""
    for folder in (PACKAGE / "adapters" / name, PACKAGE.parent / "adapters" / name):
        if folder.is_dir():
            return folder
    raise InputError(f"The files of the adapter {name!r} are missing from this installation. Install dubsync again.")
