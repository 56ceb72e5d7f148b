"""Takes: numbered once for all, chosen by hand, and never another line's words."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from indextts_post.errors import InputError
from indextts_post.takes import (
    BOOK,
    TakeBook,
    key_in_use,
    listed,
    promote,
    promoted,
    read_book,
    released,
    with_found_takes,
    with_take,
    write_book,
)


def take(folder: Path, key: str, text: str = "Hello.", voice: str = "amy", *, age: int = 0) -> str:
    """A kept take: a second of sound at 24 kHz, `age` seconds old."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{key}.wav").write_bytes(b"sound")
    sidecar = {"text": text, "voice": voice, "sample_rate": 24_000, "samples": 24_000}
    (folder / f"{key}.json").write_text(json.dumps(sidecar), encoding="utf-8")
    os.utime(folder / f"{key}.wav", (1_000_000 - age, 1_000_000 - age))
    return key


def book_of(*keys: str, line_id: str = "L0042") -> TakeBook:
    book = TakeBook()
    for key in keys:
        book = with_take(book, line_id, key)
    return book


def test_takes_keep_their_numbers_however_often_they_are_spoken(tmp_path: Path) -> None:
    book = book_of("a", "b", "a", "c")
    assert [(row.number, row.key) for row in listed(book, "L0042", tmp_path)] == [(1, "a"), (2, "b"), (3, "c")]


def test_the_newest_take_is_used_until_one_is_chosen(tmp_path: Path) -> None:
    book = book_of("a", "b", "c")
    assert [row.in_use for row in listed(book, "L0042", tmp_path)] == [False, False, True]
    chosen = promoted(book, "L0042", 1)
    assert [row.in_use for row in listed(chosen, "L0042", tmp_path)] == [True, False, False]
    assert released(chosen, "L0042") == book


def test_promoting_is_written_and_read_again(tmp_path: Path) -> None:
    takes = tmp_path / "30-takes"
    write_book(tmp_path / BOOK, book_of(*(take(takes, key) for key in "abc")))
    row = promote(tmp_path, takes, "L0042", 3)
    assert (row.number, row.key, row.samples, row.text) == (3, "c", 48_000, "Hello.")
    assert read_book(tmp_path / BOOK).lines["L0042"].chosen == "c"
    assert json.loads((tmp_path / BOOK).read_text())["lines"]["L0042"] == {"takes": ["a", "b", "c"], "chosen": "c"}


@pytest.mark.parametrize(
    ("line_id", "number", "words"),
    [
        ("L0042", 3, "L0042: there is no take 3, only 2. Choose 1 to 2"),
        ("L0042", 0, "there is no take 0"),
        ("L9", 1, "L9: no takes are kept of such a line. There are L0042."),
    ],
)
def test_a_take_that_is_not_there_is_refused(line_id: str, number: int, words: str) -> None:
    with pytest.raises(InputError, match=words):
        promoted(book_of("a", "b"), line_id, number)


def test_a_take_whose_sound_was_deleted_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    takes = tmp_path / "30-takes"
    write_book(tmp_path / BOOK, book_of(take(takes, "a"), take(takes, "b")))
    before = (tmp_path / BOOK).read_bytes()
    (takes / "a.wav").unlink()
    with pytest.raises(InputError, match="the sound of take 1 is gone"):
        promote(tmp_path, takes, "L0042", 1)
    assert (tmp_path / BOOK).read_bytes() == before


def test_a_choice_holds_only_while_the_words_are_the_same(tmp_path: Path) -> None:
    book = promoted(book_of(take(tmp_path, "a"), take(tmp_path, "b")), "L0042", 1)
    assert key_in_use(book, "L0042", "b", tmp_path, "Hello.") == "a"
    assert key_in_use(book, "L0042", "n", tmp_path, "Hello there.") == "n"
    assert key_in_use(book, "L7", "x", tmp_path, "Hello.") == "x"
    (tmp_path / "a.wav").unlink()
    assert key_in_use(book, "L0042", "b", tmp_path, "Hello.") == "b"


def test_takes_from_before_there_was_a_book_are_found_by_words_and_voice(tmp_path: Path) -> None:
    take(tmp_path, "young", age=1)
    take(tmp_path, "old", age=9)
    take(tmp_path, "other", text="Bye.")
    take(tmp_path, "ben", voice="ben")
    book = with_found_takes(TakeBook(), "L1", "Hello.", "amy", tmp_path)
    assert book.lines["L1"].takes == ("old", "young")


def test_no_book_is_an_empty_one_and_a_broken_one_is_refused(tmp_path: Path) -> None:
    assert read_book(tmp_path / BOOK) == TakeBook()
    for broken in ("{", '{"lines": []}', '{"lines": {"L1": {"takes": ["a"], "chosen": "z"}}}'):
        (tmp_path / BOOK).write_text(broken, encoding="utf-8")
        with pytest.raises(InputError, match=r"takes\.json: is broken"):
            read_book(tmp_path / BOOK)
