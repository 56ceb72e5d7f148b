"""The secret of one run of the server, and the file in which programs of the same user find it."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from indextts_post import __version__
from indextts_post.files import output_error

API = 1


@dataclass(frozen=True)
class Session:
    """`token` is what programs send, `cookie` what the page's own media requests carry; both 256 bit, new every run."""

    token: str = field(default_factory=lambda: secrets.token_hex(32))
    cookie: str = field(default_factory=lambda: secrets.token_hex(32))

    def knows_token(self, given: str) -> bool:
        """Compared in a time that does not depend on how much of it is right."""
        return hmac.compare_digest(given.encode(), self.token.encode())

    def knows_cookie(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self.cookie.encode())


def write_session(path: Path, url: str, session: Session) -> None:
    """Write the session file whole, readable by its owner alone from the first byte on. Raises `OutputError`."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    value = {"url": url, "token": session.token, "pid": os.getpid(), "version": __version__, "api": API}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file)
        temporary.replace(path)
    except OSError as error:
        raise output_error(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def remove_session(path: Path, session: Session) -> None:
    """Take the file away, unless another server has written its own there since."""
    try:
        if json.loads(path.read_text(encoding="utf-8")).get("token") == session.token:
            path.unlink()
    except (OSError, ValueError, AttributeError):
        return
