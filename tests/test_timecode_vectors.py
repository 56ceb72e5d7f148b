"""One file of timecode vectors, asked in all four languages that count frames: Python, TypeScript, JavaScript, Lua."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from timecode_vectors import FILE, text_of, vectors

from indextts_post.timebase import (
    FrameRate,
    frame_rate,
    frame_to_sample,
    frame_to_timecode,
    seconds_to_frame,
    timecode_to_frame,
)
from indextts_post.timeline.origin import Times, for_timeline, label_seconds

ROOT = Path(__file__).parent.parent
VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
NODE, LUAJIT = shutil.which("node"), shutil.which("luajit")


def rate_named(name: str) -> FrameRate:
    counting = VECTORS["countings"][name]
    return FrameRate(Fraction(counting["num"], counting["den"]), counting["drop_frame"])


def test_the_file_holds_what_walking_the_labels_gives() -> None:
    assert FILE.read_text(encoding="utf-8") == text_of(vectors()), "run: python tests/timecode_vectors.py"


@pytest.mark.parametrize("name", VECTORS["countings"])
def test_the_package_counts_as_the_vectors_do(name: str) -> None:
    rate = rate_named(name)
    rows = VECTORS["countings"][name]["labels"]
    found = [
        [
            timecode_to_frame(label, rate),
            frame_to_timecode(frame, rate),
            frame_to_sample(frame, rate),
            str(label_seconds(frame, rate)),
        ]
        for frame, label, _, _ in rows
    ]
    assert found == rows


@pytest.mark.parametrize("name", VECTORS["countings"])
def test_the_package_refuses_labels_there_are_not(name: str) -> None:
    for label in VECTORS["countings"][name]["missing"]:
        with pytest.raises(ValueError, match="timecode"):
            timecode_to_frame(label, rate_named(name))


@pytest.mark.parametrize("row", VECTORS["origins"], ids=str)
def test_the_package_takes_subtitle_times_from_the_origin_of_the_vectors(row: list[Any]) -> None:
    name, start_frame, frames, (start_ms, end_ms), first = row
    rate = rate_named(name)
    first_s, last_s = Fraction(start_ms, 1000), Fraction(end_ms, 1000)
    origin = for_timeline(Times(first_s, last_s, "lines.srt"), start_frame, frames, rate, None)
    assert seconds_to_frame(first_s - origin.offset_s, rate) == first


@pytest.mark.parametrize("row", VECTORS["rates"], ids=str)
def test_the_package_and_the_script_for_resolve_studio_read_rates_as_the_vectors_do(row: list[Any]) -> None:
    text, numerator, denominator, drop = row
    assert frame_rate(text) == FrameRate(Fraction(numerator, denominator), drop)
    spec = importlib.util.spec_from_file_location("dubsync_studio", ROOT / "adapters" / "resolve" / "dubsync_studio.py")
    assert spec is not None
    assert spec.loader is not None
    studio = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = studio
    spec.loader.exec_module(studio)
    assert studio.rate_of(text) == (numerator, denominator, drop)


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_panel_for_premiere_counts_as_the_vectors_do() -> None:
    """The page's own code is asked by the same suite in `tests/server/page`, where it is built."""
    assert NODE is not None
    command = [NODE, "--test", "--test-reporter", "tap", str(Path(__file__).parent / "timecode_vectors.test.mjs")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert f"# skipped {len(VECTORS['countings'])}" in done.stdout, done.stdout


@pytest.mark.skipif(LUAJIT is None, reason="luajit is not installed")
def test_the_script_in_resolve_reads_rates_as_the_vectors_do() -> None:
    lua = ROOT / "adapters" / "resolve" / "lua"
    code = f"""
function use(name) return dofile("{lua.as_posix()}/" .. name .. ".lua") end
local timeline = use("timeline")
for text in io.read("*a"):gmatch("[^\\n]+") do
  local numerator, denominator, drop = timeline.rate_of(text)
  io.write(numerator, " ", denominator, " ", tostring(drop), "\\n")
end
"""
    texts = "\n".join(text for text, *_ in VECTORS["rates"])
    done = subprocess.run([str(LUAJIT), "-e", code], input=texts, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    wanted = [f"{num} {den} {str(drop).lower()}" for _, num, den, drop in VECTORS["rates"]]
    assert done.stdout.split("\n")[:-1] == wanted
