"""Numbers, units, abbreviations and mixed lines, as readable tables: UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import pytest
from readings import pieces, table, update

from indextts_post.cast.pronunciation.numbers import CHINESE, ENGLISH, Row, corrected, written_out

NUMBERS = [("numbers_zh.tsv", "zh"), ("numbers_en.tsv", "en")]


@pytest.mark.parametrize(("name", "language"), NUMBERS)
def test_numbers_are_spoken_as_the_table_has_them(name: str, language: str) -> None:
    found = [(written, written_out(written, language)) for written, _ in table(name)]
    update(name, found)
    assert found == table(name)


def test_mixed_lines_are_cut_by_language_with_names_and_abbreviations_spelled() -> None:
    found = [(written, pieces(written)) for written, _ in table("mixed_zh.tsv")]
    update("mixed_zh.tsv", found)
    assert found == table("mixed_zh.tsv")


def test_the_tables_hold_150_cases() -> None:
    assert sum(len(table(name)) for name in ("mixed_zh.tsv", "numbers_zh.tsv", "numbers_en.tsv")) >= 150


ROWS = [("zh", row) for row in CHINESE] + [("en", row) for row in ENGLISH]


@pytest.mark.parametrize(("language", "row"), ROWS, ids=lambda given: getattr(given, "example", given))
def test_every_row_writes_its_example_out(language: str, row: Row) -> None:
    assert corrected(row.example, language) == row.spoken


def test_a_line_without_numbers_is_left_alone() -> None:
    assert corrected("他说：“好。”", "zh") == "他说：“好。”"
    assert written_out("こんにちは 3", "ja") == "こんにちは 3"
