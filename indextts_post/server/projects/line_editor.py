"""Edits of lines: checked, cast again, kept with who and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from indextts_post.server.clock import now
from indextts_post.server.http_errors import ConflictError
from indextts_post.server.projects.state import ProjectState
from indextts_post.state import (
    EDITABLE,
    LineChange,
    LineEdit,
    LineTakes,
    change_of,
    line_revisions,
    opened,
    store_change,
)


class LineEditor:
    """Changes lines of one project. All methods may be called from threads."""

    def __init__(self, state: ProjectState) -> None:
        self._state = state

    def patch(self, line_id: str, payload: Mapping[str, Any], if_match: int | None = None, who: str = "") -> bytes:
        """Keep edits of one line and give its row. `payload` has plain values of the fields that are edited; null takes
        an edit back.

        Raises `NotFoundError`; `ConflictError` for a locked line, and where the line was edited after the revision
        `if_match`; `CastError` for a voice there is not.
        """
        state = self._state
        with state.lock:
            state.line(line_id)
            before = self._change(line_id)
            self._check_revision(line_id, if_match)
            refused = [name for name in payload if not EDITABLE[name].while_locked]
            if before.locked and payload.get("locked") is not False and refused:
                raise ConflictError(f"{line_id}: is locked; unlock it to change it.", "locked")
            when = now()
            edits = [LineEdit(line_id, name, _recorded(name, value), who, when) for name, value in payload.items()]
            change = self._pinned(before.with_edits(edits), before)
            cue, line = state.cast_again(change)
            revision = self._store([change])
            state.cues[line_id], state.lines[line_id] = cue, line
            state.refresh([line_id], revision)
            return state.table.row(line_id)

    def ask_again(self, line_ids: Iterable[str]) -> None:
        """Count another take for each of these lines. Raises `ConflictError` where one is locked."""
        state = self._state
        with state.lock:
            wanted = [state.line(line_id).id for line_id in line_ids]
            changes = [self._change(name) for name in wanted]
            locked = [change.line_id for change in changes if change.locked]
            if locked:
                raise ConflictError(f"{', '.join(locked[:5])}: locked; unlock to speak another take.", "locked")
            revision = self._store([replace(change, again=change.again + 1) for change in changes])
            state.refresh(wanted, revision)

    def _change(self, line_id: str) -> LineChange:
        return self._state.changes.get(line_id) or change_of(self._state.written[line_id])

    def _check_revision(self, line_id: str, if_match: int | None) -> None:
        if if_match is None:
            return
        with opened(self._state.folder.state, writing=False) as database:
            edited_at = line_revisions(database).get(line_id, 0)
        if edited_at > if_match:
            raise ConflictError(
                f"{line_id}: was changed by somebody else since revision {if_match}; look again.", "revision"
            )

    def _pinned(self, change: LineChange, before: LineChange) -> LineChange:
        """A lock that is set now pins the take that is heard now."""
        if not change.locked:
            return replace(change, pinned=None)
        if before.locked:
            return change
        return replace(change, pinned=self._state.book.lines.get(change.line_id, LineTakes()).in_use)

    def _store(self, changes: Iterable[LineChange]) -> int:
        """Keep changes in one transaction; gives the project's new revision."""
        kept = list(changes)
        revision = self._state.revision
        with opened(self._state.folder.state) as database:
            for change in kept:
                revision = store_change(database, change)
        self._state.changes |= {change.line_id: change for change in kept}
        return revision


def _recorded(name: str, value: Any) -> Any:
    """A plain value of a request as the line's record has it; null takes the edit back."""
    return None if value is None else EDITABLE[name].record(value)
