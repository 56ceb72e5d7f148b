"""What passes between the server and its worker process: one JSON value a line, both ways."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import TypeAdapter

from indextts_post.job import JobSpec
from indextts_post.pipeline import Stage

STAGES = {"plan": Stage.PLAN, "speak": Stage.FIT, "mix": Stage.MIX, "export": Stage.EXPORT}
"""How far a job goes. Speaking goes as far as each line's file, so that it can be heard where it stands."""
CANCEL, END = "cancel", "end"


@dataclass(frozen=True)
class JobMessage:
    """One job for the worker, and how far it goes: a key of `STAGES`."""

    id: str
    spec: JobSpec
    until: str


JOB_MESSAGE = TypeAdapter(JobMessage)
