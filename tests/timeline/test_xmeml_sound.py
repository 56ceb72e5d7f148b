"""xmeml: which channel of a source is played, how loud, how fast, and what else stands on a clip."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path

import pytest
from cases import case

from indextts_post.timebase import FrameSpan
from indextts_post.timeline import CutClip, CutTrack, Fade, GainKey, ReadOptions, Timeline, TrackKind, read

BARE = ReadOptions(lines_required=False)
RATE = "<rate><timebase>25</timebase><ntsc>FALSE</ntsc></rate>"


def sound_file(channels: int, frames: int = 1000) -> str:
    streams = f"<audio><channelcount>{channels}</channelcount></audio>"
    return (
        f"<file id='f{channels}'><name>film.mov</name><pathurl>film.mov</pathurl>{RATE}<duration>{frames}</duration>"
        f"<media>{streams}</media></file>"
    )


def item(first: int, last: int, *, start: int = 0, end: int = 100, more: str = "", name: str = "a") -> str:
    return (
        f"<clipitem id='{name}'><name>{name}</name><duration>1000</duration>{RATE}<start>{start}</start>"
        f"<end>{end}</end><in>{first}</in><out>{last}</out>{more}</clipitem>"
    )


def effect(id_: str, *parameters: str, enabled: bool = True) -> str:
    inner = f"<effect><name>{id_}</name><effectid>{id_}</effectid>{''.join(parameters)}</effect>"
    return f"<filter><enabled>{str(enabled).upper()}</enabled>{inner}</filter>"


def parameter(id_: str, value: object, *keys: tuple[object, object]) -> str:
    frames = "".join(f"<keyframe><when>{when}</when><value>{at}</value></keyframe>" for when, at in keys)
    return f"<parameter><parameterid>{id_}</parameterid><value>{value}</value>{frames}</parameter>"


def source_track(channel: int) -> str:
    return f"<sourcetrack><mediatype>audio</mediatype><trackindex>{channel}</trackindex></sourcetrack>"


def written(folder: Path, *, video: str = "", audio: str = "", inside: str = "") -> Path:
    path = folder / "cut.xml"
    path.write_text(
        f"<xmeml version='5'><sequence id='s'><name>S</name><duration>500</duration>{RATE}<media>"
        f"<video>{video}</video><audio>{audio}</audio></media>{inside}</sequence></xmeml>",
        encoding="utf-8",
    )
    return path


def tracks(timeline: Timeline, kind: TrackKind = TrackKind.AUDIO) -> list[CutTrack]:
    assert timeline.cut is not None
    return [track for track in timeline.cut.tracks if track.kind is kind]


def only(timeline: Timeline, kind: TrackKind = TrackKind.AUDIO) -> CutClip:
    ((clip,),) = [track.clips for track in tracks(timeline, kind)]
    return clip


def exploded(clip: str, index: int, count: int) -> str:
    return f"<track currentExplodedTrackIndex='{index}' totalExplodedTrackCount='{count}'>{clip}</track>"


def test_left_and_right_on_two_tracks_are_channels_1_and_2_of_one_group(tmp_path: Path) -> None:
    audio = "".join(
        exploded(item(0, 100, more=sound_file(2) + source_track(n), name=f"c{n}"), n - 1, 2) for n in (1, 2)
    )
    found = tracks(read(written(tmp_path, audio=audio), BARE))
    assert [(t.group, t.group_channel) for t in found] == [("A1", 1), ("A1", 2)]
    assert [(c.source_channels, c.channels, c.media_channels) for t in found for c in t.clips] == [
        ((1,), 1, 2),
        ((2,), 1, 2),
    ]


def test_four_iso_tracks_are_four_channels_of_one_source(tmp_path: Path) -> None:
    streams = "<audio><channelcount>1</channelcount></audio>" * 4
    file = f"<file id='f'><pathurl>iso.wav</pathurl>{RATE}<media>{streams}</media></file>"
    audio = "".join(f"<track>{item(0, 100, more=file + source_track(n), name=f'c{n}')}</track>" for n in range(1, 5))
    found = [clip for track in tracks(read(written(tmp_path, audio=audio), BARE)) for clip in track.clips]
    assert [(c.source_channels, c.media_channels) for c in found] == [((n,), 4) for n in range(1, 5)]


def test_a_clip_without_a_source_track_plays_all_channels(tmp_path: Path) -> None:
    clip = only(read(written(tmp_path, audio=f"<track>{item(0, 100, more=sound_file(6))}</track>"), BARE))
    assert (clip.channels, clip.source_channels, clip.media_channels) == (6, (), 6)


def test_a_linear_level_becomes_decibels_and_two_filters_add_up(tmp_path: Path) -> None:
    more = effect("audiolevels", parameter("level", 0.5)) + effect("audiolevels", parameter("level", "5.62341e-001"))
    more += effect("audiopan", parameter("pan", -1))
    clip = only(read(written(tmp_path, audio=f"<track>{item(0, 100, more=more)}</track>"), BARE))
    # Half is −6.02 dB, 0.562 is −5 dB.
    assert clip.levels.gain_db == pytest.approx(-6.0206 - 5.0, abs=1e-4)
    assert clip.levels.pan == -1


def test_a_level_of_zero_is_silence_and_a_disabled_filter_is_none(tmp_path: Path) -> None:
    silent = effect("audiolevels", parameter("level", 0))
    off = effect("audiolevels", parameter("level", 0), enabled=False)
    assert only(read(written(tmp_path, audio=f"<track>{item(0, 9, more=silent)}</track>"), BARE)).levels.gain_db == (
        -math.inf
    )
    clip = only(read(written(tmp_path, audio=f"<track>{item(0, 9, more=off)}</track>"), BARE))
    assert clip.levels.gain_db == 0
    assert [(e.name, e.enabled) for e in clip.effects] == [("audiolevels", False)]


def test_keyframes_count_record_frames_from_the_clips_start(tmp_path: Path) -> None:
    # The clip begins at its frame 40, so the keyframe at its frame 60 comes 20 frames in.
    more = effect("audiolevels", parameter("level", 1, (60, 0.1), (40, 1)))
    clip = only(read(written(tmp_path, audio=f"<track>{item(40, 140, more=more)}</track>"), BARE))
    assert clip.levels.keys == (GainKey(Fraction(20), -20.0), GainKey(Fraction(0), 0.0))


def test_a_transition_from_silence_is_a_fade_of_the_clip(tmp_path: Path) -> None:
    fade = (
        "<transitionitem><start>0</start><end>12</end><alignment>start-black</alignment>"
        "<effect><name>Cross Fade (+3dB)</name></effect></transitionitem>"
    )
    clip = only(read(written(tmp_path, audio=f"<track>{fade}{item(0, 100)}</track>"), BARE))
    assert clip.levels.fade_in == Fade(Fraction(12), "Cross Fade (+3dB)")
    assert clip.levels.fade_out is None


def test_other_filters_stand_on_the_clip_word_for_word(tmp_path: Path) -> None:
    gate = effect("DeEsser", parameter("amount", "0.25"))
    clip = only(read(written(tmp_path, audio=f"<track>{item(0, 100, more=gate)}</track>"), BARE))
    assert [(e.name, e.kind) for e in clip.effects] == [("DeEsser", "xmeml filter")]
    assert clip.effects[0].source == gate


@pytest.mark.parametrize(
    ("first", "last", "parameters", "source", "speed"),
    [
        # `in` counts frames as played (out − in is the record length): 10 played frames at 200 % are media frame 20.
        (10, 110, (parameter("speed", 200),), 20, 2),
        # `in` counts frames of the media (out − in is twice the record length).
        (10, 210, (parameter("speed", 200),), 10, 2),
        # Backwards from the end of 1000 frames of media.
        (10, 110, (parameter("speed", 100), parameter("reverse", "TRUE")), 990, -1),
        (10, 110, (parameter("speed", 50),), 5, Fraction(1, 2)),
    ],
)
def test_the_first_media_frame_of_a_retimed_clip(
    tmp_path: Path, first: int, last: int, parameters: tuple[str, ...], source: int, speed: Fraction
) -> None:
    more = effect("timeremap", *parameters)
    clip = only(read(written(tmp_path, video=f"<track>{item(first, last, more=more)}</track>"), BARE), TrackKind.VIDEO)
    assert (clip.span, clip.source_start, clip.speed) == (FrameSpan(0, 100), source, speed)


def test_a_speed_graph_is_one_clip_a_stretch(tmp_path: Path) -> None:
    # Played frame 40 shows media frame 40, played 80 shows 160, played 120 shows 160 too; the clip begins at 20.
    points = ((0, 0), (40, 40), (80, 160), (120, 160), (500, -1815255671))
    graph = effect(
        "timeremap", parameter("variablespeed", 1), parameter("speed", 100), parameter("graphdict", 0, *points)
    )
    timeline = read(written(tmp_path, video=f"<track>{item(20, 120, more=graph)}</track>"), BARE)
    found = [(c.span, c.source_start, c.speed) for c in tracks(timeline, TrackKind.VIDEO)[0].clips]
    assert found == [
        (FrameSpan(0, 20), 20, 1),
        (FrameSpan(20, 60), 40, 3),
        (FrameSpan(60, 100), 160, 0),
    ]


def test_a_subclip_counts_from_where_it_begins_in_its_media(tmp_path: Path) -> None:
    sub = "<subclipinfo><startoffset>99</startoffset><endoffset>99</endoffset></subclipinfo>"
    assert only(read(written(tmp_path, audio=f"<track>{item(5, 105, more=sub)}</track>"), BARE)).source_start == 104


def test_a_stereo_nest_gives_each_of_its_tracks_the_channel_it_plays(tmp_path: Path) -> None:
    inner_tracks = "".join(
        f"<track>{item(0, 100, name=f'inner{n}')}<outputchannelindex>{n}</outputchannelindex></track>" for n in (1, 2)
    )
    nest = (
        f"<sequence id='n'><name>N</name><duration>100</duration>{RATE}"
        f"<media><audio>{inner_tracks}</audio></media></sequence>"
    )
    audio = "".join(exploded(item(0, 100, more=nest + source_track(n), name=f"nest{n}"), n - 1, 2) for n in (1, 2))
    found = tracks(read(written(tmp_path, audio=audio), BARE))
    assert [[clip.name for clip in track.clips] for track in found] == [["inner1"], ["inner2"]]


@pytest.mark.parametrize("broken", ["<end>-40</end>", "<end>5</end><start>50</start>", "<end>soon</end>"])
def test_one_broken_clip_is_left_out_with_its_track_and_time(tmp_path: Path, broken: str) -> None:
    bad = f"<clipitem id='x'><name>hit.caf</name>{RATE}<start>25</start>{broken}<in>9</in><out>3</out></clipitem>"
    bad = bad.replace("<start>25</start>", "" if "<start>" in broken else "<start>25</start>")
    path = written(tmp_path, video=f"<track>{item(0, 100)}</track>", audio=f"<track>{bad}</track>")
    timeline = read(path, BARE)
    assert only(timeline, TrackKind.VIDEO).name == "a"
    (notice,) = [notice for notice in timeline.notices if notice.code == "timeline.clip_left_out"]
    assert "'hit.caf'" in str(notice)
    assert "track 'A1'" in str(notice)


def test_the_case_with_one_broken_clip_opens_without_it() -> None:
    timeline = read(case("xmeml-one-broken-clip/cut.xml"), BARE)
    assert [[clip.name for clip in track.clips] for track in timeline.cut.tracks] == [["A"], []]  # type: ignore[union-attr]
    (notice,) = [str(notice) for notice in timeline.notices if notice.code == "timeline.clip_left_out"]
    # 119 frames at 25 are 4 s and 19 frames.
    assert "track 'A1'" in notice
    assert "00:00:04:19" in notice


def test_the_case_of_a_stereo_film_plays_channels_1_and_2_20_db_down() -> None:
    for name, gain_db in (("xmeml-source-channel", 0), ("xmeml-clip-gain", -20)):
        found = [track.clips[0] for track in tracks(read(case(f"{name}/cut.xml")))]
        assert [(clip.source_channels, clip.media_channels) for clip in found] == [((1,), 2), ((2,), 2)]
        assert [clip.levels.gain_db for clip in found] == [gain_db, gain_db]
