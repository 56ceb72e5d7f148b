"""What is alive while a job runs, and never written down: who hears of progress, and what opens engines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from indextts_post.listening import Recogniser
from indextts_post.progress import Progress, Silent
from indextts_post.synthesis import Engine, EngineOptions, EngineSpec, open_engine

OpenEngine = Callable[[str, EngineOptions], Engine]


@dataclass(frozen=True)
class Runtime:
    """`open_engine` opens an engine by name, or gives one that is open already.

    `recogniser` hears takes where the job listens; None opens the house's own when it is needed.
    """

    progress: Progress = field(default_factory=Silent)
    open_engine: OpenEngine = open_engine
    recogniser: Recogniser | None = None

    def engine_options(self, spec: EngineSpec, recordings_dir: Path, *, fetch: bool = True) -> EngineOptions:
        """All that an engine needs to start: what was set of it, and what is alive."""
        return EngineOptions.of(
            spec,
            recordings_dir=recordings_dir,
            fetch=fetch,
            progress=self.progress,
            recogniser=self.recogniser,
        )
