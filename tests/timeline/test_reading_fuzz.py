"""Broken files end in a sentence: whatever is done to a document, nothing but a `DubsyncError` comes out of `read`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from format_seeds import SEEDS
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_reading_samples import FILES

from indextts_post.errors import DubsyncError
from indextts_post.timebase import FrameRate, frame_rate
from indextts_post.timeline import ReadOptions, read

ODD = st.sampled_from(
    [
        *(
            "",
            "-1",
            "0",
            "1/0s",
            "-5s",
            "1e999",
            "NaN",
            "null",
            "[]",
            "{}",
            '""',
            "999999999999999999999",
            "\x00",
            "é",
            "字",
        ),
        *(
            "00:00:00:99",
            "-->",
            "<",
            ">",
            "&",
            '"',
            "</",
            "\\",
            "{",
            "}",
            "[",
            "]",
            "(",
            ")",
            "♪",
            ":",
            ";",
            "-",
            "\n",
            "|",
        ),
    ]
)
pytestmark = pytest.mark.slow

RATES: list[FrameRate | None] = [None, frame_rate("23.976"), frame_rate("29.97 DF"), frame_rate(25)]


def survives(content: bytes, suffix: str, rate: FrameRate | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"cut{suffix}"
        path.write_bytes(content)
        try:
            timeline = read(path, ReadOptions(rate=rate, lines_required=False))
        except DubsyncError:
            return
        assert all(0 <= cue.span.start < cue.span.end <= timeline.frame_count for cue in timeline.cues)
        for track in timeline.cut.tracks if timeline.cut else ():
            assert all(clip.span.frames > 0 for clip in track.clips)


def broken(data: st.DataObject, content: bytes) -> bytes:
    """A few edits: odd text put in, bytes taken out, a part said twice, an end cut off."""
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        length = data.draw(st.integers(0, 12))
        kind = data.draw(st.sampled_from(["odd", "odd", "bytes", "twice", "cut"]))
        if kind == "odd":
            content = content[:at] + data.draw(ODD).encode() + content[at + length :]
        elif kind == "bytes":
            content = content[:at] + data.draw(st.binary(max_size=4)) + content[at + length :]
        elif kind == "twice":
            content = content[: at + 8 * length] + content[at:]
        else:
            content = content[:at]
    return content


@pytest.mark.parametrize("suffix", sorted(SEEDS))
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_broken_document_ends_in_a_sentence(suffix: str, data: st.DataObject) -> None:
    survives(broken(data, SEEDS[suffix].encode()), suffix, data.draw(st.sampled_from(RATES)))


@pytest.mark.skipif(not FILES, reason="no sample files")
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_broken_sample_ends_in_a_sentence(data: st.DataObject) -> None:
    small = [path for path in FILES if path.suffix != ".aaf" and path.stat().st_size < 60_000]
    path = data.draw(st.sampled_from(small))
    survives(broken(data, path.read_bytes()), path.suffix, data.draw(st.sampled_from(RATES)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_broken_aaf_ends_in_a_sentence(data: st.DataObject) -> None:
    content = bytearray(_aaf())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + 4] = data.draw(st.binary(min_size=4, max_size=4))
    end = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    survives(bytes(content[:end]), ".aaf", data.draw(st.sampled_from(RATES)))


_AAF: dict[str, bytes] = {}


def _aaf() -> bytes:
    """A small AAF with a picture track, a sound track and timecode, written once."""
    aaf2_file = pytest.importorskip("aaf2.file", reason="pyaaf2 (extra `aaf`) is not installed")
    if "small" not in _AAF:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "seed.aaf"
            with aaf2_file.AAFFile(str(path), "w", sector_size=512) as file:
                mob = file.create.CompositionMob("Scene")
                mob.usage = "Usage_TopLevel"
                file.content.mobs.append(mob)
                code = file.create.Timecode(25, drop=False)
                code.start, code.length = 90_000, 300
                mob.create_timeline_slot("25/1").segment = code
                for kind in ("picture", "sound"):
                    master = file.create.MasterMob(kind)
                    file.content.mobs.append(master)
                    slot = master.create_timeline_slot("25/1")
                    slot.segment = file.create.SourceClip(length=500, media_kind=kind)
                    track = mob.create_timeline_slot("25/1")
                    track.segment = file.create.Sequence(kind, length=300)
                    track.segment.components.append(master.create_source_clip(slot.slot_id, 10, 300, kind))
            _AAF["small"] = path.read_bytes()
    return _AAF["small"]
