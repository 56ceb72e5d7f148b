"""Is it one person who speaks? Voiceprints of short windows, parted in two: two people make two heaps far apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indextts_post.audio import Samples
from indextts_post.recordings import speech_windows
from indextts_post.voiceprint import SpeakerEncoder

WINDOW_S, STEP_S = 1.6, 0.4
"""GE2E was trained on 1.6 s; the overlap keeps short turns from being missed."""
LEAST_OF_EACH_S = 1.2
"""Speech that the second voice must have to be told from a cough or a shout."""
APART = 0.78
"""Similarity of the two heaps below which they are two people: one voice has 0.83 and more, 17 of 19 pairs less
(`docs/cast.md`)."""
_VAD_WINDOW_S = 0.032
_ROUNDS = 12


@dataclass(frozen=True)
class SecondVoice:
    """Where somebody else speaks, in seconds of the recording, and how alike the two voices are (cosine)."""

    from_s: float
    to_s: float
    similarity: float


def second_voice(samples: Samples, sample_rate: int, encoder: SpeakerEncoder) -> SecondVoice | None:
    """The shorter of two voices in a recording; None where one person speaks, or too little is said to tell."""
    speech, times = _speech_only(samples, sample_rate)
    window, step = round(WINDOW_S * sample_rate), round(STEP_S * sample_rate)
    starts = range(0, max(0, len(speech) - window) + 1, step)
    if len(speech) < window or len(starts) < 2 * LEAST_OF_EACH_S / STEP_S:
        return None
    prints = np.stack([encoder.embed(speech[start : start + window], sample_rate) for start in starts])
    second = parted(prints)
    alike = heap_similarity(prints, second)
    few = np.flatnonzero(second)
    if len(few) * STEP_S < LEAST_OF_EACH_S or alike >= APART:
        return None
    middles = [float(times[min(len(times) - 1, starts[number] + window // 2)]) / sample_rate for number in few]
    to_the_end = int(few[-1]) == len(prints) - 1
    end = float(times[-1]) / sample_rate if to_the_end else max(middles) + STEP_S
    return SecondVoice(max(0.0, min(middles) - STEP_S), end, alike)


def parted(prints: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of `prints` [W, D], all of unit length, belong to the smaller of two heaps (2-means by cosine).

    The heaps start from the two prints that are least alike, so that equal input gives equal heaps.
    """
    alike = prints @ prints.T
    centres = prints[list(np.unravel_index(int(alike.argmin()), alike.shape))].astype(np.float64)
    second = np.zeros(len(prints), bool)
    for _ in range(_ROUNDS):
        near = prints @ centres.T
        second = near[:, 1] > near[:, 0]
        if second.all() or not second.any():
            break
        centres = np.stack([prints[~second].mean(axis=0), prints[second].mean(axis=0)])
        centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    return second if np.count_nonzero(second) * 2 <= len(second) else ~second


def heap_similarity(prints: NDArray[np.float32], second: NDArray[np.bool_]) -> float:
    """Cosine between the means of the two heaps; 1 where one of them is empty."""
    if second.all() or not second.any():
        return 1.0
    one, other = prints[~second].mean(axis=0), prints[second].mean(axis=0)
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def _speech_only(samples: Samples, sample_rate: int) -> tuple[Samples, NDArray[np.int64]]:
    """The samples that are speech, one after the other, and where each stood."""
    probability = speech_windows(samples, sample_rate)
    edges = np.minimum(
        np.round(np.arange(len(probability) + 1) * _VAD_WINDOW_S * sample_rate).astype(int), len(samples)
    )
    spoken = np.zeros(len(samples), bool)
    for number in np.flatnonzero(probability >= 0.5):
        spoken[edges[number] : edges[number + 1]] = True
    return np.ascontiguousarray(samples[spoken]), np.flatnonzero(spoken)
