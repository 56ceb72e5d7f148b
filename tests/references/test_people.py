"""Two people in a recording are told from one, and it is said where the other speaks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from speechlike import speechlike

from indextts_post.audio import Samples, write_wav
from indextts_post.recordings import median_pitch_hz
from indextts_post.references import judge
from indextts_post.references.people import heap_similarity, parted, second_voice

RATE = 16_000


class ByPitch:
    """Hears pitch only: an octave is a quarter of a circle."""

    name = "ge2e"

    def embed(self, samples: Samples, sample_rate: int) -> np.ndarray:
        angle = np.log2((median_pitch_hz(samples, sample_rate) or 100) / 100) * np.pi / 2
        return np.array([np.cos(angle), np.sin(angle)], np.float32)


def voice(seconds: float, pitch_hz: float, seed: int = 0) -> Samples:
    return speechlike(seconds, seed, rate=RATE, pitch_hz=pitch_hz)


def test_prints_fall_into_two_heaps_and_the_smaller_one_is_the_other() -> None:
    """Three east, two north: their means stand at right angles."""
    prints = np.array([[1, 0], [1, 0], [0, 1], [1, 0], [0, 1]], np.float32)
    second = parted(prints)
    assert second.tolist() == [False, False, True, False, True]
    assert heap_similarity(prints, second) == 0
    assert heap_similarity(prints, np.zeros(5, bool)) == 1


def test_one_voice_is_one_and_a_second_is_found_where_it_speaks() -> None:
    """Six seconds an octave apart from the three behind them."""
    assert second_voice(voice(9, 110), RATE, ByPitch()) is None
    found = second_voice(np.concatenate([voice(6, 110), voice(3, 220, 1)]), RATE, ByPitch())
    assert found is not None
    assert found.from_s == pytest.approx(6, abs=0.9)
    assert found.to_s == pytest.approx(9, abs=0.9)
    assert found.similarity < 0.5


@pytest.mark.parametrize("seconds", [0.5, 2])
def test_too_little_speech_tells_nothing(seconds: float) -> None:
    assert second_voice(voice(seconds, 110), RATE, ByPitch()) is None
    assert second_voice(np.zeros(RATE * 5, np.float32), RATE, ByPitch()) is None


def test_the_flaw_names_the_place_in_the_file(tmp_path: Path) -> None:
    """Two seconds of silence before: the other speaks from 7 s on."""
    sound = np.concatenate([np.zeros(2 * RATE, np.float32), voice(5, 110), voice(4, 220, 1)])
    write_wav(tmp_path / "two.wav", sound, RATE)
    [flaw] = judge(tmp_path / "two.wav", ByPitch())
    assert "two.wav: more than one person seems to speak, the other about" in flaw
    begin = float(flaw.partition("about ")[2].partition(" to ")[0])
    assert begin == pytest.approx(7, abs=0.9)
    assert judge(tmp_path / "two.wav") == ()
