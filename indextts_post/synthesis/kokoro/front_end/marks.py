"""Pronunciation marks in a line's text: `<行|HANG2>`, `<minute|M IH1 N AH0 T>`, as IndexTTS-2.5 writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_MARK = re.compile(r"<([^<>|]+)\|([^<>|]*)>")
_INLINE_PINYIN = re.compile(r"(?<![A-Za-z0-9<|])([A-Za-zÜü]{2,6}[1-5])(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Marked:
    """A stretch of text; `reading` is what its mark says, "" where there is none."""

    text: str
    reading: str = ""


def mark_inline_pinyin(text: str, known: Callable[[str], object]) -> str:
    """Syllables with tones in the text (`xing2`) as marks, where `known` has them; inside of marks they stay."""

    def mark(syllable: re.Match[str]) -> str:
        return f"<{syllable[1]}|{syllable[1]}>" if known(syllable[1]) else syllable[0]

    return "".join(
        f"<{part.text}|{part.reading}>" if part.reading else _INLINE_PINYIN.sub(mark, part.text)
        for part in split_marks(text)
    )


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
