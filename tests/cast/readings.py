"""Golden readings: sentences in the user's notation, and tables of `written<TAB>as spoken`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from indextts_post.cast.pronunciation.mixed import cut_by_language
from indextts_post.cast.pronunciation.notation import marked, parts, without_marks
from indextts_post.cast.pronunciation.reading import reading_of
from indextts_post.cast.pronunciation.records import Reading, Source, WordReading

GOLDEN = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Sentence:
    """`notation` is the sentence with its marks, `expected` index → pinyin of each marked character."""

    level: str
    notation: str
    text: str
    expected: dict[int, str]

    def misses(self, reading: Reading) -> list[str]:
        """What is read otherwise than expected: `行 xing2, not hang2`."""
        read = syllables(reading)
        return [
            f"{self.text[at]} {read.get(at, '?')}, not {wanted}"
            for at, wanted in self.expected.items()
            if read.get(at) != wanted
        ]


def sentences(text: str) -> list[Sentence]:
    rows = (row.split("\t") for row in text.splitlines() if row and not row.startswith("#"))
    return [sentence(notation, level) for level, notation in rows]


def sentence(notation: str, level: str = "") -> Sentence:
    expected: dict[int, str] = {}
    at = 0
    for part in parts(notation):
        for offset, syllable in enumerate((part.reading or "").split()):
            expected[at + offset] = syllable
        at += len(part.text)
    return Sentence(level, notation, without_marks(notation), expected)


def syllables(reading: Reading) -> dict[int, str]:
    """Index of each Chinese character → its pinyin in small letters. Holds where the spoken text is as long as read."""
    return {
        word.start + offset: syllable
        for word in reading.words
        if word.language == "zh"
        for offset, syllable in enumerate(word.reading.lower().split())
    }


def pieces(text: str) -> str:
    """A mixed line as `zh[我用]en[<WiFi|W AY1 . F AY2>]`."""
    reading = reading_of(text, "zh")
    inline = [word for word in reading.words if word.source is Source.MARK]
    shown = ""
    done = 0
    for word in [*inline, WordReading("", len(reading.spoken), "", Source.USUAL, "zh")]:
        shown += _cut(reading.spoken[done : word.start]) + (
            f"zh[{marked(word.text, word.reading)}]" if word.text else ""
        )
        done = word.start + len(word.text)
    return shown.replace("]zh[<", "<").replace(">]zh[", ">") if inline else shown


def _cut(text: str) -> str:
    cuts = cut_by_language(text, "zh")
    return "".join(f"{c.language}[{marked(c.text, c.reading) if c.reading else c.text}]" for c in cuts)


def table(name: str) -> list[tuple[str, str]]:
    rows = (GOLDEN / name).read_text(encoding="utf-8").splitlines()[1:]
    return [(written, spoken) for written, spoken in (row.split("\t") for row in rows)]


def update(name: str, rows: list[tuple[str, str]]) -> None:
    """Write the table anew where UPDATE_GOLDEN=1 asks for it: its diff is then read by a person."""
    if os.environ.get("UPDATE_GOLDEN") == "1":
        heading = (GOLDEN / name).read_text(encoding="utf-8").splitlines()[0]
        text = "\n".join([heading, *("\t".join(row) for row in rows)]) + "\n"
        (GOLDEN / name).write_text(text, encoding="utf-8")
