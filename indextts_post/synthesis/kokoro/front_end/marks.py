"""Pronunciation marks in a line's text: `<行|HANG2>`, `<minute|M IH1 N AH0 T>`, as IndexTTS-2.5 writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = re.compile(r"<([^<>|]+)\|([^<>|]*)>")


@dataclass(frozen=True)
class Marked:
    """A stretch of text; `reading` is what its mark says, "" where there is none."""

    text: str
    reading: str = ""


def split_marks(text: str) -> Iterator[Marked]:
    """The text in order, marked words apart from the rest; what is no complete mark stays text."""
    done = 0
    for mark in _MARK.finditer(text):
        if text[done : mark.start()]:
            yield Marked(text[done : mark.start()])
        yield Marked(mark[1], mark[2].strip())
        done = mark.end()
    if text[done:]:
        yield Marked(text[done:])
