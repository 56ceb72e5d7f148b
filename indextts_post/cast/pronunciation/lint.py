"""Doubtful readings of a whole dub, before anything is spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from indextts_post.cast.pronunciation.lexicon import Lexicon
from indextts_post.cast.pronunciation.reading import reading_of
from indextts_post.cast.pronunciation.records import WordReading
from indextts_post.cast.records import Line


@dataclass(frozen=True)
class Doubt:
    """A word of `line` that may be read otherwise than it will be."""

    line: Line
    word: WordReading


def doubtful_readings(
    lines: Sequence[Line], written: Mapping[str, str], lexicon: Lexicon | None = None
) -> Iterator[Doubt]:
    """All doubts, the likeliest to be wrong first. `written` is each line's text as the user has it, by id.

    A cast line has our own marks in it; only marks and lexicon entries of the user are beyond doubt.
    """
    names = {line.character for line in lines}
    found = [
        Doubt(line, word)
        for line in lines
        for word in reading_of(written[line.id], line.language, lexicon, names).doubtful
    ]
    yield from sorted(found, key=lambda doubt: doubt.word.probability)
