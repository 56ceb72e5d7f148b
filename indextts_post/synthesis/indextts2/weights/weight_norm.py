"""Weight normalisation, undone once while loading.

Published files store a normalised weight as two tensors, `weight_g` (length) and `weight_v` (direction):
w = g · v / ‖v‖₂, with the norm over every axis but the first (Salimans and Kingma, 2016). Networks here hold the plain
`weight`, computed once; the marker classes below only say where the published names differ.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn


class NormedLinear(nn.Linear):
    """A linear layer whose published weight is normalised."""


class NormedConv1d(nn.Conv1d):
    """A convolution whose published weight is normalised."""


class NormedConvTranspose1d(nn.ConvTranspose1d):
    """A transposed convolution whose published weight is normalised; its first axis is the input channel."""


class Network(nn.Module):
    """A network that knows the published names of its tensors, also of those it does not need."""

    def unused_tensors(self) -> dict[str, Tensor]:
        """Tensors that the published file holds and this network leaves there, on `meta`."""
        return {}


def published_tensors(network: nn.Module) -> dict[str, Tensor]:
    """Name → tensor (on `meta`) of everything the published file of `network` must hold, in no particular order."""
    tensors = {name: torch.empty_like(value, device="meta") for name, value in network.state_dict().items()}
    for prefix, module in network.named_modules():
        if isinstance(module, (NormedLinear, NormedConv1d, NormedConvTranspose1d)):
            tensors |= split_shapes(f"{prefix}.weight", tensors.pop(f"{prefix}.weight"))
    return tensors | (network.unused_tensors() if isinstance(network, Network) else {})


def split_shapes(name: str, weight: Tensor) -> dict[str, Tensor]:
    """The two published tensors, on `meta`, of the normalised weight called `name`."""
    length = (weight.shape[0], *(1 for _ in weight.shape[1:]))
    return {
        f"{name}_g": torch.empty(length, dtype=weight.dtype, device="meta"),
        f"{name}_v": torch.empty_like(weight, device="meta"),
    }


def fuse(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Replace every pair `weight_g`, `weight_v` by the `weight` it stands for, computed in float32."""
    fused = {name: value for name, value in tensors.items() if not name.endswith((".weight_g", ".weight_v"))}
    for name, direction in tensors.items():
        if name.endswith(".weight_v"):
            fused[name.removesuffix("_v")] = _fuse_one(tensors[f"{name.removesuffix('_v')}_g"], direction)
    return fused


def _fuse_one(length: Tensor, direction: Tensor) -> Tensor:
    direction = direction.float()
    norm = torch.linalg.vector_norm(direction, dim=tuple(range(1, direction.ndim)), keepdim=True)
    weight: Tensor = direction * (length.float() / norm)
    return weight
