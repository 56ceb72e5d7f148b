"""What the mix room hands on: stems and the mix as streamed WAV files of full picture length."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from indextts_post.media import Loudness
from indextts_post.notices import Notice


@dataclass(frozen=True)
class Stem:
    """One full-length file: `name` is a character, "DX" (all dialogue) or "MIX"."""

    name: str
    path: Path
    channels: int
    samples: int
    level: Loudness


@dataclass(frozen=True)
class Mixed:
    """Stems hold the lines as they were fitted, sample for sample; only the mix is brought to the profile.

    `gain_db` is what the dialogue was changed by in the mix, `background_gain_db` what the background was changed by
    where nobody speaks. `limited` says that a peak of the mix had to be held.
    """

    stems: tuple[Stem, ...]
    dialogue: Stem
    mix: Stem
    profile: str
    gain_db: float
    limited: bool
    background: Path | None
    background_gain_db: float = 0.0
    notices: tuple[Notice, ...] = ()
