"""The metronome ticks once a syllable for exactly its budget."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indextts_post.audio import audible_span
from indextts_post.errors import CastError
from indextts_post.synthesis import Request, Unspeakable, Utterance, open_engine

METRONOME = open_engine("metronome")


def tick(text: str, units: int, voice: str = "tick_1") -> np.ndarray:
    utterance = Utterance("L1", text, "en", voice)
    (spoken,) = METRONOME.speak([Request(utterance, units, Fraction(units, 40))])
    assert spoken.units == units
    return spoken.samples


@given(st.integers(1, 400), st.text("abc ", min_size=1).filter(str.strip))
def test_what_can_be_heard_is_exactly_the_budget(units: int, text: str) -> None:
    samples = tick(text, units)
    span = audible_span(samples, METRONOME.sample_rate)
    assert (span.start, span.end) == (0, units * 600)
    assert len(samples) == units * 600


def test_three_syllables_are_three_clicks() -> None:
    samples = tick("banana", 40)
    loud = np.abs(samples).reshape(-1, 120).max(axis=1) > 0.01
    beginnings = np.flatnonzero(np.diff(loud.astype(int), prepend=0) == 1)
    assert list(beginnings * 120) == [720, 11880, 24000 - 720 - 240]


def test_natural_length_counts_syllables_and_pauses() -> None:
    naturals = METRONOME.natural(
        [Utterance("L1", "你好，世界。", "zh", "tick_1"), Utterance("L2", "…!", "zh", "tick_1")]
    )
    assert (naturals[0].units, naturals[0].syllables) == (4 * 8 + 10, 4)
    assert isinstance(naturals[1], Unspeakable)
    assert "0 letters" in naturals[1].reason


def test_voices_differ_in_pitch_and_equal_requests_are_equal() -> None:
    assert np.array_equal(tick("one two", 80), tick("one two", 80))
    pitches = [np.abs(np.fft.rfft(tick("one", 40, voice.id))).argmax() for voice in METRONOME.voices()]
    assert pitches == sorted(set(pitches))


def test_an_unknown_voice_is_named() -> None:
    with pytest.raises(CastError, match=r"voice 'Ben': not one of the metronome's 8"):
        tick("one", 40, "Ben")
