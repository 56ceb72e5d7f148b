"""CAMPPlus, the speaker encoder: one style vector for the timbre of a recording (Wang et al., 2023).

Shapes: `B` batch, `n` filter-bank frames (100 a second), `M` mel bands, `C` channels, `T` = ⌈n/2⌉ frames after the
first layer in time, `D` width of the style.

Two-dimensional convolutions squeeze the bands to an eighth, three densely connected blocks follow, in which every layer
weighs its local view with what it hears of the whole recording and of its hundred-frame segment; then mean and
deviation over time.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional as nnf

from indextts_post.synthesis.indextts2.acoustic.sizes import CampPlusSizes
from indextts_post.synthesis.indextts2.weights.weight_norm import Network

_DENSE_KERNEL = 3


class CampPlus(Network):
    """`features` [B, n, M] → style [B, D]."""

    def __init__(self, sizes: CampPlusSizes) -> None:
        super().__init__()
        self.head = _Head(sizes.head_channels)
        self.segment_frames = sizes.segment_frames
        channels = sizes.head_channels * -(-sizes.mel_bands // 8)
        self.xvector, pooled = _time_layers(sizes, channels)
        self.xvector.add_module("dense", _Dense(pooled, sizes.style_dim))

    def forward(self, features: Tensor) -> Tensor:
        """Raises nothing; needs at least three frames, so that there is a deviation over time."""
        hidden = self.head(features.transpose(1, 2))
        for name, layer in self.xvector.named_children():
            hidden = _statistics(hidden) if name == "dense" else hidden
            hidden = layer(hidden)
        style: Tensor = hidden
        return style


def _statistics(hidden: Tensor) -> Tensor:
    """[B, C, T] → mean and deviation over time, [B, 2·C]."""
    deviation, mean = torch.std_mean(hidden, dim=2, correction=1)
    return torch.cat([mean, deviation], dim=1)


def _time_layers(sizes: CampPlusSizes, channels: int) -> tuple[nn.Sequential, int]:
    """Everything along time, under its published names, and the number of channels after pooling."""
    width = sizes.initial_channels
    first = nn.Conv1d(channels, width, 5, stride=2, padding=2, bias=False)
    layers: OrderedDict[str, nn.Module] = OrderedDict(tdnn=_Unit(linear=first, nonlinear=_norm_relu(width)))
    for number, (count, dilation) in enumerate(zip(sizes.layers, sizes.dilations, strict=True), start=1):
        layers[f"block{number}"] = _DenseBlock(sizes, width, count, dilation)
        grown = width + count * sizes.growth
        width = grown // 2
        halving = nn.Conv1d(grown, width, 1, bias=False)
        layers[f"transit{number}"] = _Unit(nonlinear=_norm_relu(grown), linear=halving)
    layers["out_nonlinear"] = _norm_relu(width)
    return nn.Sequential(layers), 2 * width


class _Unit(nn.Sequential):
    """Layers in the order given, by name."""

    def __init__(self, **layers: nn.Module) -> None:
        super().__init__(OrderedDict(layers))


def _norm_relu(channels: int) -> _Unit:
    return _Unit(batchnorm=nn.BatchNorm1d(channels), relu=nn.ReLU())


class _Head(nn.Module):
    """[B, M, n] → [B, C · M/8, n]: the frequency axis is strided three times, time is not."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.layer1 = nn.Sequential(_Residual(channels, stride=2), _Residual(channels, stride=1))
        self.layer2 = nn.Sequential(_Residual(channels, stride=2), _Residual(channels, stride=1))
        self.conv2 = nn.Conv2d(channels, channels, 3, stride=(2, 1), padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, bands: Tensor) -> Tensor:
        hidden = nnf.relu(self.bn1(self.conv1(bands[:, None])))
        hidden = self.layer2(self.layer1(hidden))
        return nnf.relu(self.bn2(self.conv2(hidden))).flatten(1, 2)


class _Residual(nn.Module):
    """[B, C, M, n] → [B, C, M/stride, n]."""

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, stride=(stride, 1), padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.shortcut = nn.Sequential()
        if stride != 1:
            self.shortcut.append(nn.Conv2d(channels, channels, 1, stride=(stride, 1), bias=False))
            self.shortcut.append(nn.BatchNorm2d(channels))

    def forward(self, hidden: Tensor) -> Tensor:
        made = self.bn2(self.conv2(nnf.relu(self.bn1(self.conv1(hidden)))))
        return nnf.relu(made + self.shortcut(hidden))


class _DenseBlock(nn.Module):
    """[B, C, T] → [B, C + count · growth, T]: each layer sees all before it."""

    def __init__(self, sizes: CampPlusSizes, channels: int, count: int, dilation: int) -> None:
        super().__init__()
        for index in range(count):
            self.add_module(f"tdnnd{index + 1}", _DenseLayer(sizes, channels + index * sizes.growth, dilation))

    def forward(self, hidden: Tensor) -> Tensor:
        for layer in self.children():
            hidden = torch.cat([hidden, layer(hidden)], dim=1)
        return hidden


class _DenseLayer(nn.Module):
    """[B, C, T] → [B, growth, T]."""

    def __init__(self, sizes: CampPlusSizes, channels: int, dilation: int) -> None:
        super().__init__()
        bottleneck = sizes.bottleneck_factor * sizes.growth
        self.nonlinear1 = _norm_relu(channels)
        self.linear1 = nn.Conv1d(channels, bottleneck, 1, bias=False)
        self.nonlinear2 = _norm_relu(bottleneck)
        self.cam_layer = _ContextMask(bottleneck, sizes.growth, dilation, sizes.segment_frames)

    def forward(self, hidden: Tensor) -> Tensor:
        masked: Tensor = self.cam_layer(self.nonlinear2(self.linear1(self.nonlinear1(hidden))))
        return masked


class _ContextMask(nn.Module):
    """[B, C, T] → [B, growth, T]: a dilated convolution, gated by the recording's and the segment's mean."""

    def __init__(self, channels: int, growth: int, dilation: int, segment_frames: int) -> None:
        super().__init__()
        self.segment_frames = segment_frames
        padding = dilation * (_DENSE_KERNEL // 2)
        self.linear_local = nn.Conv1d(channels, growth, _DENSE_KERNEL, padding=padding, dilation=dilation, bias=False)
        self.linear1 = nn.Conv1d(channels, channels // 2, 1)
        self.linear2 = nn.Conv1d(channels // 2, growth, 1)

    def forward(self, hidden: Tensor) -> Tensor:
        segments = _segment_means(hidden, self.segment_frames) + hidden.mean(dim=2, keepdim=True)
        gates = torch.sigmoid(self.linear2(nnf.relu(self.linear1(segments))))
        every_frame = gates.repeat_interleave(self.segment_frames, dim=2)[:, :, : hidden.shape[2]]
        gated: Tensor = self.linear_local(hidden) * every_frame
        return gated


def _segment_means(hidden: Tensor, frames: int) -> Tensor:
    """[B, C, T] → [B, C, ⌈T/frames⌉]; the last segment is averaged over its real length."""
    return nnf.avg_pool1d(hidden, frames, stride=frames, ceil_mode=True)


class _Dense(nn.Module):
    """[B, C] → [B, D], normalised without scale or shift."""

    def __init__(self, channels: int, style_dim: int) -> None:
        super().__init__()
        self.linear = nn.Conv1d(channels, style_dim, 1, bias=False)
        self.nonlinear = _Unit(batchnorm=nn.BatchNorm1d(style_dim, affine=False))

    def forward(self, pooled: Tensor) -> Tensor:
        style: Tensor = self.nonlinear(self.linear(pooled[:, :, None])[:, :, 0])
        return style
