"""Which parts of a line may be stretched: pauses most, steady stretches a little, onsets not at all.

Shapes: `T` semantic rows, `H` their width.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

PAUSE = 1.0
"""Elasticity of a pause; that of speech lies between 0 (an onset) and `STEADY`."""
STEADY = 0.4


def elasticity(rows: Tensor, pauses: Tensor) -> Tensor:
    """How far each of `rows` [T, H] may give and take, [T] float32 in 0…1; `pauses` [T] bool says where none speaks.

    A row is steady where it resembles both of its neighbours. A pause gives and takes all along, but for its last
    row, which the next onset begins in.
    """
    if len(rows) < 2:
        return torch.ones(len(rows))
    change = 1 - functional.cosine_similarity(rows[1:].float(), rows[:-1].float(), dim=-1).cpu()
    edges = functional.pad(change, (1, 1))
    largest = torch.maximum(edges[:-1], edges[1:])
    moving = largest / largest.max().clamp(min=1e-6)
    quiet = pauses.cpu() & functional.pad(pauses.cpu()[1:], (0, 1), value=True)
    return torch.where(quiet, PAUSE, STEADY * (1 - moving))
