"""Lines of a document by where they were found; the first source that has any is taken, and said."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from indextts_post.notices import Notice, Place, Severity
from indextts_post.timebase import FrameRate, FrameSpan
from indextts_post.timeline.cues import Speech
from indextts_post.timeline.labels import length_notice, marker_words, with_lengths
from indextts_post.timeline.own_metadata import KEY, speech_from


@dataclass
class LineSources:
    """Filled by a reader while it walks a document."""

    file: str
    own: list[Speech] = field(default_factory=list)
    captions: list[Speech] = field(default_factory=list)
    texts: list[Speech] = field(default_factory=list)
    markers: list[Speech] = field(default_factory=list)
    titles: list[Speech] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    labels: int = 0

    def add_own(self, values: Mapping[str, Any], span: FrameSpan, place: Place) -> bool:
        """Take a line from our own metadata; False where it holds none."""
        speech, said = speech_from(values, span, place)
        self.notices += said
        if speech is not None:
            self.own.append(speech)
        return speech is not None

    def add_marker(self, name: str, note: str, span: FrameSpan, place: Place, character: str = "") -> None:
        """Take a marker: our own note, words, or a label that is only counted."""
        own = own_values(note) or own_values(name)
        if own and self.add_own(own, at_least_a_frame(span), place):
            return
        text, named = marker_words(name, note)
        if text:
            self.markers.append(Speech(at_least_a_frame(span), text, place, character=named or character))
        else:
            self.labels += 1

    def best(self, frame_count: int, rate: FrameRate) -> tuple[tuple[Speech, ...], tuple[Notice, ...]]:
        """Lines of the first source that has any, with notices."""
        sources: tuple[tuple[str, Sequence[Speech]], ...] = (
            ("metadata of clips or markers", self.own),
            ("captions", self.captions),
            ("texts on tracks named for lines", self.texts),
            ("markers with text", self.markers),
            ("titles", self.titles),
        )
        name, speeches = next(((name, found) for name, found in sources if found), ("", ()))
        if not speeches:
            return (), tuple(self.notices)
        said = [Notice("timeline.lines_from", f"lines come from {name}", Severity.NOTE, Place(self.file))]
        if speeches is self.markers and self.labels:
            message = f"{self.labels} marker(s) hold labels, not words, and are not spoken"
            said.append(Notice("timeline.marker_labels", message, Severity.NOTE, Place(self.file)))
        lengths = length_notice(speeches, self.file)
        return with_lengths(speeches, frame_count, rate), (*said, *self.notices, *lengths)


def own_values(text: str | None) -> Mapping[str, Any]:
    """The dictionary in a note such as `dubsync:{"text": "…"}`, {} for any other note."""
    prefix, colon, rest = (text or "").strip().partition(":")
    if not colon or prefix.strip().casefold() != KEY:
        return {}
    try:
        values = json.loads(rest)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def at_least_a_frame(span: FrameSpan) -> FrameSpan:
    return FrameSpan(span.start, max(span.end, span.start + 1))
