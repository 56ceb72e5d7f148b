"""The reference's beam sampling, token for token, over any source of scores.

M beams, V codes with start and stop, N codes so far. Kept for comparison with the reference; for use there is
`decoding`, which needs neither beams nor a second pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor
from torch.nn import functional

from indextts_post.synthesis.indextts2.gpt.network import CodePositions, Gpt
from indextts_post.synthesis.indextts2.gpt.transformer import KeyValueCache
from indextts_post.synthesis.indextts2.gpt.warping import penalise, top_k, top_p

DUMMY_PROMPT_ID = 1
"""The reference hands the prompt to its sampler as a row of ones, so code 1 counts as already used."""


@dataclass(frozen=True)
class BeamOptions:
    """The reference's defaults. `sample=False` takes the largest sums in place of a draw."""

    beams: int = 3
    limit: int = 1500
    top_p: float = 0.8
    top_k: int = 30
    temperature: float = 0.8
    repetition_penalty: float = 10.0
    length_penalty: float = 0.0
    sample: bool = True

    @classmethod
    def plain(cls, beams: int, limit: int) -> BeamOptions:
        """Beam search on the raw scores, without any draw."""
        return cls(beams, limit, top_p=1.0, top_k=0, temperature=1.0, repetition_penalty=1.0, sample=False)


Step = Callable[[Tensor, Tensor], Tensor]
"""`parents` [M] int64 (row each beam grew from), `codes` [M] int64 (its newest code) → logits [M, V] float32."""


@dataclass(frozen=True)
class _Hypothesis:
    codes: tuple[int, ...]
    score: float


@dataclass
class _Pool:
    """The best closed hypotheses, as many as there are beams."""

    room: int
    length_penalty: float
    closed: list[_Hypothesis] = field(default_factory=list)

    def normed(self, score: float, length: int) -> float:
        return float(score / length**self.length_penalty)

    def add(self, codes: tuple[int, ...], score: float, length: int) -> None:
        """Keep it where there is room or it beats the worst; of equals the later one counts as better."""
        entry = _Hypothesis(codes, self.normed(score, length))
        if len(self.closed) < self.room:
            self.closed.append(entry)
        elif entry.score > self.closed[self._worst()].score:
            self.closed.append(entry)
            del self.closed[self._worst()]

    def done(self, best_sum: float, length: int) -> bool:
        """Whether no open beam can still beat the worst kept one."""
        full = len(self.closed) >= self.room
        return full and self.closed[self._worst()].score >= self.normed(best_sum, length)

    def best(self) -> _Hypothesis:
        return max(enumerate(self.closed), key=lambda pair: (pair[1].score, pair[0]))[1]

    def _worst(self) -> int:
        return min(range(len(self.closed)), key=lambda index: (self.closed[index].score, index))


def beam_sample(
    step: Step,
    *,
    start: int,
    stop: int,
    options: BeamOptions | None = None,
    generator: torch.Generator | None = None,
) -> list[int]:
    """Codes of the best hypothesis, `stop` appended where it ended before the limit.

    One draw of twice as many candidates as beams a step, from `generator` or torch's default one; nothing else
    consumes random numbers.
    """
    chosen = BeamOptions() if options is None else options
    search = _Search(step, start, stop, chosen, generator)
    while search.length < chosen.limit and not search.finished:
        search.advance()
    return search.result()


class _Search:
    """Open beams with their sums, and the pool of closed ones."""

    def __init__(
        self, step: Step, start: int, stop: int, options: BeamOptions, generator: torch.Generator | None
    ) -> None:
        self.step, self.start, self.stop, self.options, self.generator = step, start, stop, options, generator
        self.beams: list[tuple[int, ...]] = [()] * options.beams
        self.parents = list(range(options.beams))
        self.sums = torch.tensor([0.0] + [-1e9] * (options.beams - 1))
        self.pool = _Pool(options.beams, options.length_penalty)
        self.length = 0
        self.finished = False

    def advance(self) -> None:
        """Grow every beam by one code."""
        newest = [beam[-1] if beam else self.start for beam in self.beams]
        logits = self.step(torch.tensor(self.parents), torch.tensor(newest)).float().cpu()
        sums = self._warped(logits) + self.sums[:, None]
        candidates, values = self._candidates(sums)
        self.length += 1
        self._sort_in(candidates, values, sums.shape[1])
        self.finished = self.pool.done(max(values), self.length)

    def result(self) -> list[int]:
        """The best closed hypothesis; where the limit came first, open beams count as well."""
        if not self.finished:
            for beam, total in zip(self.beams, self.sums.tolist(), strict=True):
                self.pool.add(beam, total, self.length)
        codes = list(self.pool.best().codes)
        return codes if len(codes) == self.options.limit else [*codes, self.stop]

    def _warped(self, logits: Tensor) -> Tensor:
        options = self.options
        scores = functional.log_softmax(logits, dim=-1)
        used = torch.zeros_like(scores, dtype=torch.bool)
        used[:, [DUMMY_PROMPT_ID, self.start]] = True
        for row, beam in enumerate(self.beams):
            used[row, list(beam)] = True
        scores = penalise(scores, used, options.repetition_penalty) / options.temperature
        return top_p(top_k(scores, options.top_k, keep=2), options.top_p, keep=2)

    def _candidates(self, sums: Tensor) -> tuple[list[int], list[float]]:
        row, count = sums.flatten(), 2 * self.options.beams
        if self.options.sample:
            drawn = torch.multinomial(torch.softmax(row, dim=-1), count, generator=self.generator)
        else:
            drawn = row.topk(count).indices
        values, order = torch.sort(row[drawn], descending=True)
        return drawn[order].tolist(), values.tolist()

    def _sort_in(self, candidates: Sequence[int], values: Sequence[float], codes: int) -> None:
        grown: list[tuple[int, int, float]] = []
        for rank, (candidate, value) in enumerate(zip(candidates, values, strict=True)):
            row, code = divmod(candidate, codes)
            if code == self.stop:
                if rank < self.options.beams:
                    self.pool.add(self.beams[row], value, self.length)
            elif len(grown) < self.options.beams:
                grown.append((row, code, value))
        self.parents = [row for row, _, _ in grown]
        self.beams = [(*self.beams[row], code) for row, code, _ in grown]
        self.sums = torch.tensor([value for _, _, value in grown])


def beam_sample_codes(
    gpt: Gpt, prefix: Tensor, options: BeamOptions | None = None, generator: torch.Generator | None = None
) -> list[int]:
    """Beam sampling of one line at the reference's positions: `prefix` [P, D] → codes, ending with stop or the limit.

    The latents of these codes need the second pass, `Gpt.latents`.
    """
    chosen = BeamOptions() if options is None else options
    chosen = replace(chosen, limit=min(chosen.limit, gpt.sizes.longest_codes))
    cache = KeyValueCache.empty(gpt.sizes, 1, len(prefix), like=gpt.product_type)
    gpt.states(prefix[None], cache)
    cache = cache.taken(torch.zeros(chosen.beams, dtype=torch.long), len(prefix) + chosen.limit)

    def step(parents: Tensor, codes: Tensor) -> Tensor:
        if parents.tolist() != list(range(chosen.beams)):
            cache.reorder(parents.to(prefix.device))
        fed = cache.filled - len(prefix)
        rows = gpt.code_rows(codes.to(prefix.device)[:, None], fed, CodePositions.REFERENCE)
        return gpt.logits(gpt.states(rows, cache))[:, 0]

    return beam_sample(step, start=gpt.sizes.start_code, stop=gpt.sizes.stop_code, options=chosen, generator=generator)
