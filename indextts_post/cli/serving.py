"""The command that serves: options become `ServeOptions`, the address is said, the browser is opened."""

from __future__ import annotations

import json
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from indextts_post.errors import InputError, ToolError
from indextts_post.server.openings import Opening
from indextts_post.server.options import ServeOptions


def roots_of(first: Opening | None, named: Sequence[Path]) -> tuple[Path, ...]:
    """Folders that may be used: those of the project and its files, those named, else the one we are in.

    Raises `InputError` where the project is not there.
    """
    if first is None:
        return tuple(named) or (Path.cwd(),)
    if not first.path.exists():
        raise InputError(f"no such file: {first.path}. Check the spelling and the folder.")
    files = (first.path, first.cast, first.video, first.background, first.subtitles)
    folders = dict.fromkeys(file.parent for file in files if file is not None)
    return (*folders, *named)


def serve(options: ServeOptions, first: Opening | None, *, show: bool, as_json: bool) -> None:
    """Serve until Ctrl-C; `first` is opened at once. Raises `ToolError` where the server's packages are missing."""
    try:
        from indextts_post.server.running import serve as listen
    except ImportError as error:
        raise ToolError(
            f"{error.name}: is not installed. The server needs it: pip install 'indextts-post[server]'."
        ) from error

    def ready(url: str, token: str) -> None:
        address = f"{url}/#token={token}" + (f"&project={first.id}" if first else "")
        if as_json:
            sys.stdout.write(json.dumps({"url": url, "page": address, "session": str(options.session)}) + "\n")
        else:
            sys.stdout.write(f"dubsync serves {url}\nThe page: {address}\nCtrl-C stops it.\n")
        sys.stdout.flush()
        if show:
            webbrowser.open(address)

    listen(options, ready, first)
