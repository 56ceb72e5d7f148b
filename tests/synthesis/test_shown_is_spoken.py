"""What `dubsync say` shows of a Chinese line is what the default voice is given, sound by sound."""

from __future__ import annotations

from pathlib import Path

import pytest

from indextts_post.cast import reading_of, speakable, without_marks
from indextts_post.synthesis.kokoro.front_end import FrontEnd
from indextts_post.synthesis.kokoro.front_end.chinese import pinyin_symbols
from indextts_post.synthesis.kokoro.symbols import SYMBOL_CLASSES, SymbolClass

GOLDEN = Path(__file__).parent.parent / "cast" / "golden"
SILENT = (SymbolClass.PAUSE, SymbolClass.MARK)


def lines() -> list[str]:
    """Every third film line, and all lines with numbers, that hold no Latin letter once they are written out."""
    films = (GOLDEN / "dialogue_zh.tsv").read_text(encoding="utf-8").splitlines()[1::3]
    numbers = (GOLDEN / "numbers_zh.tsv").read_text(encoding="utf-8").splitlines()[1:]
    texts = [without_marks(row.split("\t")[1]) for row in films] + [row.split("\t")[0] for row in numbers]
    return [text for text in texts if not any(c.isascii() and c.isalpha() for c in reading_of(text, "zh").spoken)]


@pytest.fixture(scope="module")
def front_end(tmp_path_factory: pytest.TempPathFactory) -> FrontEnd:
    return FrontEnd(tmp_path_factory.mktemp("cache"))


def sounds(symbols: str) -> str:
    return "".join(s for s in symbols if s in SYMBOL_CLASSES and s != " " and SYMBOL_CLASSES[s] not in SILENT)


def test_the_voice_is_given_the_readings_that_are_shown(front_end: FrontEnd) -> None:
    texts = lines()
    assert len(texts) >= 200
    otherwise = {}
    for text in texts:
        shown = [syllable for word in reading_of(text, "zh").words for syllable in word.reading.lower().split()]
        expected = sounds("".join(pinyin_symbols(s.replace("v", "ü")) or "" for s in shown))
        given = sounds(front_end.spell(speakable(text, "zh").text, "zh").symbols)
        if given != expected:
            otherwise[text] = (expected, given)
    assert otherwise == {}
