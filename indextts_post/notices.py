"""What the user should know though the work goes on: one record, carried by every room to the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    NOTE = "note"
    """Worth knowing: what was guessed or chosen for the user."""
    WARNING = "warning"
    """Odd input, repaired; `--strict` makes it an error."""
    FAULT = "fault"
    """A line that could not be spoken or does not fit: marked on the timeline, and the exit code says so."""


@dataclass(frozen=True)
class Place:
    """Where something stands in a file of the user's: `scene.srt:12` or `cut.otio: marker 'Ben' at 01:00:03:05`."""

    file: str
    line: int | None = None
    thing: str | None = None

    def __str__(self) -> str:
        position = f"{self.file}:{self.line}" if self.line is not None else self.file
        return f"{position}: {self.thing}" if self.thing else position


@dataclass(frozen=True)
class Notice:
    """`code` is for programs ("subtitle.encoding"), `message` one sentence for people, without the place in it."""

    code: str
    message: str
    severity: Severity = Severity.WARNING
    place: Place | None = None
    line_id: str | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message
