"""Where the backend and what is installed in other programs find each other: one place per user, said once."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def state_folder() -> Path:
    """What the server keeps for this user: its session, its list of projects, uploads."""
    return Path(platformdirs.user_state_dir("dubsync", appauthor=False))


def session_file() -> Path:
    """Where the server writes its address and token; DUBSYNC_SESSION names another file."""
    return _named("DUBSYNC_SESSION") or state_folder() / "session.json"


def mailbox_folder() -> Path:
    """Where letters go that cannot go over HTTP; DUBSYNC_MAILBOX names another folder."""
    return _named("DUBSYNC_MAILBOX") or state_folder() / "mailbox"


def _named(variable: str) -> Path | None:
    value = os.environ.get(variable, "")
    return Path(value).absolute() if value else None
