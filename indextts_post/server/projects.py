"""A project that is open: its lines as they are now, kept ready as the bytes clients ask for again and again.

Whatever lies on disk may be changed by others too (the command line, an editor, the worker), so it is looked at
again when its stamp has changed; a file is not read twice for nothing. All methods may be called from threads.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from indextts_post.cast import REFERENCE, Cast, Emotion, Line, VoiceInfo, cast_lines, change_character
from indextts_post.errors import InputError
from indextts_post.files import remembered
from indextts_post.job import JobFolder, JobSpec, Runtime
from indextts_post.media import Film
from indextts_post.options import Plain
from indextts_post.pipeline import Result, Stage, run
from indextts_post.plan import LinePlan
from indextts_post.server.openings import Opening, spec_of
from indextts_post.server.orders import notice_json
from indextts_post.server.refusals import conflict, unknown
from indextts_post.server.views import Json, LineFacts, Wanted, line_json
from indextts_post.state import (
    LineChange,
    LineTakes,
    TakeBook,
    applied,
    bump_revision,
    change_of,
    line_revisions,
    opened,
    read_book,
    read_changes,
    read_wanted,
    recall,
    remember,
    revision,
    store_change,
)
from indextts_post.synthesis import offered
from indextts_post.takes import TakeRow, listed, promote, release
from indextts_post.timeline import Cue, LengthMode, SyncClass

LOOK_AGAIN_S = 0.25
_PLANS = TypeAdapter(tuple[LinePlan, ...])
_PINNED = ("text", "voice", "emotion", "sync", "mode", "pace", "character")
"""What a locked line refuses to have changed."""


class OpenProject:
    """One project. `drawing` is held while a waveform is made: fifty clients that want the same one make it once.

    Raises the errors of reading when it is made; `RefusedError` (409) where another server has it."""

    def __init__(self, known: Opening, dub: Mapping[str, Plain]) -> None:
        self.opening = known
        self._dub = dub
        self.id = known.id
        self.folder = JobFolder(known.out)
        self._lock = threading.RLock()
        self.drawing = asyncio.Lock()
        self._looked = 0.0
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._sidecars: dict[str, Mapping[str, Any]] = {}
        self._rows: dict[str, bytes] = {}
        self._read()
        self._hold = FileLock(self.folder.job / "server.lock", timeout=0)
        try:
            self._hold.acquire()
        except Timeout as error:
            raise conflict(
                f"{known.path}: is open in another server; stop that one first.", "open-elsewhere"
            ) from error

    def close(self) -> None:
        self._hold.release()

    @property
    def spec(self) -> JobSpec:
        return spec_of(self.opening, self._dub)

    def _read(self) -> None:
        """Read everything anew: the user's files first, then what the job folder says of them."""
        self._stamps = {}
        self.result: Result = run(self.spec, until=Stage.LINES)
        self.film: Film | None = self.result.footage.film
        self._cast = Cast(
            {c.name: c for c in self.result.cast.characters}, self.result.cast.language, self.opening.cast
        )
        self._take_over(self.result.timeline.cues, self.result.cast.lines)
        self._stamp_all(self._inputs())
        self._reload()

    def _take_over(self, cues: Iterable[Cue], lines: Iterable[Line]) -> None:
        self._written = {cue.id: cue for cue in self.result.written}
        self._cues = {cue.id: cue for cue in cues}
        self.lines: dict[str, Line] = {line.id: line for line in lines}
        self._positions = {name: number for number, name in enumerate(self.lines)}

    def _reload(self) -> None:
        """Read the job folder again: changes, plans, takes, what was said of lines."""
        self._stamp_all(self._kept_files())
        self._changes = self._holding()
        self._plans = {plan.id: plan for plan in _plans(self.folder.plan)}
        self._wanted = {name: Wanted(each.line, each.take) for name, each in read_wanted(self.folder.state).items()}
        self.book: TakeBook = read_book(self.folder.state)
        with opened(self.folder.state) as database:
            self.revision = revision(database)
            self._line_revisions = line_revisions(database)
            said = json.loads(recall(database, "notices") or "[]")
        self.notices: list[Json] = _without_twins([*(notice_json(n) for n in self.result.notices), *said])
        self._by_line: dict[str, list[Json]] = {}
        for notice in self.notices:
            if notice["line"]:
                self._by_line.setdefault(notice["line"], []).append(notice)
        self._rows = {name: self._row(name) for name in self.lines}
        self._assemble()

    def _holding(self) -> dict[str, LineChange]:
        _, holding, _ = applied(self.result.written, read_changes(self.folder.state))
        return holding

    def _assemble(self) -> None:
        body = b",".join(self._rows.values())
        self.lines_body = b'{"revision":%d,"lines":[%s]}' % (self.revision, body)
        self.etag = f'"{self.revision}-{hash(self.lines_body) & 0xFFFFFFFFFFFF:x}"'

    def _row(self, line_id: str) -> bytes:
        return json.dumps(line_json(self._facts(line_id)), ensure_ascii=False, separators=(",", ":")).encode()

    def _facts(self, line_id: str) -> LineFacts:
        takes = self.book.lines.get(line_id, LineTakes())
        return LineFacts(
            cue=self._cues[line_id],
            line=self.lines[line_id],
            change=self._changes.get(line_id),
            plan=self._plans.get(line_id),
            wanted=self._wanted.get(line_id),
            takes=takes,
            sidecar=self._sidecar(takes.in_use),
            notices=self._by_line.get(line_id, ()),
        )

    def _sidecar(self, key: str | None) -> Mapping[str, Any] | None:
        """What stands beside a take; takes never change, so each is read once."""
        if key is None:
            return None
        if key not in self._sidecars:
            found = remembered(self.folder.takes / f"{key}.json")
            if not found:
                return None
            self._sidecars[key] = found
        return self._sidecars[key]

    def _inputs(self) -> list[Path]:
        known = self.opening
        lexicon = known.cast.with_name("lexicon.toml")
        return [path for path in (known.path, known.subtitles, known.cast, lexicon) if path is not None]

    def _kept_files(self) -> list[Path]:
        return [self.folder.plan]

    def _stamp_all(self, paths: Iterable[Path]) -> None:
        self._stamps |= {path: _stamp(path) for path in paths}

    def _changed(self, paths: Iterable[Path]) -> bool:
        return any(_stamp(path) != self._stamps.get(path) for path in paths)

    def needs_look(self) -> bool:
        """Is it time to look whether a file was changed by somebody else?

        Cheap, for every request asks; whoever hears yes looks, and all others go on with what is known.
        """
        if time.monotonic() - self._looked <= LOOK_AGAIN_S:
            return False
        self._looked = time.monotonic()
        return True

    def look(self) -> bool:
        """Look at the stamps of all files and read what has changed. True where anything had."""
        with self._lock:
            self._looked = time.monotonic()
            if self._changed(self._inputs()):
                self._bumped()
                self._read()
                return True
            if self._changed(self._kept_files()) or self._revision_kept() != self.revision:
                self._bumped()
                self._reload()
                return True
            return False

    def _revision_kept(self) -> int:
        """The revision in the database: another one than ours where somebody else has chosen takes or planned."""
        with opened(self.folder.state, writing=False) as database:
            return revision(database)

    def _bumped(self) -> None:
        with opened(self.folder.state) as database:
            bump_revision(database)

    def after_job(self, notices: list[Json] | None) -> None:
        """Take over what a job has left; `notices` are what it said, None where it did not get that far."""
        with self._lock:
            with opened(self.folder.state) as database:
                bump_revision(database)
                if notices is not None:
                    remember(database, "notices", json.dumps(notices))
            if self._changed(self._inputs()):
                self._read()
            else:
                self._reload()

    def line_body(self, line_id: str) -> bytes:
        """The line as JSON. Raises `RefusedError` (404) where there is none of that name."""
        with self._lock:
            self.known(line_id)
            return self._rows[line_id]

    def known(self, line_id: str) -> Line:
        line = self.lines.get(line_id)
        if line is None:
            raise unknown(f"no line is called {line_id[:100]!r}; there are {len(self.lines)}.")
        return line

    def patch(self, line_id: str, said: Mapping[str, Any], if_match: int | None) -> bytes:
        """Keep a change of one line and give the line as it then is. `said` holds only what is to be changed.

        Raises `RefusedError` for a locked line, and where the line was changed after the revision `if_match`;
        `CastError` for a voice there is not.
        """
        with self._lock:
            self.known(line_id)
            before = self._changes.get(line_id) or change_of(self._written[line_id])
            if if_match is not None and self._line_revisions.get(line_id, 0) > if_match:
                raise conflict(
                    f"{line_id}: was changed by somebody else since revision {if_match}; look again.", "revision"
                )
            if before.locked and said.get("locked") is not False and any(name in said for name in _PINNED):
                raise conflict(f"{line_id}: is locked; unlock it to change it.", "locked")
            change = self._with_lock(replace(before, **_typed(said)), before)
            cue, line = self._cast_again(change)
            self._store(change)
            self._cues[line_id], self.lines[line_id] = cue, line
            self._rows[line_id] = self._row(line_id)
            self._assemble()
            return self._rows[line_id]

    def _with_lock(self, change: LineChange, before: LineChange) -> LineChange:
        """A lock that is set now pins the take that is heard now."""
        if not change.locked:
            return replace(change, pinned=None)
        if before.locked:
            return change
        return replace(change, pinned=self.book.lines.get(change.line_id, LineTakes()).in_use)

    def _cast_again(self, change: LineChange) -> tuple[Cue, Line]:
        """The changed line, cast as the whole timeline would have cast it."""
        written = self._written[change.line_id]
        (cue,), _, _ = applied([written], {change.line_id: change})
        found = cast_lines(
            [cue], self._cast, self._voices(), replace(self.spec.cast, language=self.result.cast.language)
        )
        return cue, found.lines[0]

    def _voices(self) -> Sequence[VoiceInfo]:
        engine = self.spec.engine
        return offered(engine.name, Runtime().engine_options(engine, self.opening.cast.parent, fetch=False))

    def _store(self, change: LineChange) -> None:
        with opened(self.folder.state) as database:
            self.revision = store_change(database, change)
        self._line_revisions[change.line_id] = self.revision
        self._changes[change.line_id] = change

    def ask_again(self, line_ids: Iterable[str]) -> None:
        """Count another take for each of these lines. Raises `RefusedError` (409) where one is locked."""
        with self._lock:
            wanted = [self.known(line_id).id for line_id in line_ids]
            changes = {name: self._changes.get(name) or change_of(self._written[name]) for name in wanted}
            locked = [name for name, change in changes.items() if change.locked]
            if locked:
                raise conflict(f"{', '.join(locked[:5])}: locked; unlock to speak another take.", "locked")
            for change in changes.values():
                self._store(replace(change, again=change.again + 1))
            self._rows |= {name: self._row(name) for name in wanted}
            self._assemble()

    def takes_of(self, line_id: str) -> tuple[TakeRow, ...]:
        with self._lock:
            self.known(line_id)
            return listed(self.book, line_id, self.folder.takes)

    def take_file(self, line_id: str, number: int) -> Path:
        """The sound of a take. Raises `RefusedError` (404) where there is none."""
        row = next((row for row in self.takes_of(line_id) if row.number == number), None)
        if row is None or not row.there:
            raise unknown(f"{line_id}: there is no take {number}.")
        return row.path

    def promote(self, line_id: str, number: int) -> bytes:
        """Use another take. Raises `RefusedError` for a locked line and for a take there is not."""
        with self._lock:
            self._unlocked(line_id)
            self.take_file(line_id, number)
            promote(self.folder.state, self.folder.takes, line_id, number)
            return self._after_choice(line_id)

    def release(self, line_id: str) -> bytes:
        """Use the newest take again."""
        with self._lock:
            self._unlocked(line_id)
            release(self.folder.state, line_id)
            return self._after_choice(line_id)

    def _unlocked(self, line_id: str) -> None:
        self.known(line_id)
        change = self._changes.get(line_id)
        if change and change.locked:
            raise conflict(f"{line_id}: is locked; unlock it to choose another take.", "locked")

    def _after_choice(self, line_id: str) -> bytes:
        self.book = read_book(self.folder.state)
        self.revision = self._revision_kept()
        self._rows[line_id] = self._row(line_id)
        self._assemble()
        return self._rows[line_id]

    def change_character(self, name: str, said: Mapping[str, Any]) -> None:
        """Change an entry of the cast file as its owner would, and cast all lines anew.

        Raises `RefusedError` (404) for a character there is not, `CastError` for what the cast cannot hold; nothing is
        changed then.
        """
        with self._lock:
            if not any(character.is_called(name) for character in self.result.cast.characters):
                raise unknown(f"nobody is called {name[:100]!r} here.")
            changes = _entry(said)
            voice = changes.get("voice")
            if voice:
                first = next(iter(self._cues.values()))
                cast_lines([replace(first, voice=voice)], self._cast, self._voices(), self.spec.cast)
            change_character(self.opening.cast, name, changes)
            self._bumped()
            self._read()

    def line_counts(self) -> Counter[str]:
        return Counter(line.character for line in self.lines.values())


def _typed(said: Mapping[str, Any]) -> dict[str, Any]:
    """Plain values of a request as records have them; null takes back."""
    typed = dict(said)
    if typed.get("sync"):
        typed["sync"] = SyncClass(typed["sync"])
    if typed.get("mode"):
        typed["mode"] = LengthMode(typed["mode"])
    if typed.get("emotion"):
        typed["emotion"] = Emotion(**typed["emotion"])
    if "locked" in typed:
        typed["locked"] = bool(typed["locked"])
    return typed


def _entry(said: Mapping[str, Any]) -> dict[str, Any]:
    """A change of a character as the cast file writes it: a feeling is words, values or a recording, one of them."""
    changes = {key: value for key, value in said.items() if key != "emotion"}
    if "emotion" not in said:
        return changes
    emotion = said["emotion"]
    if emotion is None:
        return {**changes, "emotion": None, "intensity": None}
    kinds = [emotion["clip"], emotion["words"], emotion["values"]]
    if sum(map(bool, kinds)) > 1:
        raise InputError("the feeling of a character is words, values or a recording: send one of the three.")
    written = {"clip": emotion["clip"].removeprefix(REFERENCE)} if emotion["clip"] else emotion["words"]
    intensity = None if emotion["intensity"] == 1 else emotion["intensity"]
    return {**changes, "emotion": written or emotion["values"] or None, "intensity": intensity}


def _plans(path: Path) -> tuple[LinePlan, ...]:
    try:
        return _PLANS.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return ()


def _without_twins(notices: Iterable[Json]) -> list[Json]:
    return list({json.dumps(notice, sort_keys=True): notice for notice in notices}.values())


def _stamp(path: Path) -> tuple[int, int]:
    try:
        facts = path.stat()
    except OSError:
        return (-1, -1)
    return (facts.st_size, facts.st_mtime_ns)
