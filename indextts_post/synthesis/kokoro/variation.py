"""Another take of the same line: small moves drawn by a seed. Seed 0 moves nothing, equal seeds move alike.

An actor who says a line again neither changes voice nor forgets the direction: stress falls a little differently,
the melody is a little wider or flatter. So a take draws a small `Expression` to be added to the line's own, and takes
the prosody half of the style from the row of a somewhat longer or shorter text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indextts_post.files import value_hash
from indextts_post.synthesis.kokoro.emotion import NEUTRAL, Expression

_WIDTHS = {"level": 0.015, "spread": 0.12, "pace": 0.025, "pauses": 0.12, "stress": 0.35, "lively": 0.35}
"""Standard deviations of what is drawn; nothing goes beyond twice as much."""
_ROWS = 14
"""Farthest row, in symbols, whose prosody is borrowed."""


@dataclass(frozen=True)
class Variation:
    """`rows` further on in the style table lies the prosody of this take; `moves` are added to the line's feeling."""

    rows: int = 0
    moves: Expression = NEUTRAL


def variation_of(seed: int, symbols: str) -> Variation:
    """What take `seed` of a phrase does differently; nothing for seed 0."""
    if seed == 0:
        return Variation()
    draw = np.random.default_rng(int(value_hash([seed, symbols])[:15], 16))
    rows = int(draw.integers(1, _ROWS + 1)) * int(draw.choice((-1, 1)))
    moves = {name: float(np.clip(draw.normal(), -2, 2)) * width for name, width in _WIDTHS.items()}
    return Variation(rows, Expression(**moves))
