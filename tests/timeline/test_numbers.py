"""Numbers out of files are exact, bounded and refused with their place."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indextts_post.errors import TimelineError
from indextts_post.timeline import numbers
from indextts_post.timeline.numbers import Bounds


@given(st.integers(-(10**12), 10**12))
def test_every_whole_number_within_the_bounds_comes_back(value: int) -> None:
    assert numbers.integer(str(value), "the count", "a.srt:3") == value


@given(st.integers(0, 10**9), st.text("0123456789", min_size=1, max_size=12))
def test_a_decimal_is_exactly_what_is_written(whole: int, digits: str) -> None:
    # By hand: digits after the point count in tenths, hundredths, ...
    expected = whole + sum(Fraction(int(digit), 10**place) for place, digit in enumerate(digits, 1))
    assert numbers.decimal(f"{whole}.{digits}", "the time", "a.ttml") == expected


@given(st.integers(-(10**6), 10**6), st.integers(1, 10**6))
def test_a_ratio_is_exact(upper: int, lower: int) -> None:
    assert numbers.ratio(f"{upper}/{lower}", "the length", "a.fcpxml") == Fraction(upper, lower)


@pytest.mark.parametrize(("text", "value"), [("1.5e-3", Fraction(3, 2000)), ("2E2", Fraction(200)), ("7", Fraction(7))])
def test_an_exponent_is_read_exactly(text: str, value: Fraction) -> None:
    assert numbers.scientific(text, "the rate", "a.otio") == value


NO_NUMBERS = [
    "",
    " ",
    "1e999999999",
    "1e999",
    "NaN",
    "inf",
    "9" * 5000,
    "0x10",
    "1_000",
    "٣",
    "１２",
    "1/0",
    "--1",
    "1.2.3",
]


@pytest.mark.parametrize("text", NO_NUMBERS)
@pytest.mark.parametrize("reader", [numbers.integer, numbers.decimal, numbers.scientific, numbers.ratio])
def test_what_is_no_bounded_number_is_refused_with_its_place(reader: object, text: str) -> None:
    with pytest.raises(TimelineError) as caught:
        reader(text, "frameRate", "a.ttml:2")  # type: ignore[operator]
    message = str(caught.value)
    assert message.startswith("a.ttml:2: frameRate ")
    assert len(message) < 250


def test_a_number_outside_its_bounds_is_refused_with_the_bounds() -> None:
    assert numbers.integer("120", "the rate", "a.xml", Bounds(1, 120)) == 120
    with pytest.raises(TimelineError, match=r"the rate '121' is not allowed there \(1 to 120\)"):
        numbers.integer("121", "the rate", "a.xml", Bounds(1, 120))
    with pytest.raises(TimelineError, match="0 or more"):
        numbers.decimal("-0.5", "the time", "a.xml", numbers.NATURAL)
    with pytest.raises(TimelineError, match="up to 10"):
        numbers.scientific("9e19", "the time", "a.xml")


def test_a_parsed_float_must_be_finite() -> None:
    assert numbers.from_float(0.5, "the value", "a.otio") == Fraction(1, 2)
    for value in (float("nan"), float("inf"), 1e300):
        with pytest.raises(TimelineError, match="the value"):
            numbers.from_float(value, "the value", "a.otio")
