"""Foreign cuts beside a second, plain reader of each format: rate, start, drop flag, clips, record frames, channels.

The second readers know nothing of ours: a walk over the XML or over pyaaf2's objects. Ours may hold more, for three
reasons: nested sequences are laid out where their nest stands, an end of −1 is where the transition beside it puts it,
and connected clips lie deeper than the walk goes. Nothing the second reader sees may be missing or elsewhere.
`SAMPLES_DIR` names another folder of files.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from indextts_post.errors import DubsyncError
from indextts_post.timeline import CutClip, ReadOptions, Timeline, TrackKind, read

SAMPLES = Path(os.environ.get("SAMPLES_DIR") or Path(__file__).resolve().parents[3] / "shared/samples")
BARE = ReadOptions(lines_required=False)


def files(pattern: str, root: str = "") -> list[Path]:
    found = sorted(SAMPLES.rglob(pattern))
    return [path for path in found if not root or f"<{root}".encode() in path.read_bytes()[:4000]]


def opened(path: Path) -> Timeline:
    try:
        return read(path, BARE)
    except DubsyncError as error:
        pytest.skip(f"refused: {error}")


def clips(timeline: Timeline, kind: TrackKind) -> list[CutClip]:
    assert timeline.cut is not None
    return [clip for track in timeline.cut.tracks if track.kind is kind for clip in track.clips]


def plain_rate(element: ElementTree.Element) -> Fraction:
    timebase = int(element.findtext("rate/timebase") or 0)
    return Fraction(timebase * 1000, 1001) if element.findtext("rate/ntsc") == "TRUE" else Fraction(timebase)


def plain_items(sequence: ElementTree.Element, kind: str) -> Iterator[tuple[str, int, int, int]]:
    """Name, start, end and channel (0 for none) of the items that say both and hold no nest."""
    for item in sequence.findall(f"media/{kind}/track/*"):
        start, end = item.findtext("start"), item.findtext("end")
        numbers = item.tag in ("clipitem", "generatoritem") and start and end and item.find("sequence") is None
        if numbers and 0 <= int(start or -1) < int(end or -1):
            channel = int(item.findtext("sourcetrack/trackindex") or 0) if kind == "audio" else 0
            yield item.findtext("name") or "", int(start or 0), int(end or 0), channel


@pytest.mark.parametrize("path", files("*.xml", "xmeml") or [None], ids=str)
def test_xmeml_agrees_with_a_plain_walk(path: Path | None) -> None:
    if path is None:
        pytest.skip(f"no xmeml in {SAMPLES}")
    timeline = opened(path)
    sequence = ElementTree.parse(path).getroot().find(".//sequence[media]")
    assert sequence is not None
    assert timeline.rate.fps == plain_rate(sequence)
    assert timeline.rate.drop_frame == (sequence.findtext("timecode/displayformat") == "DF")
    assert timeline.start_frame == int(sequence.findtext("timecode/frame") or 0)
    for kind in TrackKind:
        ours = Counter(
            (clip.name, clip.span.start, clip.span.end, *(clip.source_channels[:1] or (0,)))
            for clip in clips(timeline, kind)
        )
        assert not Counter(plain_items(sequence, kind.value)) - ours


def frames(text: str, fps: Fraction) -> Fraction:
    numerator, _, denominator = text.rstrip("s").partition("/")
    return Fraction(numerator) / Fraction(denominator or 1) * fps


@pytest.mark.parametrize("path", files("*.fcpxml") or [None], ids=str)
def test_fcpxml_agrees_with_a_plain_walk(path: Path | None) -> None:
    if path is None or path.is_dir():
        pytest.skip(f"no fcpxml in {SAMPLES}")
    timeline = opened(path)
    root = ElementTree.parse(path).getroot()
    sequence = root.find(".//project/sequence")
    assert sequence is not None
    format_ = next(one for one in root.iter("format") if one.get("id") == sequence.get("format"))
    fps = 1 / frames(format_.get("frameDuration") or "", Fraction(1))
    start = frames(sequence.get("tcStart") or "0s", fps)
    assert abs(timeline.rate.fps - fps) < Fraction(1, 100)
    assert timeline.start_frame == start
    assert timeline.rate.drop_frame == (sequence.get("tcFormat") == "DF")
    ours = {(clip.span.start, clip.span.end) for kind in TrackKind for clip in clips(timeline, kind)}
    for item in sequence.findall("spine/asset-clip"):
        begin = frames(item.get("offset") or "0s", fps) - start
        end = begin + frames(item.get("duration") or "0s", fps)
        assert any(abs(a - begin) <= Fraction(1, 2) >= abs(b - end) for a, b in ours), item.get("name")


def plain_sum(segment: Any) -> int:
    """Length of a slot as the sum of its parts, transitions taken off."""
    if type(segment).__name__ != "Sequence":
        return int(segment.length or 0)
    return sum(-part.length if type(part).__name__ == "Transition" else part.length for part in segment.components)


@pytest.mark.parametrize("path", files("*.aaf") or [None], ids=str)
def test_aaf_agrees_with_pyaaf2(path: Path | None) -> None:
    aaf2 = pytest.importorskip("aaf2", reason="pyaaf2 (extra `aaf`) is not installed")
    if path is None:
        pytest.skip(f"no AAF in {SAMPLES}")
    timeline = opened(path)
    with aaf2.open(str(path), "r") as file:
        (mob,) = file.content.toplevel()
        slots = list(mob.slots)
        codes = [slot.segment for slot in slots if type(slot.segment).__name__ == "Timecode"]
        code = next(code for code in codes if code.fps == timeline.rate.nominal)
        assert (timeline.start_frame, timeline.rate.drop_frame) == (code.start, bool(code.drop))
        sound = [slot for slot in slots if slot.media_kind == "Sound"]
        assert timeline.cut is not None
        assert len([track for track in timeline.cut.tracks if track.kind is TrackKind.AUDIO]) >= len(sound)
        pictures = [slot for slot in slots if slot.media_kind == "Picture"]
        longest = max(Fraction(plain_sum(slot.segment)) / Fraction(slot.edit_rate) for slot in [*pictures, *sound])
        assert timeline.frame_count == round(longest * timeline.rate.fps)
