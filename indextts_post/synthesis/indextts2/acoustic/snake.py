"""The vocoder's activation: a periodic curve applied at twice the rate, between two half-band filters.

Shapes: `B` batch, `C` channels, `T` samples, `R` samples of one block, `n` blocks.

Written plainly, it is five passes over memory: upsample ×2, y + sin²(e^α·y)/(e^β + 1e-9), downsample ×2 (Lee et al.,
BigVGAN, 2023; Karras et al. for the filtering). Here time is cut into short blocks, both filters become small banded
matrices, and a group of channels goes through all five steps while it lies in the processor's cache; about twice as
fast, equal to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as nnf

TAPS = 12
_BLOCK = 32
_HALO = 5
_CACHED_VALUES = 1 << 18


class SnakeActivation(nn.Module):
    """`hidden` [B, C, T] → the same shape and type; computed in float32."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.act = _SnakeBeta(channels)
        self.upsample = _Upsample()
        self.downsample = _Downsample()

    def forward(self, hidden: Tensor) -> Tensor:
        out = torch.empty_like(hidden)
        alpha, inverse_beta = self.act.curve()
        up, down = _upsampling_matrix(self.upsample.filter), _downsampling_matrix(self.downsample.lowpass.filter)
        for rows, batch, channels in _groups(hidden):
            curve = (alpha[channels, None, None], inverse_beta[channels, None, None])
            out[batch, channels] = _activate(rows.float(), up, down, *curve)
        return out


class _SnakeBeta(nn.Module):
    """Frequency and strength of the periodic part per channel, both as logarithms."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.alpha = nn.Parameter(torch.zeros(channels))
        self.beta = nn.Parameter(torch.zeros(channels))

    def curve(self) -> tuple[Tensor, Tensor]:
        """e^α and 1 / (e^β + 1e-9), [C] float32 each."""
        return torch.exp(self.alpha.float()), 1 / (torch.exp(self.beta.float()) + 1e-9)


class _Upsample(nn.Module):
    """Holds the published upsampling filter."""

    filter: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("filter", torch.zeros(1, 1, TAPS))


class _Downsample(nn.Module):
    """Holds the published downsampling filter."""

    def __init__(self) -> None:
        super().__init__()
        self.lowpass = _Upsample()


def _groups(hidden: Tensor) -> Iterator[tuple[Tensor, int, slice]]:
    """Groups of channels of one batch row, small enough for the cache; whole rows where there is an accelerator."""
    batch, channels, samples = hidden.shape
    step = max(1, _CACHED_VALUES // samples) if hidden.device.type == "cpu" else channels
    for row in range(batch):
        for first in range(0, channels, step):
            chosen = slice(first, min(first + step, channels))
            yield hidden[row, chosen], row, chosen


def _activate(rows: Tensor, up: Tensor, down: Tensor, alpha: Tensor, inverse_beta: Tensor) -> Tensor:
    """`rows` [C, T] float32 → [C, T]."""
    samples = rows.shape[1]
    blocks = -(-samples // _BLOCK)
    padded = nnf.pad(rows[None], (_HALO, _HALO + blocks * _BLOCK - samples), mode="replicate")[0]
    windows = padded.unfold(1, _BLOCK + 2 * _HALO, _BLOCK)
    # One tall product of two matrices; a batched one would go channel by channel.
    doubled = (windows.reshape(-1, up.shape[0]) @ up).view(len(rows), blocks, -1)
    _repeat_edges(doubled, samples)
    wave = torch.sin_(doubled * alpha)
    doubled.addcmul_(wave.square_(), inverse_beta)
    return (doubled.flatten(0, 1) @ down).view(len(rows), -1)[:, :samples]


def _repeat_edges(doubled: Tensor, samples: int) -> None:
    """Overwrite what the blocks `[C, n, 2R + 10]` hold beyond either end of the doubled signal by its last value."""
    doubled[:, 0, :_HALO] = doubled[:, 0, _HALO : _HALO + 1]
    blocks = doubled.shape[1]
    for block in range(max(0, blocks - 2), blocks):
        last = 2 * (samples - block * _BLOCK) + _HALO - 1
        if last + 1 < doubled.shape[2]:
            doubled[:, block, last + 1 :] = doubled[:, block, last : last + 1]


def _upsampling_matrix(taps: Tensor) -> Tensor:
    """[R + 10, 2R + 10]: from a block with five samples either side to twice the rate, five samples either side.

    Doubled sample d of the block is 2·Σ taps[d + 5 − 2·j]·x[j]; both counted from the start of the block.
    """
    source = torch.arange(_BLOCK + 2 * _HALO, device=taps.device)[:, None] - _HALO
    doubled = torch.arange(2 * _BLOCK + 2 * _HALO, device=taps.device)[None] - _HALO
    return 2 * _taps_at(taps, doubled + 5 - 2 * source)


def _downsampling_matrix(taps: Tensor) -> Tensor:
    """[2R + 10, R]: sample m of the block is Σ taps[k]·y[2·m + k − 5]."""
    doubled = torch.arange(2 * _BLOCK + 2 * _HALO, device=taps.device)[:, None] - _HALO
    sample = torch.arange(_BLOCK, device=taps.device)[None]
    return _taps_at(taps, doubled - 2 * sample + 5)


def _taps_at(taps: Tensor, index: Tensor) -> Tensor:
    inside = (index >= 0) & (index < TAPS)
    return torch.where(inside, taps.float().flatten()[index.clamp(0, TAPS - 1)], 0.0)
