"""How the fit of feelings compares two melodies, and what makes it fail: arithmetic on a handful of places."""

import numpy as np
import pytest
from bench_emotion import DIRECTIONS, NOTHING, STRENGTHS, Misheard, Moves, Row, misheard, pooled, wrong_ways
from heard_melody import Melody, heard_melody, melody_moves, melody_of, same_places

from indextts_post.listening import ErrorCount

FRAMES = (2, 4, 4, 2)
"""Pad, two sounds, pad: 24 places, the sixteen of the sounds four before their symbols."""
STEPS = np.array([-4.0, -2, 0, 2, 4, -4, -2, 0, 0, 2, 4, -4, -2, 0, 2, 4])
"""Semitones around 200 Hz of the sounding places."""


def line(semitones: np.ndarray, soft: slice = slice(0)) -> Melody:
    """A line of these pitches around 200 Hz, of which the places `soft` are too soft to count."""
    pitch = 200 * 2 ** (semitones / 12)
    pitch[soft] = 0
    return melody_of(pitch, FRAMES)


def test_a_place_is_found_at_the_same_share_of_its_symbol() -> None:
    assert list(same_places((1, 2, 3), (1, 2, 3))) == list(range(12))
    # The second symbol, whose sound begins at place 8 - 4 = 4, lasts four frames for two: each second place of it.
    assert list(same_places((4, 2, 2), (4, 4, 2))) == [0, 1, 2, 3, 5, 7, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19]


def test_level_is_the_median_and_range_what_lies_between_the_10th_and_90th_percentile() -> None:
    assert melody_moves(line(STEPS), line(STEPS)) == pytest.approx((0, 0))
    assert melody_moves(line(STEPS), line(STEPS + 3)) == pytest.approx((3, 0))
    assert melody_moves(line(STEPS), line(STEPS / 2)) == pytest.approx((0, -4))  # from 8 semitones to 4
    assert melody_moves(line(STEPS), line(STEPS * 1.5)) == pytest.approx((0, 4))


def test_a_slower_take_with_the_same_melody_has_the_same_level_and_range() -> None:
    slow = melody_of(np.repeat(np.array(line(STEPS).pitch), 2), tuple(2 * n for n in FRAMES))
    shifted = Melody((*slow.pitch[4:], 0.0, 0.0, 0.0, 0.0), slow.frames)  # sound leads by four places at any pace
    assert melody_moves(line(STEPS), shifted) == pytest.approx((0, 0))


def test_a_soft_low_syllable_that_gets_loud_enough_is_no_wider_melody() -> None:
    low = STEPS.copy()
    low[8:11] = -9
    before, after = line(low, soft=slice(8, 11)), line(low / 2)
    each = [np.ptp(np.nanpercentile(one.semitones, [10, 90])) for one in (before, after)]
    assert each == pytest.approx([7.6, 6.0])  # each by itself: hardly flatter, though every tone lies half as far
    assert melody_moves(before, after)[1] == pytest.approx(-3.8)  # from 7.6 semitones to half of them


def test_an_octave_that_the_tracker_slips_in_one_take_decides_nothing() -> None:
    slipped = STEPS / 2
    slipped[:3] -= 12
    level, spread = melody_moves(line(STEPS), line(slipped))
    assert spread == pytest.approx(-4, abs=0.5)
    assert abs(level) <= 0.5


def test_pitch_is_tracked_where_it_is_loud_and_left_out_where_it_is_soft() -> None:
    pytest.importorskip("pyworld")
    at = np.arange(24_000) / 24_000
    tone = sum(np.sin(2 * np.pi * 200 * k * at) / k for k in range(1, 20)) * np.where(at < 0.5, 0.1, 0.01)  # 20 dB
    pitch = np.array(heard_melody(tone.astype(np.float32), 24_000, (10, 20, 10)).pitch)
    assert len(pitch) == 80
    assert pitch[5:35] == pytest.approx(200, rel=0.01)
    assert not pitch[45:75].any()


def steps(*moves: Moves, wrong: int = 0) -> list[Row]:
    """Rows of a happy Chinese line of 50 syllables at each strength, `wrong` of them misheard."""
    counted = Misheard(ErrorCount(wrong, 50), ErrorCount(wrong, 50))
    return [Row("happy", s, "zh", move, 0.9, 0.9, 0, counted) for s, move in zip(STRENGTHS, moves, strict=True)]


def test_the_bench_fails_where_a_step_goes_the_wrong_way_or_no_further() -> None:
    kept = steps((0.5, 0.5, 0.5, 0.5), (1, 1, 1, 1), (2, 2, 2, 2))
    flat = steps((0.5, 0.5, 0.5, 0.5), (1, 0.5, 1, 1), (2, 2, 2, 2))
    back = steps((0.5, 0.5, 0.5, -0.5), (1, 1, 1, 1), (2, 2, 2, 2))
    assert DIRECTIONS["happy"] == (1, 1, 1, 1)
    assert wrong_ways(kept, "sound") == []
    assert [one.split(" [")[0] for one in wrong_ways(flat, "sound")] == ["sound: happy zh spread"]
    assert [one.split(" [")[0] for one in wrong_ways(back, "sound")] == ["sound: happy zh pace"]


def test_the_bench_fails_where_a_feeling_is_misheard_by_more_than_a_point() -> None:
    neutral = {"zh": Misheard(ErrorCount(1, 50), ErrorCount(1, 50))}
    move = (1.0, 1.0, 1.0, 1.0)
    assert pooled(steps(move, move, move, wrong=1), neutral)[1] == []
    (found,) = pooled(steps(move, move, move, wrong=2), neutral)[1]  # 6 of 150 is 2 points over 1 of 50
    assert found == "happy zh is misheard by sound in 4.0 % (6 of 150), neutral 2.0 %"


def test_another_character_of_the_same_sound_is_wrong_in_spelling_only() -> None:
    right = misheard("他走了。", "他走了", "zh")
    homophone, other = misheard("那封信", "那风信", "zh"), misheard("那封信", "那份信", "zh")
    assert right == Misheard(ErrorCount(0, 3), ErrorCount(0, 3))
    assert (homophone.sound.errors, homophone.spelling.errors, homophone.heard) == (0, 1, ())
    assert (other.sound.errors, other.spelling.errors, other.heard) == (1, 1, ("那份信",))
    assert (NOTHING + other).heard == ("那份信",)
