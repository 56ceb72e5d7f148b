"""What a feeling does to the curves between prosody and render: the seam through which emotions act on this voice."""

from __future__ import annotations

import numpy as np

from indextts_post.cast import Emotion
from indextts_post.synthesis.kokoro.graph import UNVOICED_BELOW_HZ, Curves

_LEANINGS: dict[str, tuple[float, float, float]] = {
    "happy": (1.06, 1.20, 0.2),
    "angry": (1.03, 1.25, 0.4),
    "sad": (0.95, 0.75, -0.2),
    "afraid": (1.07, 0.90, -0.1),
    "disgusted": (0.96, 1.00, 0.0),
    "melancholic": (0.96, 0.70, -0.2),
    "surprised": (1.08, 1.30, 0.2),
    "calm": (1.00, 0.85, -0.1),
}
"""At full strength: factor of the median pitch, factor of its movement around the median, step of the energy."""
_WIDEST = 0.5
"""Farthest a frame's pitch may move, in natural logarithm (± 65 %): the layers behind quantise over the whole line."""


def expressed(curves: Curves, emotion: Emotion) -> Curves:
    """`curves` leaning the way of `emotion.values`, scaled by its intensity. Words alone change nothing.

    Unvoiced places stay unvoiced: only pitch above 10 Hz moves, and it never falls to 10 Hz.
    """
    leanings = [(value * emotion.intensity, *_LEANINGS[n]) for n, value in emotion.values.items() if n in _LEANINGS]
    voiced = curves.pitch > UNVOICED_BELOW_HZ
    if not any(strength for strength, *_ in leanings) or not voiced.any():
        return curves
    level = sum(strength * np.log(factor) for strength, factor, _, _ in leanings)
    movement = float(np.prod([factor**strength for strength, _, factor, _ in leanings]))
    louder = sum(strength * step for strength, _, _, step in leanings)
    pitch = np.log(curves.pitch[voiced].astype(np.float64))
    middle = float(np.median(pitch))
    moved = np.clip(middle + level + (pitch - middle) * movement, pitch - _WIDEST, pitch + _WIDEST)
    changed = curves.pitch.copy()
    changed[voiced] = np.maximum(np.exp(moved), UNVOICED_BELOW_HZ + 1).astype(np.float32)
    energy = np.where(voiced, np.clip(curves.energy + louder, None, curves.energy.max()), curves.energy)
    return Curves(changed, energy.astype(np.float32))
