"""Of several places where lines stand, the one with the most speech is spoken; one option says otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from indextts_post.errors import TimelineError
from indextts_post.timeline import LinesFrom, ReadOptions, Timeline, read

RATE = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"
LONG = "Good morning to everybody, here we are again with the news of the day."


def cut(folder: Path, *markers: str, title: str = "") -> Path:
    """A sequence with markers of these words and, if asked for, a title."""
    marks = "".join(
        f"<marker><name>Marker {n}</name><comment>{text}</comment><in>{n * 40}</in><out>{n * 40 + 30}</out></marker>"
        for n, text in enumerate(markers)
    )
    text = f"<effect><parameter><parameterid>str</parameterid><value>{title}</value></parameter></effect>"
    times = "<start>0</start><end>90</end><in>0</in><out>90</out>"
    item = f"<generatoritem><name>Text</name>{RATE}{times}{text}</generatoritem>"
    path = folder / "cut.xml"
    path.write_text(
        f"<xmeml version='5'><sequence id='s'><name>S</name><duration>500</duration>{RATE}<media><video><track>"
        f"{item if title else ''}</track></video></media>{marks}</sequence></xmeml>",
        encoding="utf-8",
    )
    return path


def beside(folder: Path, *texts: str) -> None:
    cues = (f"{n + 1}\n00:00:{n * 2:02d},000 --> 00:00:{n * 2 + 1:02d},800\n{text}\n" for n, text in enumerate(texts))
    (folder / "cut.srt").write_text("\n".join(cues), encoding="utf-8")


def words(timeline: Timeline) -> list[str]:
    return [cue.text for cue in timeline.cues]


def told(timeline: Timeline) -> str:
    (notice,) = [notice.message for notice in timeline.notices if notice.code == "timeline.lines_from"]
    return notice


@pytest.mark.parametrize("markers", [("", ""), ("Hm.", ""), ("x", "1")])
def test_two_empty_markers_do_not_win_over_the_subtitles_beside(markers: tuple[str, str], tmp_path: Path) -> None:
    beside(tmp_path, LONG)
    timeline = read(cut(tmp_path, *markers))
    assert words(timeline) == [LONG]
    assert "cut.srt" in told(timeline)


def test_markers_with_the_whole_script_win_over_a_stray_subtitle_file(tmp_path: Path) -> None:
    beside(tmp_path, "Test.")
    timeline = read(cut(tmp_path, LONG, LONG.upper()))
    assert len(words(timeline)) == 2
    # What was passed over is named, with how many lines it has and the way to have it.
    assert "cut.srt beside the timeline (1)" in told(timeline)
    assert "--lines-from" in told(timeline)


def test_a_title_as_long_as_the_markers_is_no_dialogue(tmp_path: Path) -> None:
    assert words(read(cut(tmp_path, LONG, title=LONG.replace("news", "views")))) == [LONG]


def test_one_option_takes_another_source(tmp_path: Path) -> None:
    beside(tmp_path, LONG)
    path = cut(tmp_path, "Only this.")
    assert words(read(path)) == [LONG]
    assert words(read(path, ReadOptions(lines_from=LinesFrom.MARKERS))) == ["Only this."]


def test_a_source_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = cut(tmp_path, "Only this.")
    with pytest.raises(TimelineError, match=r"no lines from captions. Lines there are: markers \(1\)"):
        read(path, ReadOptions(lines_from=LinesFrom.CAPTIONS))


def test_our_own_notes_go_before_all(tmp_path: Path) -> None:
    beside(tmp_path, LONG)
    own = 'dubsync:{"text": "Mine.", "character": "Cleo"}'
    assert words(read(cut(tmp_path, own))) == ["Mine."]
