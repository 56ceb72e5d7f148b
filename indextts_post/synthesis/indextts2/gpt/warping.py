"""What is done to scores before a draw, over the last axis; "keep" entries survive whatever the setting."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def penalise(scores: Tensor, used: Tensor, penalty: float) -> Tensor:
    """Make codes that were used already less likely: scores below 0 times `penalty`, others divided by it.

    `scores` and `used` (bool) [..., V]; once a code, not once an occurrence (CTRL, arXiv 1909.05858, 4.1).
    """
    return torch.where(used, torch.where(scores < 0, scores * penalty, scores / penalty), scores)


def top_k(scores: Tensor, count: int, *, keep: int = 1) -> Tensor:
    """Only the `count` largest scores, ties included; 0 leaves all."""
    if count <= 0:
        return scores
    least = scores.topk(min(max(count, keep), scores.shape[-1])).values[..., -1:]
    return scores.masked_fill(scores < least, -math.inf)


def top_p(scores: Tensor, mass: float, *, keep: int = 1) -> Tensor:
    """Drop the least likely whose probabilities sum to no more than 1 − `mass`; 1 leaves all."""
    if mass >= 1:
        return scores
    ordered, order = torch.sort(scores, descending=False)
    dropped = ordered.softmax(dim=-1).cumsum(dim=-1) <= (1 - mass)
    dropped[..., -keep:] = False
    return scores.masked_fill(dropped.scatter(-1, order, dropped), -math.inf)
