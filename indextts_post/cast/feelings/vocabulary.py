"""The words that name feelings, read from tables, and where they stand in a text.

A row of a table is `spellings <tab> meaning`; spellings are separated by `|`, and `*` ends a Latin word any way. The
meaning is one of

    angry 0.6, shouting      feelings and styles with their strength (a style without a number is 1)
    x1.35                    a degree, which the next feeling takes: "very"
    after x0.7               a degree behind the feeling: "极了", "そう"
    not / after not          negation before or behind
    also                     "or": the next feeling is meant like the one before
    break                    "but": what stood before does not reach further
    nothing                  words that hold other entries without meaning them: "to the child"
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files

from indextts_post.cast.feelings.records import STYLES
from indextts_post.cast.records import EMOTIONS

LANGUAGES = ("zh", "ja", "en")
_KANA = re.compile(r"[\u3041-\u30fa]")
_LATIN = re.compile(r"[a-z]")
_SEPARATORS = re.compile(r"[,.;:!?/，。；：、！？／\n]")


class Kind(StrEnum):
    """What a word does."""

    FEELING = "feeling"
    DEGREE = "degree"
    AFTER_DEGREE = "after degree"
    NOT = "not"
    AFTER_NOT = "after not"
    ALSO = "also"
    BREAK = "break"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Meaning:
    """What a row says. `factor` belongs to degrees; `values` and `style` to feelings."""

    kind: Kind
    factor: float = 1.0
    values: Mapping[str, float] = field(default_factory=dict)
    style: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A word at `start`…`end` of the text as `normal` gives it."""

    start: int
    end: int
    word: str
    meaning: Meaning


def found_words(text: str) -> list[Found]:
    """All known words of a text in order, the longest at each place; separators count as breaks."""
    said = normal(text)
    words, pattern = _vocabulary(bool(_KANA.search(said)))
    found = [Found(m.start(), m.end(), m[0], words[m.lastgroup or ""]) for m in pattern.finditer(said)]
    covered = {place for one in found for place in range(one.start, one.end)}
    breaks = [
        Found(m.start(), m.end(), m[0], Meaning(Kind.BREAK))
        for m in _SEPARATORS.finditer(said)
        if m.start() not in covered
    ]
    return sorted([*found, *breaks], key=lambda one: one.start)


def normal(text: str) -> str:
    """Lower case, full-width letters as ordinary ones, one kind of apostrophe."""
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")


def rows(language: str) -> Iterator[tuple[tuple[str, ...], Meaning]]:
    """The table of a language: spellings and meaning of each row."""
    table = files("indextts_post.cast.feelings").joinpath(f"{language}.tsv").read_text(encoding="utf-8")
    for row in table.splitlines():
        if row and not row.startswith("#"):
            spellings, _, meaning = row.partition("\t")
            yield tuple(spellings.split("|")), parsed(meaning)


def parsed(text: str) -> Meaning:
    """A meaning from its notation. Raises `ValueError` for what is none."""
    kinds = {kind.value: kind for kind in (Kind.NOT, Kind.AFTER_NOT, Kind.ALSO, Kind.BREAK, Kind.NOTHING)}
    if text in kinds:
        return Meaning(kinds[text])
    degree = re.fullmatch(r"(after )?x(\d+(?:\.\d+)?)", text)
    if degree:
        return Meaning(Kind.AFTER_DEGREE if degree[1] else Kind.DEGREE, float(degree[2]))
    parts = {name: float(number or 1) for name, _, number in (part.partition(" ") for part in text.split(", "))}
    unknown = [name for name in parts if name not in (*EMOTIONS, *STYLES)]
    if unknown or not all(0 < number <= 1 for number in parts.values()):
        raise ValueError(f"{text!r} is no meaning of a word")
    return Meaning(
        Kind.FEELING,
        values={name: number for name, number in parts.items() if name in EMOTIONS},
        style={name: number for name, number in parts.items() if name in STYLES},
    )


@cache
def _vocabulary(japanese: bool) -> tuple[Mapping[str, Meaning], re.Pattern[str]]:
    """Meanings by group name, and the pattern that finds them; of a spelling two languages share, the first counts."""
    order = ("ja", "zh", "en") if japanese else LANGUAGES
    known: dict[str, Meaning] = {}
    for language in order:
        for spellings, meaning in rows(language):
            for spelling in spellings:
                known.setdefault(normal(spelling), meaning)
    longest_first = sorted(known, key=lambda spelling: (-len(spelling.rstrip("*")), spelling))
    names = {f"w{number}": spelling for number, spelling in enumerate(longest_first)}
    pattern = "|".join(f"(?P<{name}>{_expression(spelling)})" for name, spelling in names.items())
    return {name: known[spelling] for name, spelling in names.items()}, re.compile(pattern)


def _expression(spelling: str) -> str:
    if not _LATIN.search(spelling):
        return re.escape(spelling)
    words = [re.escape(word.rstrip("*")) + ("[a-z']*" if word.endswith("*") else "") for word in spelling.split()]
    return r"(?<![a-z])" + r"\s+".join(words) + r"(?![a-z])"
