"""The film a job is about, checked against its timeline before anything is spoken."""

from __future__ import annotations

from pathlib import Path

import pytest
from films import clicks, film, run_ffmpeg, sound_file
from journey import dubbed

from indextts_post.errors import MediaError
from indextts_post.footage import film_beside
from indextts_post.pipeline import Stage
from indextts_post.timebase import frame_rate

LINES = "1\n00:00:00,500 --> 00:00:01,500\nAnn: Good morning.\n"


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    path = tmp_path / "scene.srt"
    path.write_text(LINES, encoding="utf-8")
    return path


def uneven(path: Path) -> Path:
    """A film whose second half runs at half the frame rate."""
    run_ffmpeg(
        *("-f", "lavfi", "-i", "testsrc=s=64x48:r=24:d=2", "-vf", "setpts='if(lt(N,24),N,24+2*(N-24))/24/TB'"),
        *("-fps_mode", "vfr", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
        path,
    )
    return path


def test_a_film_of_the_same_name_is_found_for_every_language(tmp_path: Path) -> None:
    (tmp_path / "cut.v2.mov").touch()
    assert film_beside(tmp_path / "cut.v2.srt") == tmp_path / "cut.v2.mov"
    assert film_beside(tmp_path / "cut.v2.zh.srt") == tmp_path / "cut.v2.mov"
    assert film_beside(tmp_path / "other.srt") is None


def test_subtitles_count_in_the_films_frames(lines: Path, tmp_path: Path) -> None:
    film(tmp_path / "scene.mp4", rate="24000/1001")
    result = dubbed(lines, until=Stage.PLAN)
    assert result.timeline.rate == frame_rate("23.976")
    assert result.timeline.frame_count == 48
    assert result.plans[0].span.start == 12  # 0.5 s * 23.976 = 11.99


def test_a_variable_frame_rate_is_refused_unless_a_rate_is_given(lines: Path, tmp_path: Path) -> None:
    uneven(tmp_path / "scene.mp4")
    with pytest.raises(MediaError, match=r"variable frame rate.*--fps"):
        dubbed(lines, dry=True)


def test_a_film_without_sound_makes_a_mix_of_dialogue_alone(lines: Path, tmp_path: Path) -> None:
    film(tmp_path / "scene.mp4")
    result = dubbed(lines)
    assert [n.code for n in result.notices if n.code.startswith("film.")] == ["film.silent"]
    assert result.mixed is not None
    assert result.mixed.background is None
    assert result.exported is not None
    assert result.exported.film == lines.with_suffix(".dub") / "film.dub.mp4"


def test_music_and_effects_take_the_place_of_the_films_sound(lines: Path, tmp_path: Path) -> None:
    bed = sound_file(tmp_path / "m and e.wav", clicks(96_000, [1000]))
    film(tmp_path / "scene.mp4", sound=sound_file(tmp_path / "original.wav", clicks(96_000, [2000])))
    result = dubbed(lines, background=bed, until=Stage.MIX)
    assert result.mixed is not None
    assert result.mixed.background == bed


def test_a_background_without_sound_is_refused(lines: Path, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"silent\.mp4: has no sound"):
        dubbed(lines, background=film(tmp_path / "silent.mp4"), dry=True)


def test_what_is_no_film_is_refused_in_a_sentence(lines: Path, tmp_path: Path) -> None:
    (tmp_path / "scene.mp4").write_bytes(b"not a film at all" * 100)
    with pytest.raises(MediaError, match=r"scene\.mp4"):
        dubbed(lines, dry=True)


def test_another_rate_than_the_timelines_is_said(lines: Path, tmp_path: Path) -> None:
    film(tmp_path / "other.mp4", rate="25")
    cut = tmp_path / "cut.otio"
    cut.write_text(
        '{"OTIO_SCHEMA": "Timeline.1", "name": "cut", "metadata": {}, "global_start_time": {"OTIO_SCHEMA": '
        '"RationalTime.1", "rate": 24, "value": 0}, "tracks": {"OTIO_SCHEMA": "Stack.1", "name": "", "metadata": {}, '
        '"source_range": null, "effects": [], "markers": [], "children": [{"OTIO_SCHEMA": "Track.1", "name": "V1", '
        '"kind": "Video", "metadata": {}, "source_range": null, "effects": [], "markers": [], "children": '
        '[{"OTIO_SCHEMA": "Gap.1", "name": "", "metadata": {}, "effects": [], "markers": [], "source_range": '
        '{"OTIO_SCHEMA": "TimeRange.1", "start_time": {"OTIO_SCHEMA": "RationalTime.1", "rate": 24, "value": 0}, '
        '"duration": {"OTIO_SCHEMA": "RationalTime.1", "rate": 24, "value": 48}}}]}]}}',
        encoding="utf-8",
    )
    (tmp_path / "cut.srt").write_text(LINES, encoding="utf-8")
    result = dubbed(cut, video=tmp_path / "other.mp4", dry=True)
    assert "film.rate" in [notice.code for notice in result.notices]
