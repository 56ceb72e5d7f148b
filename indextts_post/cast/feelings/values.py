"""Values of feelings by name, as `cast.toml` and the metadata of a timeline give them: what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from indextts_post.cast.records import EMOTIONS


def value_troubles(values: Mapping[str, float]) -> tuple[str, ...]:
    """One sentence for each name that is none of the eight feelings and each value outside 0…1, with the way out."""
    troubles = [f"{name!r} is none of the {len(EMOTIONS)} feelings; {_instead(name)}" for name in _unknown(values)]
    for name, value in values.items():
        if name in EMOTIONS and not 0 <= value <= 1:
            troubles.append(f"{name} is {value:g}, values run from 0 to 1; write {min(max(value, 0.0), 1.0):g}")
    return tuple(troubles)


def near_emotion(name: str) -> str | None:
    """The feeling that a misspelt or related name most likely means ("anger" → "angry"), None where none is near."""
    from indextts_post.cast.feelings.reading import strongest_named

    near = get_close_matches(name.casefold(), EMOTIONS, n=1, cutoff=0.7)
    return near[0] if near else strongest_named(name)


def _unknown(values: Mapping[str, float]) -> list[str]:
    return [name for name in values if name not in EMOTIONS]


def _instead(name: str) -> str:
    near = near_emotion(name)
    return f"did you mean {near!r}?" if near else f"use {', '.join(EMOTIONS)}"
