"""The pitch a voice usually speaks at, by autocorrelation: enough to choose whose melody a look-alike borrows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indextts_post.audio import Samples, resample

_RATE = 8_000
_FRAME, _HOP = 400, 160
_LOWEST_HZ, _HIGHEST_HZ = 60, 450
_VOICED = 0.6
"""Least correlation of a frame with itself one period later."""
_QUIET_DB = 30.0
_NEARLY = 0.9


def voiced_pitches(samples: Samples, sample_rate: int) -> tuple[NDArray[np.float64], int]:
    """Pitch in Hz of each voiced frame (50 a second) of mono `samples`, and how many frames can be heard at all.

    The shortest period that correlates nearly as well as the best one counts, else half the pitch is often found.
    """
    sound = resample(samples, sample_rate, _RATE).astype(np.float64)
    if len(sound) < _FRAME:
        return np.zeros(0), 0
    frames = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::_HOP]
    frames = frames - frames.mean(axis=1, keepdims=True)
    power = np.square(frames).mean(axis=1)
    frames = frames[power > power.max() * 10 ** (-_QUIET_DB / 10)] if power.max() > 0 else frames[:0]
    if not len(frames):
        return np.zeros(0), 0
    correlation = _correlations(frames)
    shortest = _RATE // _HIGHEST_HZ
    lags = correlation[:, shortest : _RATE // _LOWEST_HZ + 1]
    inner = np.pad(lags, ((0, 0), (1, 1)), constant_values=-1.0)
    peak = (lags >= inner[:, :-2]) & (lags >= inner[:, 2:])
    best = np.where(peak, lags, -1.0).max(axis=1)
    first = np.argmax(peak & (lags >= _NEARLY * best[:, None]), axis=1)
    return _RATE / (first[best >= _VOICED] + shortest), len(frames)


def _correlations(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normalised autocorrelation [n, lags] of frames [n, samples]."""
    spectrum = np.fft.rfft(frames, 2 * _FRAME)
    raw = np.fft.irfft(np.square(np.abs(spectrum)))[:, :_FRAME]
    energy = np.cumsum(np.square(frames), axis=1)
    lag = np.arange(_FRAME)
    head, tail = energy[:, ::-1][:, lag], energy[:, -1:] - np.pad(energy, ((0, 0), (1, 0)))[:, lag]
    return np.asarray(raw / np.sqrt(np.maximum(head * tail, 1e-20)))
