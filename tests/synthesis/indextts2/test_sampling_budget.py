"""Budgets: exact ends exactly, soft within two percent where the text allows, candidates are chosen by length first."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_gpt import prefixes, tiny_gpt

from indextts_post.errors import OptionError
from indextts_post.synthesis.indextts2.gpt.budget import Budget, TextBounds, choose, shared
from indextts_post.synthesis.indextts2.gpt.decoding import DecodeRequest, Ending, decode
from indextts_post.synthesis.indextts2.gpt.network import Gpt


def biased(stop_bias: float) -> Gpt:
    gpt = tiny_gpt()
    gpt.mel_head.bias[gpt.sizes.stop_code] = stop_bias
    return gpt


@pytest.mark.parametrize("stop_bias", [-100.0, 0.0, 100.0])
def test_an_exact_budget_ends_exactly_whatever_the_network_wants(stop_bias: float) -> None:
    gpt = biased(stop_bias)
    budgets = [1, 2, 17, 40, 64]
    requests = [
        DecodeRequest(p, Budget.exact(n), n, 2) for p, n in zip(prefixes(gpt, 1, 2, 3, 9, 5), budgets, strict=True)
    ]
    for wanted, candidates in zip(budgets, decode(gpt, requests), strict=True):
        assert [candidate.length for candidate in candidates] == [wanted, wanted]
        assert all(gpt.sizes.stop_code not in candidate.codes for candidate in candidates)


@pytest.mark.parametrize("stop_bias", [-100.0, 0.0, 100.0])
def test_a_soft_budget_ends_within_two_percent(stop_bias: float) -> None:
    gpt = biased(stop_bias)
    targets = (1, 20, 50, 75, 100)
    given = prefixes(gpt, 4, 4, 4, 4, 4)
    requests = [DecodeRequest(p, Budget.soft(target), 3, 2) for p, target in zip(given, targets, strict=True)]
    for target, candidates in zip(targets, decode(gpt, requests), strict=True):
        assert all(abs(candidate.length - target) <= 0.02 * target for candidate in candidates)


def test_a_soft_budget_outside_what_the_text_allows_goes_to_its_edge() -> None:
    bounds = TextBounds(least=40, most=80)
    assert Budget.soft(60, bounds).target == 60
    assert Budget.soft(10, bounds).target == 40
    assert Budget.soft(200, bounds).target == 80


def test_a_text_s_bounds_follow_from_its_syllables() -> None:
    # 24 syllables: not under 2 s (12 a second), not over 24 · 0.8 + 2 = 21.2 s.
    assert TextBounds.of(24, Fraction(50)) == TextBounds(100, 1060)
    assert TextBounds.of(24, Fraction(25)) == TextBounds(50, 530)
    assert TextBounds.of(0, Fraction(50)) == TextBounds(1, 100)


def test_stop_is_impossible_then_ever_likelier_up_to_the_limit() -> None:
    bias = Budget(earliest=3, latest=6, target=5, pull=8.0).stop_bias(8).tolist()
    assert bias == [-math.inf, -math.inf, -math.inf, 2.0, 4.0, 6.0, 8.0, 8.0]


def test_a_free_line_ends_by_itself_and_says_so() -> None:
    gpt = biased(100.0)
    ((got,),) = decode(gpt, [DecodeRequest(prefixes(gpt, 4)[0], Budget.free(50, earliest=7), 3)])
    assert (got.length, got.ending) == (7, Ending.OWN)
    assert got.wished_end == 0
    ((cut,),) = decode(biased(-100.0), [DecodeRequest(prefixes(gpt, 4)[0], Budget.free(50), 3)])
    assert (cut.length, cut.ending, cut.wished_end) == (50, Ending.LIMIT, None)


@pytest.mark.parametrize(("earliest", "latest"), [(0, 5), (6, 5)])
def test_a_budget_that_is_no_range_is_refused(earliest: int, latest: int) -> None:
    with pytest.raises(OptionError, match=f"{earliest} to {latest} codes"):
        Budget(earliest, latest)


@settings(deadline=None)
@given(st.integers(1, 2000))
def test_a_soft_window_holds_its_target_and_nothing_beyond_two_percent(target: int) -> None:
    budget = Budget.soft(target)
    assert budget.earliest <= target <= budget.latest
    assert target - budget.earliest <= 0.02 * target
    assert budget.latest - target <= 0.02 * target


@dataclass(frozen=True)
class Heard:
    length: int
    log_likelihood: float


def test_of_candidates_within_two_percent_the_likeliest_is_chosen() -> None:
    assert choose([Heard(100, -4.0), Heard(102, -3.0), Heard(103, -1.0)], 100) == Heard(102, -3.0)


def test_where_none_is_within_two_percent_the_nearest_is_chosen() -> None:
    assert choose([Heard(90, -1.0), Heard(106, -5.0), Heard(94, -4.0)], 100) == Heard(94, -4.0)


def test_without_a_target_the_likeliest_is_chosen() -> None:
    assert choose([Heard(90, -2.0), Heard(106, -1.0)], None) == Heard(106, -1.0)


@settings(deadline=None)
@given(st.lists(st.integers(1, 120), min_size=1, max_size=9), st.integers(0, 500))
def test_the_parts_of_a_line_share_its_budget_exactly_and_fairly(weights: list[int], spare: int) -> None:
    codes = len(weights) + spare
    parts = shared(codes, weights)
    assert sum(parts) == codes
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - 1 - spare * weight / sum(weights)) < 1


def test_more_parts_than_codes_are_refused() -> None:
    with pytest.raises(OptionError, match="2 codes for 3 parts"):
        shared(2, [1, 1, 1])


def test_random_numbers_do_not_depend_on_torch_s_own_generator() -> None:
    gpt = tiny_gpt()
    request = DecodeRequest(prefixes(gpt, 4)[0], Budget.exact(12), 3)
    first = decode(gpt, [request])[0][0].codes
    torch.rand(5)
    assert torch.equal(first, decode(gpt, [request])[0][0].codes)
