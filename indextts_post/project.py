"""What the user wants, parsed once into frozen records, all mistakes reported together."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from indextts_post.cast import CastOptions
from indextts_post.errors import InputError
from indextts_post.export import ExportOptions, check_signing
from indextts_post.mix import MixOptions
from indextts_post.plan import PlanOptions
from indextts_post.synthesis import DEFAULT_ENGINE, EngineOptions
from indextts_post.timeline import ReadOptions

OUT_SUFFIX = ".dub"
CAST_FILE = "cast.toml"


@dataclass(frozen=True)
class Settings:
    """One job. `out` defaults to `<project>.dub` beside the project, `cast_file` to `cast.toml` there.

    `only` are ids of lines: only these are spoken, all others keep the take they have. None speaks all.
    `predict` plans from the text alone where the voice's model is not there, instead of fetching it. `listen` has a
    recogniser hear every take (extra `listen`).
    """

    project: Path
    out: Path
    cast_file: Path
    video: Path | None = None
    background: Path | None = None
    engine: str = DEFAULT_ENGINE
    engine_options: EngineOptions = field(default_factory=EngineOptions)
    read: ReadOptions = field(default_factory=ReadOptions)
    cast: CastOptions = field(default_factory=CastOptions)
    plan: PlanOptions = field(default_factory=PlanOptions)
    mix: MixOptions = field(default_factory=MixOptions)
    export: ExportOptions = field(default_factory=ExportOptions)
    seed: int = 0
    overwrite: bool = False
    strict: bool = False
    only: tuple[str, ...] | None = None
    predict: bool = False
    listen: bool = False

    def check(self) -> None:
        """Raise `InputError` for files that are not there, all of them named, and for what cannot sign."""
        named = {"": self.project, "--video": self.video, "--background": self.background}
        named["--subtitles"] = self.read.subtitles
        missing = [f"{option} {path}".strip() for option, path in named.items() if path and not path.exists()]
        if missing:
            raise InputError(f"no such file: {', '.join(missing)}. Check the spelling and the folder.")
        if self.export.signing:
            check_signing(self.export.signing)


def default_out(project: Path) -> Path:
    """`cut.dub` beside `cut.otio`."""
    return project.with_name(project.stem + OUT_SUFFIX)


def default_cast(project: Path) -> Path:
    """`<project>.cast.toml` where there is one, else the folder's `cast.toml`."""
    own = project.with_name(f"{project.stem}.{CAST_FILE}")
    return own if own.is_file() else project.with_name(CAST_FILE)
