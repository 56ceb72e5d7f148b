"""Foreign subtitle files beside an independent reader; `SAMPLES_DIR` names a folder of your own.

`pysubs2` reads the same files. Its events and our cues are not the same thing (we take off speakers, directions, songs,
repetitions), so what is compared is when something is said: every begin that pysubs2 finds for words must be a begin of
ours, or be named in a notice. Each difference that a file may have is listed with its reason in `WHY`.
"""

from __future__ import annotations

import os
import warnings
from fractions import Fraction
from pathlib import Path

import pysubs2
import pytest
from reading_table import with_table

from indextts_post.errors import DubsyncError
from indextts_post.timebase import FrameRate, seconds_to_frame
from indextts_post.timeline import LEFT_OUT, ReadOptions, TcOrigin, Timeline, read

SAMPLES = Path(os.environ.get("SAMPLES_DIR") or Path(__file__).resolve().parents[3] / "shared/samples")
SUFFIXES = (".srt", ".vtt", ".ass", ".ssa", ".sub")
FILES = sorted(path for path in SAMPLES.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
RATE = FrameRate(Fraction(1000))
"""A frame a millisecond: times are compared as they are written."""

WHY = {
    "subtitle.rolling": "captions that roll up: pysubs2 gives every repetition",
    "cue.sung": "songs: pysubs2 knows none",
    "cue.nothing_spoken": "sounds and directions: pysubs2 gives them as text",
    "subtitle.karaoke": "karaoke: pysubs2 gives it as text",
    "subtitle.unspoken_style": "signs and songs by their style: pysubs2 gives them as text",
    "subtitle.times": "times that cannot be read: pysubs2 glues the words to the cue before",
    "cue.repeated": "layers: pysubs2 gives each",
}


def begins(path: Path) -> set[int]:
    """Milliseconds at which pysubs2 begins a text with letters or digits; none where it cannot read the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            subs = pysubs2.load(str(path), fps=1000.0)
    except Exception:  # noqa: BLE001  (what pysubs2 raises on odd files is no matter here)
        return set()
    return {event.start for event in subs if event.is_text and any(map(str.isalnum, event.plaintext))}


def opened(path: Path) -> Timeline | str:
    try:
        return read(path, ReadOptions(rate=RATE, tc_origin=TcOrigin.ZERO, lines_required=False))
    except DubsyncError as error:
        return str(error)


@pytest.mark.skipif(not FILES, reason=f"no subtitle files in {SAMPLES}")
@pytest.mark.parametrize("path", FILES or [Path("none")], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_foreign_file_says_at_least_what_pysubs2_finds_or_names_why_not(path: Path) -> None:
    timeline = opened(path)
    if isinstance(timeline, str):
        assert path.name in timeline
        assert "\n" not in timeline
        return
    ours = {cue.span.start for cue in timeline.cues}
    missing = begins(path) - ours
    named = [notice.code for notice in timeline.notices if notice.code in LEFT_OUT]
    assert not missing or any(code in WHY for code in named), sorted(missing)[:5]


def test_the_comparison_would_notice_a_lost_cue(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:02,000\nOne.\n\n2\n00:00:03,500 --> 00:00:04,000\nTwo.\n")
    timeline = opened(path)
    assert isinstance(timeline, Timeline)
    assert begins(path) == {cue.span.start for cue in timeline.cues} == {1000, 3500}
    assert seconds_to_frame(Fraction(7, 2), RATE) == 3500


def test_the_table_of_what_is_read_stands_in_the_documents_as_it_is_made() -> None:
    document = (Path(__file__).resolve().parents[2] / "docs/interchange.md").read_text(encoding="utf-8")
    assert with_table(document) == document
