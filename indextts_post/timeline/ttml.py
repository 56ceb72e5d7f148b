"""TTML, IMSC, DFXP and iTT subtitles, times kept exact: seconds, clock times, frames and ticks.

Read here and not through pysubs2, which knows neither frames nor ticks nor who speaks, and expands entities.
Source: W3C Timed Text Markup Language 1, sections 6 (parameters), 8 (content) and 10.3 (time expressions).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from xml.etree.ElementTree import Element

from indextts_post.errors import TimelineError
from indextts_post.timeline import numbers
from indextts_post.timeline.numbers import Bounds
from indextts_post.timeline.xml_input import attribute, local, parse

_RATES = Bounds(1, 1000)
_TERMS = Bounds(1, 10**9)
_HOURS = Bounds(0, 1000)
_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d{1,2}):)?(\d{1,3}(?:\.\d+)?)(?::(\d{1,3})(?:\.(\d+))?)?")
_OFFSET = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|s|f|t)")


@dataclass(frozen=True)
class TtmlCue:
    """One `<p>`: times in exact seconds from the document's zero, text with line breaks, agent's name."""

    start_s: Fraction
    end_s: Fraction
    text: str
    character: str
    language: str | None
    number: int


@dataclass(frozen=True)
class _Clock:
    fps: Fraction
    ticks: Fraction

    def seconds(self, expression: str, path: Path) -> Fraction:
        text = expression.strip()
        if match := _OFFSET.fullmatch(text):
            per = {"h": Fraction(3600), "m": Fraction(60), "s": Fraction(1), "ms": Fraction(1, 1000)}
            scale = per | {"f": 1 / self.fps, "t": 1 / self.ticks}
            return numbers.decimal(match[1], "the time", path) * scale[match[2]]
        if match := _CLOCK.fullmatch(text):
            hours, minutes, seconds, frames, _ = match.groups()
            full = numbers.integer(hours or "0", "the hours", path, _HOURS) * 3600 + int(minutes or 0) * 60
            whole = full + numbers.decimal(seconds, "the seconds", path)
            return whole + Fraction(int(frames or 0)) / self.fps
        raise TimelineError(f"{path}: {expression[:40]!r} is not a TTML time such as 00:00:01.500, 00:00:01:12 or 36f.")


def read_ttml(content: bytes | str, path: Path) -> tuple[tuple[TtmlCue, ...], str | None]:
    """Cues in document order, and the document's language. Raises `TimelineError`."""
    root = parse(content, path)
    if local(root) != "tt":
        raise TimelineError(f"{path}: is XML, but its root is <{local(root)}>, not <tt>.")
    clock = _clock(root, path)
    body = next((element for element in root if local(element) == "body"), None)
    language = attribute(root, "lang") or None
    cues = tuple(_walk(body, Fraction(0), "", language, clock, _agents(root), path)) if body is not None else ()
    return tuple(_numbered(cues)), language


def _numbered(cues: tuple[TtmlCue, ...]) -> Iterator[TtmlCue]:
    for number, cue in enumerate(cues, start=1):
        yield TtmlCue(cue.start_s, cue.end_s, cue.text, cue.character, cue.language, number)


def _clock(root: Element, path: Path) -> _Clock:
    fps = numbers.decimal(attribute(root, "frameRate") or "30", "frameRate", path, _RATES)
    upper, _, lower = (attribute(root, "frameRateMultiplier") or "1 1").replace(":", " ").strip().partition(" ")
    what = "frameRateMultiplier"
    fps *= numbers.decimal(upper, what, path, _TERMS) / numbers.decimal(lower or "1", what, path, _TERMS)
    given = attribute(root, "tickRate")
    ticks = Fraction(numbers.integer(given, "tickRate", path, numbers.POSITIVE)) if given else fps
    return _Clock(fps, ticks)


def _agents(root: Element) -> dict[str, str]:
    """Names of speakers by the id that `ttm:agent` refers to."""
    names = {}
    for element in root.iter():
        if local(element) == "agent":
            name = next(("".join(child.itertext()).strip() for child in element if local(child) == "name"), "")
            names[attribute(element, "id") or ""] = name or attribute(element, "id") or ""
    return names


def _walk(
    element: Element,
    parent_start: Fraction,
    character: str,
    language: str | None,
    clock: _Clock,
    agents: Mapping[str, str],
    path: Path,
) -> Iterator[TtmlCue]:
    """Depth first; times are relative to the parent's start (parallel containers, the default)."""
    agent = (attribute(element, "agent") or "").split()
    character = agents.get(agent[0], agent[0]) if agent else character
    language = attribute(element, "lang") or language
    begin = attribute(element, "begin") or _first_span_begin(element)
    absolute = _is_absolute(element, begin, parent_start, clock, path)
    start = (Fraction(0) if absolute else parent_start) + (clock.seconds(begin, path) if begin else 0)
    if local(element) == "p":
        cue = _paragraph(element, start, Fraction(0) if absolute else parent_start, clock, path)
        if cue is not None:
            yield TtmlCue(start, cue[0], cue[1], character, language, 0)
        return
    for child in element:
        yield from _walk(child, start, character, language, clock, agents, path)


def _first_span_begin(element: Element) -> str | None:
    """When the first timed span of a paragraph begins; a paragraph without times of its own begins there."""
    if local(element) != "p":
        return None
    return next((begin for child in element if (begin := attribute(child, "begin"))), None)


def _is_absolute(element: Element, begin: str | None, parent_start: Fraction, clock: _Clock, path: Path) -> bool:
    """Apple's lyrics count paragraphs from zero inside a timed `div`; seen by a `p` whose own spans agree with it."""
    if local(element) != "p" or not begin or not parent_start:
        return False
    first = _first_span_begin(element)
    return first is not None and clock.seconds(first, path) == clock.seconds(begin, path) >= parent_start


def _paragraph(
    element: Element, start: Fraction, base: Fraction, clock: _Clock, path: Path
) -> tuple[Fraction, str] | None:
    """End in seconds and text; None for a paragraph that has no times (timed by nothing, so never shown)."""
    end, duration = attribute(element, "end"), attribute(element, "dur") or attribute(element, "duration")
    spans = [child for child in element if attribute(child, "end")]
    if end:
        until = base + clock.seconds(end, path)
    elif duration:
        until = start + clock.seconds(duration, path)
    elif spans:
        until = base + clock.seconds(attribute(spans[-1], "end") or "0s", path)
    else:
        return None
    return until, _text(element)


def _text(element: Element) -> str:
    """Text with `<br/>` as a line break; other white space collapses."""
    parts = [_collapse(element.text)]
    for child in element:
        parts.append("\n" if local(child) == "br" else "" if local(child) == "metadata" else _text(child))
        parts.append(_collapse(child.tail))
    return "".join(parts)


def _collapse(text: str | None) -> str:
    return re.sub(r"\s+", " ", text or "")
