"""FCPXML: a clip's own clock under rate conforming and time maps, counted grids, channels and levels."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from cases import case

from indextts_post.timebase import FrameRate, FrameSpan, frame_rate, frame_to_timecode
from indextts_post.timeline import CutClip, CutTrack, Fade, GainKey, ReadOptions, Timeline, TrackKind, read
from indextts_post.timeline.fcpxml_time import played_at

BARE = ReadOptions(lines_required=False)
ASSET = (
    '<asset id="film" start="100s" duration="60s" hasVideo="1" hasAudio="1" format="{format}" audioSources="1" '
    'audioChannels="{channels}"><media-rep kind="original-media" src="file:///media/film.mov"/></asset>'
)


def project(
    folder: Path,
    spine: str,
    *,
    frame: str = "1/25s",
    media_frame: str = "1/25s",
    channels: int = 2,
    sequence: str = 'duration="20s" tcStart="0s"',
    more: str = "",
    version: str = "1.11",
) -> Path:
    """A project whose sequence runs at `frame`; `film` is media of 60 s from 100 s on at `media_frame`."""
    formats = f'<format id="r1" frameDuration="{frame}"/><format id="r2" frameDuration="{media_frame}"/>'
    path = folder / "cut.fcpxml"
    path.write_text(
        f'<fcpxml version="{version}"><resources>{formats}{ASSET.format(format="r2", channels=channels)}{more}'
        f'</resources><library><event><project name="P"><sequence format="r1" {sequence}><spine>{spine}</spine>'
        "</sequence></project></event></library></fcpxml>",
        encoding="utf-8",
    )
    return path


def tracks(timeline: Timeline, kind: TrackKind = TrackKind.VIDEO) -> list[CutTrack]:
    assert timeline.cut is not None
    return [track for track in timeline.cut.tracks if track.kind is kind]


def clips(timeline: Timeline, kind: TrackKind = TrackKind.VIDEO) -> list[CutClip]:
    return [clip for track in tracks(timeline, kind) for clip in track.clips]


def caption(text: str, offset: str) -> str:
    return f'<caption lane="1" offset="{offset}" duration="1s" role="SRT.en"><text>{text}</text></caption>'


def marks(timeline: Timeline) -> list[tuple[str, int]]:
    assert timeline.cut is not None
    return [(marker.name, marker.span.start) for marker in timeline.cut.markers]


def codes(timeline: Timeline) -> list[str]:
    return [notice.code for notice in timeline.notices]


@pytest.mark.parametrize(
    ("sequence_fps", "media_fps"),
    [(24, "25"), (25, "24"), ("23.976", "25"), ("23.976", "24"), (30, "29.97"), ("59.94", "60"), (24, "50")],
)
def test_conformed_media_play_frame_for_frame_so_their_own_time_is_counted_in_their_frames(
    tmp_path: Path, sequence_fps: str | int, media_fps: str
) -> None:
    timeline_fps, source_fps = frame_rate(sequence_fps).fps, frame_rate(media_fps).fps
    # A word on the media's 240th frame is seen 240 frames later (120 where two of 50 fall on one of 24).
    frames = 240
    own_s = 100 + Fraction(frames) / source_fps
    spine = (
        f'<asset-clip ref="film" offset="0s" start="100s" duration="18s"><conform-rate srcFrameRate="{media_fps}"/>'
        f"{caption('Now.', f'{own_s.numerator}/{own_s.denominator}s')}"
        f'<marker start="{own_s.numerator}/{own_s.denominator}s" value="there"/></asset-clip>'
    )
    path = project(tmp_path, spine, frame=f"{1 / timeline_fps}s", media_frame=f"{1 / source_fps}s")
    timeline = read(path)
    expected = frames // 2 if media_fps == "50" else frames
    assert [cue.span.start for cue in timeline.cues] == [expected]
    assert marks(timeline) == [("there", expected)]
    (picture,) = clips(timeline)
    assert picture.source_start == 100 * source_fps
    # After `expected` record frames the source stands on the media's frame 240.
    assert picture.speed * expected / timeline_fps * source_fps == frames


@pytest.mark.parametrize(
    ("media", "timeline", "played"),
    [
        # Apple's table of rate conforming: rows are media, columns the timeline's rate.
        ("23.98", "24", "24"), ("23.98", "50", "25"), ("24", "23.98", "23.98"), ("24", "25", "25"),
        ("25", "23.98", "23.98"), ("25", "29.97", "25"), ("25", "30", "25"), ("29.97", "60", "30"),
        ("29.97", "25", "29.97"), ("29.97", "23.98", "29.97"), ("30", "59.94", "29.97"), ("50", "24", "48"),
        ("50", "23.98", "47.952"), ("59.94", "30", "60"), ("60", "29.97", "59.94"), ("60", "24", "60"),
    ],
)  # fmt: skip
def test_media_are_played_at_the_rate_of_apples_table(media: str, timeline: str, played: str) -> None:
    assert played_at(frame_rate(media).fps, frame_rate(timeline).fps) == frame_rate(played).fps


def test_a_clip_that_is_not_scaled_keeps_real_time(tmp_path: Path) -> None:
    # 29.97 in 25: `scaleEnabled="0"`, so 10 s of media are 10 s of record.
    spine = (
        '<asset-clip ref="film" offset="0s" start="100s" duration="18s">'
        f'<conform-rate scaleEnabled="0" srcFrameRate="29.97"/>{caption("Ten.", "110s")}</asset-clip>'
    )
    timeline = read(project(tmp_path, spine, media_frame="1001/30000s"))
    assert [cue.span.start for cue in timeline.cues] == [250]
    assert [clip.speed for clip in clips(timeline)] == [1]


def test_a_retimed_clip_shows_the_media_its_map_names(tmp_path: Path) -> None:
    # The clip's own time 10..14 s plays at record 2..6; its map carries 10 s to media 110 s, at double speed.
    time_map = '<timeMap><timept time="0s" value="90s"/><timept time="30s" value="150s"/></timeMap>'
    spine = (
        '<gap offset="0s" duration="2s"/><clip name="A" offset="2s" start="10s" duration="4s">'
        f'{time_map}<video ref="film" offset="90s" start="100s" duration="60s"/></clip>'
    )
    (clip,) = clips(read(project(tmp_path, spine), BARE))
    # Content 90 s is media 100 s, so content 110 s is media 120 s.
    assert (clip.name, clip.span, clip.source_start / 25, clip.speed) == ("A", FrameSpan(50, 150), 120, 2)


def test_a_speed_ramp_is_one_clip_a_speed_and_all_of_them_meet(tmp_path: Path) -> None:
    points = [("0s", "100s"), ("2s", "102s"), ("4s", "110s"), ("6s", "110s"), ("8s", "106s")]
    time_map = "".join(f'<timept time="{time}" value="{value}"/>' for time, value in points)
    spine = f'<asset-clip ref="film" offset="0s" start="0s" duration="8s"><timeMap>{time_map}</timeMap></asset-clip>'
    timeline = read(project(tmp_path, spine), BARE)
    found = [(c.span.start, c.span.end, c.source_start / 25, c.speed) for c in clips(timeline)]
    # 1 s a second, then four, then a freeze frame, then backwards at double speed.
    assert found == [(0, 50, 100, 1), (50, 100, 102, 4), (100, 150, 110, 0), (150, 200, 110, -2)]
    assert "timeline.speed_ramp" in codes(timeline)


def test_words_in_a_compound_clip_at_double_speed_come_twice_as_soon_and_are_half_as_long(tmp_path: Path) -> None:
    compound = (
        '<media id="r9"><sequence format="r1" duration="20s" tcStart="0s"><spine><gap offset="0s" duration="20s">'
        '<title lane="1" offset="8s" duration="2s" role="dialogue.Ann"><text>Fast.</text></title></gap></spine>'
        "</sequence></media>"
    )
    time_map = '<timeMap><timept time="0s" value="0s"/><timept time="10s" value="20s"/></timeMap>'
    spine = f'<ref-clip ref="r9" offset="0s" start="0s" duration="10s">{time_map}</ref-clip>'
    # 8 s of its own time at double speed is record second 4; its two seconds last one.
    assert [cue.span for cue in read(project(tmp_path, spine, more=compound)).cues] == [FrameSpan(100, 125)]


def test_a_multicam_clip_shows_the_angle_it_chose_and_plays_the_sound_of_another(tmp_path: Path) -> None:
    second = ASSET.format(format="r1", channels=1).replace("film", "other").replace("100s", "0s")
    multicam = (
        '<media id="m"><multicam format="r1" tcStart="3600s"><mc-angle angleID="A"><gap offset="0s" duration="2s"/>'
        '<asset-clip ref="film" name="cam A" offset="2s" duration="50s"/></mc-angle><mc-angle angleID="B">'
        '<asset-clip ref="other" name="cam B" offset="0s" duration="60s"/></mc-angle></multicam></media>'
    )
    spine = (
        '<mc-clip ref="m" offset="0s" start="3610s" duration="4s"><mc-source angleID="A" srcEnable="video"/>'
        '<mc-source angleID="B" srcEnable="audio"/></mc-clip>'
    )
    timeline = read(project(tmp_path, spine, more=second + multicam), BARE)
    (picture,), (sound,) = clips(timeline), clips(timeline, TrackKind.AUDIO)
    # 10 s into the multicam, camera A has played for 8 s from its 100 s on, B for 10 s from 0 on.
    assert (picture.name, picture.source_start / 25) == ("cam A", 108)
    assert (sound.name, sound.source_start / 25, sound.channels) == ("cam B", 10, 1)


@pytest.mark.parametrize(("frame", "hour"), [("100/2997s", 107_892), ("1001/30000s", 107_892)])
def test_a_decimal_frame_duration_is_the_ntsc_rate_and_its_hour_is_the_label(
    tmp_path: Path, frame: str, hour: int
) -> None:
    numerator, denominator = (int(part) for part in frame.rstrip("s").split("/"))
    hours = Fraction(5 * hour * numerator, denominator)
    at = f"{hours.numerator}/{hours.denominator}s"
    inside = hours + 300 * Fraction(numerator, denominator)
    words = caption("Yes.", f"{inside.numerator}/{inside.denominator}s")
    gap = f'<gap offset="{at}" start="{at}" duration="60s">{words}</gap>'
    path = project(tmp_path, gap, frame=frame, sequence=f'duration="60s" tcStart="{at}" tcFormat="DF"')
    timeline = read(path)
    assert timeline.rate == FrameRate(Fraction(30000, 1001), drop_frame=True)
    assert frame_to_timecode(timeline.start_frame, timeline.rate) == "05:00:00;00"
    assert [cue.span.start for cue in timeline.cues] == [300]


def test_a_marker_on_a_transition_stands_as_far_into_it_as_its_hour_clock_says(tmp_path: Path) -> None:
    transition = (
        '<transition name="Cross Dissolve" offset="{}s" duration="1s">'
        '<marker start="7201/2s" duration="1/25s" value="{}"/></transition>'
    )
    spine = (
        '<asset-clip ref="film" offset="3600s" start="100s" duration="10s"/>'
        f'{transition.format(3609, "on it")}<asset-clip ref="film" offset="3610s" start="100s" duration="10s"/>'
    )
    timeline = read(project(tmp_path, spine, sequence='duration="20s" tcStart="3600s"'), BARE)
    # 3600.5 s of its own clock is half a second into the transition, which begins at record second 9.
    assert marks(timeline) == [("on it", 9 * 25 + 13)]


def test_clips_an_hour_behind_the_start_timecode_begin_the_timeline_and_that_is_told(tmp_path: Path) -> None:
    spine = '<asset-clip ref="film" offset="3600s" start="100s" duration="10s"/>'
    timeline = read(project(tmp_path, spine), BARE)
    assert (timeline.start_frame, timeline.frame_count) == (90_000, 500)
    assert [clip.span for clip in clips(timeline)] == [FrameSpan(0, 250)]
    (notice,) = [notice for notice in timeline.notices if notice.code == "timeline.start"]
    assert "01:00:00:00" in notice.message


def test_clips_that_count_from_zero_under_an_hour_of_timecode_are_told(tmp_path: Path) -> None:
    spine = '<asset-clip ref="film" offset="0s" start="100s" duration="10s"/>'
    timeline = read(project(tmp_path, spine, sequence='duration="10s" tcStart="3600s"'), BARE)
    assert [clip.span for clip in clips(timeline)] == [FrameSpan(0, 250)]
    assert "timeline.start" in codes(timeline)


@pytest.mark.parametrize("broken", ['duration="now"', 'duration="-4s"', 'duration="1/0s"', 'start="99999999999s"'])
def test_one_clip_that_cannot_be_read_does_not_cost_the_cut(tmp_path: Path, broken: str) -> None:
    spine = (
        f'<asset-clip ref="film" name="bad" offset="0s" {broken}/>'
        '<asset-clip ref="film" name="good" offset="4s" start="100s" duration="4s"/>'
    )
    timeline = read(project(tmp_path, spine), BARE)
    assert [clip.name for clip in clips(timeline)] == ["good"]
    (notice,) = [notice for notice in timeline.notices if notice.code == "timeline.clip_left_out"]
    assert "'bad' at 00:00:00:00" in str(notice)


def test_a_newer_version_is_read_and_told(tmp_path: Path) -> None:
    spine = '<asset-clip ref="film" offset="0s" duration="10s"/>'
    assert "timeline.version" in codes(read(project(tmp_path, spine, version="1.15"), BARE))
    assert "timeline.version" not in codes(read(project(tmp_path, spine, version="1.14"), BARE))


def test_channels_levels_fades_and_pan_of_a_clip_are_on_its_record(tmp_path: Path) -> None:
    volume = (
        '<adjust-volume amount="-6dB"><param name="amount"><fadeIn type="easeIn" duration="1s"/>'
        '<keyframeAnimation><keyframe time="102s" value="-12dB"/></keyframeAnimation></param></adjust-volume>'
        '<adjust-panner amount="-50"/>'
    )
    sources = (
        '<audio-channel-source srcCh="3" role="dialogue.Boom"><adjust-volume amount="2dB"/></audio-channel-source>'
        '<audio-channel-source srcCh="4" role="dialogue.Lav" active="0"/>'
    )
    spine = (
        f'<asset-clip ref="film" offset="0s" start="100s" duration="10s" audioRole="dialogue">{volume}{sources}'
        '<filter-audio ref="e" name="Limiter"><param key="1" value="7"/></filter-audio></asset-clip>'
    )
    boom, lav = clips(read(project(tmp_path, spine, channels=4), BARE), TrackKind.AUDIO)
    assert (boom.source_channels, boom.channels, boom.media_channels, boom.enabled) == ((3,), 1, 4, True)
    assert (lav.source_channels, lav.enabled) == ((4,), False)
    assert (boom.levels.gain_db, boom.levels.pan, boom.levels.fade_in) == (-4, -0.5, Fade(Fraction(25), "easeIn"))
    # The key stands 2 s into the clip, 50 frames; the part's own 2 dB come on top.
    assert boom.levels.keys == (GainKey(Fraction(50), -12 + 2),)
    (effect,) = boom.effects
    assert (effect.name, effect.kind) == ("Limiter", "fcpxml filter-audio")
    assert '<param key="1" value="7"' in effect.source


def test_a_clip_at_the_bottom_of_its_fader_is_silent(tmp_path: Path) -> None:
    spine = '<asset-clip ref="film" offset="0s" duration="10s"><adjust-volume amount="-96dB"/></asset-clip>'
    (clip,) = clips(read(project(tmp_path, spine), BARE), TrackKind.AUDIO)
    assert clip.levels.gain_db == float("-inf")


def test_roles_that_a_synchronised_clip_does_not_play_are_disabled(tmp_path: Path) -> None:
    spine = (
        '<sync-clip offset="0s" start="0s" duration="10s"><asset-clip ref="film" offset="0s" duration="10s" '
        'audioRole="dialogue.camera"/><asset-clip ref="film" lane="-1" offset="0s" duration="10s" '
        'audioRole="dialogue.mix"/><sync-source sourceID="storyline">'
        '<audio-role-source role="dialogue.camera" active="0"/></sync-source></sync-clip>'
    )
    found = {clip.role: clip.enabled for clip in clips(read(project(tmp_path, spine), BARE), TrackKind.AUDIO)}
    assert found == {"dialogue.camera": False, "dialogue.mix": True}


def test_the_retimed_case_stands_where_its_map_says() -> None:
    (clip,) = clips(read(case("fcpxml-retimed-clip/cut.fcpxml"), BARE))
    assert (clip.span, clip.source_start / clip.source_rate, clip.speed) == (FrameSpan(50, 150), 100, 2)


def test_the_case_of_25_in_24_has_its_captions_at_frames_250_and_2500() -> None:
    cues = read(case("fcpxml-conform-rate-25-in-24/cut.fcpxml")).cues
    assert [cue.span.start for cue in cues] == [250, 2500]


def test_version_1_2_keeps_its_resources_in_the_project() -> None:
    timeline = read(case("fcpxml-1.2-resources/cut.fcpxml"), BARE)
    assert timeline.rate == FrameRate(Fraction(25))
    assert [(clip.name, clip.media) for clip in clips(timeline)] == [("A", "file://localhost/media/A.mov")]
