"""Shares of voices in a look-alike: the arithmetic, without any network.

Letters: `K` voices, `D` width of a voiceprint.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Shares = NDArray[np.float64]


def nearest_shares(target: NDArray[np.float32], bank: NDArray[np.float32]) -> Shares:
    """Shares [K], none negative, sum 1, of the voiceprints `bank` [K, D] whose mixture has the least angle to `target`.

    The projection onto the cone that the voiceprints span; the angle does not mind that the shares are then made to
    sum to 1. Where the target is opposite to all voices, the nearest one gets everything.
    """
    weights, _ = nnls(bank.T.astype(np.float64), target.astype(np.float64))
    if weights.sum() <= 0:
        weights = np.zeros(len(bank))
        weights[int(np.argmax(bank @ target))] = 1.0
    return np.asarray(weights / weights.sum())


def towards(shares: Shares, voice: int, step: float) -> Shares:
    """`shares` with `step` of the whole given to `voice`, all others reduced alike; a negative step takes away."""
    moved = (1 - step) * shares
    moved[voice] += step
    moved = np.maximum(moved, 0.0)
    return np.asarray(moved / moved.sum())


def without_small_weights(shares: Shares, least: float = 0.02) -> Shares:
    """`shares` without those below `least`, made to sum to 1 again; the largest always stays."""
    kept = np.where(shares >= min(least, shares.max()), shares, 0.0)
    return np.asarray(kept / kept.sum())


def melody_shares(pitches_hz: Sequence[float], wanted_hz: float) -> Shares:
    """Shares of voices with these usual pitches that make `wanted_hz`: the next below and the next above.

    Interpolated on the musical scale: halfway between 100 and 200 Hz is 141.4 Hz. Outside of all voices the nearest
    one alone.
    """
    logs = np.log(np.asarray(pitches_hz, dtype=np.float64))
    wanted = float(np.log(wanted_hz))
    shares = np.zeros(len(logs))
    below, above = np.flatnonzero(logs <= wanted), np.flatnonzero(logs >= wanted)
    if not len(below) or not len(above):
        shares[int(np.argmin(np.abs(logs - wanted)))] = 1.0
        return shares
    low, high = int(below[np.argmax(logs[below])]), int(above[np.argmin(logs[above])])
    part = (wanted - logs[low]) / (logs[high] - logs[low]) if logs[high] > logs[low] else 0.0
    shares[low] += 1 - part
    shares[high] += part
    return shares
