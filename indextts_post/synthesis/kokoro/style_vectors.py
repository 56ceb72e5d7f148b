"""Two directions in the prosody half of the style: from flat voices to lively ones, and from slack ones to strong ones.

Found by asking the prosody part for four sentences in two languages in all 54 voices (no sound needed): the voices
below are the outer ones of each sex by the movement of their pitch, and by their energy. Adding the difference of
their means to any voice widens its pitch by about a fifth of its own movement per half step, in both languages and
for voices that took no part; taking it away flattens.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from indextts_post.synthesis.kokoro.graph import Floats

_LIVELY = (("af_jessica", "bf_alice", "bf_lily", "af_kore", "af_sarah"), ("am_fenrir", "am_eric", "am_liam", "hm_psi"))
_FLAT = (("bf_isabella", "bf_emma", "af_bella", "af_river"), ("am_onyx", "am_adam", "im_nicola", "bm_lewis"))
_STRONG = (("if_sara", "hf_alpha", "hf_beta", "af_aoede"), ("hm_omega", "am_eric", "am_adam", "hm_psi", "am_puck"))
_SLACK = (("af_nova", "ef_dora", "pf_dora", "af_sky"), ("bm_fable", "bm_lewis", "am_onyx", "pm_alex"))
_ROWS = slice(20, 120)
"""Rows of lines of ordinary length."""


def liveliness_vector(table: Callable[[str], Floats]) -> Floats:
    """[128]: adding it makes a voice's pitch move more. `table` gives the style table [510, 256] of a voice."""
    return _between(table, _FLAT, _LIVELY)


def effort_vector(table: Callable[[str], Floats]) -> Floats:
    """[128]: adding it makes a voice speak with more energy, and higher."""
    return _between(table, _SLACK, _STRONG)


def _between(table: Callable[[str], Floats], low: Sequence[Sequence[str]], high: Sequence[Sequence[str]]) -> Floats:
    """Mean over the sexes of the way from the `low` voices to the `high` ones, so that sex itself is no part of it."""
    ways = [_middle(table, above) - _middle(table, below) for below, above in zip(low, high, strict=True)]
    return np.asarray(np.mean(ways, axis=0), dtype=np.float32)


def _middle(table: Callable[[str], Floats], voices: Sequence[str]) -> Floats:
    return np.asarray(np.mean([table(voice)[_ROWS, 128:].mean(axis=0) for voice in voices], axis=0), dtype=np.float32)
