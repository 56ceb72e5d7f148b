"""Training pieces that the architecture is about: emotion out of the speaker branch, and the wanted length in.

B batch, K speaker rows, D width.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from indextts_post.synthesis.indextts2.gpt.network import Gpt
from indextts_post.synthesis.indextts2.gpt.sizes import DurationConvention

FREE_SHARE = 0.3
"""Share of training lines whose length is left open, so that the network also learns to speak freely."""


class _Reversal(torch.autograd.Function):
    @staticmethod
    def forward(ctx: torch.autograd.function.FunctionCtx, x: Tensor, strength: float) -> Tensor:
        ctx.strength = strength  # type: ignore[attr-defined]
        return x.view_as(x)

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,) = gradients
        return -ctx.strength * gradient, None  # type: ignore[attr-defined]


def reversed_gradient(x: Tensor, strength: float = 1.0) -> Tensor:
    """`x` as it is; on the way back its gradient times −`strength` (Ganin & Lempitsky, arXiv 1409.7495)."""
    reversed_: Tensor = _Reversal.apply(x, strength)  # type: ignore[no-untyped-call]
    return reversed_


class EmotionAdversary(nn.Module):
    """Guesses the emotion from the speaker's rows; what it learns, the speaker branch unlearns.

    Its loss is added to that of the task: it falls for the classifier and rises for whatever made the rows.
    """

    def __init__(self, width: int, emotions: int, hidden: int = 128) -> None:
        super().__init__()
        self.classifier = nn.Sequential(nn.Linear(width, hidden), nn.ReLU(), nn.Linear(hidden, emotions))

    def forward(self, speaker: Tensor, emotion: Tensor, strength: float = 1.0) -> Tensor:
        """`speaker` [B, K, D] rows and the true `emotion` [B] int64 → cross-entropy in nats."""
        guess = self.classifier(reversed_gradient(speaker.mean(dim=1), strength))
        return functional.cross_entropy(guess, emotion)


def adversary_strength(progress: float) -> float:
    """Strength at a share 0…1 of the training, rising smoothly from 0 to 1 (the same paper, section 3.1)."""
    return float(2 / (1 + torch.exp(torch.tensor(-10.0 * progress))) - 1)


class DurationEmbedding(nn.Module):
    """The two duration slots in training, their table tied to that of the code positions.

    One table learns from both uses, so that "T codes" and "the T-th code" mean the same. `FREE_SHARE` of the lines get
    the free rows, drawn from `generator`.
    """

    def __init__(self, gpt: Gpt, convention: DurationConvention) -> None:
        super().__init__()
        # The network is shared, not a part of this module: it is trained and saved on its own.
        self._gpt = [gpt]
        self.convention = convention

    @property
    def table(self) -> Tensor:
        """The tied table, one row a number of codes."""
        return self._gpt[0].mel_pos_embedding.emb.weight

    def forward(self, lengths: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """True `lengths` [B] in codes → slots [B, 2, D]."""
        free = torch.rand(len(lengths), generator=generator) < FREE_SHARE
        wanted = [None if open_ else int(length) for length, open_ in zip(lengths, free.tolist(), strict=True)]
        return torch.stack([self._gpt[0].duration_rows(length, self.convention) for length in wanted])


def length_loss(log_probs: Tensor, stop: int) -> Tensor:
    """How far the network is from stopping at the end and nowhere before, in nats.

    `log_probs` [B, N + 1, V] after 0 … N codes: −log p(stop) at the end, −log(1 − p(stop)) before, averaged over lines.
    """
    ends = log_probs[:, -1, stop]
    before = torch.log1p(-log_probs[:, :-1, stop].exp().clamp(max=1 - 1e-6))
    return -(ends + before.sum(dim=1)).mean()
