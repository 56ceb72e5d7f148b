"""What passes between the server and its worker process: one JSON value a line, both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from indextts_post.errors import DubsyncError, InterruptedJobError
from indextts_post.job import JobSpec
from indextts_post.notices import Notice
from indextts_post.pipeline import Stage

STAGES = {"plan": Stage.PLAN, "speak": Stage.FIT, "mix": Stage.MIX, "export": Stage.EXPORT}
"""How far a job goes. Speaking goes as far as each line's file, so that it can be heard where it stands."""
CANCEL, END = "cancel", "end"


@dataclass(frozen=True)
class Order:
    """One job for the worker, and how far it goes: a key of `STAGES`."""

    id: str
    spec: JobSpec
    until: str


ORDER = TypeAdapter(Order)


def error_json(error: DubsyncError) -> dict[str, Any]:
    """An error of the tree as every client gets it: `TimelineError` is "timeline"."""
    code = (
        "interrupted" if isinstance(error, InterruptedJobError) else type(error).__name__.removesuffix("Error").lower()
    )
    return {"code": code or "dubsync", "message": str(error), "exit_code": error.exit_code}


def notice_json(notice: Notice) -> dict[str, Any]:
    """`message` without the place for a line's own notice, with it for all else, as the command line says it."""
    return {
        "code": notice.code,
        "severity": notice.severity.value,
        "message": str(notice),
        "line": notice.line_id,
    }
