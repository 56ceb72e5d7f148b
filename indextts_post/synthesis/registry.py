"""Speech engines by name. Adding one is a line here and a folder beside it; no other room changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from indextts_post.errors import OptionError
from indextts_post.progress import Progress, Silent
from indextts_post.synthesis.protocol import Engine

DEFAULT_ENGINE = "kokoro"


@dataclass(frozen=True)
class EngineOptions:
    """What an engine may need to start.

    `device` "auto", "cpu" or "cuda"; `precision` "auto" or what the engine offers ("q8", "fp32", "fp16"); `threads`
    0 for all cores. `progress` hears of downloads.
    """

    models_dir: Path | None = None
    device: str = "auto"
    precision: str = "auto"
    threads: int = 0
    progress: Progress = field(default_factory=Silent)


def _kokoro(options: EngineOptions) -> Engine:
    from indextts_post.synthesis.kokoro import open_kokoro

    return open_kokoro(options)


def _metronome(options: EngineOptions) -> Engine:
    from indextts_post.synthesis.metronome import Metronome

    return Metronome()


ENGINES: dict[str, Callable[[EngineOptions], Engine]] = {"kokoro": _kokoro, "metronome": _metronome}


def open_engine(name: str = DEFAULT_ENGINE, options: EngineOptions | None = None) -> Engine:
    """The engine, ready to speak. Raises `OptionError` for an unknown name, `ModelError` when its files are missing."""
    if name not in ENGINES:
        raise OptionError(f"engine {name!r}: not one of the {len(ENGINES)} there are ({', '.join(ENGINES)}).")
    return ENGINES[name](options or EngineOptions())
