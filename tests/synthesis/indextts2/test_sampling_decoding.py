"""The batched decoder: company, caches, seeds and precision change nothing that they should not."""

from __future__ import annotations

import math

import pytest
import torch
from tiny_gpt import prefixes, tiny_gpt

from indextts_post.errors import OptionError
from indextts_post.synthesis.indextts2.gpt import decoding
from indextts_post.synthesis.indextts2.gpt.budget import Budget
from indextts_post.synthesis.indextts2.gpt.decoding import (
    Decoded,
    DecodeRequest,
    Sampling,
    candidate_seed,
    decode,
    draw,
    uniforms,
)
from indextts_post.synthesis.indextts2.gpt.network import CodePositions, Gpt
from indextts_post.synthesis.indextts2.gpt.sizes import SpeakerMode
from indextts_post.synthesis.indextts2.gpt.transformer import KeyValueCache


@pytest.fixture(scope="module")
def gpt() -> Gpt:
    return tiny_gpt()


def lines(gpt: Gpt, *, candidates: int = 1) -> list[DecodeRequest]:
    """Five lines of different texts, budgets and seeds; two may end when they like."""
    budgets = [Budget.exact(9), Budget.free(30), Budget.soft(20), Budget.free(40, earliest=5), Budget.exact(33)]
    given = prefixes(gpt, 4, 11, 1, 7, 7)
    return [DecodeRequest(p, b, 100 + i, candidates) for i, (p, b) in enumerate(zip(given, budgets, strict=True))]


def assert_same(one: Decoded, other: Decoded) -> None:
    assert one.codes.tolist() == other.codes.tolist()
    torch.testing.assert_close(one.latents, other.latents, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(one.code_log_probs, other.code_log_probs, rtol=1e-4, atol=1e-4)
    assert one.stop_log_prob == pytest.approx(other.stop_log_prob, abs=1e-4)
    assert (one.ending, one.wished_end, one.seed) == (other.ending, other.wished_end, other.seed)


def test_a_line_is_the_same_alone_and_in_company(gpt: Gpt) -> None:
    together = decode(gpt, lines(gpt))
    for request, (got,) in zip(lines(gpt), together, strict=True):
        assert_same(got, decode(gpt, [request])[0][0])


def test_how_many_rows_go_at_once_changes_nothing(gpt: Gpt) -> None:
    together, in_twos = decode(gpt, lines(gpt, candidates=2)), decode(gpt, lines(gpt, candidates=2), rows_at_once=3)
    for one, other in zip(together, in_twos, strict=True):
        assert_same(one[0], other[0])
        assert_same(one[1], other[1])


def test_a_cache_that_has_to_grow_changes_nothing(gpt: Gpt, monkeypatch: pytest.MonkeyPatch) -> None:
    ample = decode(gpt, lines(gpt))
    monkeypatch.setattr(decoding, "FIRST_ROOM", 2)
    for (one,), (other,) in zip(ample, decode(gpt, lines(gpt)), strict=True):
        assert_same(one, other)


def test_the_seed_decides_and_the_first_candidate_is_the_line_s_own(gpt: Gpt) -> None:
    (prefix,) = prefixes(gpt, 6)
    request = DecodeRequest(prefix, Budget.exact(25), 7)
    (alone,), (several,) = decode(gpt, [request]), decode(gpt, [DecodeRequest(prefix, Budget.exact(25), 7, 4)])
    assert_same(alone[0], several[0])
    assert len({tuple(candidate.codes.tolist()) for candidate in several}) == 4
    assert [candidate.seed for candidate in several] == [candidate_seed(7, index) for index in range(4)]
    assert_same(several[2], decode(gpt, [DecodeRequest(prefix, Budget.exact(25), several[2].seed)])[0][0])


@pytest.mark.parametrize("mode", list(SpeakerMode))
def test_the_states_of_decoding_are_the_latents_of_a_second_pass(mode: SpeakerMode) -> None:
    gpt = tiny_gpt(mode)
    requests = lines(gpt)
    for request, (got,) in zip(requests, decode(gpt, requests), strict=True):
        (second,) = gpt.latents([request.prefix], [got.codes])
        torch.testing.assert_close(got.latents, second, rtol=1e-4, atol=1e-4)


def test_at_the_reference_s_positions_the_latents_come_from_a_second_pass(gpt: Gpt) -> None:
    request = lines(gpt)[4]
    ((got,),) = decode(gpt, [request], positions=CodePositions.REFERENCE)
    (second,) = gpt.latents([request.prefix], [got.codes])
    torch.testing.assert_close(got.latents, second, rtol=1e-4, atol=1e-4)


def test_the_decoder_s_likelihoods_are_those_of_teacher_forcing(gpt: Gpt) -> None:
    request = lines(gpt)[1]
    ((got,),) = decode(gpt, [request])
    table = gpt.teacher_forced(request.prefix, got.codes, CodePositions.CONTIGUOUS)
    own = table[torch.arange(got.length), got.codes]
    torch.testing.assert_close(got.code_log_probs, own, rtol=1e-4, atol=1e-4)
    assert got.stop_log_prob == pytest.approx(float(table[-1, gpt.sizes.stop_code]), abs=1e-4)
    assert got.log_likelihood == pytest.approx(
        float(own.sum() + table[-1, gpt.sizes.stop_code]) / (got.length + 1), abs=1e-4
    )


def test_the_start_code_is_never_spoken() -> None:
    gpt = tiny_gpt()
    gpt.mel_head.bias[gpt.sizes.start_code] = 50.0
    ((got,),) = decode(gpt, [DecodeRequest(prefixes(gpt, 5)[0], Budget.exact(40), 1)])
    assert gpt.sizes.start_code not in got.codes.tolist()


def test_bfloat16_products_keep_states_and_scores_in_float32(gpt: Gpt) -> None:
    halved = tiny_gpt().prepare(torch.bfloat16)
    request = lines(gpt)[4]
    ((got,),) = decode(halved, [request])
    assert got.latents.dtype == torch.float32
    assert got.length == 33
    full = gpt.teacher_forced(request.prefix, got.codes, CodePositions.CONTIGUOUS)
    assert abs(float(full[torch.arange(33), got.codes].mean() - got.code_log_probs.mean())) < 0.1


def test_weights_laid_out_for_decoding_keep_their_shapes_and_answers(gpt: Gpt) -> None:
    prepared = tiny_gpt().prepare()
    ours, theirs = prepared.state_dict(), gpt.state_dict()
    assert {name: value.shape for name, value in ours.items()} == {
        name: value.shape for name, value in theirs.items() if not name.startswith("text_head")
    }
    for (one,), (other,) in zip(decode(prepared, lines(gpt)), decode(gpt, lines(gpt)), strict=True):
        assert_same(one, other)


def test_chunked_decoding_equals_one_pass(gpt: Gpt) -> None:
    (prefix,) = prefixes(gpt, 9)
    codes = torch.arange(17)[None]
    rows = torch.cat([prefix, gpt.code_rows(codes, 0, CodePositions.CONTIGUOUS)[0]])[None]
    whole = gpt.states(rows)
    cache = KeyValueCache.empty(gpt.sizes, 1, rows.shape[1], like=gpt.product_type)
    parts = [gpt.states(part, cache) for part in rows.split([3, 1, 8, 1, rows.shape[1] - 13], dim=1)]
    torch.testing.assert_close(torch.cat(parts, dim=1), whole, rtol=1e-5, atol=1e-5)


def test_no_step_copies_the_cache(gpt: Gpt, monkeypatch: pytest.MonkeyPatch) -> None:
    copies: list[int] = []
    original = KeyValueCache.taken

    def counted(cache: KeyValueCache, rows: torch.Tensor, columns: int) -> KeyValueCache:
        copies.append(len(rows))
        return original(cache, rows, columns)

    monkeypatch.setattr(KeyValueCache, "taken", counted)
    given = prefixes(gpt, 3, 4, 5, 6)
    decode(gpt, [DecodeRequest(p, Budget.exact(n), 1) for p, n in zip(given, (10, 20, 30, 40), strict=True)])
    # Once from lines to candidates, then when half of four, and half of two, have ended.
    assert copies == [4, 2, 1]


def test_a_budget_longer_than_the_position_table_is_refused_with_both_numbers(gpt: Gpt) -> None:
    with pytest.raises(OptionError, match="500 codes asked for, the decoder makes 121"):
        decode(gpt, [DecodeRequest(prefixes(gpt, 3)[0], Budget.exact(500), 1)])


def test_the_position_table_holds_its_longest_line_in_both_conventions(gpt: Gpt) -> None:
    for positions in CodePositions:
        request = DecodeRequest(prefixes(gpt, 3)[0], Budget.exact(gpt.sizes.longest_codes), 1)
        assert decode(gpt, [request], positions=positions)[0][0].length == gpt.sizes.longest_codes


def drawn_shares(probabilities: list[float], sampling: Sampling, count: int = 20_000) -> torch.Tensor:
    scores = torch.tensor(probabilities).log().expand(count, -1)
    codes = draw(scores, uniforms(5, count), sampling)
    return torch.bincount(codes, minlength=len(probabilities)) / count


def test_codes_are_drawn_as_often_as_their_probability_says() -> None:
    shares = drawn_shares([0.1, 0.5, 0.15, 0.25], Sampling(temperature=1.0, top_p=1.0, top_k=0))
    torch.testing.assert_close(shares, torch.tensor([0.1, 0.5, 0.15, 0.25]), rtol=0, atol=0.02)


def test_top_k_keeps_the_likeliest_and_shares_out_the_rest() -> None:
    shares = drawn_shares([0.1, 0.5, 0.15, 0.25], Sampling(temperature=1.0, top_p=1.0, top_k=2))
    torch.testing.assert_close(shares, torch.tensor([0.0, 2 / 3, 0.0, 1 / 3]), rtol=0, atol=0.02)


def test_top_p_keeps_the_fewest_that_hold_the_mass() -> None:
    # 0.5 alone holds less than 0.6, with 0.25 more.
    shares = drawn_shares([0.1, 0.5, 0.15, 0.25], Sampling(temperature=1.0, top_p=0.6, top_k=0))
    torch.testing.assert_close(shares, torch.tensor([0.0, 2 / 3, 0.0, 1 / 3]), rtol=0, atol=0.02)
    assert float(drawn_shares([0.1, 0.5, 0.15, 0.25], Sampling(top_p=1e-6))[1]) == 1.0


def test_temperature_is_the_power_of_the_probabilities() -> None:
    # At temperature 0.5, 0.8 : 0.2 becomes 0.64 : 0.04.
    shares = drawn_shares([0.8, 0.2], Sampling(temperature=0.5, top_p=1.0, top_k=0))
    assert float(shares[0]) == pytest.approx(16 / 17, abs=0.02)


def test_what_is_forbidden_is_never_drawn_however_close_to_one_the_number() -> None:
    scores = torch.tensor([[math.log(0.5), -math.inf, math.log(0.5), -math.inf]])
    for number in (0.0, 0.4999, 0.5, 1 - 2**-24, 1.0):
        code = int(draw(scores, torch.tensor([number]), Sampling(temperature=1.0, top_p=1.0, top_k=0)))
        assert code in (0, 2)
