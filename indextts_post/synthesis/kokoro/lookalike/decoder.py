"""The part of Kokoro that a timbre acts on, in torch: what the onnx graph cannot give is the gradient.

A copy of the render graph from its aligned text features on (StyleTTS 2 decoder with iSTFTNet, Li et al. 2023, Kaneko
et al. 2022), filled from the initialisers of the very graph that speaks. Letters: `B` = 1, `F` decoder frames of 600
samples, `C` channels, `H` = 120 F + 1 frames of the harmonic source. Everything that does not depend on the timbre
(text features, harmonic source) is computed by the graph and comes in as a tensor.

    text [B, 512, F], pitch [B, 1, 2F] Hz, energy [B, 1, 2F], source [B, 22, H], timbre [B, 128] → samples [B, 600 F]
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

TIMBRE = 128
_TEXT = 512
_WIDE = 1024
_RESIDUAL = 64
_BINS = 11
_N_FFT, _HOP = 20, 5
_EPS = 1e-5


class Decoder(nn.Module):
    """Frames at 40 a second, up to 80, then the generator."""

    def __init__(self) -> None:
        super().__init__()
        self.F0_conv = nn.Conv1d(1, 1, 3, stride=2, padding=1)
        self.N_conv = nn.Conv1d(1, 1, 3, stride=2, padding=1)
        self.asr_res = nn.Sequential(nn.Conv1d(_TEXT, _RESIDUAL, 1))
        self.encode = _StyledBlock(_TEXT + 2, _WIDE)
        joined = _WIDE + _RESIDUAL + 2
        self.decode = nn.ModuleList(
            [*(_StyledBlock(joined, _WIDE) for _ in range(3)), _StyledBlock(joined, _TEXT, doubled=True)]
        )
        self.generator = _Generator()

    def forward(self, text: Tensor, pitch: Tensor, energy: Tensor, source: Tensor, timbre: Tensor) -> Tensor:
        curves = [self.F0_conv(pitch), self.N_conv(energy)]
        x = self.encode(torch.cat([text, *curves], dim=1), timbre)
        beside = [self.asr_res(text), *curves]
        for block in self.decode:
            x = block(torch.cat([x, *beside], dim=1), timbre)
        samples: Tensor = self.generator(x, source, timbre)
        return samples


class _AdaptiveNorm(nn.Module):
    """Each channel normalised over time, then scaled and shifted as the timbre says: [B, C, F] → [B, C, F]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc = nn.Linear(TIMBRE, 2 * channels)

    def forward(self, x: Tensor, timbre: Tensor) -> Tensor:
        scaled: Tensor = self.fc(timbre)[:, :, None]
        scale, shift = scaled.chunk(2, dim=1)
        return (1 + scale) * functional.instance_norm(x, eps=_EPS) + shift


class _StyledBlock(nn.Module):
    """Residual block of the decoder; `doubled` doubles the frames."""

    def __init__(self, channels: int, out_channels: int, *, doubled: bool = False) -> None:
        super().__init__()
        self.doubled = doubled
        self.norm1 = _AdaptiveNorm(channels)
        self.norm2 = _AdaptiveNorm(out_channels)
        self.conv1 = nn.Conv1d(channels, out_channels, 3, padding=1)
        self.conv2 = nn.Conv1d(out_channels, out_channels, 3, padding=1)
        self.conv1x1 = nn.Conv1d(channels, out_channels, 1, bias=False)
        if doubled:
            self.pool = nn.ConvTranspose1d(channels, channels, 3, 2, padding=1, output_padding=1, groups=channels)

    def forward(self, x: Tensor, timbre: Tensor) -> Tensor:
        beside: Tensor = self.conv1x1(x.repeat_interleave(2, dim=2) if self.doubled else x)
        x = functional.leaky_relu(self.norm1(x, timbre), 0.2)
        x = self.conv1(self.pool(x) if self.doubled else x)
        x = self.conv2(functional.leaky_relu(self.norm2(x, timbre), 0.2))
        return (x + beside) / math.sqrt(2)


class _SnakeBlock(nn.Module):
    """Residual block of the generator: three pairs of convolutions, dilated by 1, 3, 5, with periodic activations."""

    def __init__(self, channels: int, kernel: int) -> None:
        super().__init__()

        def convolutions(*dilations: int) -> nn.ModuleList:
            return nn.ModuleList([nn.Conv1d(channels, channels, kernel, dilation=d, padding="same") for d in dilations])

        def norms() -> nn.ModuleList:
            return nn.ModuleList([_AdaptiveNorm(channels) for _ in range(3)])

        def frequencies() -> nn.ParameterList:
            return nn.ParameterList([nn.Parameter(torch.ones(1, channels, 1)) for _ in range(3)])

        self.convs1, self.convs2 = convolutions(1, 3, 5), convolutions(1, 1, 1)
        self.adain1, self.adain2 = norms(), norms()
        self.alpha1, self.alpha2 = frequencies(), frequencies()

    def forward(self, x: Tensor, timbre: Tensor) -> Tensor:
        halves = (self.adain1, self.alpha1, self.convs1), (self.adain2, self.alpha2, self.convs2)
        for step in range(3):
            inner = x
            for norm, alpha, conv in halves:
                inner = conv[step](_snake(norm[step](inner, timbre), alpha[step]))
            x = x + inner
        return x


def _snake(x: Tensor, alpha: Tensor) -> Tensor:
    """x + sin²(αx) / α (Ziyin et al., 2020)."""
    return x + (alpha * x).sin().square() / alpha


class _Generator(nn.Module):
    """Frames [B, 512, 2F] and harmonic source → a spectrum of 11 bins every 5 samples → samples."""

    inverse_basis: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.noise_convs = nn.ModuleList(
            [nn.Conv1d(2 * _BINS, 256, 12, stride=6, padding=3), nn.Conv1d(2 * _BINS, 128, 1)]
        )
        self.noise_res = nn.ModuleList([_SnakeBlock(256, 7), _SnakeBlock(128, 11)])
        self.ups = nn.ModuleList(
            [nn.ConvTranspose1d(512, 256, 20, 10, padding=5), nn.ConvTranspose1d(256, 128, 12, 6, padding=3)]
        )
        self.resblocks = nn.ModuleList([_SnakeBlock(width, kernel) for width in (256, 128) for kernel in (3, 7, 11)])
        self.conv_post = nn.Conv1d(128, 2 * _BINS, 7, padding=3)
        self.register_buffer("inverse_basis", torch.zeros(2 * _BINS, 1, _N_FFT))

    def forward(self, x: Tensor, source: Tensor, timbre: Tensor) -> Tensor:
        for stage in range(2):
            beside = self.noise_res[stage](self.noise_convs[stage](source), timbre)
            x = self.ups[stage](functional.leaky_relu(x, 0.1))
            if stage == 1:
                x = functional.pad(x, (1, 0), mode="reflect")
            x = x + beside
            blocks = self.resblocks[3 * stage : 3 * stage + 3]
            x = torch.stack([block(x, timbre) for block in blocks]).mean(dim=0)
        x = self.conv_post(functional.leaky_relu(x, 0.01))
        return self._sounding(x[:, :_BINS].exp(), x[:, _BINS:].sin())

    def _sounding(self, magnitude: Tensor, phase: Tensor) -> Tensor:
        """Inverse Fourier transform of overlapping windows, half a window cut off at both ends."""
        spectrum = torch.cat([magnitude * phase.cos(), magnitude * phase.sin()], dim=1)
        samples = functional.conv_transpose1d(spectrum, self.inverse_basis, stride=_HOP) * (_N_FFT / _HOP)
        return samples[:, 0, _N_FFT // 2 : -_N_FFT // 2]
