"""Changes of single lines: kept beside the job, honoured by every run, and carried into a changed cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from journey import dubbed, watched

from indextts_post.cast import Emotion
from indextts_post.errors import InputError
from indextts_post.job import JobFolder, job_of
from indextts_post.notices import Place
from indextts_post.pipeline import Result, Stage
from indextts_post.plan import Verdict
from indextts_post.recut import carry, recut
from indextts_post.state import (
    EDITABLE,
    STATE,
    LineEdit,
    applied,
    change_of,
    edits_of,
    keep_change,
    opened,
    read_book,
    read_changes,
)
from indextts_post.state.database import MIGRATIONS
from indextts_post.timebase import FrameSpan
from indextts_post.timeline import Cue, LengthMode, ReadOptions, SyncClass

CUE = Cue("L0001", FrameSpan(25, 75), "Good morning.", "Ann", Place("scene.srt", 2))
VALUES = {
    "text": "Good evening.",
    "voice": "tick_5",
    "emotion": Emotion("angry", {"angry": 0.5}, 0.8, ""),
    "sync": SyncClass.LIP,
    "mode": LengthMode.EXACT,
    "pace": 1.25,
    "character": "Ben",
    "locked": True,
}


def edits(line_id: str = "L0001", **values: object) -> list[LineEdit]:
    return [LineEdit(line_id, name, value, "tests", "2026-01-02T03:04:05.678Z") for name, value in values.items()]


ALL = replace(change_of(CUE), pinned="abc", again=3).with_edits(edits(**VALUES))


def test_every_field_of_the_table_is_asked_here() -> None:
    assert set(VALUES) == set(EDITABLE)


def test_a_change_is_read_as_it_was_kept_and_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    assert read_changes(path) == {}
    assert keep_change(path, ALL) == 2
    assert read_changes(path) == {"L0001": ALL}
    assert keep_change(path, change_of(CUE)) == 3
    assert read_changes(path)["L0001"].empty


def test_every_edit_stays_in_the_history_with_who_and_when(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    first = change_of(CUE).with_edits([LineEdit("L0001", "text", "Hi.", "ann", "2026-01-01T00:00:00Z")])
    second = first.with_edits([LineEdit("L0001", "text", "Hello.", "ben", "2026-01-02T00:00:00Z")])
    keep_change(path, first)
    keep_change(path, second)
    keep_change(path, second)
    keep_change(path, second.with_edits([LineEdit("L0001", "text", None, "ann", "2026-01-03T00:00:00Z")]))
    assert [(edit.value, edit.who) for edit in edits_of(path, "L0001")] == [
        ("Hi.", "ann"),
        ("Hello.", "ben"),
        (None, ""),
    ]
    assert read_changes(path)["L0001"].empty


def test_edits_of_other_words_do_not_come_back_when_the_line_is_edited_anew(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    keep_change(path, ALL)
    rewritten = replace(CUE, text="Good night.")
    keep_change(path, change_of(rewritten).with_edits(edits(pace=0.9)))
    assert {name: edit.value for name, edit in read_changes(path)["L0001"].edits.items()} == {"pace": 0.9}


def test_a_database_of_the_first_version_keeps_its_edits(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with opened(path, migrations=MIGRATIONS[:1]) as database:
        database.execute(
            "INSERT INTO line_change (line_id, cue_text, cue_start, cue_end, text, voice, emotion, sync, mode, pace,"
            " character, locked, pinned, again, revision) VALUES ('L0001', 'Good morning.', 25, 75, 'Good evening.',"
            """ 'tick_5', '{"words":"angry","values":{"angry":0.5},"intensity":0.8,"clip":""}', 'lip', 'exact', 1.25,"""
            " 'Ben', 1, 'abc', 3, 2)"
        )
    (change,) = read_changes(path).values()
    assert {name: edit.value for name, edit in change.edits.items()} == VALUES
    assert (change.pinned, change.again, change.cue_span) == ("abc", 3, CUE.span)


def test_a_change_comes_over_the_cue_and_leaves_its_place() -> None:
    (cue,), holding, notices = applied([CUE], {"L0001": ALL})
    assert (cue.text, cue.voice, cue.sync, cue.mode, cue.ratio, cue.character) == (
        "Good evening.",
        "tick_5",
        SyncClass.LIP,
        LengthMode.EXACT,
        1.25,
        "Ben",
    )
    assert (cue.emotion, cue.emotion_values, cue.emotion_intensity) == ("angry", {"angry": 0.5}, 0.8)
    assert (cue.span, cue.place, holding) == (CUE.span, CUE.place, {"L0001": ALL})
    assert [notice.code for notice in notices] == ["change.applied"]


@pytest.mark.parametrize("moved", [replace(CUE, text="Hi."), replace(CUE, span=FrameSpan(26, 75)), None])
def test_a_change_of_other_words_or_another_place_is_not_applied_and_said(moved: Cue | None) -> None:
    cues, holding, notices = applied([moved] if moved else [], {"L0001": ALL})
    assert (cues, holding) == ((moved,) if moved else (), {})
    assert [(notice.code, notice.line_id) for notice in notices] == [("change.lost", "L0001")]


@pytest.fixture
def scene(tmp_path: Path) -> Path:
    path = tmp_path / "scene.srt"
    path.write_text(
        "1\n00:00:01,000 --> 00:00:03,000\nANN: Good morning to you all.\n\n"
        "2\n00:00:05,000 --> 00:00:07,000\nBEN: I see.\n",
        encoding="utf-8",
    )
    return path


def change(
    job: JobFolder, result: Result, line_id: str, again: int = 0, pinned: str | None = None, **values: object
) -> None:
    cue = next(cue for cue in result.written if cue.id == line_id)
    existing = read_changes(job.state).get(line_id, change_of(cue))
    keep_change(job.state, replace(existing, again=again, pinned=pinned).with_edits(edits(line_id, **values)))


def test_another_take_is_spoken_of_the_line_it_was_asked_for(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = watched(monkeypatch)
    first = dubbed(scene, Stage.SPEAK)
    job = job_of(scene.with_name("scene.dub"))
    change(job, first, "L0001", again=1)
    engine.spoken.clear()
    second = dubbed(scene, Stage.SPEAK)
    assert engine.spoken == ["Good morning to you all."]
    assert second.takes["L0001"].key != first.takes["L0001"].key
    assert second.takes["L0002"].key == first.takes["L0002"].key


def test_a_locked_line_keeps_its_take_whatever_the_cast_says(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = watched(monkeypatch)
    first = dubbed(scene, Stage.SPEAK)
    job = job_of(scene.with_name("scene.dub"))
    change(job, first, "L0001", locked=True, pinned=first.takes["L0001"].key)
    cast = scene.with_name("cast.toml")
    cast.write_text(cast.read_text().replace("tick_1", "tick_7").replace("tick_2", "tick_8"))
    engine.spoken.clear()
    second = dubbed(scene, Stage.FIT)
    assert engine.spoken == ["I see."]
    assert second.takes["L0001"].key == first.takes["L0001"].key
    assert second.fitted["L0001"].take_key == first.takes["L0001"].key


def test_only_the_named_lines_are_spoken_and_unknown_ones_refused(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = watched(monkeypatch)
    result = dubbed(scene, Stage.SPEAK, only=("L0002",))
    assert engine.spoken == ["I see."]
    assert set(result.takes) == {"L0002"}
    with pytest.raises(InputError, match="no line is called L9; there are 2 lines"):
        dubbed(scene, Stage.SPEAK, only=("L9",))


def test_a_stopped_run_has_what_it_spoke_in_the_book(scene: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = watched(monkeypatch)
    engine.stop_after = 1
    with pytest.raises(KeyboardInterrupt):
        dubbed(scene, Stage.SPEAK)
    assert list(read_book(scene.with_name("scene.dub") / "job" / STATE).lines) == ["L0001"]


def test_changes_locks_and_asked_for_takes_come_along_into_a_changed_cut(
    scene: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = watched(monkeypatch)
    first = dubbed(scene, Stage.SPEAK)
    old = job_of(scene.with_name("scene.dub"))
    change(old, first, "L0001", again=2)
    change(old, first, "L0002", text="I do see.")
    dubbed(scene, Stage.SPEAK)
    new = scene.with_name("recut.srt")
    new.write_text(scene.read_text().replace("00:00:05,000 --> 00:00:07,000", "00:00:08,000 --> 00:00:10,000"))
    found, _, _ = recut(old, new, ReadOptions(lines_required=False))
    job = carry(found, old, new, new.with_name("recut.dub"), overwrite=False)
    assert {name: (c.again, c.value("text")) for name, c in read_changes(job.state).items()} == {
        "L0001": (2, None),
        "L0002": (0, "I do see."),
    }
    engine.spoken.clear()
    result = dubbed(new, Stage.SPEAK)
    assert engine.spoken == []
    assert [plan.verdict for plan in result.plans] == [Verdict.FITS, Verdict.FITS]
    assert [line.text for line in result.cast.lines] == ["Good morning to you all.", "I do see."]
