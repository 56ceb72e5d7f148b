"""Flow matching: noise becomes a log-mel spectrogram in a number of steps along an estimated velocity.

Shapes: `M` mel bands, `P` frames of the prompt, `F` frames of the line, `T` = P + F, `C` content width, `S` style
width.

Each step estimates the velocity twice, with and without prompt, style and conditions, and goes beyond the first by
`guidance` times their difference (classifier-free guidance). The prompt's own frames stay 0 throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as nnf

from indextts_post.synthesis.indextts2.acoustic.dit import DiffusionTransformer
from indextts_post.synthesis.indextts2.acoustic.dit_steps import (
    LineConstants,
    TimeGrid,
    line_constants,
    time_grid,
    velocities,
)
from indextts_post.synthesis.indextts2.acoustic.sizes import DitSizes
from indextts_post.synthesis.indextts2.weights.weight_norm import Network


@dataclass(frozen=True)
class FlowSettings:
    """`steps` over the unit of time; `guidance` ≥ 0; `solver` "euler" as published.

    "adams" (Adams–Bashforth, two steps) leans on the previous velocity as well: second order at the same price, for
    fewer steps.
    """

    steps: int = 25
    guidance: float = 0.7
    solver: Literal["euler", "adams"] = "euler"


PUBLISHED = FlowSettings()


@dataclass(frozen=True)
class FlowLine:
    """One line: `prompt` [M, P] log-mel of the reference, `style` [S], `content` [T, C], `noise` [M, T]; float32."""

    prompt: Tensor
    style: Tensor
    content: Tensor
    noise: Tensor

    @property
    def prompt_frames(self) -> int:
        """P."""
        return self.prompt.shape[1]

    @property
    def frames(self) -> int:
        """T, prompt and line."""
        return self.noise.shape[1]


class FlowMatching(Network):
    """Holds the estimator under its published name."""

    def __init__(self, sizes: DitSizes) -> None:
        super().__init__()
        self.estimator = DiffusionTransformer(sizes)

    def grid(self, steps: int = PUBLISHED.steps) -> TimeGrid:
        """What depends on the time alone, for all lines with this number of steps."""
        return time_grid(self.estimator, steps)

    def solve(self, lines: Sequence[FlowLine], grid: TimeGrid, settings: FlowSettings = PUBLISHED) -> list[Tensor]:
        """The lines' log-mel spectrograms, each [M, F] float32, solved in one batch; lengths may differ.

        `grid` comes from `self.grid(settings.steps)`.
        """
        constants, x, moving = self._prepare(lines)
        previous: Tensor | None = None
        for step, width in enumerate(grid.times.diff().tolist()):
            guided, unguided = velocities(self.estimator, x, constants, grid, step)
            velocity = torch.lerp(unguided, guided, 1 + settings.guidance)
            slope = velocity if previous is None else 1.5 * velocity - 0.5 * previous
            previous = velocity if settings.solver == "adams" else None
            x[:, constants.first :].addcmul_(slope, moving, value=width)
        return [x[row, line.prompt_frames : line.frames].T.contiguous() for row, line in enumerate(lines)]

    def unused_tensors(self) -> dict[str, Tensor]:
        """Those of the estimator."""
        return {f"estimator.{name}": tensor for name, tensor in self.estimator.unused_tensors().items()}

    def _prepare(self, lines: Sequence[FlowLine]) -> tuple[LineConstants, Tensor, Tensor]:
        """Constants; the start `x` [L, T, M], 0 in prompt and padding; which frames of the tail move, [L, t, 1]."""
        frames = max(line.frames for line in lines)
        first = min(line.prompt_frames for line in lines)
        constants = line_constants(
            self.estimator,
            _stack([line.prompt.T for line in lines], frames),
            torch.stack([line.style for line in lines]),
            _stack([line.content for line in lines], frames),
            lengths=[line.frames for line in lines],
            first=first,
        )
        x = _stack([line.noise.T for line in lines], frames)
        place = torch.arange(frames, device=x.device)
        spans = [(place >= line.prompt_frames) & (place < line.frames) for line in lines]
        moving = torch.stack(spans)[:, :, None].to(x.dtype)
        return constants, x * moving, moving[:, constants.first :]


def _stack(rows: Sequence[Tensor], frames: int) -> Tensor:
    """[L, frames, …], zeros after each one's end."""
    return torch.stack([nnf.pad(row, (0, 0, 0, frames - len(row))) for row in rows])
