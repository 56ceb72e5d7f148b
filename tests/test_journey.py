"""The whole journey with the metronome: real films, real files, no model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio
import pytest
import soundfile as sf
from journey import dubbed, watched

from indextts_post.errors import FitError, InputError, MediaError, ModelError, OutputError, TimelineError
from indextts_post.notices import Severity
from indextts_post.pipeline import Result, Stage
from indextts_post.synthesis import ENGINES, Engine, EngineOptions, EngineSpec
from indextts_post.timebase import frame_to_sample

PROJECTS = {
    "chinese-two-characters-24": ("scene.otio", 8),
    "english-2398-hour-start-nested": ("scene.otio", 6),
    "drop-frame-2997": ("scene.otio", 5),
    "overlapping-speakers-25": ("scene.ass", 8),
    "too-long-for-the-slot-25": ("scene.srt", 6),
}
Sample = Callable[[str], Path]


def free_cast(folder: Path) -> None:
    """The samples' casts name Kokoro's voices; the metronome has its own."""
    (folder / "cast.toml").unlink(missing_ok=True)


def hashes(folder: Path, skip: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_relative_to(skip)
    }


def video_packets(path: Path) -> list[tuple[int, str]]:
    """Size and hash of every picture packet, in order."""
    with av.open(str(path)) as container:
        packets = [bytes(packet) for packet in container.demux(video=0) if packet.size]
    return [(len(packet), hashlib.sha256(packet).hexdigest()) for packet in packets]


def lines_stand_in_their_stems(result: Result) -> None:
    """Every sample of every line, at its planned place, in its character's stem, and nothing else there."""
    assert result.mixed is not None
    total = frame_to_sample(result.timeline.frame_count, result.timeline.rate)
    stems = {stem.name: sf.read(stem.path, dtype="float64")[0] for stem in result.mixed.stems}
    rest = {name: samples.copy() for name, samples in stems.items()}
    for plan in result.plans:
        line, rate = sf.read(result.fitted[plan.id].path, dtype="float64")
        assert (len(line), rate) == (plan.samples.samples, 48000)
        assert plan.samples.start == frame_to_sample(plan.span.start, result.timeline.rate)
        end = min(plan.samples.end, total)
        rest[plan.character][plan.samples.start : end] -= line[: end - plan.samples.start]
    for name, left in rest.items():
        assert len(left) == total
        assert not np.any(left), f"{name} holds something else than its lines"


@pytest.mark.parametrize("name", PROJECTS)
def test_every_sample_project_is_dubbed(name: str, sample: Sample) -> None:
    folder = sample(name)
    free_cast(folder)
    file, count = PROJECTS[name]
    before = hashes(folder, folder / "scene.dub")
    result = dubbed(folder / file)
    assert result.exported is not None
    assert len(result.cast.lines) == count
    lines_stand_in_their_stems(result)
    after = hashes(folder, folder / "scene.dub")
    after.pop("cast.toml")
    assert after == before, "something of the user's was changed"
    source = next(path for path in (folder / "media", folder) for path in sorted(path.glob("scene.m*")))
    film = folder / "scene.dub" / f"film.dub{source.suffix}"
    assert video_packets(film) == video_packets(source)
    with av.open(str(film)) as container:
        assert len(container.streams.audio) == 2
        assert container.streams.audio[0].metadata["language"] == {"chinese": "zho"}.get(name.split("-")[0], "eng")


@pytest.mark.parametrize("name", PROJECTS)
def test_the_dubbed_timeline_holds_every_line_on_its_frame(name: str, sample: Sample) -> None:
    folder = sample(name)
    free_cast(folder)
    result = dubbed(folder / PROJECTS[name][0])
    timeline = otio.adapters.read_from_file(str(folder / "scene.dub" / "project.dub.otio"))
    found = {}
    for track in timeline.audio_tracks():
        for clip in track.find_clips():
            if "dubsync" in clip.metadata and "samples" in clip.metadata["dubsync"]:
                begin = clip.transformed_time_range(clip.trimmed_range(), timeline.tracks).start_time
                found[clip.metadata["dubsync"]["id"]] = round(begin.value)
    assert found == {plan.id: plan.span.start for plan in result.plans}


def test_a_second_run_speaks_nothing_and_a_changed_line_is_one_synthesis(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sample("too-long-for-the-slot-25")
    engine = watched(monkeypatch)
    dubbed(folder / "scene.srt")
    assert len(engine.spoken) == 6
    dubbed(folder / "scene.srt")
    assert len(engine.spoken) == 6
    text = (folder / "scene.srt").read_text(encoding="utf-8")
    (folder / "scene.srt").write_text(
        text.replace("Please mind the step.", "Please mind the stairs."), encoding="utf-8"
    )
    dubbed(folder / "scene.srt")
    assert engine.spoken[6:] == ["Please mind the stairs."]


def test_a_killed_job_goes_on_where_it_was(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sample("too-long-for-the-slot-25")
    engine = watched(monkeypatch)
    engine.stop_after = 4
    with pytest.raises(KeyboardInterrupt):
        dubbed(folder / "scene.srt")
    assert len(list((folder / "scene.dub" / "job" / "30-takes").glob("*.wav"))) == 4
    engine.stop_after = None
    dubbed(folder / "scene.srt")
    assert len(engine.spoken) == 6
    assert len(set(engine.spoken)) == 6


def test_a_line_that_cannot_be_spoken_is_named_and_marked_and_the_others_are_done(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sample("overlapping-speakers-25")
    watched(monkeypatch).refuse = "birthday"
    result = dubbed(folder / "scene.ass")
    assert [(n.code, n.line_id) for n in result.faults] == [("line.unspeakable", "L0003")]
    assert set(result.fitted) == {f"L000{n}" for n in (1, 2, 4, 5, 6, 7, 8)}
    text = (folder / "scene.dub" / "project.dub.otio").read_text(encoding="utf-8")
    assert "a word nobody can say" in text
    assert "a word nobody can say" in (folder / "scene.dub" / "report.html").read_text(encoding="utf-8")


def test_lines_too_long_are_faults_and_strict_stops_before_speaking(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sample("too-long-for-the-slot-25")
    engine = watched(monkeypatch)
    with pytest.raises(FitError, match=r"L0002 \(Vera, 00:00:03:00\).*syllables"):
        dubbed(folder / "scene.srt", strict=True)
    assert engine.spoken == []
    result = dubbed(folder / "scene.srt")
    assert "L0002" in {fault.line_id for fault in result.faults}
    assert all(fault.severity is Severity.FAULT for fault in result.faults)


def test_a_dry_run_writes_nothing(sample: Sample) -> None:
    folder = sample("overlapping-speakers-25")
    before = hashes(folder, folder / "nothing")
    result = dubbed(folder / "scene.ass", dry=True)
    assert len(result.plans) == 8
    assert hashes(folder, folder / "nothing") == before


def test_a_folder_that_is_not_ours_is_left_alone(sample: Sample) -> None:
    folder = sample("overlapping-speakers-25")
    out = folder / "precious"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match="--overwrite"):
        dubbed(folder / "scene.ass", out=out)
    assert [path.name for path in out.iterdir()] == ["notes.txt"]
    dubbed(folder / "scene.ass", out=out, overwrite=True, until=Stage.PLAN)
    assert (out / "notes.txt").read_text() == "mine"


def test_a_result_the_user_has_changed_is_kept(sample: Sample) -> None:
    folder = sample("overlapping-speakers-25")
    dubbed(folder / "scene.ass")
    mine = folder / "scene.dub" / "lines.dub.srt"
    mine.write_text("my own words", encoding="utf-8")
    with pytest.raises(OutputError, match=r"lines\.dub\.srt.*--overwrite"):
        dubbed(folder / "scene.ass")
    assert mine.read_text(encoding="utf-8") == "my own words"
    dubbed(folder / "scene.ass", overwrite=True)
    assert "Nobody leaves" in mine.read_text(encoding="utf-8")


def test_stages_on_disk_are_readable(sample: Sample) -> None:
    folder = sample("overlapping-speakers-25")
    dubbed(folder / "scene.ass", until=Stage.PLAN)
    lines = json.loads((folder / "scene.dub" / "job" / "10-lines.json").read_text(encoding="utf-8"))
    plans = json.loads((folder / "scene.dub" / "job" / "20-plan.json").read_text(encoding="utf-8"))
    assert [line["id"] for line in lines] == [plan["id"] for plan in plans]
    assert lines[0]["span"] == {"start": 15, "end": 75}  # 0.6 s and 3.0 s at 25 fps


def test_the_plan_is_written_as_markers_and_tracks_are_left_alone(sample: Sample) -> None:
    folder = sample("drop-frame-2997")
    result = dubbed(folder / "scene.otio", until=Stage.PLAN)
    before = otio.adapters.read_from_file(str(folder / "scene.otio"))
    after = otio.adapters.read_from_file(str(folder / "scene.dub" / "plan.otio"))
    assert [track.name for track in after.tracks] == [track.name for track in before.tracks]
    assert all(track.enabled for track in after.tracks)
    marks = {mark.name: round(mark.marked_range.start_time.value) for mark in after.tracks.markers}
    assert marks == {plan.id: plan.slot.start for plan in result.plans}


def test_planning_needs_no_model_and_says_that_it_guessed(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []

    def missing(options: EngineOptions) -> Engine:
        asked.append(options.fetch)
        raise ModelError("kokoro-q8: is not on this machine")

    monkeypatch.setitem(ENGINES, "kokoro", missing)
    folder = sample("chinese-two-characters-24")
    result = dubbed(folder / "scene.otio", until=Stage.PLAN, engine=EngineSpec(name="kokoro"), predict=True)
    assert asked == [False], "planning must not download"
    assert "plan.predicted" in [notice.code for notice in result.notices]
    # 11 syllables of 0.21 s, one pause of 0.25 s, 0.12 s around: 2.68 s of 40 units.
    assert result.plans[0].natural_units == round(2.68 * 40)
    with pytest.raises(ModelError):
        dubbed(folder / "scene.otio", until=Stage.SPEAK, engine=EngineSpec(name="kokoro"))


def test_a_film_shorter_than_the_lines_is_an_error_with_the_first_line_behind_it(sample: Sample) -> None:
    folder = sample("chinese-two-characters-24")
    free_cast(folder)
    (folder / "media" / "scene.mp4").unlink()
    short = sample("too-long-for-the-slot-25") / "scene.mp4"
    with pytest.raises(MediaError, match=r"10\.00 s shorter than the timeline.*L0006"):
        dubbed(folder / "scene.otio", video=short)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("", TimelineError),
        ("1\n00:00:03,000 --> 00:00:01,000\nBackwards.\n", TimelineError),
        ("1\n00:00:01,000 --> 00:00:02,000\n\n", TimelineError),
        ("not a subtitle at all", TimelineError),
    ],
)
def test_bad_subtitles_are_one_sentence(tmp_path: Path, content: str, error: type[Exception]) -> None:
    (tmp_path / "bad.srt").write_text(content, encoding="utf-8")
    with pytest.raises(error, match=r"bad\.srt"):
        dubbed(tmp_path / "bad.srt")
    assert not (tmp_path / "bad.dub").exists()


def test_missing_files_are_all_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cut\.otio, --video .*film\.mp4"):
        dubbed(tmp_path / "cut.otio", video=tmp_path / "film.mp4")
