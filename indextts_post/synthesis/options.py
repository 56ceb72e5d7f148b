"""What an engine may need to start."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from indextts_post.listening import Ear
from indextts_post.notices import Notice
from indextts_post.progress import Progress, Silent
from indextts_post.synthesis.hearing import CANDIDATES


@dataclass(frozen=True)
class EngineOptions:
    """What an engine may need to start.

    `device` "auto", "cpu", "cuda" or "mps"; `precision` "auto" or what the engine offers ("q8", "fp32", "bf16");
    `threads` 0 for all cores. `progress` hears of downloads, `notices` of all that is worth saying; without `fetch`
    nothing is downloaded and missing files are a `ModelError`. Paths of recordings are relative to `recordings_dir`.
    `candidates` are made of each line by an engine that can make several at once; with an `ear` it chooses among them
    by what is heard. With `timbre_guard` a line with feeling that is no longer heard as its character is spoken again
    with less of it. `likeness` "quick" or "full": how much work an engine without cloning puts into a look-alike.
    """

    models_dir: Path | None = None
    recordings_dir: Path | None = None
    device: str = "auto"
    precision: str = "auto"
    threads: int = 0
    fetch: bool = True
    progress: Progress = field(default_factory=Silent)
    ear: Ear | None = None
    candidates: int = CANDIDATES
    timbre_guard: bool = True
    likeness: str = "quick"
    notices: list[Notice] = field(default_factory=list)
