"""A text-to-codes network of both versions small enough to run in a test, with weights lively enough to disagree."""

from __future__ import annotations

from typing import Any

import torch

from indextts_post.synthesis.indextts2.config import Section
from indextts_post.synthesis.indextts2.gpt.network import Gpt
from indextts_post.synthesis.indextts2.gpt.sizes import GptSizes, SpeakerMode, gpt_section_sizes

CONFIG: dict[str, Any] = {
    "model_dim": 48,
    "heads": 4,
    "layers": 3,
    "max_mel_tokens": 120,
    "max_text_tokens": 30,
    "number_text_tokens": 40,
    "number_mel_codes": 66,
    "start_mel_token": 64,
    "stop_mel_token": 65,
    "condition_num_latent": 3,
    "condition_module": {
        "output_size": 16,
        "linear_units": 24,
        "attention_heads": 2,
        "num_blocks": 1,
        "input_layer": "conv2d2",
        "perceiver_mult": 2,
    },
    "emo_condition_module": {
        "output_size": 16,
        "linear_units": 24,
        "attention_heads": 2,
        "num_blocks": 1,
        "input_layer": "conv2d2",
        "perceiver_mult": 2,
    },
}


def tiny_sizes(mode: SpeakerMode = SpeakerMode.LATENTS, **changed: Any) -> GptSizes:
    return gpt_section_sizes(Section({**CONFIG, **changed}, "test"), mode)


def tiny_gpt(mode: SpeakerMode = SpeakerMode.LATENTS, *, seed: int = 0, **changed: Any) -> Gpt:
    """Every parameter drawn anew, large enough that attention, positions and norms all matter to the answer."""
    gpt = Gpt(tiny_sizes(mode, **changed)).eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in gpt.named_parameters():
        noise = torch.randn(parameter.shape, generator=generator)
        inputs = parameter.shape[0] if ".c_" in name else parameter.shape[-1]
        parameter.copy_(
            1 + 0.3 * noise if _is_gain(name) else noise * (1.5 / inputs**0.5 if parameter.ndim > 1 else 0.3)
        )
    return gpt


def _is_gain(name: str) -> bool:
    return name.endswith("gamma") or (("norm" in name or "ln_" in name) and name.endswith("weight"))


def prefixes(gpt: Gpt, *lengths: int, seed: int = 1) -> list[torch.Tensor]:
    """One prefix for each number of text ids, each with a speaker and an emotion of its own."""
    generator = torch.Generator().manual_seed(seed)
    rows = gpt.sizes.prefix_rows - 2
    return [
        gpt.prefix(
            torch.randn(rows, gpt.sizes.width, generator=generator),
            torch.randn(gpt.sizes.width, generator=generator),
            torch.randint(2, 40, (length,), generator=generator).tolist(),
        )
        for length in lengths
    ]
