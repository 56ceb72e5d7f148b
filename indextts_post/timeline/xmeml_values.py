"""Numbers, rates and short texts under an xmeml element, bounded; what is no number breaks that one element."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree.ElementTree import Element

from indextts_post.errors import TimelineError
from indextts_post.timeline import numbers
from indextts_post.timeline.left_out import BrokenElementError

_MAX_FRAMES = 400 * 3600 * 240
_WITHIN = numbers.Bounds(-_MAX_FRAMES, _MAX_FRAMES)


def text_of(element: Element, key: str) -> str:
    return (element.findtext(key) or "").strip()


def frames_of(element: Element, key: str) -> Fraction | None:
    """A number of frames under a tag, None where there is none. Raises `BrokenElementError` for what is no number."""
    written = text_of(element, key)
    if not written:
        return None
    try:
        return numbers.decimal(written, key, "", _WITHIN)
    except TimelineError as error:
        raise BrokenElementError(f"has {key} = {written[:30]!r}; frames are counted up to 400 hours") from error


def number_of(written: str) -> Fraction | None:
    """A plain or scientific number, None for anything else: Premiere writes levels like `5.62341e-005`."""
    try:
        return numbers.scientific(written, "value", "", _WITHIN)
    except TimelineError:
        return None


def rate_of(element: Element) -> Fraction | None:
    """`<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>` as a fraction, None where there is none."""
    timebase = text_of(element, "rate/timebase")
    if not re.fullmatch(r"[0-9]{1,3}", timebase) or not 1 <= int(timebase) <= 240:
        return None
    ntsc = text_of(element, "rate/ntsc").upper() == "TRUE"
    return Fraction(int(timebase) * 1000, 1001) if ntsc else Fraction(int(timebase))


def is_enabled(element: Element) -> bool:
    return text_of(element, "enabled").upper() != "FALSE"


def count_of(element: Element | None, key: str) -> int | None:
    """A small count above 0, None for anything else."""
    written = text_of(element, key) if element is not None else ""
    return int(written) or None if re.fullmatch(r"[0-9]{1,3}", written) else None
