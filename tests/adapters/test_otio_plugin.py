"""The OTIO plug-in as OTIO itself loads it: in a process of its own, through its manifest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PLUGIN = ROOT / "adapters" / "otio"
LINES = """1
00:00:01,000 --> 00:00:02,000
ANN: Good morning.

2
00:00:01,500 --> 00:00:03,000
BEN: (whispering) Quiet!

3
00:00:04,000 --> 00:00:05,000
ANN: All right.
"""


def run(code: str) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(PLUGIN), str(ROOT)]),
        "OTIO_PLUGIN_MANIFEST_PATH": str(PLUGIN / "otio_dubsync" / "plugin_manifest.json"),
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "lines.srt"
    path.write_text(LINES, encoding="utf-8")
    return path


def test_any_otio_tool_reads_subtitles_as_lines(lines: Path) -> None:
    code = f"""
import json, opentimelineio as otio
t = otio.adapters.read_from_file({str(lines)!r}, rate="24000/1001")
print(json.dumps([
    (track.name, clip.name, dict(clip.metadata["dubsync"]), round(clip.range_in_parent().start_time.value))
    for track in t.tracks for clip in track.find_clips()
]))
"""
    found = json.loads(run(code))
    # 1.0 s, 4.0 s and 1.5 s at 24000/1001, half up: frames 24, 96 and 36.
    assert found == [
        ["ANN", "L0001", {"text": "Good morning.", "character": "ANN"}, 24],
        ["ANN", "L0003", {"text": "All right.", "character": "ANN"}, 96],
        ["BEN", "L0002", {"text": "Quiet!", "character": "BEN", "emotion": "whispering"}, 36],
    ]


@pytest.mark.parametrize("suffix", ["srt", "vtt", "ass"])
def test_lines_come_back_on_their_frames(lines: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"again.{suffix}"
    code = f"""
import opentimelineio as otio
t = otio.adapters.read_from_file({str(lines)!r}, rate=25)
otio.adapters.write_to_file(t, {str(out)!r})
again = otio.adapters.read_from_file({str(out)!r}, rate=25)
frame = lambda clip: round(clip.range_in_parent().start_time.value)
frames = lambda t: sorted((frame(clip), clip.metadata["dubsync"]["text"]) for clip in t.find_clips())
assert frames(again) == frames(t), frames(again)
print(len(frames(again)))
"""
    assert run(code).strip() == "3"


def test_the_hook_is_registered_but_not_active(lines: Path) -> None:
    code = """
import opentimelineio as otio
assert "dubsync_check" in otio.hooks.available_hookscript_names()
assert not any("dubsync_check" in otio.hooks.scripts_attached_to(hook) for hook in otio.hooks.names())
"""
    run(code)
