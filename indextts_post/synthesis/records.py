"""What the synthesis room hands on: a `Take` a line, its audio in a content-addressed file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Take:
    """One spoken line. `key` names the take by all that decides its sound; `path` is a float WAV at `sample_rate`.

    `units` is what the decoder used for audible speech, `asked_units` the budget it was given, `text` what was
    to be said.
    """

    id: str
    key: str
    path: Path
    sample_rate: int
    samples: int
    units: int
    asked_units: int
    details: Mapping[str, object] = field(default_factory=dict)
    text: str = ""
