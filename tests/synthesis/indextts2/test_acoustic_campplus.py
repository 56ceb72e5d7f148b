"""The speaker encoder."""

from __future__ import annotations

import pytest
import torch

from indextts_post.synthesis.indextts2.acoustic.campplus import CampPlus, _segment_means, _statistics
from indextts_post.synthesis.indextts2.acoustic.sizes import CampPlusSizes

TINY = CampPlusSizes(style_dim=6, growth=2, bottleneck_factor=2, initial_channels=4, head_channels=2, layers=(2, 2, 2))


def tiny_network() -> CampPlus:
    torch.manual_seed(3)
    network = CampPlus(TINY).eval().requires_grad_(False)
    for name, buffer in network.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_()
    return network


@pytest.mark.parametrize("frames", [99, 100, 101, 250])
def test_the_last_segment_is_averaged_over_its_real_length(frames: int) -> None:
    hidden = torch.randn(1, 3, frames)
    want = [hidden[0, :, start : start + 100].mean(dim=1) for start in range(0, frames, 100)]
    assert (_segment_means(hidden, 100)[0].T - torch.stack(want)).abs().max() < 1e-6


def test_the_deviation_over_time_is_that_of_a_sample() -> None:
    assert _statistics(torch.tensor([[[1.0, 2.0, 6.0]]])).tolist() == [[3.0, pytest.approx(7**0.5)]]


def test_batched_recordings_have_the_style_of_one_by_one() -> None:
    network, features = tiny_network(), torch.randn(3, 230, 80)
    together = network(features)
    assert together.shape == (3, 6)
    alone = torch.cat([network(one[None]) for one in features])
    assert (together - alone).abs().max() < 1e-5
