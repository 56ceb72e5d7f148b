"""What pypinyin's dictionaries (MIT) know: readings of characters, of 47,000 phrases, of characters side by side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

LONGEST_PHRASE = 8
"""Characters of the longest phrase that is looked for; longer ones are sayings, whose parts say the same."""


@cache
def readings_of_character(char: str) -> tuple[str, ...]:
    """All readings of a character in the dictionary, as `hang2`, the usual one first; itself where there is none."""
    from pypinyin import Style, pinyin

    [found] = pinyin(char, style=Style.TONE3, heteronym=True, neutral_tone_with_five=True, v_to_u=False)
    return tuple(spelled(reading) for reading in found)


@cache
def phrase(word: str) -> tuple[str, ...] | None:
    """The readings of a phrase of the dictionary, one a character; None where it has none."""
    from pypinyin.constants import PHRASES_DICT

    entry = PHRASES_DICT.get(word) if len(word) > 1 else None
    if entry is None or len(entry) != len(word):
        return None
    return tuple(_numbered(readings[0]) for readings in entry)


def phrases_around(text: str, index: int) -> Iterator[tuple[int, int, str]]:
    """(start, length, the character's reading) of every phrase in `text` that covers `index`, the longest first."""
    for length in range(min(LONGEST_PHRASE, len(text)), 1, -1):
        for start in range(max(0, index - length + 1), min(index, len(text) - length) + 1):
            readings = phrase(text[start : start + length])
            if readings:
                yield start, length, readings[index - start]


@dataclass(frozen=True)
class Counts:
    """How often a character has each reading in the phrases: in all, and behind or before a certain character."""

    alone: Mapping[str, Counter[str]]
    behind: Mapping[str, Counter[str]]
    """By the pair of the character before and itself."""
    before: Mapping[str, Counter[str]]
    """By the pair of itself and the character after."""


@lru_cache(maxsize=1)
def phrase_counts() -> Counts:
    """Counted over the whole phrase dictionary (about 0.2 s, once)."""
    from pypinyin.constants import PHRASES_DICT

    alone, behind, before = (defaultdict[str, Counter[str]](Counter) for _ in range(3))
    for word, entry in PHRASES_DICT.items():
        if len(entry) != len(word):
            continue
        for at, readings in enumerate(entry):
            reading = _numbered(readings[0])
            alone[word[at]][reading] += 1
            if at:
                behind[word[at - 1 : at + 1]][reading] += 1
            if at + 1 < len(word):
                before[word[at : at + 2]][reading] += 1
    return Counts(alone, behind, before)


@cache
def _numbered(syllable: str) -> str:
    from pypinyin.contrib.tone_convert import to_tone3

    return spelled(to_tone3(syllable, neutral_tone_with_five=True, v_to_u=False))


def spelled(syllable: str) -> str:
    """A spelling as ours: `v` for ü."""
    return syllable.replace("u:", "v").replace("ü", "v")
