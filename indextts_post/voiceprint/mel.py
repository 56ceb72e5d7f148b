"""Triangular mel filters of both encoders, each with the scale it was trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Filters = NDArray[np.float32]


def slaney_filters(bands: int, sample_rate: int, n_fft: int) -> Filters:
    """Filters [bands, n_fft / 2 + 1] from 0 Hz to half the rate, each of area 1 (Slaney, Auditory Toolbox, 1998).

    Linear below 1 kHz (200/3 Hz a mel), logarithmic above (27 mels from 1 kHz to 6.4 kHz), by torchaudio.
    """
    # Imported here: torchaudio brings torch, and speaking with a likeness that is kept needs neither.
    from torchaudio.functional import melscale_fbanks

    bank = melscale_fbanks(n_fft // 2 + 1, 0.0, sample_rate / 2, bands, sample_rate, norm="slaney", mel_scale="slaney")
    return np.ascontiguousarray(bank.numpy().T, dtype=np.float32)


def symmetric_filters(bands: int, sample_rate: int, n_fft: int) -> Filters:
    """Filters [bands, n_fft / 2 + 1], peak 1, on O'Shaughnessy's scale, each as wide above its centre as below it.

    Our own: torchaudio's triangles end at the next centre, and this encoder was trained with symmetric ones.
    """
    highest = 2595.0 * np.log10(1.0 + sample_rate / 2 / 700.0)
    edges = 700.0 * (10.0 ** (np.linspace(0.0, highest, bands + 2) / 2595.0) - 1.0)
    bins = np.linspace(0.0, sample_rate / 2, n_fft // 2 + 1)
    slope = (bins - edges[1:-1, None]) / (edges[1:-1] - edges[:-2])[:, None]
    return np.maximum(0.0, 1.0 - np.abs(slope)).astype(np.float32)
