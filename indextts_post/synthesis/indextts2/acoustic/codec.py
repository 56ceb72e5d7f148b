"""The semantic codec: features of speech to one code a frame, and codes back to features.

Shapes: `B` batch, `T` feature rows (50 a second), `N` codes, `H` feature width, `D` inner width.

2.0 (RepCodec of MaskGCT): one code per row; only encoder and codebook are used, N = T.
2.5 (a codec of its own): rows are halved before the encoder, N = ⌈T/2⌉, and a decoder brings codes back to 2·N rows.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as nnf

from indextts_post.synthesis.indextts2.acoustic.sizes import CodecSizes
from indextts_post.synthesis.indextts2.weights.weight_norm import Network, NormedConv1d

_KERNEL = 7
_EPS = 1e-6


class SemanticCodec(Network):
    """Both versions, by `sizes.halved`."""

    def __init__(self, sizes: CodecSizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.encoder = _half(sizes)
        self.quantizer = _Quantizers(sizes)
        if sizes.halved:
            hidden = sizes.hidden_size
            self.down = nn.Conv1d(hidden, hidden, 3, stride=2, padding=1)
            self.decoder = _half(sizes)
            self.up = nn.Conv1d(hidden, hidden, 3, padding=1)

    def halve(self, features: Tensor) -> Tensor:
        """2.5 only: `features` [B, T, H] → [B, ⌈T/2⌉, H], what its encoder takes."""
        halved: Tensor = nnf.gelu(self.down(features.transpose(1, 2)))
        return halved.transpose(1, 2)

    def encode(self, features: Tensor) -> Tensor:
        """`features` [B, T, H], normalised → codes [B, N] int64 in 0 … codebook_size − 1."""
        rows = self.halve(features) if self.sizes.halved else features
        return self._codebook.nearest(self.encoder(rows))

    def embed(self, codes: Tensor) -> Tensor:
        """Codes [B, N] → their rows [B, N, H], before any decoder: what 2.0 hands on as quantised features."""
        return self._codebook.rows(codes)

    def decode(self, codes: Tensor) -> Tensor:
        """2.5 only: codes [B, N] → features [B, 2·N, H]."""
        rows: Tensor = self.decoder(self.embed(codes)).transpose(1, 2)
        restored: Tensor = self.up(rows.repeat_interleave(2, dim=2))
        return restored.transpose(1, 2)

    def unused_tensors(self) -> dict[str, Tensor]:
        """The decoder of 2.0, which the published file holds."""
        if self.sizes.halved:
            return {}
        with torch.device("meta"):
            return {f"decoder.{name}": value for name, value in _half(self.sizes).state_dict().items()}

    @property
    def _codebook(self) -> _Codebook:
        return self.quantizer.quantizers[0]  # type: ignore[return-value]


def _half(sizes: CodecSizes) -> nn.Sequential:
    return nn.Sequential(_Backbone(sizes), nn.Linear(sizes.width, sizes.hidden_size))


class _Backbone(nn.Module):
    """[B, T, H] → [B, T, D]: a convolution and residual blocks (ConvNeXt in one dimension, as in Vocos)."""

    def __init__(self, sizes: CodecSizes) -> None:
        super().__init__()
        self.embed = nn.Conv1d(sizes.hidden_size, sizes.width, _KERNEL, padding=_KERNEL // 2)
        self.norm = nn.LayerNorm(sizes.width, eps=_EPS)
        self.convnext = nn.ModuleList(_Block(sizes) for _ in range(sizes.blocks))
        self.final_layer_norm = nn.LayerNorm(sizes.width, eps=_EPS)

    def forward(self, rows: Tensor) -> Tensor:
        hidden: Tensor = self.norm(self.embed(rows.transpose(1, 2)).transpose(1, 2))
        for block in self.convnext:
            hidden = block(hidden)
        normal: Tensor = self.final_layer_norm(hidden)
        return normal


class _Block(nn.Module):
    """[B, T, D] → [B, T, D]: depthwise convolution, then a feed-forward of width `mlp_width`, scaled and added."""

    def __init__(self, sizes: CodecSizes) -> None:
        super().__init__()
        width = sizes.width
        self.dwconv = nn.Conv1d(width, width, _KERNEL, padding=_KERNEL // 2, groups=width)
        self.norm = nn.LayerNorm(width, eps=_EPS)
        self.pwconv1 = nn.Linear(width, sizes.mlp_width)
        self.pwconv2 = nn.Linear(sizes.mlp_width, width)
        self.gamma = nn.Parameter(torch.empty(width))

    def forward(self, rows: Tensor) -> Tensor:
        mixed = self.norm(self.dwconv(rows.transpose(1, 2)).transpose(1, 2))
        added: Tensor = self.gamma * self.pwconv2(nnf.gelu(self.pwconv1(mixed)))
        return rows + added


class _Quantizers(nn.Module):
    """The published nesting: a list of one codebook."""

    def __init__(self, sizes: CodecSizes) -> None:
        super().__init__()
        self.quantizers = nn.ModuleList([_Codebook(sizes)])


class _Codebook(nn.Module):
    """Rows are compared by direction, but handed on with their own length."""

    def __init__(self, sizes: CodecSizes) -> None:
        super().__init__()
        self.in_project = NormedConv1d(sizes.hidden_size, sizes.codebook_dim, 1)
        self.out_project = NormedConv1d(sizes.codebook_dim, sizes.hidden_size, 1)
        self.codebook = nn.Embedding(sizes.codebook_size, sizes.codebook_dim)

    def nearest(self, hidden: Tensor) -> Tensor:
        """`hidden` [B, N, H] → the code whose row has the largest cosine, [B, N] int64."""
        projected = self.in_project(hidden.transpose(1, 2)).transpose(1, 2)
        cosine = nnf.normalize(projected, dim=-1) @ nnf.normalize(self.codebook.weight, dim=-1).T
        code: Tensor = cosine.argmax(dim=-1)
        return code

    def rows(self, codes: Tensor) -> Tensor:
        """Codes [B, N] → [B, N, H]."""
        projected: Tensor = self.out_project(self.codebook(codes).transpose(1, 2))
        return projected.transpose(1, 2)
