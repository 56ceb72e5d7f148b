"""Learn what evidence for the readings of Chinese characters is worth: writes `polyphone_weights.tsv`.

python tests/bench/train_readings.py [--data ../shared/samples/polyphones] [--write]

The data are two files of one line a sentence: `dev.sent`, where ▁ stands before and behind one character, and
`dev.lb`, the reading of it (the development split of g2pM's data, Apache-2.0). The weights maximise the probability of
these readings, less a Gaussian prior (Berger and others, A Maximum Entropy Approach to Natural Language Processing,
1996). Without `--write` nothing is changed and the cross-validated share is printed: five folds, no sentence in both.
Probabilities are calibrated by one temperature (Guo and others, On Calibration of Modern Neural Networks, 2017), found
on the folds that the weights had not seen.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "cast"))

import numpy as np
import scipy.optimize
import scipy.sparse
from readings import GOLDEN, sentences

from indextts_post.cast.pronunciation.notation import HAN
from indextts_post.cast.pronunciation.phrase_book import readings_of_character, spelled
from indextts_post.cast.pronunciation.polyphone_evidence import Evidence, Place, evidence
from indextts_post.cast.pronunciation.polyphone_net import opened
from indextts_post.cast.pronunciation.polyphone_rules import rulings
from indextts_post.cast.pronunciation.polyphone_scores import COLUMNS, WEIGHTS, Weighed, Weights, probabilities
from indextts_post.cast.pronunciation.words import tokens

DATA = Path("../shared/samples/polyphones")
FOLDS = 5
GENERAL_PRIOR, CONTEXT_PRIOR = 0.1, 1.0
"""Precisions of the Gaussian priors: evidence of all characters, evidence of one character's contexts."""
STEPS = 60
SEEN_AT_LEAST = 2
"""Sentences a context must stand in to get a weight."""
DIALOGUE_COUNTS = 10.0
"""How often a line of dialogue counts beside one of prose in the weights for talk; those for prose know no dialogue."""
SMALLEST = 0.08
"""Weights of single contexts that are nearer to 0 are left out: they move no decision."""


@dataclass(frozen=True)
class Sample:
    """A sentence whose character at `index` is read `reading`."""

    text: str
    index: int
    reading: str


@dataclass(frozen=True)
class Case:
    """A sample with what speaks for each of its character's readings, and what the network and pypinyin say."""

    sample: Sample
    readings: tuple[str, ...]
    found: tuple[Evidence, ...]
    net: str

    @property
    def right(self) -> int | None:
        wanted = self.sample.reading
        return self.readings.index(wanted) if wanted in self.readings else None


def samples(folder: Path = DATA, name: str = "dev") -> Iterator[Sample]:
    sentences = (folder / f"{name}.sent").read_text(encoding="utf-8").splitlines()
    readings = (folder / f"{name}.lb").read_text(encoding="utf-8").splitlines()
    for marked, reading in zip(sentences, readings, strict=True):
        index = marked.index("▁")
        yield Sample(marked.replace("▁", ""), index, spelled(reading))


def dialogue() -> Iterator[Sample]:
    """Marked characters of the lines written for this project that the weights may learn from: none of `kept`.

    `kept` lines are no hold-out: their first result was 92.5 % of the marked characters, then their mistakes were read
    and rows of the table written for them. Characters that the table decides are left out: the
    weights are never asked about them.
    """
    for name in ("polyphones.tsv", "dialogue_zh.tsv"):
        for one in sentences((GOLDEN / name).read_text(encoding="utf-8")):
            decided = {ruling.index for ruling in rulings(one.text, list(tokens(one.text)))}
            if one.level != "kept":
                found = (Sample(one.text, index, reading) for index, reading in one.expected.items())
                yield from (sample for sample in found if sample.index not in decided)


def case(sample: Sample) -> Case:
    net = opened().net
    if net is None:
        raise SystemExit(opened().missing)
    token = next(t for t in tokens(sample.text) if t.start <= sample.index < t.end)
    at = net.log_probabilities(sample.text)[sample.index]
    readings = readings_of_character(sample.text[sample.index])
    found = evidence(Place(sample.text, sample.index, token, at, net.readings), readings)
    names = {column: reading for reading, column in net.readings.items()}
    return Case(sample, readings, tuple(found), names[int(at.argmax())])


class Table:
    """All cases as one matrix [readings of all cases, evidence]; `groups` is the case of each row, `right` its truth.

    `counted` [number of cases] is how often each case counts.
    """

    def __init__(self, cases: Sequence[Case], counted: np.ndarray) -> None:
        self.cases, self.counted = cases, counted
        self.counts = Counter(name for c in cases for name in {name for each in c.found for name, _ in each})
        self.names = [name for name, count in self.counts.items() if count >= SEEN_AT_LEAST or not HAN.match(name)]
        columns = {name: at for at, name in enumerate(self.names)}
        entries = [
            (row, columns[name], value)
            for row, each in enumerate(each for c in cases for each in c.found)
            for name, value in each
            if name in columns and value
        ]
        rows, used, values = zip(*entries, strict=True)
        self.groups = np.repeat(np.arange(len(cases)), [len(c.found) for c in cases])
        self.matrix = scipy.sparse.csr_matrix((values, (rows, used)), (len(self.groups), len(columns)))
        self.right = np.array([at == c.right for c in cases for at in range(len(c.found))])

    def learned(self, chosen: np.ndarray, *, with_net: bool) -> Weights:
        """The weights that fit the cases that are `chosen` [number of cases] best, at temperature 1."""
        able = np.array([c.right is not None for c in self.cases]) & chosen
        rows = able[self.groups]
        wanted = [at for at, name in enumerate(self.names) if with_net or not name.startswith("net")]
        names = [self.names[at] for at in wanted]
        fitted = _fitted(self.matrix[rows][:, wanted], self.groups[rows], self.right[rows], self.counted[able], names)
        kept = {n: float(w) for n, w in zip(names, fitted, strict=True) if _kept(n, w)}
        return Weights(kept, 1.0, frozenset(c.sample.text[c.sample.index] for c in self.cases))

    def cross_validated(self, *, with_net: bool) -> list[Weighed]:
        """What each case is taken for by weights that were learned without its fifth of the sentences."""
        # equal sentences stand in one fold: some differ in the marked character only
        fold = np.array([sum(map(ord, c.sample.text)) % FOLDS for c in self.cases])
        weights = [self.learned(fold != number, with_net=with_net) for number in range(FOLDS)]
        return [probabilities(c.readings, c.found, weights[at]) for c, at in zip(self.cases, fold, strict=True)]


def _fitted(
    matrix: scipy.sparse.csr_matrix, groups: np.ndarray, right: np.ndarray, counted: np.ndarray, names: list[str]
) -> np.ndarray:
    prior = np.array([CONTEXT_PRIOR if HAN.match(name) else GENERAL_PRIOR for name in names])
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(np.append(starts, len(groups)))
    each = np.repeat(counted, sizes)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        scores = matrix @ weights
        shares = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        shares /= np.repeat(np.add.reduceat(shares, starts), sizes)
        value = -(each[right] * np.log(np.maximum(shares[right], 1e-12))).sum() + 0.5 * (prior * weights**2).sum()
        return float(value), matrix.T @ (each * (shares - right)) + prior * weights

    start = np.zeros(len(names))
    result = scipy.optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    return np.asarray(result.x)


def _kept(name: str, weight: float) -> bool:
    # the row without a context says that the character was learned, whatever its weight
    return abs(weight) >= SMALLEST or not HAN.match(name) or re.fullmatch(r".[a-z]+\d", name) is not None


def right_share(cases: Sequence[Case], weighed: Sequence[Weighed]) -> float:
    return sum(w.readings[0] == c.sample.reading for c, w in zip(cases, weighed, strict=True)) / len(cases)


def temperature(cases: Sequence[Case], weighed: Sequence[Weighed]) -> float:
    """What the scores are divided by so that the right readings are likeliest, from probabilities at 1."""

    def loss(value: float) -> float:
        total = 0.0
        for one, found in zip(cases, weighed, strict=True):
            if one.right is not None:
                logs = {r: log(max(p, 1e-12)) / value for r, p in zip(found.readings, found.probabilities, strict=True)}
                total += log(sum(map(np.exp, logs.values()))) - logs[one.sample.reading]
        return total

    return float(scipy.optimize.minimize_scalar(loss, bounds=(0.5, 3.0), method="bounded").x)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--write", action="store_true", help=f"write {WEIGHTS.name}")
    arguments = parser.parse_args()
    prose = [case(sample) for sample in samples(arguments.data)]
    spoken = [case(sample) for sample in dialogue()]
    found = [_column(prose, spoken, with_net=with_net, talk=talk) for with_net, talk in COLUMNS]
    if arguments.write:
        _write(found)


def _column(prose: Sequence[Case], spoken: Sequence[Case], *, with_net: bool, talk: bool) -> dict[str, float]:
    """Weights of one column, its temperature among them; tells what share is right in what was not learned from."""
    cases = [*prose, *spoken] if talk else list(prose)
    table = Table(cases, np.array([1.0] * len(prose) + [DIALOGUE_COUNTS] * (len(cases) - len(prose))))
    weighed = table.cross_validated(with_net=with_net)
    asked = slice(len(prose), None) if talk else slice(None)
    heat = temperature(cases[asked], weighed[asked])
    share = right_share(cases[asked], weighed[asked])
    kind = f"{'talk' if talk else 'prose'}, {'with' if with_net else 'without'} the network"
    sys.stdout.write(f"{kind}: {share:.2%} of {len(cases[asked])} right, temperature {heat:.3f}\n")
    sys.stdout.flush()
    return {**table.learned(np.ones(len(cases), bool), with_net=with_net).by_name, "temperature": heat}


def _write(columns: Sequence[dict[str, float]]) -> None:
    names = sorted({name for column in columns for name in column}, key=lambda name: (bool(HAN.match(name)), name))
    rows = ["\t".join([n, *(f"{c[n]:.2f}" if n in c else "" for c in columns)]) for n in names]
    heading = "// evidence\tprose\ttalk\tprose without the network\ttalk without it\n"
    WEIGHTS.write_text(heading + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
