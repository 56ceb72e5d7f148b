"""How a project was opened: what the server and its worker both make `Settings` of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from indextts_post.cast import CastOptions
from indextts_post.export import ExportOptions
from indextts_post.files import value_hash
from indextts_post.mix import MixOptions
from indextts_post.plan import PlanOptions
from indextts_post.project import Settings, default_cast, default_out
from indextts_post.synthesis import EngineOptions
from indextts_post.timeline import ReadOptions, SyncClass


@dataclass(frozen=True)
class Opening:
    """Absolute paths; "" and None take the defaults of the command line."""

    path: Path
    out: Path
    cast: Path
    video: Path | None = None
    background: Path | None = None
    subtitles: Path | None = None
    language: str = ""
    engine: str = "kokoro"

    @property
    def id(self) -> str:
        """The same project in the same folder is the same, whenever it is opened."""
        return value_hash([str(self.path), str(self.out)])[:12]


def opening(
    path: Path,
    *,
    out: Path | None = None,
    cast: Path | None = None,
    video: Path | None = None,
    background: Path | None = None,
    subtitles: Path | None = None,
    language: str = "",
    engine: str = "kokoro",
) -> Opening:
    """An `Opening` with the defaults filled in and every path absolute, links followed."""

    def whole(given: Path | None) -> Path | None:
        return given.resolve() if given else None

    path = path.resolve()
    return Opening(
        path,
        (out or default_out(path)).resolve(),
        (cast or default_cast(path)).resolve(),
        whole(video),
        whole(background),
        whole(subtitles),
        language,
        engine,
    )


@dataclass(frozen=True)
class Manner:
    """How a server dubs all its projects; what a line or a character says of itself goes before it.

    `likeness` is how much work goes into a look-alike, "quick" or "full"; with `listen` every take is heard.
    """

    plan: PlanOptions = field(default_factory=PlanOptions)
    mix: MixOptions = field(default_factory=MixOptions)
    sync: SyncClass = SyncClass.ON
    likeness: str = "quick"
    listen: bool = False


def settings_of(
    known: Opening, manner: Manner, engine_options: EngineOptions, targets: tuple[str, ...] = ()
) -> Settings:
    """Settings as `dubsync FILE` has them with the same options."""
    return Settings(
        project=known.path,
        out=known.out,
        cast_file=known.cast,
        video=known.video,
        background=known.background,
        engine=known.engine,
        engine_options=replace(engine_options, likeness=manner.likeness),
        read=ReadOptions(subtitles=known.subtitles, language=known.language or None),
        cast=CastOptions(known.language, manner.sync),
        plan=manner.plan,
        mix=manner.mix,
        export=ExportOptions(targets=targets),
        listen=manner.listen,
    )
