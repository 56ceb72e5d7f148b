"""How loud, and how far the original sound steps back: parsed once, frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from indextts_post.errors import OptionError


class Measured(StrEnum):
    DIALOGUE = "dialogue"
    """The dialogue stem alone is brought to the target; the programme is as loud as it then is."""
    PROGRAMME = "programme"
    """Dialogue and background together are brought to the target, their balance kept."""


@dataclass(frozen=True)
class Profile:
    """A delivery's loudness: target in LUFS, highest true peak in dBTP, and what of the sound is measured."""

    name: str
    target_lufs: float
    ceiling_dbtp: float
    measured: Measured


PROFILES = {
    profile.name: profile
    for profile in (
        # AES TD1008 (2021), streaming: −16 to −18 LUFS where speech leads, at most −1 dBTP.
        Profile("web", -16.0, -1.0, Measured.PROGRAMME),
        # EBU R 128 (2023): −23.0 LUFS ±0.5 over the whole programme, at most −1 dBTP.
        Profile("ebu-r128", -23.0, -1.0, Measured.PROGRAMME),
        # ATSC A/85: −24 LKFS, anchored to dialogue, at most −2 dBTP.
        Profile("atsc-a85", -24.0, -2.0, Measured.DIALOGUE),
        # Netflix Sound Mix Specifications: −27 LKFS ±2 LU dialogue-gated, at most −2 dBTP.
        Profile("netflix", -27.0, -2.0, Measured.DIALOGUE),
    )
}


@dataclass(frozen=True)
class MixOptions:
    """`duck_db` is how far the background goes down under speech; it arrives there when the speech starts, if
    `lookahead_ms` equals `attack_ms`. `hold_ms` after the last sample it begins to come back, for `release_ms`.

    `background_gain_db` moves the background as a whole; with `keep_background` False the mix is dialogue alone.
    Raises `OptionError` naming every value that is out of range.
    """

    profile: Profile = field(default_factory=lambda: PROFILES["web"])
    duck_db: float = 15.0
    attack_ms: int = 80
    release_ms: int = 400
    hold_ms: int = 250
    lookahead_ms: int = 80
    background_gain_db: float = 0.0
    keep_background: bool = True

    def __post_init__(self) -> None:
        ranges = {
            "duck": (self.duck_db, 0, 90, "dB"),
            "attack": (self.attack_ms, 1, 5000, "ms"),
            "release": (self.release_ms, 1, 20_000, "ms"),
            "hold": (self.hold_ms, 0, 20_000, "ms"),
            "look-ahead": (self.lookahead_ms, 0, 5000, "ms"),
            "background gain": (self.background_gain_db, -90, 24, "dB"),
        }
        wrong = [
            f"{name} {value:g} {unit} is outside {low} to {high}"
            for name, (value, low, high, unit) in ranges.items()
            if not low <= value <= high
        ]
        if wrong:
            raise OptionError("Mix: " + "; ".join(wrong) + ".")


def profile_named(name: str) -> Profile:
    """The profile called `name`. Raises `OptionError` that lists the names there are."""
    if name not in PROFILES:
        raise OptionError(f"{name!r} is not a loudness profile; there are {', '.join(PROFILES)}.")
    return PROFILES[name]
