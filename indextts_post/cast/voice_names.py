"""How a voice is written: a name, a blend, a recording, a stretch of the timeline's own sound, or the original.

af_heart                        a voice of the engine
af_heart+af_bella:0.3           a blend
ref:voices/ben.wav              a recording, relative to the folder of the cast file
timeline:01:00:12:05+6s         six seconds of the timeline's own sound
original                        the best of the character's own lines in the original
original:line                   each line's own original where it is long enough, else as `original`
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PurePath

from indextts_post.cast.records import REFERENCE

TIMELINE = "timeline:"
"""Beginning of a voice that is cut from the timeline's own sound."""
ORIGINAL, ORIGINAL_LINE = "original", "original:line"
LONGEST_RANGE_S = Fraction(60)
"""More of a range is never looked at: a voice takes 5 to 15 s."""

_RANGE = re.compile(r"timeline:(?P<timecode>-?\d{1,3}:\d{2}:\d{2}[:;.,]\d{2,3})\+(?P<seconds>\d+(?:\.\d+)?)\s*s")
_SHARE = re.compile(r"[^+:]+(?::(?P<share>[^+]*))?")


@dataclass(frozen=True)
class SoundRange:
    """`seconds` of the timeline's own sound from an SMPTE label on, whose frame the timeline's rate decides."""

    timecode: str
    seconds: Fraction


def is_real_voice(voice: str) -> bool:
    """Is the voice taken from somebody's recording, so that somebody has to allow it?"""
    return voice.startswith((REFERENCE, TIMELINE)) or voice in (ORIGINAL, ORIGINAL_LINE)


def must_be_cut(voice: str) -> bool:
    """Has the recording to be cut out of the timeline's sound first?"""
    return voice.startswith(TIMELINE) or voice in (ORIGINAL, ORIGINAL_LINE)


def consent_key(voice: str) -> str:
    """The name under `[references]` that allows a voice: the path of a recording, `timeline:…`, or `original`."""
    return ORIGINAL if voice == ORIGINAL_LINE else voice.removeprefix(REFERENCE)


def sound_range(voice: str) -> SoundRange:
    """The stretch a voice `timeline:…` means. Raises `ValueError` with a sentence for a range there cannot be."""
    match = _RANGE.fullmatch(voice.strip())
    if not match:
        raise ValueError(f"{voice!r} is not a stretch of the timeline; write it like timeline:01:00:12:05+6s")
    seconds = Fraction(match["seconds"])
    if not 1 <= seconds <= LONGEST_RANGE_S:
        raise ValueError(
            f"{voice!r} asks for {match['seconds']} s; a voice takes 5 to 15 s, 1 s at the least and "
            f"{int(LONGEST_RANGE_S)} s at the most"
        )
    return SoundRange(match["timecode"], seconds)


def voice_trouble(voice: str) -> str:
    """What is wrong with how a voice is written, as the rest of a sentence; "" where nothing is."""
    if voice.startswith(TIMELINE):
        try:
            sound_range(voice)
        except ValueError as error:
            return str(error)
    elif voice == REFERENCE:
        return f'names no recording; write it like "{REFERENCE}voices/ben.wav"'
    elif "+" in voice and not is_real_voice(voice):
        return _blend_trouble(voice)
    elif voice.startswith(f"{ORIGINAL}:") and voice != ORIGINAL_LINE:
        return f"{voice!r} is neither {ORIGINAL!r} nor {ORIGINAL_LINE!r}"
    return ""


def _blend_trouble(voice: str) -> str:
    given = Fraction(0)
    for term in voice.split("+"):
        match = _SHARE.fullmatch(term)
        try:
            share = Fraction(match["share"]) if match and match["share"] is not None else None
        except (ValueError, ZeroDivisionError):
            match = None
        if not match or (share is not None and not 0 < share < 1):
            return f"{voice!r} is no blend: {term!r} is not a voice with a share between 0 and 1, like af_bella:0.3"
        given += share or 0
    return f"{voice!r} is no blend: its shares make {float(given):g}, more than 1" if given > 1 else ""


def rebased(path: str, folder: Path, onto: Path) -> str:
    """A recording's path that counts from `folder`, as it counts from `onto`; an absolute one stays."""
    plain = Path(path).expanduser()
    if plain.is_absolute() or path.startswith("~"):
        return str(plain)
    if folder.resolve() == onto.resolve():
        return PurePath(os.path.normpath(path)).as_posix()
    return relative_path(folder / plain, onto)


def relative_path(path: Path, folder: Path) -> str:
    """`path` as it counts from `folder`, also upwards; absolute where they lie on different drives."""
    try:
        return PurePath(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return str(path.resolve())
