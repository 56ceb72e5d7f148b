"""What a request is refused for, beside the errors of the tree, and how either becomes an answer."""

from __future__ import annotations

import json
from typing import Any

from indextts_post.errors import DubsyncError, OptionError, OutputError


class RefusedError(DubsyncError):
    """A request that cannot be granted as it stands: `status` is the HTTP status, `code` the word for programs."""

    exit_code = 3

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def unauthorised() -> RefusedError:
    return RefusedError(401, "token", "the token is missing or wrong. It is in the session file of this server.")


def forbidden(message: str, code: str = "forbidden") -> RefusedError:
    return RefusedError(403, code, message)


def unknown(message: str) -> RefusedError:
    return RefusedError(404, "unknown", message)


def conflict(message: str, code: str = "conflict") -> RefusedError:
    return RefusedError(409, code, message)


def error_body(code: str, message: str, exit_code: int) -> bytes:
    return json.dumps(
        {"error": {"code": code, "message": message, "exit_code": exit_code}}, ensure_ascii=False
    ).encode()


def status_of(error: DubsyncError) -> int:
    """422 for what the user can mend in his request or files; 507 is no fault of ours, but a full disk is no 200."""
    if isinstance(error, RefusedError):
        return error.status
    if isinstance(error, OutputError):
        return 507 if "disk is full" in str(error) else 409
    return 400 if isinstance(error, OptionError) else 422


def code_of(error: DubsyncError) -> str:
    if isinstance(error, RefusedError):
        return error.code
    return type(error).__name__.removesuffix("Error").lower()


def answer_to(error: DubsyncError) -> tuple[int, dict[str, Any]]:
    body = {"code": code_of(error), "message": str(error), "exit_code": error.exit_code}
    return status_of(error), {"error": body}
