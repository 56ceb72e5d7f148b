"""Pitch and brightness of sounds whose pitch and brightness are known."""

from __future__ import annotations

import numpy as np
import pytest
from speechlike import speechlike

from indextts_post.audio import Samples
from indextts_post.recordings import brightness_hz, median_pitch_hz, pitch_track_hz, semitones

RATE = 24_000


def pulses(hz: float, seconds: float = 1.0, rate: int = RATE) -> Samples:
    """A pulse each period: every harmonic as strong as the fundamental."""
    phase = np.floor(np.arange(round(seconds * rate)) * hz / rate)
    return np.diff(phase, prepend=0).astype(np.float32) * 0.5


@pytest.mark.parametrize("hz", [70, 100, 123, 180, 261.6, 400])
@pytest.mark.parametrize("rate", [16_000, 24_000, 48_000])
def test_the_pitch_of_pulses_is_theirs(hz: float, rate: int) -> None:
    assert median_pitch_hz(pulses(hz, rate=rate), rate) == pytest.approx(hz, rel=0.01)


def test_a_sine_has_its_pitch_and_noise_and_silence_have_none() -> None:
    sine = np.sin(2 * np.pi * 150 * np.arange(RATE) / RATE).astype(np.float32)
    assert median_pitch_hz(sine, RATE) == pytest.approx(150, rel=0.01)
    assert median_pitch_hz(np.random.default_rng(0).standard_normal(RATE).astype(np.float32), RATE) is None
    assert median_pitch_hz(np.zeros(RATE, np.float32), RATE) is None
    assert median_pitch_hz(np.zeros(0, np.float32), RATE) is None


def test_the_median_is_that_of_the_voiced_frames_alone() -> None:
    """Half a second at 100 Hz, half at 200 Hz and a third of noise: the median lies between, no frame elsewhere."""
    both = np.concatenate([pulses(100, 0.5), np.zeros(RATE // 3, np.float32), pulses(200, 0.6)])
    track = pitch_track_hz(both, RATE)
    voiced = track[track > 0]
    assert np.isin(np.round(voiced, -1), (100, 200)).mean() > 0.9
    assert median_pitch_hz(both, RATE) == pytest.approx(200, rel=0.01)


def test_speech_an_octave_higher_is_an_octave_higher() -> None:
    low, high = (median_pitch_hz(speechlike(3, pitch_hz=hz), RATE) for hz in (110, 220))
    assert low is not None
    assert high is not None
    assert semitones(high, low) == pytest.approx(12, abs=0.7)


def test_a_smaller_throat_is_brighter() -> None:
    assert brightness_hz(speechlike(3, size=1.2), RATE) > 1.1 * brightness_hz(speechlike(3), RATE)
    assert brightness_hz(np.zeros(RATE, np.float32), RATE) == 0.0
