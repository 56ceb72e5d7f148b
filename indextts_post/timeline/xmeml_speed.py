"""How a retimed clip of xmeml runs through its media: a constant speed, or the graph of its time remap.

Final Cut and Premiere count `in` and `out` of a retimed clip in frames of the clip as it plays, so `out − in` is its
length on the record; some writers count them in frames of the media. Both are told apart by their lengths.
Source: Apple, "Final Cut Pro XML Interchange Format", Time Remap; exports of both programs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from xml.etree.ElementTree import Element

from indextts_post.timeline.xmeml_values import is_enabled, number_of, text_of

_LARGEST_FRAME = 400 * 3600 * 240
"""Premiere fills unused points of its graph with −1815255671 and the like."""
_SLACK = Fraction(3, 2)
"""Frames by which lengths may differ and still be the same: both ends are rounded."""

Points = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True)
class Remap:
    """A time remap: `speed` (negative backwards), or where it varies `graph`: played frame → media frame."""

    speed: Fraction = Fraction(1)
    graph: Points = ()


@dataclass(frozen=True)
class Run:
    """A stretch of the record, from `start` frames into the clip, that runs evenly from media frame `source` on."""

    start: Fraction
    length: Fraction
    source: Fraction
    speed: Fraction


def remap_of(item: Element) -> Remap:
    """The enabled time remap of a clip; plain speed where there is none."""
    for filter_ in item.findall("filter"):
        effect = filter_.find("effect")
        if effect is not None and is_enabled(filter_) and text_of(effect, "effectid").casefold() == "timeremap":
            return _remap(effect)
    return Remap()


def _remap(effect: Element) -> Remap:
    parameters = {text_of(p, "parameterid").casefold(): p for p in effect.findall("parameter")}
    values = {key: text_of(parameter, "value") for key, parameter in parameters.items()}
    written = number_of(values.get("speed", ""))
    speed = Fraction(1) if written is None else written / 100
    if values.get("reverse", "").upper() == "TRUE":
        speed = -abs(speed)
    varies = values.get("variablespeed", "").upper() in ("1", "TRUE")
    return Remap(speed, _graph(parameters.get("graphdict")) if varies else ())


def _graph(parameter: Element | None) -> Points:
    """Points of the graph that can be meant; fewer than two are no graph."""
    keys = parameter.findall("keyframe") if parameter is not None else []
    found: dict[Fraction, Fraction] = {}
    for key in keys:
        when, value = number_of(text_of(key, "when")), number_of(text_of(key, "value"))
        if when is not None and value is not None and 0 <= value <= _LARGEST_FRAME:
            found[when] = value
    points = tuple(sorted(found.items()))
    return points if len(points) > 1 else ()


def runs(remap: Remap, first: Fraction, last: Fraction | None, length: Fraction, media: Fraction | None) -> list[Run]:
    """The even stretches of a clip that lasts `length` frames on the record, all counted in frames of its own rate.

    `first` and `last` are its `in` and `out`; `media` is the length of its media, from whose end a clip runs backwards.
    """
    if remap.graph:
        return list(_along(remap.graph, first, length))
    if remap.speed == 1:
        return [Run(Fraction(0), length, first, Fraction(1))]
    written = last - first if last is not None else length
    in_media = abs(written - length * abs(remap.speed)) <= _SLACK < abs(written - length)
    source = first if in_media else first * abs(remap.speed)
    if remap.speed < 0:
        source = media - source if media is not None else source + length * -remap.speed
    return [Run(Fraction(0), length, source, remap.speed)]


def _along(graph: Sequence[tuple[Fraction, Fraction]], first: Fraction, length: Fraction) -> Iterator[Run]:
    """Stretches between the points; before the first and behind the last it goes on as beside them."""
    bounds = list(pairwise(graph))
    for index, ((when, value), (next_when, next_value)) in enumerate(bounds):
        speed = (next_value - value) / (next_when - when)
        begin = first if index == 0 else max(first, when)
        end = first + length if index == len(bounds) - 1 else min(first + length, next_when)
        if begin < end:
            yield Run(begin - first, end - begin, value + (begin - when) * speed, speed)
