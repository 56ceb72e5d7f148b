"""The timeline that goes back: everything of the user's as it was, every line on its frame."""

from __future__ import annotations

import json
from copy import deepcopy
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from works import FPS_24, plan, spoken

from indextts_post.errors import InputError
from indextts_post.export.addresses import addressing
from indextts_post.export.formats.canonical import dub_of
from indextts_post.export.otio import otio_document
from indextts_post.plan import LinePlan, Verdict
from indextts_post.timebase import FrameRate, FrameSpan, frame_rate
from indextts_post.timeline import CutClip, CutTrack, CutTransition, OtioDocument, Timeline, TrackKind
from indextts_post.timeline.records import Cut

SAMPLES = Path(__file__).parent.parent.parent.parent / "shared/samples/otio"
RATES = ["24", "23.976", "25", "29.97", "29.97 DF", "30", "50", "59.94 DF", "60"]


def timeline(rate: FrameRate = FPS_24, root: dict[str, Any] | None = None, **changed: Any) -> Timeline:
    document = OtioDocument(Path("cut.otio"), root, Path(), changed.pop("dialogue", ())) if root else None
    return Timeline("cut", Path("cut.otio"), rate, changed.pop("start_frame", 0), 500, (), document=document, **changed)


def written(into: Timeline, plans: list[LinePlan], folder: Path, **options: Any) -> dict[str, Any]:
    dub = dub_of(into, plans, [spoken(each, folder)[1] for each in plans], film=options.pop("film", None))
    style = addressing(options.pop("style", "relative"), folder)
    return otio_document(dub, style, {"L0001": {"rate": 1.1}}, mute_original=options.pop("mute", True))


def document(*tracks: dict[str, Any], clip: int = 2, rate: float = 24.0, **stack: Any) -> dict[str, Any]:
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "name": "cut",
        "metadata": {"theirs": {"key": [1, None, "ü"]}},
        "global_start_time": {"OTIO_SCHEMA": "RationalTime.1", "rate": rate, "value": 86400.0},
        "tracks": {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": list(tracks)} | stack,
    }


def track(name: str, kind: str = "Audio", *children: dict[str, Any]) -> dict[str, Any]:
    return {"OTIO_SCHEMA": "Track.1", "name": name, "kind": kind, "children": list(children)}


def their_clip(version: int) -> dict[str, Any]:
    return {"OTIO_SCHEMA": f"Clip.{version}", "name": "theirs", "strange": {"OTIO_SCHEMA": "Unheard.7", "x": 1}}


def opened(root: dict[str, Any]) -> Any:
    return otio.adapters.read_from_string(json.dumps(root))


def placed(root: dict[str, Any], rate: FrameRate) -> dict[str, tuple[int, int]]:
    """Record frame and length of every dub clip, as OpenTimelineIO itself reads them."""
    made = opened(root)
    found = {}
    for clip in made.find_clips():
        if "dubsync" in clip.metadata:
            span = clip.transformed_time_range(clip.trimmed_range(), made.tracks)
            found[clip.name] = (round(span.start_time.value), round(span.duration.value))
            assert frame_rate(span.start_time.rate).fps == rate.fps
    return found


@pytest.mark.parametrize("name", RATES)
def test_every_line_is_read_back_on_its_frame(name: str, tmp_path: Path):
    rate = frame_rate(name)
    plans = [
        plan("L0001", 1, 40, rate),
        plan("L0002", 40, 41, rate),
        plan("L0003", 30, 90, rate, character="陈默"),
        plan("L0004", 172_799, 172_899, rate),
    ]
    root = written(timeline(rate), plans, tmp_path)
    assert placed(root, rate) == {each.id: (each.span.start, each.span.frames) for each in plans}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.otio")), ids=lambda path: path.stem)
def test_dub_tracks_leave_every_original_object_equal_in_json(path: Path, tmp_path: Path):
    before = json.loads(path.read_text(encoding="utf-8"))
    kept = deepcopy(before)
    plans = [plan("L0001", 10, 20), plan("L0002", 15, 30), plan("L0003", 40, 50, verdict=Verdict.IMPOSSIBLE)]
    after = written(timeline(root=before), plans, tmp_path)
    assert before == kept
    stack = after["tracks"]
    added = [child for child in stack["children"] if "dubsync" in (child.get("metadata") or {})]
    assert [child["name"] for child in added] == ["DX Ben", "DX Ben 2"]
    assert stack["children"][-2:] == added
    stack["children"] = stack["children"][:-2]
    stack["markers"] = [marker for marker in stack["markers"] if "dubsync" not in marker["metadata"]]
    if "markers" not in kept["tracks"]:
        del stack["markers"]
    if "children" not in kept["tracks"]:
        del stack["children"]
    assert after == kept


def test_there_are_samples_or_the_reason_why_not():
    if not SAMPLES.is_dir():
        pytest.skip(f"no sample files in {SAMPLES}")
    assert len(list(SAMPLES.glob("*.otio"))) >= 8


@pytest.mark.parametrize(("version", "key"), [(1, "media_reference"), (2, "media_references")])
def test_clips_speak_the_version_of_the_document(version: int, key: str, tmp_path: Path):
    root = document(track("A1", "Audio", their_clip(version)))
    after = written(timeline(root=root), [plan("L0001", 0, 10)], tmp_path)
    clip = after["tracks"]["children"][-1]["children"][0]
    assert clip["OTIO_SCHEMA"] == f"Clip.{version}"
    assert key in clip


def test_markers_speak_the_version_of_the_document(tmp_path: Path):
    theirs = {"OTIO_SCHEMA": "Marker.3", "name": "theirs"}
    root = document(track("A1"), markers=[theirs])
    after = written(timeline(root=root), [plan("L0001", 5, 10, verdict=Verdict.IMPOSSIBLE)], tmp_path)
    assert after["tracks"]["markers"][0] == theirs
    ours = after["tracks"]["markers"][1]
    assert ours["OTIO_SCHEMA"] == "Marker.3"
    assert ours["color"]["name"] == "RED"


def test_the_original_dialogue_is_turned_off_and_nothing_else(tmp_path: Path):
    root = document(track("V1", "Video"), track("Dialogue"), track("Music"))
    after = written(timeline(root=root, dialogue=(1,)), [plan("L0001", 0, 10)], tmp_path)
    assert [child.get("enabled") for child in after["tracks"]["children"]] == [None, False, None, True]
    kept = written(timeline(root=root, dialogue=(1,)), [plan("L0001", 0, 10)], tmp_path, mute=False)
    assert "enabled" not in kept["tracks"]["children"][1]


def test_a_trimmed_stack_starts_where_its_range_does(tmp_path: Path):
    start = {"OTIO_SCHEMA": "RationalTime.1", "rate": 24.0, "value": 10.0}
    length = {"OTIO_SCHEMA": "RationalTime.1", "rate": 24.0, "value": 400.0}
    trimmed = {"OTIO_SCHEMA": "TimeRange.1", "start_time": start, "duration": length}
    root = document(track("A1"), source_range=trimmed)
    after = written(timeline(root=root), [plan("L0001", 5, 10, verdict=Verdict.IMPOSSIBLE)], tmp_path)
    gap = after["tracks"]["children"][-1]["children"][0]
    assert gap["source_range"]["duration"]["value"] == 15
    assert after["tracks"]["markers"][0]["marked_range"]["start_time"]["value"] == 15


def test_the_documents_own_double_for_its_rate_is_used(tmp_path: Path):
    root = document(track("A1"), rate=23.976)
    after = written(timeline(frame_rate("23.976"), root), [plan("L0001", 5, 10, frame_rate("23.976"))], tmp_path)
    assert after["tracks"]["children"][-1]["children"][0]["source_range"]["duration"]["rate"] == 23.976


def test_overlapping_lines_of_one_character_go_to_a_second_lane(tmp_path: Path):
    plans = [plan("L0001", 0, 50), plan("L0002", 40, 60), plan("L0003", 50, 70), plan("L0004", 45, 55)]
    root = written(timeline(), plans, tmp_path)
    lanes = {
        lane["name"]: [clip["name"] for clip in lane["children"] if clip["OTIO_SCHEMA"].startswith("Clip")]
        for lane in root["tracks"]["children"]
    }
    assert lanes == {"DX Ben": ["L0001", "L0003"], "DX Ben 2": ["L0002"], "DX Ben 3": ["L0004"]}


def test_a_clip_says_what_it_is(tmp_path: Path):
    each = plan("L0001", 24, 48)
    clip = written(timeline(), [each], tmp_path)["tracks"]["children"][0]["children"][1]
    assert clip["metadata"]["dubsync"] == {
        "id": "L0001", "text": "Text of L0001.", "character": "Ben", "language": "en", "verdict": "fits", "note": "",
        "sample_rate": 48_000, "start_sample": 48_000, "samples": 48_000, "rate": 1.1,
    }  # fmt: skip
    reference = clip["media_references"]["DEFAULT_MEDIA"]
    assert reference["available_range"] == clip["source_range"]
    assert reference["target_url"] == "40-fitted/L0001.wav"


@pytest.mark.parametrize(("style", "start"), [("bare", "/"), ("file", "file:///")])
def test_addresses_are_spelt_as_the_host_wants_them(style: str, start: str, tmp_path: Path):
    folder = tmp_path / "ü x"
    folder.mkdir()
    clip = written(timeline(), [plan("L0001", 0, 48)], folder, style=style)["tracks"]["children"][0]["children"][0]
    url = clip["media_references"]["DEFAULT_MEDIA"]["target_url"]
    assert url.startswith(start)
    assert ("%C3%BC%20x" in url) == (style == "file")


def test_a_collection_of_one_timeline_is_added_to_inside(tmp_path: Path):
    root = {"OTIO_SCHEMA": "SerializableCollection.1", "children": [document(track("A1"))]}
    after = written(timeline(root=root), [plan("L0001", 0, 10)], tmp_path)
    assert after["children"][0]["tracks"]["children"][-1]["name"] == "DX Ben"


def test_a_lone_clip_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match=r"Clip\.2.*Export the sequence"):
        written(timeline(root=their_clip(2)), [plan("L0001", 0, 10)], tmp_path)


def test_a_rate_of_zero_and_half_objects_are_passed_through(tmp_path: Path):
    broken = {"OTIO_SCHEMA": "RationalTime.1", "rate": 0.0, "value": 0.0}
    root = document(track("A1", "Audio", their_clip(2) | {"source_range": broken, "metadata": None}))
    after = written(timeline(root=root), [plan("L0001", 0, 10)], tmp_path)
    assert after["tracks"]["children"][0] == root["tracks"]["children"][0]


def test_a_bare_subtitle_file_becomes_a_timeline_with_the_film_as_v1_and_a1(tmp_path: Path):
    root = written(timeline(start_frame=86_400), [plan("L0001", 24, 48)], tmp_path, film=tmp_path / "cut.mp4")
    made = opened(root)
    assert made.global_start_time.value == 86_400
    assert [(each.name, each.kind, each.enabled) for each in made.tracks] == [
        ("V1", "Video", True),
        ("Original", "Audio", False),
        ("DX Ben", "Audio", True),
    ]
    assert made.tracks[0][0].media_reference.target_url == "cut.mp4"
    assert made.tracks[0][0].trimmed_range().duration.value == 500


def test_an_edit_from_another_format_keeps_its_cuts_speeds_and_dissolves(tmp_path: Path):
    clips = (
        CutClip("a", FrameSpan(0, 100), "a.mov", source_start=Fraction(10), source_rate=Fraction(24)),
        CutClip("b", FrameSpan(100, 150), "b.mov", source_rate=Fraction(24), speed=Fraction(2)),
        CutClip("c", FrameSpan(170, 200), "c.mov", source_rate=Fraction(25)),
    )
    dissolve = CutTransition("mix", FrameSpan(96, 106))
    cut = Cut((CutTrack(TrackKind.VIDEO, "V1", clips, (dissolve,)),))
    made = opened(written(timeline(cut=cut), [plan("L0001", 0, 24)], tmp_path)).tracks[0]
    kinds = [type(each).__name__ for each in made]
    assert kinds == ["Clip", "Transition", "Clip", "Gap", "Clip"]
    assert (made[1].in_offset.value, made[1].out_offset.value) == (4, 6)
    assert made[2].effects[0].time_scalar == 2
    starts = [each.transformed_time_range(each.trimmed_range(), made).start_time for each in made.find_clips()]
    assert [round(start.rescaled_to(24).value) for start in starts] == [0, 100, 170]
