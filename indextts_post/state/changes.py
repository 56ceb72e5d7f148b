"""What was changed of single lines after they were read, and how it comes over the lines of the file.

A change belongs to the words and the place it was made for: where the file says something else there now, it is not
applied, and that is said.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from indextts_post.notices import Notice, Severity
from indextts_post.state.database import opened, recall, remember
from indextts_post.state.fields import EDITABLE
from indextts_post.timebase import FrameSpan
from indextts_post.timeline import Cue


@dataclass(frozen=True)
class LineEdit:
    """One field of one line, set to a value by somebody.

    `field` is a key of `EDITABLE`, `value` what the records hold (None takes the edit back). `who` names the program or
    person, "" where nobody said; `when` is ISO 8601 in UTC.
    """

    line_id: str
    field: str
    value: Any
    who: str = ""
    when: str = ""

    @property
    def json(self) -> dict[str, Any]:
        value = None if self.value is None else EDITABLE[self.field].plain(self.value)
        return {"field": self.field, "value": value, "who": self.who, "when": self.when}


@dataclass(frozen=True)
class LineChange:
    """What is to be different in one line: the newest edit of each field that holds.

    `cue_text` and `cue_span` are those of the file when the first of them was made. A lock pins the take `pinned`
    (where there was one): it is used whatever the plan says. `again` counts how often another take was asked for: it is
    added to the job's seed for this line.
    """

    line_id: str
    cue_text: str
    cue_span: FrameSpan
    edits: Mapping[str, LineEdit] = field(default_factory=dict)
    pinned: str | None = None
    again: int = 0

    def value(self, name: str) -> Any:
        """What the field `name` was set to; None where the file and the cast decide."""
        edit = self.edits.get(name)
        return None if edit is None else edit.value

    @property
    def locked(self) -> bool:
        return bool(self.value("locked"))

    @property
    def edited(self) -> bool:
        """Does the line say, or sound, other than the file has it?"""
        return any(name != "locked" for name in self.edits)

    @property
    def empty(self) -> bool:
        return not (self.edited or self.locked or self.again)

    def with_edits(self, edits: Iterable[LineEdit]) -> LineChange:
        """The change with `edits` made in their order; one without a value (and an unlocking) leaves nothing behind."""
        holding = dict(self.edits)
        for edit in edits:
            holding.pop(edit.field, None)
            if edit.value is not None and edit.value is not False:
                holding[edit.field] = edit
        return replace(self, edits=holding)

    def belongs_to(self, cue: Cue) -> bool:
        return (cue.text, cue.span) == (self.cue_text, self.cue_span)


def change_of(cue: Cue) -> LineChange:
    """A change of `cue` that changes nothing yet."""
    return LineChange(cue.id, cue.text, cue.span)


def applied(
    cues: Sequence[Cue], changes: Mapping[str, LineChange]
) -> tuple[tuple[Cue, ...], dict[str, LineChange], tuple[Notice, ...]]:
    """The cues as they are to be spoken, the changes that hold, and what is to be said of them."""
    by_id = {cue.id: cue for cue in cues}
    holding = {key: change for key, change in changes.items() if key in by_id and change.belongs_to(by_id[key])}
    lost = [change for key, change in changes.items() if key not in holding and not change.empty]
    changed = tuple(_changed(cue, holding[cue.id]) if cue.id in holding else cue for cue in cues)
    notices = [_lost(change, by_id.get(change.line_id)) for change in lost]
    edited = [line_id for line_id, change in holding.items() if change.edited]
    if edited:
        message = f"{len(edited)} line(s) are spoken as they were changed since, not as the file has them"
        notices.insert(0, Notice("change.applied", message, Severity.NOTE))
    return changed, holding, tuple(notices)


def _changed(cue: Cue, change: LineChange) -> Cue:
    different: dict[str, Any] = {}
    for name, edit in change.edits.items():
        different |= EDITABLE[name].cue(edit.value)
    return replace(cue, **different)


def _lost(change: LineChange, cue: Cue | None) -> Notice:
    now = f"it now says {cue.text[:40]!r}" if cue else "there is no such line now"
    message = f"{change.line_id}: what was changed for {change.cue_text[:40]!r} no longer applies: {now}"
    return Notice("change.lost", message, Severity.WARNING, cue.place if cue else None, change.line_id)


def read_changes(path: Path) -> dict[str, LineChange]:
    """All changes kept in the database at `path`, by line; none where there is no such file."""
    if not path.is_file():
        return {}
    with opened(path, writing=False) as database:
        return _changes(database)


def keep_change(path: Path, change: LineChange) -> int:
    """Keep one change; gives the project's new revision."""
    with opened(path) as database:
        return store_change(database, change)


def store_change(database: sqlite3.Connection, change: LineChange) -> int:
    """The same inside a transaction; gives the project's new revision.

    Every edit that is different from what was kept becomes a row of its own, and rows stay: they are the line's
    history. The row of the line stays though nothing is changed any more: it knows when that was.
    """
    before = _changes(database, change.line_id).get(change.line_id)
    number = bump_revision(database)
    place = (change.line_id, change.cue_text, change.cue_span.start, change.cue_span.end)
    database.execute(
        "INSERT OR REPLACE INTO line_change (line_id, cue_text, cue_start, cue_end, pinned, again, revision)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*place, change.pinned, change.again, number),
    )
    same = before is not None and (before.cue_text, before.cue_span) == (change.cue_text, change.cue_span)
    kept = before.edits if before is not None and same else {}
    for edit in _made_since(kept, change):
        value = None if edit.value is None else json.dumps(edit.json["value"], ensure_ascii=False)
        database.execute(
            "INSERT INTO line_edit (line_id, cue_text, cue_start, cue_end, field, value, who, at, revision)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*place, edit.field, value, edit.who, edit.when, number),
        )
    return number


def _made_since(kept: Mapping[str, LineEdit], change: LineChange) -> list[LineEdit]:
    """Edits that turn the kept ones into those of the change; what is gone is taken back."""
    taken_back = [LineEdit(change.line_id, name, None) for name in kept if name not in change.edits]
    return [*taken_back, *(edit for name, edit in change.edits.items() if kept.get(name) != edit)]


def edits_of(path: Path, line_id: str) -> tuple[LineEdit, ...]:
    """Every edit that was ever made of a line, oldest first, those that no longer hold included."""
    with opened(path, writing=False) as database:
        rows = database.execute("SELECT * FROM line_edit WHERE line_id = ? ORDER BY number", (line_id,))
        return tuple(_edit(row) for row in _named(rows))


def revision(database: sqlite3.Connection) -> int:
    """Counts up with everything that changes what a line says or how it sounds."""
    return int(recall(database, "revision") or 1)


def bump_revision(database: sqlite3.Connection) -> int:
    number = revision(database) + 1
    remember(database, "revision", str(number))
    return number


def line_revisions(database: sqlite3.Connection) -> dict[str, int]:
    """The project's revision at the last change of each line."""
    return {str(name): int(number) for name, number in database.execute("SELECT line_id, revision FROM line_change")}


def _changes(database: sqlite3.Connection, line_id: str | None = None) -> dict[str, LineChange]:
    """The changes of all lines, or of one; edits made for other words or another place of a line are left out."""
    only, names = ("", ()) if line_id is None else (" WHERE c.line_id = ?", (line_id,))
    rows = _named(database.execute(f"SELECT * FROM line_change c{only}", names))
    found = {row["line_id"]: _change(row) for row in rows}
    edits = database.execute(
        f"SELECT e.* FROM line_edit e JOIN line_change c USING (line_id, cue_text, cue_start, cue_end){only}"
        " ORDER BY e.number",
        names,
    )
    for row in _named(edits):
        found[row["line_id"]] = found[row["line_id"]].with_edits([_edit(row)])
    return found


def _named(rows: sqlite3.Cursor) -> list[dict[str, Any]]:
    columns = [description[0] for description in rows.description]
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _edit(row: Mapping[str, Any]) -> LineEdit:
    value = None if row["value"] is None else EDITABLE[row["field"]].read(row["value"])
    return LineEdit(row["line_id"], row["field"], value, row["who"], row["at"])


def _change(row: Mapping[str, Any]) -> LineChange:
    span = FrameSpan(row["cue_start"], row["cue_end"])
    return LineChange(row["line_id"], row["cue_text"], span, pinned=row["pinned"], again=row["again"])
