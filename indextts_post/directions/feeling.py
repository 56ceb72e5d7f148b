"""Words and values of an `Emotion` become the one `Feeling` that every engine reads; what is wrong with values."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from indextts_post.directions.reading import WordsRead, read_words, strongest_named
from indextts_post.directions.records import EMOTIONS, Emotion, Feeling
from indextts_post.errors import TextError


def feeling_of(emotion: Emotion) -> Feeling:
    """The feeling meant, scaled by its intensity. Values go before words; styles are always taken from the words.

    Raises `TextError` for a value outside 0…1 and for a name that is none of the eight.
    """
    troubles = value_troubles(emotion.values)
    if troubles:
        raise TextError(f"emotion: {troubles[0]}")
    read = read_words(emotion.words)
    has_values = any(emotion.values.values())
    chosen = emotion.values if has_values else {name: read.strengths.get(name, 0.0) for name in EMOTIONS}
    scale = min(max(emotion.intensity, 0.0), 1.0)
    # Engines share a whole of 1 among the feelings, so more than that in sum is brought back in proportion.
    total = max(1.0, sum(chosen.values()))
    return Feeling(
        tuple(round(chosen.get(name, 0.0) / total * scale, 4) for name in EMOTIONS),
        {name: round(value * scale, 4) for name, value in read.strengths.items() if name not in EMOTIONS},
        _notices(emotion.words, read, has_values=has_values),
    )


def value_troubles(values: Mapping[str, float]) -> tuple[str, ...]:
    """One sentence for each name that is none of the eight feelings and each value outside 0…1, with the way out."""
    unknown = [name for name in values if name not in EMOTIONS]
    troubles = [f"{name!r} is none of the {len(EMOTIONS)} feelings; {_instead(name)}" for name in unknown]
    for name, value in values.items():
        if name in EMOTIONS and not 0 <= value <= 1:
            troubles.append(f"{name} is {value:g}, values run from 0 to 1; write {min(max(value, 0.0), 1.0):g}")
    return tuple(troubles)


def near_emotion(name: str) -> str | None:
    """The feeling that a misspelt or related name most likely means ("anger" → "angry"), None where none is near."""
    near = get_close_matches(name.casefold(), EMOTIONS, n=1, cutoff=0.7)
    return near[0] if near else strongest_named(name)


def _notices(words: str, read: WordsRead, *, has_values: bool) -> tuple[str, ...]:
    if words.strip() and not read.names_something and not has_values:
        return (f"{words!r} names no feeling that is known, so the line stays neutral",)
    return read.notices


def _instead(name: str) -> str:
    near = near_emotion(name)
    return f"did you mean {near!r}?" if near else f"use {', '.join(EMOTIONS)}"
