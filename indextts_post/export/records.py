"""What the export room takes, all that was made, and what it hands back: the list of what now lies in the folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from indextts_post.fit import Fitted
from indextts_post.media import Film
from indextts_post.mix import Mixed
from indextts_post.notices import Notice
from indextts_post.plan import LinePlan
from indextts_post.synthesis import Take
from indextts_post.timeline import Timeline


@dataclass(frozen=True)
class Work:
    """One finished job. `takes` and `fitted` by line id; a plan without them could not be spoken.

    `spares` are takes of a line that were not chosen, fitted. `notices` are all that came up on the way; `film` is the
    picture that starts at frame 0, if there is one.
    """

    timeline: Timeline
    plans: tuple[LinePlan, ...]
    takes: Mapping[str, Take]
    fitted: Mapping[str, Fitted]
    mixed: Mixed
    film: Film | None = None
    notices: tuple[Notice, ...] = ()
    spares: Mapping[str, tuple[Fitted, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Exported:
    """`files` are all files written, in the order a user looks for them; `film` is None where there was no picture."""

    out: Path
    timeline: Path
    subtitles: Path
    report: Path
    film: Path | None
    files: tuple[Path, ...]
    notices: tuple[Notice, ...] = ()
