"""The resampler that turns a reference of any length into a fixed number of rows.

B batch, S context rows, C context width, N latents, D width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from indextts_post.synthesis.indextts2.gpt.sizes import PerceiverSizes


class Perceiver(nn.Module):
    """Learned latents look at themselves and at the context in every layer; no norm before attention."""

    def __init__(self, sizes: PerceiverSizes) -> None:
        super().__init__()
        self.latents = nn.Parameter(torch.randn(sizes.latents, sizes.width) * 0.02)
        self.proj_context = nn.Linear(sizes.context_dim, sizes.width)
        self.layers = nn.ModuleList(PerceiverLayer(sizes) for _ in range(sizes.layers))
        self.norm = UnitNorm(sizes.width)

    def forward(self, context: Tensor) -> Tensor:
        """`context` [B, S, C] → [B, N, D]."""
        seen = self.proj_context(context)
        latents = self.latents.expand(context.shape[0], -1, -1)
        for layer in self.layers:
            latents = layer(latents, seen)
        normed: Tensor = self.norm(latents)
        return normed


class PerceiverLayer(nn.ModuleList):
    """Attention at index 0, feed-forward at index 1, as in the checkpoint's names."""

    def __init__(self, sizes: PerceiverSizes) -> None:
        super().__init__([CrossAttention(sizes), gated_feed_forward(sizes)])

    def forward(self, latents: Tensor, context: Tensor) -> Tensor:
        """`latents` [B, N, D], `context` [B, S, D] → [B, N, D]."""
        latents = latents + self[0](latents, context)
        grown: Tensor = latents + self[1](latents)
        return grown


class CrossAttention(nn.Module):
    """Latents ask; latents and context answer. Heads are 64 wide whatever the width."""

    def __init__(self, sizes: PerceiverSizes) -> None:
        super().__init__()
        inner = sizes.heads * sizes.head_dim
        self.heads = sizes.heads
        self.to_q = nn.Linear(sizes.width, inner, bias=False)
        self.to_kv = nn.Linear(sizes.width, 2 * inner, bias=False)
        self.to_out = nn.Linear(inner, sizes.width, bias=False)

    def forward(self, latents: Tensor, context: Tensor) -> Tensor:
        """`latents` [B, N, D], `context` [B, S, D] → [B, N, D]."""
        key, value = self.to_kv(torch.cat([latents, context], dim=1)).chunk(2, dim=-1)
        query, key, value = (self._split(x) for x in (self.to_q(latents), key, value))
        mixed = functional.scaled_dot_product_attention(query, key, value)
        joined: Tensor = self.to_out(mixed.transpose(1, 2).flatten(2))
        return joined

    def _split(self, x: Tensor) -> Tensor:
        split: Tensor = x.reshape(*x.shape[:2], self.heads, -1).transpose(1, 2)
        return split


def gated_feed_forward(sizes: PerceiverSizes) -> nn.Sequential:
    """Linear, gate, linear; the gate sits at index 1, as in the checkpoint's names."""
    return nn.Sequential(
        nn.Linear(sizes.width, 2 * sizes.mlp_width), GeluGate(), nn.Linear(sizes.mlp_width, sizes.width)
    )


class GeluGate(nn.Module):
    """First half times the exact GELU of the second."""

    def forward(self, x: Tensor) -> Tensor:
        """[…, 2M] → […, M]."""
        value, gate = x.chunk(2, dim=-1)
        gated: Tensor = value * functional.gelu(gate)
        return gated


class UnitNorm(nn.Module):
    """x / ‖x‖ · √D · gamma, over the last axis."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.gamma = nn.Parameter(torch.ones(width))
        self.scale = width**0.5

    def forward(self, x: Tensor) -> Tensor:
        """[…, D] → […, D]."""
        normed: Tensor = functional.normalize(x, dim=-1, eps=1e-12) * self.scale * self.gamma
        return normed
