"""The diffusion transformer and its solver, run against read plainly; positions, gates, edges, ragged batches."""

from __future__ import annotations

import cmath

import pytest
import torch
from plain_flow import plain_flow
from torch.nn import functional as nnf

from indextts_post.synthesis.indextts2.acoustic import dit, dit_steps
from indextts_post.synthesis.indextts2.acoustic.flow_matching import FlowLine, FlowMatching, FlowSettings
from indextts_post.synthesis.indextts2.acoustic.sizes import DitSizes, WaveNetSizes


def tiny_network(*, depth: int = 5, kernel: int = 3) -> FlowMatching:
    """Large random weights, so that nothing hides below the tolerance."""
    torch.manual_seed(depth)
    sizes = DitSizes(6, 16, 2, depth, 7, 4, 3, 9, WaveNetSizes(16, 3, kernel), time_frequencies=5)
    network = FlowMatching(sizes).eval().requires_grad_(False)
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    for embedder in (network.estimator.t_embedder, network.estimator.t_embedder2):
        embedder.freqs.copy_(10_000.0 ** -(torch.arange(5) / 5))
    return network


def line_of(prompt: int, frames: int, seed: int = 0) -> FlowLine:
    source = torch.Generator().manual_seed(seed)
    total = prompt + frames
    shapes = ((6, prompt), (4,), (total, 7), (6, total))
    return FlowLine(*(torch.randn(shape, generator=source) for shape in shapes))


def worst(got: torch.Tensor, want: torch.Tensor) -> float:
    assert got.shape == want.shape
    return float((got - want).abs().max() / want.abs().max().clamp(min=1))


@pytest.mark.parametrize("depth", [2, 3, 4, 5])
@pytest.mark.parametrize(("prompt", "frames"), [(0, 9), (1, 3), (4, 12), (30, 8)])
def test_what_is_prepared_gives_the_plain_spectrogram(depth: int, prompt: int, frames: int) -> None:
    network, line = tiny_network(depth=depth), line_of(prompt, frames)
    settings = FlowSettings(steps=4, guidance=0.7)
    assert worst(network.solve([line], network.grid(4), settings)[0], plain_flow(network, line, settings)) < 2e-5


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_the_layout_of_the_taps_changes_nothing(kernel: int) -> None:
    network, line = tiny_network(kernel=kernel), line_of(20, 9)
    settings = FlowSettings(steps=3)
    want = plain_flow(network, line, settings)
    dit_steps.lay_out_taps(network.estimator)
    assert worst(plain_flow(network, line, settings), want) < 2e-5
    assert worst(network.solve([line], network.grid(3), settings)[0], want) < 2e-5


def test_lines_of_different_lengths_in_one_batch_are_those_of_one_by_one() -> None:
    network, settings = tiny_network(), FlowSettings(steps=4)
    lines = [line_of(12, 20, 1), line_of(20, 5, 2), line_of(3, 9, 3), line_of(0, 32, 4)]
    grid = network.grid(4)
    together = network.solve(lines, grid, settings)
    for line, made in zip(lines, together, strict=True):
        assert worst(made, network.solve([line], grid, settings)[0]) < 2e-5


def test_frames_of_a_short_line_reflect_at_its_own_end() -> None:
    edges = dit_steps.reflecting_edges(torch.tensor([5, 3]), edge=2)
    padded = [["-", "-", *"abcde", "-", "-"], ["-", "-", *"abc", "-", "-", "-", "-"]]
    for line, place, source in zip(edges.line.flatten(), edges.place.flatten(), edges.source.flatten(), strict=True):
        padded[line][place] = padded[line][source]
    assert ["".join(row) for row in padded] == ["cbabcdedc", "cbabcba--"]


def test_guidance_of_nothing_follows_the_guided_velocity_alone() -> None:
    network, line = tiny_network(), line_of(4, 6)
    x = line.noise.clone()
    x[:, :4] = 0
    prompt = nnf.pad(line.prompt, (0, 6))
    time = torch.tensor([0.0])
    velocity = network.estimator(x[None], prompt[None], time, line.style[None], line.content[None])[0]
    got = plain_flow(network, line, FlowSettings(steps=1, guidance=0.0))
    assert worst(got, (x + velocity)[:, 4:]) < 1e-6


def test_the_first_step_starts_at_time_zero_and_the_last_ends_at_one() -> None:
    times = tiny_network().grid(4).times
    assert times.tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]


def test_the_solver_that_looks_back_is_closer_to_the_finest_solution() -> None:
    network, line = tiny_network(), line_of(4, 6)
    for embedder in (network.estimator.t_embedder, network.estimator.t_embedder2):
        embedder.freqs.mul_(0.003)  # a velocity that is smooth in time, as a trained one is
    finest = network.solve([line], network.grid(800), FlowSettings(steps=800))[0]
    euler = network.solve([line], network.grid(20), FlowSettings(steps=20))[0]
    adams = network.solve([line], network.grid(20), FlowSettings(steps=20, solver="adams"))[0]
    assert (adams - finest).norm() < 0.5 * (euler - finest).norm()


def test_a_pair_is_turned_counter_clockwise_by_its_position() -> None:
    head = torch.tensor([1.0, 2.0, -0.5, 0.25]).expand(1, 3, 1, 4)
    turned = dit.rotate(head, dit.rotary_table(3, 4, torch.device("cpu")))
    for position in range(3):
        want = [complex(1, 2) * cmath.exp(1j * position), complex(-0.5, 0.25) * cmath.exp(1j * position / 100)]
        got = turned[0, position, 0]
        assert [complex(got[0], got[1]), complex(got[2], got[3])] == pytest.approx(want, abs=1e-6)


def test_attention_hears_where_frames_are_only_through_their_distance() -> None:
    table = dit.rotary_table(12, 8, torch.device("cpu"))
    asked, offered = torch.randn(1, 1, 1, 8), torch.randn(1, 1, 1, 8)
    at = lambda head, place: dit.rotate(head, table[place : place + 1]).flatten()  # noqa: E731 - reads as a formula
    assert float(at(asked, 3) @ at(offered, 1)) == pytest.approx(float(at(asked, 11) @ at(offered, 9)), abs=1e-5)
    assert float(at(asked, 3) @ at(offered, 1)) != pytest.approx(float(at(asked, 1) @ at(offered, 3)), abs=1e-3)


def test_the_time_is_cosines_before_sines_of_a_thousandfold() -> None:
    waves = dit.time_waves(torch.tensor([0.001]), torch.tensor([1.0, 0.5]))
    want = [cmath.cos(1).real, cmath.cos(0.5).real, cmath.sin(1).real, cmath.sin(0.5).real]
    assert waves[0].tolist() == pytest.approx(want)


def test_an_adaptive_norm_scales_by_the_first_half_and_uses_its_own_epsilon() -> None:
    norm = dit.AdaptiveNorm(2).requires_grad_(False)
    norm.project_layer.weight.zero_()
    norm.project_layer.bias.copy_(torch.tensor([2.0, 3.0, 10.0, 20.0]))
    rows = torch.tensor([[[0.003, -0.001]]])  # small enough for 1e-5 to matter
    size = (0.5 * (0.003**2 + 0.001**2) + 1e-5) ** 0.5
    want = [2 * 0.003 / size + 10, 3 * -0.001 / size + 20]
    assert norm(rows, torch.zeros(1, 1, 2))[0, 0].tolist() == pytest.approx(want, rel=1e-5)


def test_the_final_layer_shifts_by_the_first_half_and_scales_by_the_second() -> None:
    final = dit.FinalLayer(2).requires_grad_(False)
    final.adaLN_modulation[1].weight.zero_()
    final.adaLN_modulation[1].bias.copy_(torch.tensor([10.0, 20.0, 1.0, 2.0]))
    final.linear.weight.copy_(torch.eye(2))
    final.linear.bias.zero_()
    rows = torch.tensor([[[0.002, -0.002]]])
    normal = 0.002 / (0.002**2 + 1e-6) ** 0.5
    got = final(rows, torch.zeros(1, 1, 2))[0, 0].tolist()
    assert got == pytest.approx([normal * 2 + 10, -normal * 3 + 20], rel=1e-5)


def test_the_wavenet_gates_a_tangent_by_a_logistic_and_sums_every_second_half() -> None:
    wavenet = dit.WaveNet(WaveNetSizes(1, 2, 1)).requires_grad_(False)
    for parameter in wavenet.parameters():
        torch.nn.init.normal_(parameter)
    at = {name.replace(".conv.conv", ""): value.flatten() for name, value in wavenet.state_dict().items()}
    time, stream = 0.3, 0.7
    condition = at["cond_layer.weight"] * time + at["cond_layer.bias"]
    total = 0.0
    for layer in range(2):
        z = at[f"in_layers.{layer}.weight"] * stream + at[f"in_layers.{layer}.bias"]
        tangent, gate = z + condition[2 * layer : 2 * layer + 2]
        gated = torch.tanh(tangent) * torch.sigmoid(gate)
        made = at[f"res_skip_layers.{layer}.weight"] * gated + at[f"res_skip_layers.{layer}.bias"]
        stream, total = stream + float(made[0]), total + float(made[-1])
    got = wavenet(torch.full((1, 4, 1), 0.7), torch.full((1, 1, 1), time))
    assert got.flatten().tolist() == pytest.approx([total] * 4, rel=1e-5)


def test_half_precision_moves_nearly_the_same_way() -> None:
    network, line, settings = tiny_network(), line_of(8, 12), FlowSettings(steps=4)
    for parameter in network.parameters():
        parameter.mul_(0.5)
    exact = network.solve([line], network.grid(4), settings)[0]
    for parameter in network.parameters():
        parameter.data = parameter.data.bfloat16()
    rough = network.solve([line], network.grid(4), settings)[0]
    assert rough.dtype == torch.float32
    assert (rough - exact).norm() < 0.03 * exact.norm()
