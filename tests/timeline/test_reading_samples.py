"""Files that other programs wrote: each opens, or is refused with one sentence. `SAMPLES_DIR` names another folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from indextts_post.errors import DubsyncError
from indextts_post.timebase import frame_rate, frame_to_timecode
from indextts_post.timeline import ReadOptions, read
from indextts_post.timeline.reading import READERS

SAMPLES = Path(os.environ.get("SAMPLES_DIR") or Path(__file__).resolve().parents[3] / "shared/samples")
FILES = sorted(p for p in SAMPLES.rglob("*") if p.is_file() and p.suffix.lower() in READERS)

pytestmark = pytest.mark.skipif(not FILES, reason=f"no sample files in {SAMPLES}")


@pytest.mark.parametrize("path", FILES or [Path("none")], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sample_opens_or_is_refused_with_a_sentence(path: Path) -> None:
    for options in (ReadOptions(), ReadOptions(lines_required=False)):
        try:
            timeline = read(path, options)
        except DubsyncError as error:
            message = str(error)
            assert path.name in message
            assert "\n" not in message
            assert len(message) < 500
        else:
            assert all(0 <= cue.span.start < cue.span.end <= timeline.frame_count for cue in timeline.cues)
            assert all(cue.text.strip() for cue in timeline.cues)
            assert len({cue.id for cue in timeline.cues}) == len(timeline.cues)


def sample(name: str) -> Path:
    path = SAMPLES / name
    if not path.is_file():
        pytest.skip(f"{path} is not there")
    return path


def test_a_danish_subtitle_reads_as_a_dane_would_read_it() -> None:
    cues = read(sample("subtitles/auto_detect_Danish.srt")).cues
    assert [cue.text for cue in cues[6:9]] == [
        "Jeg skal nok finde ham.",
        "William Bell er ikke I denne verden.",
        "Jeg har ventet længe på dette.",
    ]


def test_a_chinese_subtitle_is_one_line_in_one_piece() -> None:
    (cue,) = read(sample("subtitles/dubbed_zh.srt")).cues
    assert cue.text.startswith("VoiceStudio 是一款桌面应用，")


def test_resolves_own_metadata_and_marker_3_of_newer_otio_are_read() -> None:
    timeline = read(sample("otio/premiere_example.otio"))
    assert [(cue.span.start, cue.text) for cue in timeline.cues] == [(113, "so, this happened"), (492, "fsfsfs")]
    resolve = read(sample("otio/effects.otio"), ReadOptions(lines_required=False))
    assert resolve.start_frame == 86400
    assert resolve.frame_count == 1125


def test_an_avid_aaf_starts_at_five_hours_drop_frame() -> None:
    pytest.importorskip("aaf2", reason="pyaaf2 (extra `aaf`) is not installed")
    timeline = read(sample("aaf/2997fps-DFTC.aaf"), ReadOptions(lines_required=False))
    assert timeline.rate == frame_rate("29.97 DF")
    assert frame_to_timecode(timeline.start_frame, timeline.rate) == "05:00:00;00"


def test_the_same_cut_as_aaf_and_as_otio_is_the_same() -> None:
    pytest.importorskip("aaf2", reason="pyaaf2 (extra `aaf`) is not installed")
    cuts = [
        read(sample(f), ReadOptions(lines_required=False)).cut for f in ("aaf/multitrack.aaf", "otio/multitrack.otio")
    ]
    pictures = [[(c.name, c.span) for t in cut.tracks if t.kind == "video" for c in t.clips] for cut in cuts if cut]
    assert pictures[0] == pictures[1]


def test_the_same_cut_as_xmeml_and_as_otio_is_the_same() -> None:
    files = ("xmeml/premiere_example.xml", "otio/premiere_example.otio")
    cuts = [read(sample(f), ReadOptions(lines_required=False)).cut for f in files]
    first, second = (
        [(c.name, c.span, c.source_start / c.source_rate) for c in cut.tracks[3].clips] for cut in cuts if cut
    )
    assert first == second


def test_markers_of_final_cut_stand_where_they_were_set() -> None:
    timeline = read(sample("fcpxml/23.98.fcpxml"), ReadOptions(lines_required=False))
    assert timeline.cut is not None
    # Shot_01 is set at 199199/12000 s of a clip that begins with its media at record 0: 398 frames of 1001/24000 s.
    assert (timeline.cut.markers[0].name, timeline.cut.markers[0].span.start) == ("Shot_01", 398)
    assert all(track.dialogue for track in timeline.cut.tracks if track.kind == "audio")
