"""The command that serves: options become `ServeOptions`, the address is said, the browser is opened."""

from __future__ import annotations

import json
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from indextts_post.cli.options import Check
from indextts_post.errors import InputError, OptionError, ToolError
from indextts_post.listening import require_whisper
from indextts_post.mix import MixOptions, profile_named
from indextts_post.plan import PlanOptions
from indextts_post.server.openings import Manner, Opening
from indextts_post.server.options import ServeOptions
from indextts_post.timeline import SyncClass


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


def manner_of(
    *, min_rate: str, max_rate: str, prefer: str, sync: str, profile: str, likeness: str, listen: bool
) -> Manner:
    """How the server dubs, from the options of the command. Raises `OptionError` with all that is wrong,
    `ToolError` where every take is to be heard and the recogniser's library is not there.
    """
    if listen:
        require_whisper()
    check = Check()
    rates = check.rates(prefer, min_rate, max_rate)
    planning = None if check.wrong else check.made(lambda: PlanOptions(*rates))
    mixing = check.made(lambda: MixOptions(profile_named(profile)))
    if planning is None or mixing is None:
        raise OptionError("\n".join(check.wrong))
    return Manner(planning, mixing, SyncClass(sync), likeness, listen)


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
