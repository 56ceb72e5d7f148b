"""The vocoder and its activation."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as nnf

from indextts_post.synthesis.indextts2.acoustic import snake
from indextts_post.synthesis.indextts2.acoustic.bigvgan import BigVgan
from indextts_post.synthesis.indextts2.acoustic.sizes import BigVganSizes
from indextts_post.synthesis.indextts2.acoustic.snake import SnakeActivation

TINY = BigVganSizes(5, 8, (4, 2), (8, 4), (3, 5), ((1, 3), (1, 2)))
PUBLISHED_HALF = [0.00202896, 0.00938947, -0.02554346, -0.05765738, 0.12857258, 0.44320980]


def with_filters(module: torch.nn.Module, taps: torch.Tensor) -> None:
    for name, buffer in module.named_buffers():
        if name.endswith("filter"):
            buffer.copy_(taps)


def tiny_vocoder() -> BigVgan:
    torch.manual_seed(4)
    network = BigVgan(TINY).eval().requires_grad_(False)
    with_filters(network, torch.tensor(PUBLISHED_HALF + PUBLISHED_HALF[::-1]))
    return network


def plainly(activation: SnakeActivation, hidden: torch.Tensor, taps: torch.Tensor) -> torch.Tensor:
    """The five passes as they are written down."""
    channels = hidden.shape[1]
    kernel = taps.view(1, 1, 12).expand(channels, 1, 12)
    padded = nnf.pad(hidden, (5, 5), mode="replicate")
    doubled = 2 * nnf.conv_transpose1d(padded, kernel, stride=2, groups=channels)[:, :, 15:-15]
    alpha, beta = activation.act.alpha.exp()[:, None], activation.act.beta.exp()[:, None]
    doubled = doubled + torch.sin(alpha * doubled) ** 2 / (beta + 1e-9)
    return nnf.conv1d(nnf.pad(doubled, (5, 6), mode="replicate"), kernel, stride=2, groups=channels)


@pytest.mark.parametrize("samples", [1, 2, 13, 31, 32, 33, 34, 64, 65, 129, 1000])
@pytest.mark.parametrize("cached", [1, 100, 1 << 18])
def test_the_blockwise_activation_is_the_plain_one(samples: int, cached: int, monkeypatch: pytest.MonkeyPatch) -> None:
    # A filter without symmetry, so that a reversed one would show.
    taps = torch.randn(12, generator=torch.Generator().manual_seed(samples))
    monkeypatch.setattr(snake, "_CACHED_VALUES", cached)
    activation = SnakeActivation(3).requires_grad_(False)
    torch.nn.init.normal_(activation.act.alpha)
    torch.nn.init.normal_(activation.act.beta)
    with_filters(activation, taps)
    hidden = torch.randn(2, 3, samples)
    want = plainly(activation, hidden, taps)
    assert (activation(hidden) - want).abs().max() < 1e-5 * float(want.abs().max())


def test_a_frame_becomes_as_many_samples_as_the_rates_multiply_to() -> None:
    assert TINY.samples_per_frame == 8
    assert tiny_vocoder()(torch.randn(1, 5, 7)).shape == (1, 56)


def test_the_waveform_never_leaves_full_scale() -> None:
    network = tiny_vocoder()
    network.conv_post.weight.mul_(1e4)
    wave = network(torch.randn(1, 5, 7))
    assert float(wave.max()) == 1.0
    assert float(wave.min()) == -1.0


def test_batched_spectrograms_sound_as_one_by_one() -> None:
    network, mel = tiny_vocoder(), torch.randn(3, 5, 9)
    alone = torch.cat([network(one[None]) for one in mel])
    assert (network(mel) - alone).abs().max() < 1e-6


def test_half_precision_sounds_nearly_the_same() -> None:
    network, mel = tiny_vocoder(), torch.randn(1, 5, 9)
    exact = network(mel)
    rough = network.to(torch.bfloat16)(mel)
    assert rough.dtype == torch.float32
    assert (rough - exact).abs().max() < 0.05 * float(exact.abs().max())
