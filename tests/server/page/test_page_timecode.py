"""The page counts frames as the package does: its own code, asked in the browser, against a table of `timebase`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from page_stand import ADDRESS, Stand, line_of

from indextts_post.timebase import FrameRate, frame_to_sample, frame_to_timecode, timecode_to_frame

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NODE = shutil.which("node")
RATES = (
    FrameRate(Fraction(24000, 1001)),
    FrameRate(Fraction(24)),
    FrameRate(Fraction(25)),
    FrameRate(Fraction(30000, 1001)),
    FrameRate(Fraction(30000, 1001), drop_frame=True),
    FrameRate(Fraction(60000, 1001), drop_frame=True),
    FrameRate(Fraction(120)),
)


def as_json(rate: FrameRate) -> dict[str, object]:
    return {"num": rate.fps.numerator, "den": rate.fps.denominator, "drop_frame": rate.drop_frame}


def frames_worth_asking(rate: FrameRate) -> list[int]:
    """Around every minute of the first 21, around the hours up to the tenth, and a run of odd ones."""
    minute = 60 * rate.nominal
    edges = [n * minute + d for n in range(21) for d in (-3, -2, -1, 0, 1, 2, 3)]
    edges += [n * 60 * minute + d for n in range(1, 11) for d in range(-130, 131, 13)]
    return [frame for frame in (*edges, *range(0, 3_000_000, 33_337)) if frame >= 0]


@pytest.fixture(scope="module")
def module(browser: Browser, built_page: Path) -> Iterator[Page]:
    """A tab that can import the page's own time module."""
    context = browser.new_context()
    tab = context.new_page()
    tab.route(f"{ADDRESS}/**", Stand([line_of(0)]).serve)
    tab.goto(f"{ADDRESS}/icon.svg")
    yield tab
    context.close()


def asked(page: Page, call: str, given: object) -> list[object]:
    script = f"async (given) => {{ const t = await import('{ADDRESS}/timecode.js'); return {call}; }}"
    found = page.evaluate(script, given)
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_timecode_and_samples_agree_with_the_package_on_every_frame_asked(module: Page, rate: FrameRate) -> None:
    frames = frames_worth_asking(rate)
    wanted = [[frame_to_timecode(frame, rate), frame_to_sample(frame, rate)] for frame in frames]
    call = "given.frames.map(f => [t.timecode(f, given.rate), t.frameToSample(f, given.rate)])"
    assert asked(module, call, {"rate": as_json(rate), "frames": frames}) == wanted


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_a_timecode_typed_comes_back_to_its_frame(module: Page, rate: FrameRate) -> None:
    labels = [frame_to_timecode(frame, rate) for frame in frames_worth_asking(rate)]
    wanted = [timecode_to_frame(label, rate) for label in labels]
    call = "given.labels.map(l => t.parseTimecode(l, given.rate))"
    assert asked(module, call, {"rate": as_json(rate), "labels": labels}) == wanted


def test_labels_that_drop_frame_leaves_out_are_no_frames(module: Page) -> None:
    rate = FrameRate(Fraction(30000, 1001), drop_frame=True)
    labels = ["00:01:00;00", "00:01:00;01", "00:01:00;02", "00:10:00;00", "00:00:61;00", "nonsense"]
    call = "given.labels.map(l => t.parseTimecode(l, given.rate))"
    # 00:01:00;02 follows 00:00:59;29, which is frame 1799; ten minutes are 18000 - 9 · 2 = 17982 frames.
    assert asked(module, call, {"rate": as_json(rate), "labels": labels}) == [None, None, 1800, 17982, None, None]


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_a_frame_survives_the_seconds_of_a_media_element_and_samples(module: Page, rate: FrameRate) -> None:
    frames = [frame for frame in frames_worth_asking(rate) if frame < 2_000_000]
    call = (
        "given.frames.flatMap(f => [t.mediaSecondsToFrame(t.frameToMediaSeconds(f, given.rate), given.rate),"
        " t.sampleToFrame(t.frameToSample(f, given.rate), given.rate)])"
    )
    wanted = [frame for frame in frames for _ in range(2)]
    assert asked(module, call, {"rate": as_json(rate), "frames": frames}) == wanted


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_page_counts_as_the_vectors_that_all_languages_share_do(built_page: Path) -> None:
    assert NODE is not None
    suite = Path(__file__).parents[2] / "timecode_vectors.test.mjs"
    done = subprocess.run(
        [NODE, "--test", "--test-reporter", "tap", str(suite)],
        env={**os.environ, "DUBSYNC_BUILT_PAGE": str(built_page)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "# skipped 0" in done.stdout, done.stdout


def test_both_languages_have_the_same_words() -> None:
    source = Path(__file__).parents[3] / "web" / "src"
    keys = [
        {
            line.split('"')[1]
            for line in (source / name).read_text(encoding="utf-8").splitlines()
            if line.startswith('  "')
        }
        for name in ("words.en.ts", "words.zh.ts")
    ]
    assert keys[0] == keys[1]
    assert len(keys[0]) > 100
