"""The track plan that placing scripts read: whole frames from the timeline's first, files as they lie on disk."""

from __future__ import annotations

import json
from pathlib import Path

from dubs import RATES, small_dub

from indextts_post.export.formats.registry import export_formats


def test_every_line_stands_once_on_the_track_of_its_character(tmp_path: Path) -> None:
    dub = small_dub(tmp_path, RATES["29.97 DF"], takes=True)
    (written,) = export_formats(dub, ["track-plan"], tmp_path / "out")
    plan = json.loads(written.path.read_text(encoding="utf-8"))
    assert (plan["rate"], plan["drop_frame"], plan["start_frame"]) == ("30000/1001", True, dub.start_frame)
    placed = {clip["id"]: (track["name"], clip) for track in plan["tracks"] for clip in track["clips"]}
    assert sorted(placed) == sorted(clip.line_id for clip in dub.clips)
    for clip in dub.clips:
        track, found = placed[clip.line_id]
        assert track.startswith(f"DX {clip.character}")
        assert (found["record_frame"], found["record_frame"] + found["frames"]) == (clip.span.start, clip.span.end)
        assert Path(found["path"]).is_absolute()
        assert found["samples"] == clip.samples.samples


def test_on_one_track_nothing_overlaps(tmp_path: Path) -> None:
    (written,) = export_formats(small_dub(tmp_path, RATES["25"]), ["track-plan"], tmp_path / "out")
    for track in json.loads(written.path.read_text(encoding="utf-8"))["tracks"]:
        ends = 0
        for clip in track["clips"]:
            assert clip["record_frame"] >= ends
            ends = clip["record_frame"] + clip["frames"]
