"""A row of a table of numbers: a pattern and what to make of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Written = Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class Row:
    """`pattern` is written out by `write`; `example` → `spoken` shows it, and a test reads it."""

    pattern: re.Pattern[str]
    write: Written
    example: str
    spoken: str
