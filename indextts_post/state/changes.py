"""What was changed of single lines after they were read, and how it comes over the lines of the file.

A change belongs to the words and the place it was made for: where the file says something else there now, it is not
applied, and that is said.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from indextts_post.cast import Emotion
from indextts_post.notices import Notice, Severity
from indextts_post.state.database import opened, recall, remember
from indextts_post.timebase import FrameSpan
from indextts_post.timeline import Cue, LengthMode, SyncClass

_EMOTION = TypeAdapter(Emotion)
_SAID = ("text", "voice", "emotion", "sync", "mode", "pace", "character")


@dataclass(frozen=True)
class LineChange:
    """What is to be different in one line; None leaves what the file and the cast say.

    `cue_text` and `cue_span` are those of the file when the change was made. `locked` pins the take `pinned` (where
    there was one): it is used whatever the plan says. `again` counts how often another take was asked for: it is added
    to the job's seed for this line.
    """

    line_id: str
    cue_text: str
    cue_span: FrameSpan
    text: str | None = None
    voice: str | None = None
    emotion: Emotion | None = None
    sync: SyncClass | None = None
    mode: LengthMode | None = None
    pace: float | None = None
    character: str | None = None
    locked: bool = False
    pinned: str | None = None
    again: int = 0

    @property
    def edited(self) -> bool:
        """Does the line say, or sound, other than the file has it?"""
        return any(getattr(self, name) is not None for name in _SAID)

    @property
    def empty(self) -> bool:
        return not (self.edited or self.locked or self.again)

    def belongs_to(self, cue: Cue) -> bool:
        return (cue.text, cue.span) == (self.cue_text, self.cue_span)


def change_of(cue: Cue) -> LineChange:
    """A change of `cue` that changes nothing yet."""
    return LineChange(cue.id, cue.text, cue.span)


def applied(
    cues: Sequence[Cue], changes: Mapping[str, LineChange]
) -> tuple[tuple[Cue, ...], dict[str, LineChange], tuple[Notice, ...]]:
    """The cues as they are to be spoken, the changes that hold, and what is to be said of them."""
    known = {cue.id: cue for cue in cues}
    holding = {key: change for key, change in changes.items() if key in known and change.belongs_to(known[key])}
    lost = [change for key, change in changes.items() if key not in holding and not change.empty]
    changed = tuple(_changed(cue, holding[cue.id]) if cue.id in holding else cue for cue in cues)
    said = [_lost(change, known.get(change.line_id)) for change in lost]
    edited = [line_id for line_id, change in holding.items() if change.edited]
    if edited:
        message = f"{len(edited)} line(s) are spoken as they were changed since, not as the file has them"
        said.insert(0, Notice("change.applied", message, Severity.NOTE))
    return changed, holding, tuple(said)


def _changed(cue: Cue, change: LineChange) -> Cue:
    said: dict[str, Any] = {
        "text": change.text,
        "voice": change.voice,
        "sync": change.sync,
        "mode": change.mode,
        "ratio": change.pace,
        "character": change.character,
    }
    cue = replace(cue, **{name: value for name, value in said.items() if value is not None})
    if change.emotion is None:
        return cue
    return replace(
        cue,
        emotion=change.emotion.words,
        emotion_values=change.emotion.values,
        emotion_intensity=change.emotion.intensity,
        emotion_clip=change.emotion.clip,
    )


def _lost(change: LineChange, cue: Cue | None) -> Notice:
    now = f"it now says {cue.text[:40]!r}" if cue else "there is no such line now"
    message = f"{change.line_id}: what was changed for {change.cue_text[:40]!r} no longer applies: {now}"
    return Notice("change.lost", message, Severity.WARNING, cue.place if cue else None, change.line_id)


def read_changes(path: Path) -> dict[str, LineChange]:
    """All changes kept in the database at `path`, by line; none where there is no such file."""
    if not path.is_file():
        return {}
    with opened(path, writing=False) as database:
        database.row_factory = sqlite3.Row
        return {row["line_id"]: _change(row) for row in database.execute("SELECT * FROM line_change")}


def keep_change(path: Path, change: LineChange) -> int:
    """Keep one change; gives the project's new revision."""
    with opened(path) as database:
        return store_change(database, change)


def store_change(database: sqlite3.Connection, change: LineChange) -> int:
    """The same inside a transaction. The row stays though nothing is changed any more: it knows when that was."""
    number = bump_revision(database)
    values = {
        "line_id": change.line_id,
        "cue_text": change.cue_text,
        "cue_start": change.cue_span.start,
        "cue_end": change.cue_span.end,
        **{name: getattr(change, name) for name in ("text", "voice", "sync", "mode", "pace", "character", "pinned")},
        "emotion": None if change.emotion is None else _EMOTION.dump_json(change.emotion).decode(),
        "locked": int(change.locked),
        "again": change.again,
        "revision": number,
    }
    columns = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    database.execute(f"INSERT OR REPLACE INTO line_change ({columns}) VALUES ({marks})", values)
    return number


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


def _change(row: sqlite3.Row) -> LineChange:
    plain = {field.name: row[field.name] for field in fields(LineChange) if field.name in row.keys()}  # noqa: SIM118
    plain |= {
        "cue_span": FrameSpan(row["cue_start"], row["cue_end"]),
        "emotion": None if row["emotion"] is None else _EMOTION.validate_json(row["emotion"]),
        "sync": None if row["sync"] is None else SyncClass(row["sync"]),
        "mode": None if row["mode"] is None else LengthMode(row["mode"]),
        "locked": bool(row["locked"]),
    }
    return LineChange(**plain)
