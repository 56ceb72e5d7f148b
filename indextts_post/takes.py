"""Which take of a line is used: every take is kept, and `takes.json` in the job folder remembers which was chosen.

    {"version": 1, "lines": {"L0042": {"takes": ["<key>", "<key>"], "chosen": "<key>", "used": "<key>"}}}

Takes are numbered from 1 in the order in which they were first spoken for the line; a number never changes. Without a
choice by hand the take of the last run is used (`used`), which is the newest, or an older one whose words came back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from filelock import FileLock

from indextts_post.errors import InputError
from indextts_post.files import write_json
from indextts_post.timebase import SAMPLE_RATE, round_half_up

BOOK = "takes.json"
VERSION = 1


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
class TakeRow:
    """One take of a line as the user sees it. `samples` are counted at 48 kHz; `there` is False for a deleted file."""

    number: int
    key: str
    path: Path
    there: bool
    in_use: bool
    text: str = ""
    voice: str = ""
    samples: int = 0


def with_take(book: TakeBook, line_id: str, key: str) -> TakeBook:
    """The book after `key` was spoken for a line: a new take comes last, a known one keeps its number."""
    known = book.lines.get(line_id, LineTakes())
    if key in known.takes:
        return book
    return TakeBook({**book.lines, line_id: replace(known, takes=(*known.takes, key))})


def with_used(book: TakeBook, line_id: str, key: str) -> TakeBook:
    """The book after a run has used `key`, one of the line's takes or a new one."""
    book = with_take(book, line_id, key)
    return TakeBook({**book.lines, line_id: replace(book.lines[line_id], used=key)})


def promoted(book: TakeBook, line_id: str, number: int) -> TakeBook:
    """The book with take `number` of a line chosen by hand. Raises `InputError` where there is no such take."""
    known = book.lines.get(line_id)
    if known is None:
        raise InputError(f"{line_id}: no takes are kept of such a line. There are {_some(book.lines)}.")
    if not 1 <= number <= len(known.takes):
        count = len(known.takes)
        raise InputError(f"{line_id}: there is no take {number}, only {count}. Choose 1 to {count}, or speak another.")
    key = known.takes[number - 1]
    return TakeBook({**book.lines, line_id: replace(known, chosen=key, used=None)})


def released(book: TakeBook, line_id: str) -> TakeBook:
    """The book with no choice by hand for a line: its newest take is used again."""
    known = book.lines.get(line_id)
    return book if known is None else TakeBook({**book.lines, line_id: replace(known, chosen=None, used=None)})


def key_in_use(book: TakeBook, line_id: str, spoken: str, folder: Path, text: str) -> str:
    """Key of the take to be used where `spoken` is the one of this run.

    A choice by hand holds as long as its sound is there and says the words the line has now.
    """
    chosen = book.lines.get(line_id, LineTakes()).chosen
    if chosen is None or chosen == spoken:
        return spoken
    return chosen if _sidecar(folder, chosen).get("text") == text and _sound(folder, chosen).is_file() else spoken


def listed(book: TakeBook, line_id: str, folder: Path) -> tuple[TakeRow, ...]:
    """The takes of a line, oldest first. `folder` is the job's folder of takes."""
    known = book.lines.get(line_id, LineTakes())
    return tuple(_row(folder, number, key, key == known.in_use) for number, key in enumerate(known.takes, start=1))


def promote(job: Path, takes: Path, line_id: str, number: int) -> TakeRow:
    """`dubsync takes promote L0042 3`: choose a take in a job folder, and say which it is.

    Raises `InputError` where there is no such take or its sound was deleted; nothing is changed then.
    """
    with revised(job / BOOK) as page:
        page.book = promoted(page.book, line_id, number)
        row = listed(page.book, line_id, takes)[number - 1]
        if not row.there:
            raise InputError(
                f"{line_id}: the sound of take {number} is gone ({row.path}). Choose another, or speak it anew."
            )
    return row


@dataclass
class OpenBook:
    """The book while it is being changed."""

    book: TakeBook


@contextmanager
def revised(path: Path) -> Iterator[OpenBook]:
    """The book, to be changed by one process at a time; written if the block ends well and something is different."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        page = OpenBook(before := read_book(path))
        yield page
        if page.book != before or not path.is_file():
            write_book(path, page.book)


def read_book(path: Path) -> TakeBook:
    """The book of a job folder, empty where there is none yet. Raises `InputError` for a broken one."""
    if not path.is_file():
        return TakeBook()
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        return TakeBook({str(key): _line_takes(entry) for key, entry in value["lines"].items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: is broken ({error}). Correct it, or delete it to use the newest takes.") from error


def write_book(path: Path, book: TakeBook) -> None:
    """Write the book as readable JSON, whole or not at all."""
    lines = {
        line_id: {"takes": list(known.takes)}
        | {name: key for name, key in (("chosen", known.chosen), ("used", known.used)) if key}
        for line_id, known in sorted(book.lines.items())
    }
    write_json(path, {"version": VERSION, "lines": lines})


def with_found_takes(book: TakeBook, line_id: str, text: str, voice: str, folder: Path) -> TakeBook:
    """The book with takes that say a line's words in its voice, made before there was a book; oldest file first."""
    found = [key for key, sidecar in _sidecars(folder) if (sidecar.get("text"), sidecar.get("voice")) == (text, voice)]
    for key in sorted(found, key=lambda key: (_sound(folder, key).stat().st_mtime_ns, key)):
        book = with_take(book, line_id, key)
    return book


def _line_takes(entry: Mapping[str, Any]) -> LineTakes:
    takes, chosen, used = tuple(str(key) for key in entry["takes"]), entry.get("chosen"), entry.get("used")
    for key in (chosen, used):
        if key is not None and key not in takes:
            raise ValueError(f"the chosen take {key!r} is none of the line's")
    return LineTakes(takes, chosen, used)


def _row(folder: Path, number: int, key: str, in_use: bool) -> TakeRow:
    sidecar, sound = _sidecar(folder, key), _sound(folder, key)
    rate = sidecar.get("sample_rate") or SAMPLE_RATE
    samples = round_half_up(Fraction(sidecar.get("samples") or 0) * SAMPLE_RATE / rate)
    return TakeRow(
        number=number,
        key=key,
        path=sound,
        there=sound.is_file(),
        in_use=in_use,
        text=str(sidecar.get("text", "")),
        voice=str(sidecar.get("voice", "")),
        samples=samples,
    )


def is_whole(folder: Path, key: str) -> bool:
    """Is the sound of a take there, and what is written beside it?"""
    return _sound(folder, key).is_file() and bool(_sidecar(folder, key))


def _sidecars(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path in sorted(folder.glob("*.json")):
        if _sound(folder, path.stem).is_file():
            yield path.stem, _sidecar(folder, path.stem)


def _sidecar(folder: Path, key: str) -> Mapping[str, Any]:
    """What is written beside a take; empty where there is nothing that can be read."""
    try:
        value = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _sound(folder: Path, key: str) -> Path:
    return folder / f"{key}.wav"


def _some(lines: Mapping[str, LineTakes]) -> str:
    names = sorted(lines)
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "") if names else "none yet"
