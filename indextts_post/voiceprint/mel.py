"""Triangular mel filters of both encoders, each with the scale it was trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Filters = NDArray[np.float32]


def slaney_filters(bands: int, sample_rate: int, n_fft: int) -> Filters:
    """Filters [bands, n_fft / 2 + 1] from 0 Hz to half the rate, each of area 1 (Slaney, Auditory Toolbox, 1998).

    Linear below 1 kHz (200/3 Hz a mel), logarithmic above (27 mels from 1 kHz to 6.4 kHz).
    """
    edges = _slaney_hz(np.linspace(0.0, _slaney_mel(sample_rate / 2), bands + 2))
    bins = np.linspace(0.0, sample_rate / 2, n_fft // 2 + 1)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    filters = np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return filters.astype(np.float32)


def symmetric_filters(bands: int, sample_rate: int, n_fft: int) -> Filters:
    """Filters [bands, n_fft / 2 + 1], peak 1, on O'Shaughnessy's scale, each as wide above its centre as below it."""
    highest = 2595.0 * np.log10(1.0 + sample_rate / 2 / 700.0)
    edges = 700.0 * (10.0 ** (np.linspace(0.0, highest, bands + 2) / 2595.0) - 1.0)
    bins = np.linspace(0.0, sample_rate / 2, n_fft // 2 + 1)
    slope = (bins - edges[1:-1, None]) / (edges[1:-1] - edges[:-2])[:, None]
    return np.maximum(0.0, 1.0 - np.abs(slope)).astype(np.float32)


_BREAK_HZ = 1000.0
_HZ_A_MEL = 200.0 / 3.0
_LOG_STEP = np.log(6.4) / 27.0


def _slaney_mel(hz: float) -> float:
    return float(_BREAK_HZ / _HZ_A_MEL + np.log(hz / _BREAK_HZ) / _LOG_STEP) if hz > _BREAK_HZ else hz / _HZ_A_MEL


def _slaney_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    above = mel - _BREAK_HZ / _HZ_A_MEL
    return np.where(above > 0, _BREAK_HZ * np.exp(_LOG_STEP * np.maximum(above, 0.0)), mel * _HZ_A_MEL)
