"""Word and character error rates after a normalisation that forgives spelling, not speech."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_APOSTROPHES = re.compile(r"[’‘']")


@dataclass(frozen=True)
class ErrorCount:
    """`errors` substitutions, insertions and deletions against `length` words or characters of the reference."""

    errors: int
    length: int

    @property
    def rate(self) -> float:
        return self.errors / max(1, self.length)

    def __add__(self, other: ErrorCount) -> ErrorCount:
        return ErrorCount(self.errors + other.errors, self.length + other.length)


def plain_text(text: str, language: str = "") -> str:
    """Lower case without punctuation, one space between words, compatibility forms made one (NFKC).

    For Chinese ("zh") traditional and full-width forms are made simplified and digits are written out, where the
    packages that know how are there.
    """
    plain = _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text).lower())
    if language == "zh":
        plain = _written_out(plain)
    spaced = "".join(c if unicodedata.category(c)[0] in "LNM" else " " for c in plain)
    return " ".join(spaced.split())


def word_errors(reference: str, heard: str, spell: Callable[[str], str] = plain_text) -> ErrorCount:
    """Least number of word edits between two texts, after `spell`."""
    words = spell(reference).split()
    return ErrorCount(_distance(words, spell(heard).split()), len(words))


def character_errors(reference: str, heard: str, spell: Callable[[str], str] = plain_text) -> ErrorCount:
    """Least number of character edits between two texts, spaces not counted, after `spell`."""
    letters = spell(reference).replace(" ", "")
    return ErrorCount(_distance(letters, spell(heard).replace(" ", "")), len(letters))


def total(counts: Iterable[ErrorCount]) -> ErrorCount:
    """Errors of all lines over the length of all lines."""
    return sum(counts, ErrorCount(0, 0))


def _written_out(text: str) -> str:
    from wetext import Normalizer

    return str(Normalizer(lang="zh", operator="tn", traditional_to_simple=True).normalize(text))


def _distance(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Levenshtein distance, one row at a time."""
    row = list(range(len(heard) + 1))
    for i, wanted in enumerate(reference, 1):
        before, row[0] = row[0], i
        for j, found in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (wanted != found))
    return row[-1]
