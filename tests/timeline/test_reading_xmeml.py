"""xmeml: frames of the sequence, transitions, nests, titles, markers; and what `.xml` may be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from indextts_post.errors import TimelineError
from indextts_post.timebase import FrameRate, FrameSpan
from indextts_post.timeline import ReadOptions, Timeline, read

BARE = ReadOptions(lines_required=False)
RATE = "<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>"
TIMECODE = (
    f"<timecode>{RATE}<string>01:00:00;00</string><frame>107892</frame><displayformat>DF</displayformat></timecode>"
)


def clip(name: str, start: int, end: int, first: int = 0, last: int | None = None, more: str = "") -> str:
    last = first + end - start if last is None else last
    return (
        f"<clipitem id='{name}'><name>{name}</name>{RATE}<start>{start}</start><end>{end}</end>"
        f"<in>{first}</in><out>{last}</out>{more}</clipitem>"
    )


def marker(name: str, comment: str, first: int, last: int = -1) -> str:
    return f"<marker><name>{name}</name><comment>{comment}</comment><in>{first}</in><out>{last}</out></marker>"


def sequence(video: str = "", audio: str = "", more: str = "", name: str = "Scene", length: int = 300) -> str:
    tracks = f"<video>{video}</video><audio>{audio}</audio>"
    return (
        f"<sequence id='{name}'><name>{name}</name><duration>{length}</duration>{RATE}{TIMECODE}"
        f"<media>{tracks}</media>{more}</sequence>"
    )


def written(folder: Path, body: str) -> Path:
    path = folder / "cut.xml"
    path.write_text(f'<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="5">{body}</xmeml>', encoding="utf-8")
    return path


def spans(timeline: Timeline) -> list[tuple[int, int]]:
    return [(cue.span.start, cue.span.end) for cue in timeline.cues]


def clips(timeline: Timeline, track: int = 0) -> list[tuple[str, FrameSpan, Fraction]]:
    assert timeline.cut is not None
    return [(c.name, c.span, c.source_start) for c in timeline.cut.tracks[track].clips]


def test_rate_drop_flag_and_start_come_from_the_sequence(tmp_path: Path) -> None:
    timeline = read(written(tmp_path, sequence(more=marker("", "Hello there.", 30, 60))))
    assert timeline.rate == FrameRate(Fraction(30000, 1001), drop_frame=True)
    assert timeline.start_frame == 107_892
    assert spans(timeline) == [(30, 60)]
    assert str(timeline.cues[0].place) == "cut.xml: marker '' at 01:00:01;00"


def test_a_clip_marker_counts_in_frames_of_its_media(tmp_path: Path) -> None:
    shot = clip("a", 100, 200, first=50, more=marker("Ben", "Wait.", 70, 90) + marker("", "Not seen.", 10))
    timeline = read(written(tmp_path, sequence(f"<track>{shot}</track>")))
    assert [(c.character, c.text) for c in timeline.cues] == [("Ben", "Wait.")]
    assert spans(timeline) == [(120, 140)]


def test_a_clip_that_runs_into_a_transition_ends_at_its_cut_point(tmp_path: Path) -> None:
    # Centre of 100..120 is 110. The second clip's media begins at the transition: its frame at 110 is in + 10.
    dissolve = "<transitionitem><start>100</start><end>120</end><alignment>center</alignment></transitionitem>"
    track = clip("a", 0, -1, 0, 120) + dissolve + clip("b", -1, 200, 30, 130)
    timeline = read(written(tmp_path, sequence(f"<track>{track}</track>")), BARE)
    assert clips(timeline) == [("a", FrameSpan(0, 110), 0), ("b", FrameSpan(110, 200), 40)]
    assert timeline.cut is not None
    assert timeline.cut.tracks[0].transitions[0].span == FrameSpan(100, 120)


def test_a_nested_sequence_is_laid_out_where_its_clip_stands(tmp_path: Path) -> None:
    inner = sequence(
        f"<track>{clip('x', 0, 60)}{clip('y', 60, 120)}</track>", more=marker("", "Inside.", 70, 80), name="N"
    )
    nest = clip("nest", 100, 150, first=40, more=inner)
    timeline = read(written(tmp_path, sequence(f"<track>{nest}</track>")))
    # Frame f of the nest stands at 100 + (f - 40) and is seen for 40..90.
    assert clips(timeline) == [("x", FrameSpan(100, 120), 40), ("y", FrameSpan(120, 150), 0)]
    assert spans(timeline) == [(130, 140)]


def test_titles_are_lines_when_there_is_nothing_better(tmp_path: Path) -> None:
    words = "<parameterid>str</parameterid><name>Text</name><value>ANNA: Look!</value>"
    text = f"<effect><parameter>{words}</parameter></effect>"
    span = "<start>10</start><end>40</end><in>0</in><out>30</out>"
    title = f"<generatoritem><name>Text</name>{RATE}{span}{text}</generatoritem>"
    timeline = read(written(tmp_path, sequence(f"<track>{title}</track>")))
    assert [(c.character, c.text) for c in timeline.cues] == [("ANNA", "Look!")]


def test_files_are_defined_once_and_mentioned_by_id(tmp_path: Path) -> None:
    (tmp_path / "ben.wav").touch()
    url = "file://localhost/D%3a/x/ben.wav"
    file = f"<file id='f1'><name>ben</name><pathurl>{url}</pathurl>{RATE}<duration>900</duration></file>"
    track = clip("a", 0, 30, more=file) + clip("b", 30, 60, more="<file id='f1'/>")
    timeline = read(written(tmp_path, sequence(audio=f"<track><name>DX</name>{track}</track>")), BARE)
    assert timeline.cut is not None
    (dialogue,) = timeline.cut.tracks
    assert (dialogue.name, dialogue.dialogue) == ("DX", True)
    assert {c.path for c in dialogue.clips} == {tmp_path / "ben.wav"}


def test_a_line_in_our_own_note_goes_before_markers(tmp_path: Path) -> None:
    note = """<logginginfo><lognote>dubsync:{"text": "Mine.", "character": "Cleo"}</lognote></logginginfo>"""
    track = clip("a", 0, 30, more=note)
    timeline = read(written(tmp_path, sequence(audio=f"<track>{track}</track>", more=marker("", "Not this one.", 5))))
    assert [(c.character, c.text) for c in timeline.cues] == [("Cleo", "Mine.")]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("", "holds no sequence"),
        (sequence() + sequence(name="Two"), "2 sequences \\('Scene', 'Two'\\)"),
        (sequence(length=0), "its length is 0"),
        (sequence(f"<track>{clip('a', 50, 20)}</track>"), "ends \\(20\\) before it starts \\(50\\)"),
        (sequence(f"<track>{clip('a', -1, -1, 5, 2)}</track>"), "neither start nor end"),
        (sequence(f"<track>{clip('a', 0, 10**14)}</track>"), "400 hours"),
        (sequence().replace(RATE, ""), "has no rate"),
    ],
)
def test_a_broken_sequence_is_refused_in_one_sentence(tmp_path: Path, body: str, sentence: str) -> None:
    with pytest.raises(TimelineError, match=sentence) as caught:
        read(written(tmp_path, body))
    assert "\n" not in str(caught.value)


def test_a_sequence_that_holds_itself_is_refused(tmp_path: Path) -> None:
    nest = clip("loop", 0, 100, more="<sequence id='Scene'/>")
    with pytest.raises(TimelineError, match="16 deep"):
        read(written(tmp_path, sequence(f"<track>{nest}</track>")))


def test_an_xml_of_another_kind_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text("<html/>", encoding="utf-8")
    with pytest.raises(TimelineError, match="root <html>"):
        read(path)
