"""Beam sampling: the reference's sequences, and score tables small enough to follow by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pytest
import torch
from parity import ParityCase, load_case
from reference_beam import BeamOptions, beam_sample, beam_sample_codes
from test_gpt_parity import network

from indextts_post.synthesis.indextts2.gpt.network import CodePositions, Gpt
from indextts_post.synthesis.indextts2.gpt.sizes import SpeakerMode
from indextts_post.synthesis.indextts2.gpt.transformer import KeyValueCache


@pytest.fixture
def v2() -> tuple[ParityCase, Gpt]:
    case = load_case("gpt_v2")
    return case, network(case, SpeakerMode.LATENTS)


def sequences(case: ParityCase, name: str) -> list[tuple[int, list[int]]]:
    prefix = f"{name}_seed"
    found = [
        (int(key.removeprefix(prefix)), value.tolist()) for key, value in case.outputs.items() if key.startswith(prefix)
    ]
    if not found:
        pytest.skip(f"no {prefix}* in these reference tensors")
    return found


def with_stop_bias(gpt: Gpt, bias: float) -> Gpt:
    gpt.mel_head.bias[gpt.sizes.stop_code] += bias
    return gpt


@pytest.mark.parametrize(
    ("name", "stop_bias", "options"),
    [
        ("beam3_sample", 0.0, BeamOptions(limit=25)),
        ("beam3_sample_stop_bias", 0.9, BeamOptions(limit=25)),
        ("beam3_sample_stop_bias_length_penalty1", 0.9, BeamOptions(limit=25, length_penalty=1.0)),
        ("beam3_sample_soft_penalty", 0.9, BeamOptions(limit=45, repetition_penalty=1.5)),
    ],
)
def test_beam_sampling_gives_the_reference_s_codes(
    v2: tuple[ParityCase, Gpt], name: str, stop_bias: float, options: BeamOptions
) -> None:
    case, gpt = v2
    with_stop_bias(gpt, stop_bias)
    for seed, want in sequences(case, name):
        torch.manual_seed(seed)
        assert beam_sample_codes(gpt, case.outputs["prefix"][0], options) == want, f"seed {seed}"


def test_beam_search_without_sampling_gives_the_reference_s_codes(v2: tuple[ParityCase, Gpt]) -> None:
    case, gpt = v2
    options = BeamOptions.plain(beams=3, limit=25)
    assert beam_sample_codes(gpt, case.outputs["prefix"][0], options) == case.outputs["beam3_codes"].tolist()


def test_greedy_decoding_at_the_reference_s_positions_gives_its_codes(v2: tuple[ParityCase, Gpt]) -> None:
    case, gpt = v2
    prefix, want = case.outputs["prefix"][0], case.outputs["greedy_codes"].tolist()
    cache = KeyValueCache.empty(gpt.sizes, 1, len(prefix) + len(want), like=gpt.product_type)
    gpt.states(prefix[None], cache)
    code, got = gpt.sizes.start_code, []
    while len(got) < len(want) and code != gpt.sizes.stop_code:
        state = gpt.states(gpt.code_rows(torch.tensor([[code]]), len(got), CodePositions.REFERENCE), cache)
        code = int(gpt.logits(state).argmax())
        got.append(code)
    assert got == want


START, STOP, CODES = 5, 6, 7


def table(rows: Mapping[tuple[int, ...], Mapping[int, float]]) -> Callable[[torch.Tensor, torch.Tensor], torch.Tensor]:
    """A step whose scores are the logs of the probabilities that `rows` gives for each history (rest: next to none)."""
    histories: list[tuple[int, ...]] = [(), (), ()]

    def step(parents: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
        nonlocal histories
        grown = [(*histories[parent], code) for parent, code in zip(parents.tolist(), codes.tolist(), strict=True)]
        histories = grown[: len(parents)]
        scores = torch.full((len(parents), CODES), -60.0)
        for beam, history in enumerate(grown):
            for code, probability in rows.get(history[1:], {STOP: 1.0}).items():
                scores[beam, code] = math.log(probability)
        return scores

    return step


def search(rows: Mapping[tuple[int, ...], Mapping[int, float]], **changed: float) -> list[int]:
    options = {"beams": 3, "limit": 4, "top_p": 1.0, "top_k": 0, "temperature": 1.0, "repetition_penalty": 1.0}
    settings = BeamOptions(**{**options, **changed}, sample=False)  # type: ignore[arg-type]
    return beam_sample(table(rows), start=START, stop=STOP, options=settings)


def test_the_most_likely_whole_sequence_beats_the_most_likely_first_code() -> None:
    # 2 then anything: 0.6 · 0.4 = 0.24; 3 then stop: 0.4 · 0.9 = 0.36.
    rows = {(): {2: 0.6, 3: 0.4}, (2,): {2: 0.3, 3: 0.3, STOP: 0.4}, (3,): {2: 0.1, STOP: 0.9}}
    assert search(rows) == [3, STOP]


def test_without_length_penalty_the_larger_sum_wins_and_with_it_the_larger_mean() -> None:
    # stop at once: ln 0.2 = −1.61, over 1 code; 2 2 stop: ln(0.8 · 0.9 · 0.25) = −1.71, over 3 codes −0.57.
    rest = dict.fromkeys((1, 2, 3, 4, START), 0.15)
    rows = {(): {STOP: 0.2, 2: 0.8}, (2,): {2: 0.9, 3: 0.05, 4: 0.05}, (2, 2): {STOP: 0.25, **rest}}
    assert search(rows, limit=3) == [STOP]
    assert search(rows, limit=3, length_penalty=1.0) == [2, 2, STOP]


def test_a_stop_below_the_third_rank_closes_nothing() -> None:
    # First step: 2, 3 and 4 rank above stop (0.1), which is then ignored though it is among the six; after that every
    # beam goes on without stopping, so the limit decides.
    goes_on = {2: 1.0}
    rows = {(): {2: 0.4, 3: 0.3, 4: 0.2, STOP: 0.1}, **{(c,): goes_on for c in (2, 3, 4)}}
    rows |= {(c, 2): goes_on for c in (2, 3, 4)} | {(c, 2, 2): goes_on for c in (2, 3, 4)}
    assert search(rows) == [2, 2, 2, 2]


def test_a_stop_of_the_third_rank_closes_a_hypothesis() -> None:
    # Same, but stop ranks third: ln 0.3 = −1.20 beats ln 0.35 + ln 0.5 (and on) of every open beam.
    rows = {(): {2: 0.35, 3: 0.34, STOP: 0.3, 4: 0.01}} | {
        history: {2: 0.5, 3: 0.5} for c in (2, 3, 4) for history in ((c,), (c, 2), (c, 3))
    }
    assert search(rows, limit=3) == [STOP]


def test_open_beams_are_added_at_the_limit_without_a_stop() -> None:
    rows = {(): {2: 1.0}, (2,): {3: 1.0}, (2, 3): {4: 1.0}}
    assert search(rows, limit=3) == [2, 3, 4]


def test_the_dummy_prompt_id_and_the_start_code_count_as_used() -> None:
    # 1 is likelier than 2, but its log-probability is multiplied: 0.9^10 = 0.35 against 0.5 … rows need not sum to 1.
    rows = {(): {1: 0.55, 2: 0.45}, (2,): {STOP: 1.0}, (1,): {STOP: 1.0}}
    assert search(rows) == [1, STOP]
    assert search(rows, repetition_penalty=10.0) == [2, STOP]


def test_a_code_is_penalised_once_however_often_it_was_used() -> None:
    # Third code: 2 again at 0.6² = 0.36 (penalty 2 once) still beats 3 at 0.3; at 0.6⁴ = 0.13 it would not.
    rows = {
        (): {2: 1.0},
        (2,): {2: 1.0},
        (2, 2): {2: 0.6, 3: 0.3, 4: 0.1},
        (2, 2, 2): {STOP: 1.0},
        (2, 2, 3): {STOP: 1.0},
    }
    assert search(rows, repetition_penalty=2.0) == [2, 2, 2, STOP]


def test_top_k_and_top_p_always_leave_two_codes() -> None:
    # 2 has nearly all the mass; 3 survives as the second and wins through what follows.
    rows = {(): {2: 0.9, 3: 0.06, 4: 0.04}, (2,): dict.fromkeys((2, 3), 0.01) | {4: 0.98}, (3,): {STOP: 1.0}}
    rows |= {(2, 4): {2: 0.34, 3: 0.33, 4: 0.33}}
    assert search(rows, top_k=1, limit=3) == search(rows, top_p=0.1, limit=3)


def test_sampling_draws_once_a_step_from_the_given_generator() -> None:
    rows = {(): {2: 0.4, 3: 0.3, 4: 0.3}} | {history: {STOP: 1.0} for history in ((2,), (3,), (4,))}
    options = BeamOptions(limit=4, top_p=1.0, top_k=0, temperature=1.0, repetition_penalty=1.0)
    generator = torch.Generator().manual_seed(3)
    answers = [beam_sample(table(rows), start=START, stop=STOP, options=options, generator=generator) for _ in range(2)]
    oracle = torch.Generator().manual_seed(3)
    scores = torch.log_softmax(table(rows)(torch.tensor([0, 1, 2]), torch.tensor([START] * 3)), dim=-1)
    sums = scores + torch.tensor([[0.0], [-1e9], [-1e9]])
    first = torch.multinomial(torch.softmax(sums.flatten(), -1), 6, generator=oracle)
    # All three continuations stop for certain, so the best is the likeliest of those drawn first.
    drawn = max((int(pair) % CODES for pair in first if pair < CODES), key=lambda code: float(scores[0, code]))
    assert answers[0] == [drawn, STOP]
