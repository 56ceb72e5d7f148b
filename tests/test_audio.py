"""Sound files in and out, exact lengths after resampling, and what of a line can be heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from hypothesis import given
from hypothesis import strategies as st

from indextts_post.audio import audible_span, read_mono, resample, write_wav
from indextts_post.errors import MediaError
from indextts_post.timebase import SampleSpan


def test_what_is_written_in_24_bits_is_read_to_half_a_step(tmp_path: Path):
    ramp = np.linspace(-1, 1, 1001, dtype=np.float32)[:-1]
    write_wav(tmp_path / "a.wav", ramp, 48_000)
    back, rate = read_mono(tmp_path / "a.wav")
    assert rate == 48_000
    assert sf.info(tmp_path / "a.wav").subtype == "PCM_24"
    assert np.abs(back - ramp).max() <= 1 / (1 << 23)


def test_two_channels_are_read_as_their_mean(tmp_path: Path):
    sf.write(tmp_path / "a.wav", np.tile([0.5, 0.25], (10, 1)), 48_000, subtype="FLOAT")
    assert read_mono(tmp_path / "a.wav")[0].tolist() == [0.375] * 10


def test_a_text_is_not_a_sound_file(tmp_path: Path):
    (tmp_path / "a.wav").write_text("words", encoding="utf-8")
    with pytest.raises(MediaError, match=r"a\.wav: not a sound file"):
        read_mono(tmp_path / "a.wav")


@given(st.integers(1, 5_000))
def test_24_khz_becomes_48_in_exactly_twice_the_samples(samples: int):
    assert len(resample(np.zeros(samples, np.float32), 24_000, 48_000)) == 2 * samples


def test_the_same_rate_is_the_same_sound():
    sound = np.ones(3, np.float32)
    assert resample(sound, 48_000, 48_000) is sound


def test_the_audible_part_is_found_with_thirty_milliseconds_around_it():
    sound = np.zeros(48_000, np.float32)
    sound[24_000:28_800] = 0.5  # 24 000 and 28 800 are edges of the 5 ms windows
    assert audible_span(sound, 48_000) == SampleSpan(24_000 - 1_440, 28_800 + 1_440)


def test_quiet_words_count_by_their_own_peak():
    sound = np.zeros(48_000, np.float32)
    sound[4_800:9_600] = 0.0001
    assert audible_span(sound, 48_000).samples == 4_800 + 2 * 1_440


def test_digital_silence_has_no_audible_part():
    assert audible_span(np.zeros(1_000, np.float32), 48_000) == SampleSpan(0, 0)
    assert audible_span(np.zeros(0, np.float32), 48_000) == SampleSpan(0, 0)
