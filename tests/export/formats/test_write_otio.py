"""OTIO for single hosts and in bundles; the user's own objects stay as they are."""

from __future__ import annotations

import json
import zipfile
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from dubs import RATES, small_dub, tone

from indextts_post.export.formats.canonical import Dub, dub_of
from indextts_post.export.formats.options import FormatOptions, UrlStyle
from indextts_post.export.formats.registry import export_formats
from indextts_post.timeline import ReadOptions, read

Node = dict[str, Any]
SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "otio"
HOSTS = ("otio:resolve", "otio:premiere", "otio:kdenlive")


def written(dub: Dub, target: str, folder: Path, **options: Any) -> Node:
    path = export_formats(dub, [target], folder / "out", FormatOptions(**options))[0].path
    loaded: Node = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def dub_clips(root: Node) -> list[Node]:
    tracks = [t for t in root["tracks"]["children"] if t["name"].startswith("DX ")]
    return [child for track in tracks for child in track["children"] if child["OTIO_SCHEMA"].startswith("Clip")]


def url(clip: Node) -> str:
    reference = clip.get("media_reference") or clip["media_references"]["DEFAULT_MEDIA"]
    return str(reference["target_url"])


@pytest.mark.parametrize("target", HOSTS)
def test_opentimelineio_opens_it_and_there_is_no_third_kind_of_track(target: str, tmp_path: Path) -> None:
    root = written(small_dub(tmp_path, RATES["23.976"], takes=True), target, tmp_path)
    timeline = otio.adapters.read_from_string(json.dumps(root))
    assert {track.kind for track in timeline.tracks} == {"Video", "Audio"}
    ben = next(track for track in timeline.tracks if track.name == "DX Ben")
    place = ben.range_of_child(ben.find_clips()[0])
    assert (place.start_time.value, place.duration.value) == (40, 37)


def test_addresses_are_spelt_as_each_host_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "Über uns"
    dub = small_dub(folder, RATES["25"])
    bare = (folder / "lines" / "L0002.wav").as_posix()
    found = {target: {url(c) for c in dub_clips(written(dub, target, tmp_path))} for target in HOSTS}
    assert bare in found["otio:resolve"]
    assert bare in found["otio:kdenlive"]
    assert (folder / "lines" / "L0002.wav").as_uri() in found["otio:premiere"]
    assert "%C3%9Cber%20uns" in (folder / "lines").as_uri()
    relative = written(dub, "otio:resolve", tmp_path, url_style=UrlStyle.RELATIVE)
    assert "../Über uns/lines/L0002.wav" in {url(clip) for clip in dub_clips(relative)}


def test_resolve_finds_its_own_keys_and_nothing_else_under_them(tmp_path: Path) -> None:
    root = written(small_dub(tmp_path, RATES["25"]), "otio:resolve", tmp_path)
    assert root["metadata"]["Resolve_OTIO"] == {"Resolve OTIO Meta Version": "1.0"}
    track = next(t for t in root["tracks"]["children"] if t["name"] == "DX Ben")
    assert track["metadata"]["Resolve_OTIO"] == {"Audio Type": "Mono", "Locked": False, "SoloOn": False}
    groups = [clip["metadata"]["Resolve_OTIO"]["Link Group ID"] for clip in dub_clips(root)]
    assert groups == [1, 2, 3, 4, 5]
    (marker,) = (m for m in root["tracks"]["markers"] if m["name"] == "L0002")
    assert marker["metadata"]["Resolve_OTIO"] == {"Note": "Ben: tight"}


def test_premiere_gets_mono_channels_and_links_that_fuse_nothing(tmp_path: Path) -> None:
    root = written(small_dub(tmp_path, RATES["25"]), "otio:premiere", tmp_path)
    assert root["metadata"]["PremierePro_OTIO"] == {"MetadataVersion": "1.0"}
    assert root["tracks"]["metadata"]["PremierePro_OTIO"]["VideoResolution"] == {"width": 1920, "height": 1080}
    clips = [clip["metadata"]["PremierePro_OTIO"] for clip in dub_clips(root)]
    assert {clip["AudioChannels"]["ChannelType"] for clip in clips} == {"Mono"}
    assert len({clip["LinkID"] for clip in clips}) == 5


def test_other_takes_are_media_references_and_the_chosen_one_is_active(tmp_path: Path) -> None:
    root = written(small_dub(tmp_path, RATES["25"], takes=True), "otio:kdenlive", tmp_path)
    clip = next(clip for clip in dub_clips(root) if clip["name"] == "L0001")
    assert clip["active_media_reference_key"] == "DEFAULT_MEDIA"
    assert list(clip["media_references"]) == ["DEFAULT_MEDIA", "take 2"]
    assert clip["media_references"]["take 2"]["target_url"].endswith("L0001-other.wav")
    # 30011 samples at 48 kHz are 15.63 frames of 1920: sixteen, so that no end is cut off
    assert clip["media_references"]["take 2"]["available_range"]["duration"]["value"] == 16


def test_the_first_clip_schema_is_written_where_asked_for(tmp_path: Path) -> None:
    root = written(small_dub(tmp_path, RATES["25"], takes=True), "otio:resolve", tmp_path, otio_clip_schema=1)
    assert {clip["OTIO_SCHEMA"] for clip in dub_clips(root)} == {"Clip.1"}
    assert all("media_references" not in clip and url(clip) for clip in dub_clips(root))


def originals(root: Node, count: int) -> Node:
    """The document without what was added: dub tracks, dub markers, and the hosts' first keys."""
    kept = deepcopy(root)
    stack = kept["tracks"]
    stack["children"] = stack["children"][:count]
    stack["markers"] = [m for m in stack.get("markers") or [] if "dubsync" not in (m.get("metadata") or {})]
    return kept


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="real OTIO files are not at hand")
@pytest.mark.parametrize("target", HOSTS)
@pytest.mark.parametrize("name", ["premiere_example", "multitrack", "nested_example", "transition", "effects"])
def test_every_object_of_the_users_document_stays_equal(name: str, target: str, tmp_path: Path) -> None:
    timeline = read(SAMPLES / f"{name}.otio", ReadOptions(lines_required=False))
    assert timeline.document is not None
    before = deepcopy(timeline.document.root)
    own = small_dub(tmp_path, timeline.rate)
    dub = replace(own, document=timeline.document, cut=replace(own.cut, tracks=()))
    root = written(dub, target, tmp_path)
    count = len(before["tracks"]["children"])
    after = originals(root, count)
    assert after["tracks"]["children"] == before["tracks"]["children"]
    for key, value in before["tracks"].items():
        if key not in ("children", "markers", "metadata"):
            assert after["tracks"][key] == value
    assert (before["tracks"].get("markers") or []) == after["tracks"]["markers"]
    assert (before.get("metadata") or {}).items() <= after["metadata"].items()
    assert timeline.document.root == before


def test_a_bundle_holds_the_lines_and_opens(tmp_path: Path) -> None:
    dub = small_dub(tmp_path, RATES["24"])
    path = export_formats(dub, ["otioz"], tmp_path / "out")[0].path
    names = set(zipfile.ZipFile(path).namelist())
    assert {f"media/{clip.path.name}" for clip in dub.clips} < names
    assert "media/music.wav" in names
    timeline = otio.adapters.read_from_file(str(path))
    assert len(list(timeline.find_clips())) == 3 + 1 + 5
    with zipfile.ZipFile(path) as archive:
        assert archive.read("media/L0001.wav") == dub.clips[0].path.read_bytes()


def test_a_bundle_may_leave_the_users_media_out(tmp_path: Path) -> None:
    dub = small_dub(tmp_path, RATES["24"])
    (one,) = export_formats(dub, ["otioz"], tmp_path / "out", FormatOptions(otioz_originals=False))
    assert {n for n in zipfile.ZipFile(one.path).namelist() if n.startswith("media/L") or "music" in n} == {
        f"media/{clip.path.name}" for clip in dub.clips
    }
    assert "original tracks (2): media left out of the bundle" in [str(loss) for loss in one.losses]


def test_of_two_media_of_one_name_the_line_goes_into_the_bundle(tmp_path: Path) -> None:
    dub = small_dub(tmp_path, RATES["24"])
    clash = tone(tmp_path / "elsewhere" / "L0001.wav", 10)
    music = dub.cut.tracks[2]
    track = replace(music, clips=(replace(music.clips[0], media=str(clash), path=clash),))
    dub = replace(dub, cut=replace(dub.cut, tracks=(*dub.cut.tracks[:2], track)))
    path = export_formats(dub, ["otioz"], tmp_path / "out")[0].path
    assert zipfile.ZipFile(path).read("media/L0001.wav") == dub.clips[0].path.read_bytes()


def test_a_newer_marker_becomes_one_that_the_library_reads(tmp_path: Path) -> None:
    dub = small_dub(tmp_path, RATES["24"])
    plain = written(dub, "otio:kdenlive", tmp_path)
    marker = plain["tracks"]["markers"][0]
    marker |= {"OTIO_SCHEMA": "Marker.3", "color": {"OTIO_SCHEMA": "Color.1", "r": 0.1, "g": 0.9, "b": 0.1, "a": 1}}
    project = tmp_path / "cut.otio"
    project.write_text(json.dumps(plain), encoding="utf-8")
    timeline = read(project, ReadOptions(lines_required=False))
    (one,) = export_formats(replace(dub_of(timeline, (), ()), name="newer"), ["otioz"], tmp_path / "out")
    opened = otio.adapters.read_from_file(str(one.path))
    assert opened.tracks.markers[0].color == "GREEN"
    assert "markers (1): their colours become the nearest named ones" in [str(loss) for loss in one.losses]


def test_relative_media_count_from_the_documents_folder_and_empty_addresses_are_missing(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    tone(folder / "media" / "shot.wav", 10)

    def clip(url: str) -> Node:
        reference = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": url}
        duration = {"OTIO_SCHEMA": "RationalTime.1", "value": 24, "rate": 24}
        span = {"OTIO_SCHEMA": "TimeRange.1", "start_time": duration | {"value": 0}, "duration": duration}
        return {"OTIO_SCHEMA": "Clip.1", "name": url, "source_range": span, "media_reference": reference}

    track = {"OTIO_SCHEMA": "Track.1", "name": "V1", "kind": "Video", "children": [clip("media/shot.wav"), clip("")]}
    stack = {"OTIO_SCHEMA": "Stack.1", "name": "tracks", "children": [track]}
    project = folder / "cut.otio"
    project.write_text(json.dumps({"OTIO_SCHEMA": "Timeline.1", "name": "cut", "tracks": stack}), encoding="utf-8")
    dub = dub_of(read(project, ReadOptions(lines_required=False)), (), ())
    path = export_formats(dub, ["otioz"], tmp_path / "out")[0].path
    assert [n for n in zipfile.ZipFile(path).namelist() if n.startswith("media/")] == ["media/shot.wav"]
