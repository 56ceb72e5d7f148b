"""GE2E: a recurrent speaker encoder (Wan et al., *Generalized End-to-End Loss*, 2018; weights of Resemblyzer).

Letters as in `network`; `P` windows of 1.6 s, 77 frames apart, over which a voiceprint is averaged.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from indextts_post.errors import ModelError
from indextts_post.voiceprint.mel import slaney_filters
from indextts_post.voiceprint.network import HOP, N_FFT, EncoderNetwork, load_strictly, power_spectrum, read_weights

_BANDS = 40
_WIDTH = 256
_LAYERS = 3
_WINDOW = 160
_STEP = 77
_COVERED = 0.75
_LEVEL = 10 ** (-30 / 20)
"""RMS the network hears everything at, −30 dBFS: its features are not logarithmic, so level would matter."""


class Ge2e(EncoderNetwork):
    """Mel power [B · P, 160, 40] → LSTM → linear → ReLU → unit vector; the mean of a sound's windows, D = 256."""

    window: Tensor
    filters: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(_BANDS, _WIDTH, _LAYERS, batch_first=True)
        self.linear = nn.Linear(_WIDTH, _WIDTH)
        self.register_buffer("window", torch.hann_window(N_FFT), persistent=False)
        self.register_buffer("filters", torch.from_numpy(slaney_filters(_BANDS, 16_000, N_FFT)), persistent=False)

    def forward(self, wave: Tensor) -> Tensor:
        level = wave.square().mean(dim=1, keepdim=True).sqrt().clamp_min(1e-8)
        wave = wave * (_LEVEL / level)
        starts = window_starts(wave.shape[1])
        missing = (starts[-1] + _WINDOW) * HOP - wave.shape[1]
        wave = functional.pad(wave, (0, max(0, missing)))
        mel = torch.matmul(self.filters, power_spectrum(wave, self.window)).transpose(1, 2)
        windows = torch.stack([mel[:, start : start + _WINDOW] for start in starts], dim=1)
        hidden = self.lstm(windows.flatten(0, 1))[1][0][-1]
        each = functional.normalize(functional.relu(self.linear(hidden)), dim=1)
        return functional.normalize(each.view(*windows.shape[:2], -1).mean(dim=1), dim=1)


def window_starts(samples: int) -> list[int]:
    """First frame of each window of 1.6 s; the last one may run over the end by a quarter, the only one by more."""
    frames = -(-(samples + 1) // HOP)
    starts = list(range(0, max(1, frames - _WINDOW + _STEP + 1), _STEP))
    if len(starts) > 1 and samples - starts[-1] * HOP < _COVERED * _WINDOW * HOP:
        starts.pop()
    return starts


def load_ge2e(weights: Path) -> Ge2e:
    """The network with the published weights; the two numbers of its training loss are left out."""
    found = read_weights(weights)
    state = found.get("model_state")
    if not isinstance(state, dict):
        raise ModelError(f"{weights}: holds no 'model_state' among its {len(found)} entries; fetch the model again.")
    used = {name: tensor for name, tensor in state.items() if not name.startswith("similarity_")}
    network = Ge2e()
    load_strictly(network, used, weights)
    return network
