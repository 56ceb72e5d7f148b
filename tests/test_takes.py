"""Takes: numbered once for all, chosen by hand, and never another line's words."""

from __future__ import annotations

import json
import os
import sqlite3
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from indextts_post.errors import InputError
from indextts_post.state import (
    STATE,
    LineTakes,
    TakeBook,
    WantedTake,
    keep_wanted,
    opened,
    read_book,
    read_wanted,
    revised,
    revision,
)
from indextts_post.state import database as state_database
from indextts_post.takes import key_in_use, listed, promote, promoted, release, released, with_take


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


def keep_book(state: Path, book: TakeBook) -> None:
    with revised(state) as page:
        page.book = book


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
    keep_book(tmp_path / STATE, book_of(*(take(takes, key) for key in "abc")))
    row = promote(tmp_path / STATE, takes, "L0042", 3)
    assert (row.number, row.key, row.samples, row.text) == (3, "c", 48_000, "Hello.")
    assert read_book(tmp_path / STATE).lines["L0042"] == LineTakes(("a", "b", "c"), chosen="c")
    release(tmp_path / STATE, "L0042")
    assert read_book(tmp_path / STATE).lines["L0042"] == LineTakes(("a", "b", "c"))


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
    keep_book(tmp_path / STATE, book_of(take(takes, "a"), take(takes, "b")))
    before = (read_book(tmp_path / STATE), revision_of(tmp_path / STATE))
    (takes / "a.wav").unlink()
    with pytest.raises(InputError, match="the sound of take 1 is gone"):
        promote(tmp_path / STATE, takes, "L0042", 1)
    assert (read_book(tmp_path / STATE), revision_of(tmp_path / STATE)) == before


def test_a_choice_holds_only_while_the_words_are_the_same(tmp_path: Path) -> None:
    book = promoted(book_of(take(tmp_path, "a"), take(tmp_path, "b")), "L0042", 1)
    assert key_in_use(book, "L0042", "b", tmp_path, "Hello.") == "a"
    assert key_in_use(book, "L0042", "n", tmp_path, "Hello there.") == "n"
    assert key_in_use(book, "L7", "x", tmp_path, "Hello.") == "x"
    (tmp_path / "a.wav").unlink()
    assert key_in_use(book, "L0042", "b", tmp_path, "Hello.") == "b"


def test_a_book_of_an_older_version_is_taken_over_once(tmp_path: Path) -> None:
    state, old = tmp_path / STATE, tmp_path / "takes.json"
    old.write_text('{"version": 1, "lines": {"L1": {"takes": ["a", "b"], "chosen": "a", "used": "b"}}}')
    assert read_book(state) == TakeBook({"L1": LineTakes(("a", "b"), "a", "b")})
    with revised(state) as page:
        page.book = with_take(page.book, "L2", "c")
    assert not old.exists(), "one store, not two"
    assert read_book(state) == TakeBook({"L1": LineTakes(("a", "b"), "a", "b"), "L2": LineTakes(("c",))})


def test_no_book_is_an_empty_one_and_a_broken_old_one_is_refused(tmp_path: Path) -> None:
    assert read_book(tmp_path / STATE) == TakeBook()
    for broken in ("{", '{"lines": []}', '{"lines": {"L1": {"takes": ["a"], "chosen": "z"}}}'):
        (tmp_path / "takes.json").write_text(broken, encoding="utf-8")
        with pytest.raises(InputError, match=r"takes\.json: is broken"):
            read_book(tmp_path / STATE)


def test_what_plans_ask_for_is_kept_and_only_news_of_it_is_a_new_revision(tmp_path: Path) -> None:
    state = tmp_path / STATE
    assert read_wanted(state) == {}
    wanted = {"L1": WantedTake("line-1", "take-1"), "L2": WantedTake("line-2", "take-2")}
    keep_wanted(state, wanted)
    before = revision_of(state)
    keep_wanted(state, wanted)
    assert (read_wanted(state), revision_of(state)) == (wanted, before)
    keep_wanted(state, {"L2": WantedTake("line-2", "take-3")})
    assert read_wanted(state) == {"L2": WantedTake("line-2", "take-3")}
    assert revision_of(state) == before + 1


def revision_of(state: Path) -> int:
    with opened(state, writing=False) as database:
        return revision(database)


class CrashError(Exception):
    """The process is gone."""


class Mortal(sqlite3.Connection):
    """A connection whose process dies before its statement number `dies_at`; it says no goodbye."""

    dies_at = 0

    def execute(self, *arguments: Any) -> sqlite3.Cursor:
        self._live()
        return super().execute(*arguments)

    def executemany(self, *arguments: Any) -> sqlite3.Cursor:
        self._live()
        return super().executemany(*arguments)

    def _live(self) -> None:
        type(self).dies_at -= 1
        if type(self).dies_at < 0:
            raise CrashError


def test_a_choice_and_its_revision_are_kept_together_wherever_the_process_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Death before every single statement: the store then holds all of the choice, or nothing of it."""
    state, takes = tmp_path / STATE, tmp_path / "30-takes"
    keep_book(state, book_of(*(take(takes, key) for key in "ab")))
    before = (read_book(state), revision_of(state))
    plain, survived = sqlite3.connect, 0
    for statement in range(40):
        monkeypatch.setattr(Mortal, "dies_at", statement)
        monkeypatch.setattr(state_database.sqlite3, "connect", partial(plain, factory=Mortal))
        try:
            promote(state, takes, "L0042", 1)
        except CrashError:
            monkeypatch.setattr(state_database.sqlite3, "connect", plain)
            assert (read_book(state), revision_of(state)) == before, statement
            survived += 1
        else:
            break
    monkeypatch.setattr(state_database.sqlite3, "connect", plain)
    assert survived > 8, "every statement of the transaction has had its turn"
    assert read_book(state).lines["L0042"].chosen == "a"
    assert revision_of(state) == before[1] + 1
