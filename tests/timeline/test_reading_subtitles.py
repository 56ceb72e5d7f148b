"""Subtitle files of every kind become cues on frames, with a place in the file and nothing lost in silence."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from indextts_post.errors import TimelineError
from indextts_post.timebase import FrameRate
from indextts_post.timeline import ReadOptions, SyncClass, TcOrigin, Timeline, read

PAL = FrameRate(Fraction(25))
NTSC_24 = FrameRate(Fraction(24000, 1001))
AT_25 = ReadOptions(rate=PAL)


def written(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def srt(*cues: tuple[str, str, str]) -> str:
    return "\n".join(f"{n}\n{start} --> {end}\n{text}\n" for n, (start, end, text) in enumerate(cues, 1))


ONE = srt(("00:00:01,000", "00:00:02,000", "Hello."))


def codes(timeline: Timeline) -> list[str]:
    return [notice.code for notice in timeline.notices]


def test_srt_times_become_frames_and_cues_know_their_line(tmp_path: Path) -> None:
    text = srt(("00:00:01,000", "00:00:02,000", "Hello."), ("00:00:03,040", "00:00:04,000", "BEN: Two\nlines."))
    first, second = read(written(tmp_path, "a.srt", text), AT_25).cues
    assert (first.id, first.span.start, first.span.end, str(first.place)) == ("L0001", 25, 50, "a.srt:2")
    assert (second.span.start, second.text, second.character, str(second.place)) == (76, "Two lines.", "BEN", "a.srt:6")


def test_a_last_line_of_digits_is_text(tmp_path: Path) -> None:
    (cue,) = read(written(tmp_path, "a.srt", srt(("00:00:01,000", "00:00:02,000", "The answer is\n42"))), AT_25).cues
    assert cue.text == "The answer is 42"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5"])
def test_chinese_is_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    words = "你怎麼現在才來？我已經等了你一個小時了。"
    path = written(tmp_path, "a.srt", srt(("00:00:01,000", "00:00:04,000", words)), encoding)
    timeline = read(path, AT_25)
    assert timeline.cues[0].text == words
    guessed = encoding in ("utf-16-le", "utf-16-be", "gb18030", "big5")
    assert ("subtitle.encoding" in codes(timeline)) == guessed


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp932", "どうして今ごろ来たの？一時間も待っていたのよ。"),
        ("cp949", "왜 이제야 왔어? 한 시간이나 기다렸잖아."),
        ("cp1251", "Почему ты пришёл только сейчас? Я жду тебя уже час."),
        ("cp1252", "Pourquoi n'es-tu pas arrivé à l'heure, maman était fâchée?"),
        ("cp1250", "Proč jsi nepřišel včas? Maminka se zlobila, už jsme na tebe čekali hodinu."),
    ],
)
def test_legacy_code_pages_are_recognised(tmp_path: Path, encoding: str, words: str) -> None:
    path = written(tmp_path, "a.srt", srt(("00:00:01,000", "00:00:04,000", words)), encoding)
    timeline = read(path, AT_25)
    assert timeline.cues[0].text == words
    assert "subtitle.encoding" in codes(timeline)


def test_a_named_encoding_decides(tmp_path: Path) -> None:
    path = written(tmp_path, "a.srt", ONE.replace("Hello", "déjà"), "cp1252")
    assert read(path, ReadOptions(rate=PAL, encoding="cp437")).cues[0].text != "déjà."
    with pytest.raises(TimelineError, match="is not utf-8 text"):
        read(path, ReadOptions(rate=PAL, encoding="utf-8"))
    with pytest.raises(TimelineError, match="is not an encoding"):
        read(path, ReadOptions(rate=PAL, encoding="klingon"))


ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour
Style: Default,Arial,20,&H00FFFFFF
Style: Anna,Arial,20,&H00FFFFFF
Style: Signs,Arial,20,&H00FFFFFF

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Comment: 0,0:00:00.00,0:00:01.00,Default,,0,0,0,,A note to the editor
Dialogue: 0,0:00:01.00,0:00:02.00,Default,Ben,0,0,0,,{\\i1}Hello,{\\i0}\\Nyou.
Dialogue: 0,0:00:02.00,0:00:03.00,Anna,,0,0,0,,Hi.
Dialogue: 0,0:00:03.00,0:00:04.00,Signs,,0,0,0,,EXIT
Dialogue: 0,0:00:04.00,0:00:05.00,Default,Cleo_off,0,0,0,,Who is it?
Dialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,{\\p1}m 0 0 l 100 0 100 100{\\p0}
"""


def test_ass_actors_and_styles_say_who_speaks_and_comments_are_skipped(tmp_path: Path) -> None:
    timeline = read(written(tmp_path, "a.ass", ASS), AT_25)
    found = [(cue.character, cue.text, cue.sync, cue.place.line) for cue in timeline.cues]
    assert found == [
        ("Ben", "Hello, you.", None, 13),
        ("Anna", "Hi.", None, 14),
        ("Cleo", "Who is it?", SyncClass.OFF, 16),
    ]
    assert "subtitle.unspoken_style" in codes(timeline)


VTT = """WEBVTT - with everything

STYLE
::cue { color: white }

NOTE this is
not spoken

intro
00:01.000 --> 00:02.000 align:start
<v Anna Lee>Hi, <i>you</i>.</v>

NOTE neither is this

00:00:02.500 --> 00:00:03.000
<v.loud Ben>Yo!
"""


def test_webvtt_voices_are_kept_and_notes_are_not_spoken(tmp_path: Path) -> None:
    cues = read(written(tmp_path, "a.vtt", VTT), AT_25).cues
    assert [(cue.character, cue.text, cue.place.line) for cue in cues] == [
        ("Anna Lee", "Hi, you.", 10),
        ("Ben", "Yo!", 15),
    ]


TTML = """<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter"
 xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xml:lang="zh" ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"
 ttp:tickRate="10000000">
<head><metadata>
<ttm:agent xml:id="a1" type="character"><ttm:name type="alias">小明</ttm:name></ttm:agent>
</metadata></head>
<body><div begin="1s">
<p begin="00:00:00:12" end="00:00:01:00" ttm:agent="a1">走<br/>吧</p>
<p begin="20000000t" dur="24f">好</p>
</div></body></tt>"""


def test_ttml_frames_ticks_and_agents_are_exact(tmp_path: Path) -> None:
    # The div begins at 1 s = 23.976 frames: frame 12 after it is 35.976, on 36; 2 s of ticks are 71.93, on 72.
    first, second = read(written(tmp_path, "a.ttml", TTML), ReadOptions(rate=NTSC_24)).cues
    assert (first.character, first.text, first.language) == ("小明", "走吧", "zh")
    assert (first.span.start, first.span.end) == (36, 48)
    assert (second.span.start, second.span.end) == (72, 96)


@pytest.mark.parametrize(
    ("name", "text", "start"),
    [
        ("a.sub", "{25}{50}Hello|there.\n{75}{100}Bye.\n", 25),
        ("a.txt", "00:00:01:Hello|there.\n00:00:03:Bye.\n", 25),
        ("a.txt", "[10][20]Hello|there.\n[30][40]Bye.\n", 25),
        ("a.smi", "<SAMI><BODY><SYNC Start=1000><P>Hello<br>there.<SYNC Start=3000><P>Bye.</BODY></SAMI>", 25),
    ],
)
def test_whatever_pysubs2_reads_is_read(tmp_path: Path, name: str, text: str, start: int) -> None:
    cues = read(written(tmp_path, name, text), AT_25).cues
    assert [cue.text for cue in cues] == ["Hello there.", "Bye."]
    assert cues[0].span.start == start


def test_two_speakers_share_the_span_by_the_length_of_their_text(tmp_path: Path) -> None:
    # 2 and 6 letters in 40 frames: 10 and 30.
    text = srt(("00:00:00,000", "00:00:01,600", "- Hi.\n- Indeed."))
    first, second = read(written(tmp_path, "a.srt", text), AT_25).cues
    assert [(first.span.start, first.span.end), (second.span.start, second.span.end)] == [(0, 10), (10, 40)]


def test_an_overlap_of_one_character_is_said_and_both_cues_stay(tmp_path: Path) -> None:
    text = srt(
        ("00:00:01,000", "00:00:03,000", "BEN: One."),
        ("00:00:02,000", "00:00:04,000", "BEN: Two."),
        ("00:00:02,000", "00:00:04,000", "ANNA: Me too."),
    )
    timeline = read(written(tmp_path, "a.srt", text), AT_25)
    assert len(timeline.cues) == 3
    (notice,) = [n for n in timeline.notices if n.code == "cue.overlap"]
    assert "they share 25 frame(s)" in notice.message


def test_sounds_empty_cues_and_songs_are_left_out_and_said(tmp_path: Path) -> None:
    text = srt(
        ("00:00:01,000", "00:00:02,000", "[door slams]"),
        ("00:00:02,000", "00:00:03,000", ""),
        ("00:00:03,000", "00:00:04,000", "♪ la la ♪"),
        ("00:00:04,000", "00:00:05,000", "Hello."),
    )
    timeline = read(written(tmp_path, "a.srt", text), AT_25)
    assert [cue.text for cue in timeline.cues] == ["Hello."]
    assert codes(timeline).count("cue.nothing_spoken") == 3


def test_a_time_line_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    text = ONE + "\n2\n00:00:03 -> 4\nLost?\n"
    timeline = read(written(tmp_path, "a.srt", text), AT_25)
    (notice,) = [n for n in timeline.notices if n.code == "subtitle.times"]
    assert notice.place is not None
    assert notice.place.line == 6


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.srt", "", "is empty"),
        ("a.srt", "hello\n", "no cues"),
        ("a.srt", srt(("00:00:05,000", "00:00:02,000", "Back.")), "a.srt:2: the cue ends"),
        ("a.srt", srt(("00:00:01,000", "00:00:02,000", "...")), "none of its 1 cues has words"),
        ("a.xyz", "hello", "are not read"),
        (
            "a.ass",
            "[Script Info]\n[V4+ Styles]\n[Events]\nDialogue: 0,nonsense,0:00:01.00,,,,,,,x\n",
            "a.ass:4: left out: .* has no two times",
        ),
        ("a.ttml", "<tt xmlns='http://www.w3.org/ns/ttml'><body>", "broken XML"),
        ("a.ttml", "<!DOCTYPE tt [<!ENTITY a 'b'>]><tt xmlns='http://www.w3.org/ns/ttml'>&a;</tt>", "entities"),
        ("a.json", '{"no": "subtitles"}', "json"),
    ],
)
def test_a_file_without_lines_is_refused_in_one_sentence(tmp_path: Path, name: str, text: str, sentence: str) -> None:
    with pytest.raises(TimelineError, match=sentence) as caught:
        read(written(tmp_path, name, text), AT_25)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match="does not exist"):
        read(tmp_path / "no.srt")
    (tmp_path / "dir.srt").mkdir()
    with pytest.raises(TimelineError, match="is a folder"):
        read(tmp_path / "dir.srt")


def test_a_huge_file_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.srt"
    with path.open("wb") as file:
        file.truncate(300 * 2**20)
    with pytest.raises(TimelineError, match="has 300 MiB"):
        read(path)


def test_times_from_a_start_timecode_are_recognised_and_the_option_decides(tmp_path: Path) -> None:
    path = written(tmp_path, "a.srt", srt(("01:00:02,000", "01:00:03,000", "Late.")))
    found = read(path, AT_25)
    assert (found.cues[0].span.start, found.start_frame) == (50, 90_000)
    assert "subtitle.origin" in codes(found)
    zero = read(path, ReadOptions(rate=PAL, tc_origin=TcOrigin.ZERO))
    assert (zero.cues[0].span.start, zero.start_frame) == (90_050, 0)
    given = read(path, ReadOptions(rate=PAL, start_timecode="00:59:50:00"))
    assert (given.cues[0].span.start, given.start_frame) == (12 * 25, 90_000 - 250)


def test_a_cue_after_the_end_of_the_film_is_refused_and_a_long_one_is_cut(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.srt", srt(("00:00:01,000", "00:00:03,000", "Long."), ("00:00:09,000", "00:00:10,000", "x"))
    )
    with pytest.raises(TimelineError, match=r"a.srt:6: 1 cue\(s\) start at or after the picture's end"):
        read(path, ReadOptions(rate=PAL, frame_count=100))
    short = read(
        written(tmp_path, "b.srt", srt(("00:00:01,000", "00:00:03,000", "Long."))),
        ReadOptions(rate=PAL, frame_count=60),
    )
    assert (short.cues[0].span.end, short.frame_count) == (60, 60)
    assert "cue.outside" in codes(short)


def test_the_rate_is_the_films_or_said_to_be_a_guess(tmp_path: Path) -> None:
    path = written(tmp_path, "a.srt", ONE)
    assert read(path, ReadOptions(default_rate=NTSC_24)).rate == NTSC_24
    guessed = read(path)
    assert guessed.rate == PAL
    assert "timeline.rate" in codes(guessed)


def test_layered_copies_of_a_cue_are_spoken_once(tmp_path: Path) -> None:
    twice = srt(("00:00:01,000", "00:00:02,000", "Hello."), ("00:00:01,000", "00:00:02,000", "Hello."))
    timeline = read(written(tmp_path, "a.srt", twice), AT_25)
    assert len(timeline.cues) == 1
    assert "cue.repeated" in codes(timeline)


def test_a_cue_before_the_start_is_named_and_one_across_it_is_cut(tmp_path: Path) -> None:
    text = srt(
        ("00:59:50,000", "00:59:51,000", "Before."),
        ("00:59:59,000", "01:00:01,000", "Across."),
        ("01:00:02,000", "01:00:03,000", "After."),
    )
    options = ReadOptions(rate=PAL, start_timecode="01:00:00:00", tc_origin=TcOrigin.TIMELINE)
    timeline = read(written(tmp_path, "a.srt", text), options)
    assert [(cue.text, cue.span.start, cue.span.end) for cue in timeline.cues] == [
        ("Across.", 0, 25),
        ("After.", 50, 75),
    ]
    assert codes(timeline).count("cue.outside") == 2


@pytest.mark.parametrize(
    "attributes",
    [
        'ttp:frameRate="1e999999999"',
        'ttp:frameRate="25" ttp:frameRateMultiplier="1 1e999"',
        'ttp:frameRate="25" ttp:frameRateMultiplier="1 0"',
        'ttp:frameRate="0"',
        'ttp:tickRate="99999999999999999999999999"',
    ],
)
def test_a_rate_that_is_no_bounded_number_is_refused_with_its_name(tmp_path: Path, attributes: str) -> None:
    text = TTML.replace('ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001"', attributes)
    text = text if "tickRate" not in attributes else text.replace('ttp:tickRate="10000000"', "")
    with pytest.raises(TimelineError, match=r"a.ttml: (frameRate|frameRateMultiplier|tickRate) "):
        read(written(tmp_path, "a.ttml", text))
