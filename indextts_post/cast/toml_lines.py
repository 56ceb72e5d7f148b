"""In which line of a TOML text a key stands: parsers give values without places, and a mistake needs its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

_PART = r"(?:[\w-]+|\"(?:[^\"\\]|\\.)*\"|'[^']*')"
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADING = re.compile(rf"\s*\[\[?\s*({_DOTTED})\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(rf"\s*({_DOTTED})\s*=")

KeyLines = Mapping[tuple[str, ...], int]


def key_lines(text: str) -> KeyLines:
    """Line number (from 1) of every table heading and key of a valid TOML `text`, by its whole path."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, row in enumerate(text.splitlines(), start=1):
        if heading := _HEADING.fullmatch(row):
            table = path = _parts(heading[1])
            found[path] = number  # a heading goes before what only implied its table
        elif key := _KEY.match(row):
            path = (*table, *_parts(key[1]))
        else:
            continue
        for length in range(1, len(path) + 1):
            found.setdefault(path[:length], number)
    return found


def line_of(path: tuple[str, ...], lines: KeyLines) -> int:
    """The line of `path`, or of the nearest thing it stands in; 1 where nothing of it is written out."""
    return next((lines[path[:length]] for length in range(len(path), 0, -1) if path[:length] in lines), 1)


def _parts(dotted: str) -> tuple[str, ...]:
    parts: list[str] = []
    try:
        value: object = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return (dotted,)  # a row inside a multi-line text that only looks like a key
    while isinstance(value, dict):
        [(part, value)] = value.items()
        parts.append(part)
    return tuple(parts)
