"""Which takes a line has, which one is used, and which one its plan asks for: rows of the job's database.

Takes are numbered from 1 in the order in which they were first spoken for the line; a number never changes. Without a
choice by hand the take of the last run is used (`used`), which is the newest, or an older one whose words came back.
A choice and the project's new revision are written together or not at all.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indextts_post.errors import InputError
from indextts_post.state.changes import bump_revision, revision
from indextts_post.state.database import opened

OLD_BOOK = "takes.json"
"""Where an older version kept this, beside the database. It is taken over once and then removed."""


@dataclass(frozen=True)
class LineTakes:
    """Keys of a line's takes, oldest first; `chosen` by hand, or None; `used` by the last run, None since a choice."""

    takes: tuple[str, ...] = ()
    chosen: str | None = None
    used: str | None = None

    @property
    def in_use(self) -> str | None:
        return self.used or self.chosen or (self.takes[-1] if self.takes else None)


@dataclass(frozen=True)
class TakeBook:
    """What is remembered of all lines, by id."""

    lines: Mapping[str, LineTakes] = field(default_factory=dict)


@dataclass(frozen=True)
class WantedTake:
    """What the plan of a line asks for: hash of all that the line says and is, and key of the take."""

    line: str
    take: str


@dataclass
class OpenBook:
    """The book while it is being changed; `revision` is the project's once the change is made."""

    book: TakeBook
    revision: int


def read_book(path: Path) -> TakeBook:
    """The book in the database at `path`, empty where there is none yet. Raises `InputError` for a broken one."""
    if not path.is_file():
        return _old_book(path)
    with opened(path, writing=False) as database:
        book = _read(database)
    return book if book.lines else _old_book(path)


@contextmanager
def revised(path: Path) -> Iterator[OpenBook]:
    """The book, to be changed by one process at a time: kept, with a new revision, if the block ends well.

    Nothing is written where nothing is different.
    """
    with opened(path) as database:
        before = _read(database)
        page = OpenBook(before if before.lines else _old_book(path), revision(database))
        yield page
        if page.book != before:
            _write(database, page.book)
            page.revision = bump_revision(database)
    (path.parent / OLD_BOOK).unlink(missing_ok=True)


def read_wanted(path: Path) -> dict[str, WantedTake]:
    """The take that each line's plan asks for, by line; empty where nothing was planned yet."""
    if not path.is_file():
        return {}
    with opened(path, writing=False) as database:
        return _wanted(database)


def keep_wanted(path: Path, wanted: Mapping[str, WantedTake]) -> None:
    """Remember what the plans of all lines ask for; a new revision where that is something else than before."""
    with opened(path) as database:
        if _wanted(database) == wanted:
            return
        database.execute("DELETE FROM wanted_take")
        rows = [(line_id, each.line, each.take) for line_id, each in wanted.items()]
        database.executemany("INSERT INTO wanted_take VALUES (?, ?, ?)", rows)
        bump_revision(database)


def _wanted(database: sqlite3.Connection) -> dict[str, WantedTake]:
    rows = database.execute("SELECT line_id, line, take FROM wanted_take ORDER BY rowid")
    return {line_id: WantedTake(line, take) for line_id, line, take in rows}


def _read(database: sqlite3.Connection) -> TakeBook:
    keys: dict[str, list[str]] = {}
    for line_id, key in database.execute("SELECT line_id, key FROM take ORDER BY line_id, number"):
        keys.setdefault(line_id, []).append(key)
    picks = {row[0]: row[1:] for row in database.execute("SELECT line_id, chosen, used FROM take_pick")}
    return TakeBook({line_id: LineTakes(tuple(found), *picks.get(line_id, ())) for line_id, found in keys.items()})


def _write(database: sqlite3.Connection, book: TakeBook) -> None:
    database.execute("DELETE FROM take")
    database.execute("DELETE FROM take_pick")
    takes = [(name, n, key) for name, line in book.lines.items() for n, key in enumerate(line.takes, start=1)]
    picks = [(name, line.chosen, line.used) for name, line in book.lines.items() if line.chosen or line.used]
    database.executemany("INSERT INTO take VALUES (?, ?, ?)", takes)
    database.executemany("INSERT INTO take_pick VALUES (?, ?, ?)", picks)


def _old_book(path: Path) -> TakeBook:
    """The book as an older version has left it; empty where it has not. Raises `InputError` for a broken one."""
    old = path.parent / OLD_BOOK
    if not old.is_file():
        return TakeBook()
    try:
        value = json.loads(old.read_text(encoding="utf-8"))
        return TakeBook({str(key): _line_takes(entry) for key, entry in value["lines"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{old}: is broken ({error}). Correct it, or delete it to use the newest takes.") from error


def _line_takes(entry: Mapping[str, Any]) -> LineTakes:
    takes, chosen, used = tuple(str(key) for key in entry["takes"]), entry.get("chosen"), entry.get("used")
    for key in (chosen, used):
        if key is not None and key not in takes:
            raise ValueError(f"the chosen take {key!r} is none of the line's")
    return LineTakes(takes, chosen, used)
