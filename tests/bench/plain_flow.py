"""Flow matching by Euler steps, as it is defined, nothing prepared: what the fast solver must equal."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor
from torch.nn import functional

from indextts_post.synthesis.indextts2.acoustic.flow_matching import PUBLISHED, FlowLine, FlowMatching, FlowSettings


def plain_flow(network: FlowMatching, line: FlowLine, settings: FlowSettings = PUBLISHED) -> Tensor:
    """The log-mel spectrogram [M, F] float32 of one line."""
    prompt_frames, both = line.prompt_frames, (line.style, line.content)
    prompt = functional.pad(line.prompt, (0, line.frames - prompt_frames))
    x = line.noise.clone()
    x[:, :prompt_frames] = 0
    times = torch.linspace(0, 1, settings.steps + 1, device=x.device)
    for now, then in itertools.pairwise(times):
        style, content = (torch.stack([given, torch.zeros_like(given)]) for given in both)
        prompts = torch.stack([prompt, torch.zeros_like(prompt)])
        guided, unguided = network.estimator(torch.stack([x, x]), prompts, now.expand(2), style, content)
        x = x + (then - now) * ((1 + settings.guidance) * guided - settings.guidance * unguided)
        x[:, :prompt_frames] = 0
    return x[:, prompt_frames:]
