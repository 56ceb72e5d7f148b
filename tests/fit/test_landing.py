"""A take lands on its samples. 25 fps: a frame is 1920 samples, so the lead is half of it: 960 (under 30 ms = 1440)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indextts_post.audio import Samples
from indextts_post.fit import lead_samples
from indextts_post.fit.landing import land
from indextts_post.timebase import FrameRate, SampleSpan

LEAD = 960
TAIL = 1440


def tone(before: int, sound: int, after: int, *, level: float = 0.3) -> Samples:
    """Silence, a 440 Hz tone, silence, in samples at 48 kHz."""
    wave = level * np.sin(2 * np.pi * 440 * np.arange(sound) / 48000)
    return np.concatenate([np.zeros(before), wave, np.zeros(after)]).astype(np.float32)


def test_the_lead_is_30_ms_or_half_a_frame() -> None:
    assert lead_samples(FrameRate(Fraction(24))) == 1000  # half of 2000
    assert lead_samples(FrameRate(Fraction(60))) == 400
    assert lead_samples(FrameRate(Fraction(12))) == 1440  # 30 ms


def test_silence_is_taken_off_and_the_rest_is_padded() -> None:
    landed = land(tone(9600, 24000, 14400), 48000, 48000, LEAD)
    # The onset stands one lead after the start; 960 + 24000 + 1440 samples are used, the rest is silence.
    assert len(landed.samples) == 48000
    assert landed.lead_trim == 9600 - LEAD
    assert landed.pad == 48000 - (LEAD + 24000 + TAIL)
    assert landed.speech == SampleSpan(LEAD, LEAD + 24000)
    assert landed.cut == 0
    assert landed.stretch == 1.0
    assert not np.any(landed.samples[: LEAD - 240])
    inside = slice(LEAD, LEAD + 24000)
    np.testing.assert_allclose(landed.samples[inside], tone(0, 24000, 0), atol=1e-6)


def test_a_take_without_lead_silence_gets_some() -> None:
    landed = land(tone(0, 24000, 4800), 48000, 48000, LEAD)
    assert landed.lead_trim == 0
    assert landed.speech.start == LEAD
    assert not np.any(landed.samples[:LEAD])


def test_a_quiet_ending_is_speech_too() -> None:
    # 34 dB under the peak is above the line's own threshold of 40 dB: it stays.
    quiet = tone(0, 9600, 0, level=0.3 * 10 ** (-34 / 20))
    landed = land(np.concatenate([tone(4800, 24000, 0), quiet, tone(4800, 0, 0)]), 48000, 60000, LEAD)
    assert landed.speech.end == LEAD + 24000 + 9600


def test_a_little_too_long_is_stretched_and_nothing_is_cut() -> None:
    landed = land(tone(4800, 48000, 4800), 48000, 47500, LEAD)
    # 960 + 48000 + 1440 = 50400 samples into 47500: 5.8 % less, of which 5 % by stretching; the tail gives the rest.
    assert len(landed.samples) == 47500
    assert landed.stretch == pytest.approx(1 / 1.05, abs=1e-3)
    assert landed.cut == 0


def test_much_too_long_is_cut_under_a_fade_and_counted() -> None:
    landed = land(tone(4800, 96000, 4800), 48000, 48000, LEAD)
    assert len(landed.samples) == 48000
    # 98400 / 1.05 = 93714 samples, less the tail's 1440, less the 48000 there are.
    assert landed.cut == pytest.approx(93714 - TAIL - 48000, abs=2)
    assert abs(landed.samples[-1]) < 1e-3


def test_silence_stays_silence_and_can_be_named() -> None:
    landed = land(np.zeros(4800, dtype=np.float32), 48000, 9600, LEAD)
    assert landed.speech == SampleSpan(0, 0)
    assert len(landed.samples) == 9600


def test_half_the_rate_is_twice_the_samples() -> None:
    landed = land(tone(4800, 24000, 4800), 24000, 96000, LEAD)
    assert landed.speech.end - LEAD == pytest.approx(48000, abs=480)


@given(
    before=st.integers(0, 20000), sound=st.integers(0, 60000), after=st.integers(0, 20000), length=st.integers(1, 90000)
)
@settings(max_examples=40, deadline=None)
def test_the_length_is_always_exact(before: int, sound: int, after: int, length: int) -> None:
    landed = land(tone(before, sound, after), 48000, length, LEAD)
    assert len(landed.samples) == length
    assert landed.speech.start <= landed.speech.end <= length
    assert np.all(np.isfinite(landed.samples))


def test_a_tail_that_has_no_room_is_given_up_before_anything_is_stretched() -> None:
    # 960 + 24000 + 1440 samples into 960 + 24000 + 700: what is heard fits, so it stays sample for sample.
    length = LEAD + 24000 + 700
    landed = land(tone(9600, 24000, 14400), 48000, length, LEAD)
    assert (landed.stretch, landed.cut, landed.pad) == (1.0, 0, 0)
    assert landed.speech == SampleSpan(LEAD, LEAD + 24000)
    np.testing.assert_array_equal(landed.samples[LEAD : LEAD + 23000], tone(0, 24000, 0)[:23000])
    assert land(tone(9600, 24000, 14400), 48000, LEAD + 24000, LEAD).stretch == 1.0
    assert land(tone(9600, 24000, 14400), 48000, LEAD + 24000 - 1, LEAD).stretch < 1.0


def test_what_is_heard_of_a_stretched_take_ends_earlier_too() -> None:
    # 48000 audible samples behind a lead of 960, all shortened by the same factor.
    landed = land(tone(4800, 48000, 4800), 48000, 47500, LEAD)
    assert landed.speech.end == LEAD + round(48000 * landed.stretch)
    assert landed.speech.end == pytest.approx(LEAD + 48000 / 1.05, abs=50)


def test_it_is_stretched_no_more_than_its_place_asks_for() -> None:
    # 50400 samples into 49000 less the tail that may go: a factor of 50400 / 49000 = 1.029, not 1.05.
    landed = land(tone(4800, 48000, 4800), 48000, 48900, LEAD)
    assert landed.stretch == pytest.approx(48900 / 50400, abs=1e-4)
    assert landed.cut == 0


def test_the_fades_are_raised_cosines_of_4_and_12_ms_around_what_was_placed() -> None:
    steady = np.full(20_000, 0.5, dtype=np.float32)
    placed = land(steady, 48000, 30_000, 0).samples
    turn = (np.arange(192) + 0.5) / 192
    np.testing.assert_allclose(placed[:192], 0.25 - 0.25 * np.cos(np.pi * turn), atol=1e-6)
    np.testing.assert_array_equal(placed[192 : 20_000 - 576], steady[192 : 20_000 - 576])
    turn = (np.arange(576) + 0.5) / 576
    np.testing.assert_allclose(placed[20_000 - 576 : 20_000], 0.25 + 0.25 * np.cos(np.pi * turn), atol=1e-6)
    assert not placed[20_000:].any()


def test_a_very_short_sound_fades_over_its_halves() -> None:
    placed = land(np.full(100, 0.5, dtype=np.float32), 48000, 240, 0).samples
    assert placed[0] < placed[49] < 0.5
    assert placed[99] < placed[50] < 0.5
    np.testing.assert_allclose(placed[:50], placed[99:49:-1], atol=1e-6)


def test_a_place_shorter_than_the_lead_holds_no_speech() -> None:
    landed = land(tone(4800, 24000, 4800), 48000, 500, LEAD)
    assert landed.speech == SampleSpan(500, 500)
    assert landed.lead_trim == 4800 - LEAD


def test_the_silence_behind_is_counted_from_the_tail_that_is_kept() -> None:
    landed = land(tone(4800, 24000, 5000), 48000, 48000, LEAD)
    assert landed.tail_trim == 5000 - TAIL
    short = land(tone(4800, 24000, 1000), 48000, 48000, LEAD)
    assert short.tail_trim == 0
    assert short.pad == 48000 - (LEAD + 24000 + 1000)
    silent = land(np.zeros(4800, dtype=np.float32), 48000, 9600, LEAD)
    assert (silent.lead_trim, silent.tail_trim, silent.pad, silent.cut, silent.stretch) == (0, 4800, 9600, 0, 1.0)
