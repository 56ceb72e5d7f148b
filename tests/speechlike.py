"""Sound that detectors take for speech, made from nothing: pulses through vowel resonances, in words, with pauses."""

from __future__ import annotations

import numpy as np
from scipy.signal import lfilter

from indextts_post.audio import Samples

VOWELS = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""First three formants in Hz of the vowels of "father", "see", "boot", "bet", "bought" (Peterson and Barney, 1952)."""
BANDWIDTHS = (60, 90, 120)


def speechlike(
    seconds: float, seed: int = 0, *, rate: int = 24_000, pitch_hz: float = 120, size: float = 1.0
) -> Samples:
    """Words of four syllables with pauses of 0.25 s; `size` above 1 is a smaller throat: all resonances higher."""
    draw = np.random.default_rng(seed)
    parts: list[np.ndarray] = []
    length = 0
    while length < seconds * rate:
        word = [piece for _ in range(4) for piece in _syllable(draw, rate, pitch_hz, size)]
        parts += [*word, np.zeros(rate // 4)]
        length += sum(len(piece) for piece in word) + rate // 4
    return np.concatenate(parts)[: round(seconds * rate)].astype(np.float32)


def _syllable(draw: np.random.Generator, rate: int, pitch_hz: float, size: float) -> tuple[np.ndarray, np.ndarray]:
    """60 ms of hiss and a vowel whose pitch rises and falls."""
    count = round(draw.uniform(0.12, 0.22) * rate)
    pitch = pitch_hz * (1 + 0.15 * np.sin(np.linspace(0, np.pi, count))) * draw.uniform(0.9, 1.1)
    vowel = np.diff(np.floor(np.cumsum(pitch / rate)), prepend=0) + draw.standard_normal(count) * 0.01
    for formant, width in zip(VOWELS[draw.integers(len(VOWELS))], BANDWIDTHS, strict=True):
        vowel = _resonance(vowel, formant * size, width, rate)
    hiss = draw.standard_normal(round(0.06 * rate)) * 0.03
    return hiss * np.hanning(len(hiss)), vowel / np.abs(vowel).max() * np.sqrt(np.hanning(count)) * 0.3


def _resonance(signal: np.ndarray, hz: float, width: float, rate: int) -> np.ndarray:
    radius = np.exp(-np.pi * width / rate)
    middle, end = -2 * radius * np.cos(2 * np.pi * hz / rate), radius**2
    return np.asarray(lfilter([1 + middle + end], [1, middle, end], signal))


def music(seconds: float, *, rate: int = 24_000) -> Samples:
    """A chord struck twice a second."""
    time = np.arange(round(seconds * rate)) / rate
    chord = sum(np.sin(2 * np.pi * hz * time) + 0.5 * np.sin(4 * np.pi * hz * time) for hz in (220, 277, 330))
    return np.asarray(0.1 * chord * np.exp(-3 * (time % 0.5)), dtype=np.float32)
