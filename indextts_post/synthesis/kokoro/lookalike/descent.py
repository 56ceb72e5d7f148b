"""The full likeness: blend and offset by Adam through the decoder and a speaker encoder.

Letters: `K` voices, 128 timbre numbers. The offset counts in deviations of the voices (how far they differ in that
number), so that one step means the same everywhere, and is held small: far from all voices speech falls apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torchaudio
from torch import Tensor

from indextts_post.progress import Progress
from indextts_post.synthesis.kokoro.graph import SAMPLE_RATE, Floats
from indextts_post.synthesis.kokoro.lookalike.blend import Shares
from indextts_post.synthesis.kokoro.lookalike.content import Content
from indextts_post.synthesis.kokoro.lookalike.decoder import Decoder
from indextts_post.voiceprint import ENCODER_RATE
from indextts_post.voiceprint.network import EncoderNetwork

STEPS = 48
_RATE = 0.1
_FASTER_SHARES = 3.0
_SLOWEST = 0.1
_HELD = 0.02
_CROP = 48
"""Frames of a passage that one step hears: 1.2 s."""
_FLOOR = 1e-3


@dataclass(frozen=True)
class Moved:
    """`shares` [K] and `offset` [128] after the descent."""

    shares: Shares
    offset: Floats


def descend(
    decoder: Decoder,
    encoder: EncoderNetwork,
    contents: Sequence[Content],
    target: Floats,
    timbres: Floats,
    shares: Shares,
    able: np.ndarray,
    progress: Progress,
    *,
    steps: int = STEPS,
) -> Moved:
    """From the mixture `shares` of `timbres` [K, 128] towards the voiceprint `target`.

    Voices that are not in `able` stay out. The same input gives the same result on one machine.
    """
    progress.begin("fit the timbre", steps)
    wanted, voices = torch.from_numpy(target), torch.from_numpy(timbres)
    deviation = voices[able].std(dim=0)
    closed = torch.full((len(shares),), -math.inf)
    closed[able] = 0.0
    logits = torch.from_numpy(np.log(shares + _FLOOR)).float().requires_grad_()
    offset = torch.zeros(timbres.shape[1], requires_grad=True)
    adam = torch.optim.Adam([{"params": [logits], "pace": _FASTER_SHARES}, {"params": [offset], "pace": 1.0}])
    places = np.random.default_rng(0)
    for step in range(steps):
        rate = _RATE * (_SLOWEST + (1 - _SLOWEST) * 0.5 * (1 + math.cos(math.pi * step / steps)))
        for group in adam.param_groups:
            group["lr"] = rate * group["pace"]
        timbre = torch.softmax(logits + closed, 0) @ voices + deviation * offset
        sound = _crop(contents[step % len(contents)], places).decoded(decoder, timbre[None])
        near = encoder(torchaudio.functional.resample(sound, SAMPLE_RATE, ENCODER_RATE))[0] @ wanted
        loss: Tensor = 1 - near + _HELD * offset.square().mean()
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        progress.step(f"similarity {near.item():.2f}")
    with torch.no_grad():
        found = torch.softmax(logits + closed, 0).double().numpy()
        return Moved(found, (deviation * offset).numpy().astype(np.float32))


def _crop(content: Content, places: np.random.Generator) -> Content:
    """A stretch of 1.2 s, another one at every step: less work, and nothing to learn by heart."""
    frames = content.text.shape[2]
    start = int(places.integers(0, max(1, frames - _CROP + 1)))
    return content.part(start, min(frames, start + _CROP))
