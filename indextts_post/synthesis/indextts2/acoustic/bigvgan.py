"""BigVGAN v2, the vocoder: a log-mel spectrogram to a waveform (Lee et al., 2023).

Shapes: `B` batch, `M` mel bands, `F` mel frames, `C` channels of a stage, `T` samples so far, `S` = F · 256 samples.
"""

from __future__ import annotations

from torch import Tensor, nn

from indextts_post.synthesis.indextts2.acoustic.sizes import BigVganSizes
from indextts_post.synthesis.indextts2.acoustic.snake import SnakeActivation
from indextts_post.synthesis.indextts2.weights.weight_norm import Network, NormedConv1d, NormedConvTranspose1d

_EDGE_KERNEL = 7


class BigVgan(Network):
    """`mel` [B, M, F] natural-log magnitudes → waveform [B, S] float32 in [−1, 1]."""

    def __init__(self, sizes: BigVganSizes) -> None:
        super().__init__()
        channels = sizes.initial_channels
        self.conv_pre = NormedConv1d(sizes.mel_bands, channels, _EDGE_KERNEL, padding=_EDGE_KERNEL // 2)
        self.ups, self.resblocks = nn.ModuleList(), nn.ModuleList()
        for rate, kernel in zip(sizes.rates, sizes.kernels, strict=True):
            padding = (kernel - rate) // 2
            raised = NormedConvTranspose1d(channels, channels // 2, kernel, stride=rate, padding=padding)
            self.ups.append(nn.ModuleList([raised]))
            channels //= 2
            for width, dilations in zip(sizes.block_kernels, sizes.block_dilations, strict=True):
                self.resblocks.append(_ResidualBlock(channels, width, dilations))
        self.activation_post = SnakeActivation(channels)
        self.conv_post = NormedConv1d(channels, 1, _EDGE_KERNEL, padding=_EDGE_KERNEL // 2, bias=False)
        self._blocks_per_stage = len(sizes.block_kernels)

    def forward(self, mel: Tensor) -> Tensor:
        hidden: Tensor = self.conv_pre(mel.to(self.conv_pre.weight.dtype))
        for stage, raised in enumerate(self.ups):
            hidden = self._stage(stage, raised[0](hidden))  # type: ignore[index]
        wave: Tensor = self.conv_post(self.activation_post(hidden))
        return wave[:, 0].float().clamp(-1.0, 1.0)

    def _stage(self, stage: int, hidden: Tensor) -> Tensor:
        """The mean of the stage's residual blocks, all of which hear the same."""
        count = self._blocks_per_stage
        first, *others = self.resblocks[stage * count : (stage + 1) * count]
        total: Tensor = first(hidden)
        for block in others:
            total += block(hidden)
        return total.div_(count)


class _ResidualBlock(nn.Module):
    """[B, C, T] → [B, C, T]: per dilation two activated convolutions, added to what came in."""

    def __init__(self, channels: int, kernel: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.convs1 = nn.ModuleList(_convolution(channels, kernel, dilation) for dilation in dilations)
        self.convs2 = nn.ModuleList(_convolution(channels, kernel, 1) for _ in dilations)
        self.activations = nn.ModuleList(SnakeActivation(channels) for _ in range(2 * len(dilations)))

    def forward(self, hidden: Tensor) -> Tensor:
        for index, (dilated, plain) in enumerate(zip(self.convs1, self.convs2, strict=True)):
            inner = dilated(self.activations[2 * index](hidden))
            hidden = plain(self.activations[2 * index + 1](inner)).add_(hidden)
        return hidden


def _convolution(channels: int, kernel: int, dilation: int) -> NormedConv1d:
    return NormedConv1d(channels, channels, kernel, dilation=dilation, padding=dilation * (kernel - 1) // 2)
