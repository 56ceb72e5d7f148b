"""What reading a text gives: every word with its reading, why it is read so, and whether one may doubt it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Who decided on a reading."""

    MARK = "mark"
    """The user, in the line itself."""
    LEXICON = "lexicon"
    """The user, in a lexicon file."""
    PHRASE = "phrase"
    """A word of the phrase dictionary."""
    RULE = "rule"
    """A row of our own tables."""
    NET = "net"
    """The network and what else speaks for it in the sentence."""
    USUAL = "usual"
    """The character's usual reading; nothing around it says otherwise."""
    NAME = "name"
    """A Latin name or abbreviation of our own table."""


@dataclass(frozen=True)
class WordReading:
    """A word at `start` in the spoken text. `reading` is in the user's notation, "" where its engine decides.

    `spoken` is the reading as it sounds in the sentence: Chinese tone sandhi and erhua applied. `probability` says how
    often such a reading is right, 1 where the user decided or there is but one.
    """

    text: str
    start: int
    reading: str
    source: Source
    language: str
    spoken: str = ""
    doubtful: bool = False
    alternatives: tuple[str, ...] = ()
    why: str = ""
    probability: float = 1.0


@dataclass(frozen=True)
class Reading:
    """`text` as it was given; `spoken` with numbers written out and without marks; its words in order."""

    text: str
    spoken: str
    language: str
    words: tuple[WordReading, ...]

    @property
    def doubtful(self) -> tuple[WordReading, ...]:
        return tuple(word for word in self.words if word.doubtful)
