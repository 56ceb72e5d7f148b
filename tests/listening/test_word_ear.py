"""The benches' second witness for Chinese: a tiny table of trigrams, and an ear that is a table of chances."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

pytest.importorskip("kenlm", reason="trigrams of words need the package of indextts-post[bench]")

from word_ear import WEIGHT, Words, meant

ARPA = """
\\data\\
ngram 1=9
ngram 2=1

\\1-grams:
-6\t<unk>
-99\t<s>\t0
-1\t</s>
-2\t他\t0
-2\t找\t-0.5
-3\t钥匙
-4\t要是
-5\t药
-5\t食

\\2-grams:
-1\t找 钥匙

\\end\\
"""


@pytest.fixture(scope="module")
def words(tmp_path_factory: pytest.TempPathFactory) -> Words:
    path = tmp_path_factory.mktemp("words") / "tiny.arpa"
    path.write_text(ARPA, encoding="utf-8")
    return Words(path)


def test_words_that_sound_alike_are_named_the_likeliest_first(words: Words) -> None:
    """找 and 钥匙: a pair: 10^-2 · 10^-1. 要是 costs its own 10^-4, and 10^-0.5 for not being known there."""
    found = words.alike("找药食")
    assert [text for text, _ in found] == ["找钥匙", "找要是", "找药食"]
    assert [chance / math.log(10) for _, chance in found] == pytest.approx([-3, -6.5, -12.5])
    assert words.chance("找药食") / math.log(10) == pytest.approx(-12.5)


@pytest.mark.parametrize(
    ("ear", "text"),
    [(0.0, "他找钥匙，他找药食。"), (-7.0, "他找钥匙，他找药食。"), (-8.0, "他找药食，他找药食。")],
)
def test_ear_and_trigrams_decide_together(words: Words, ear: float, text: str) -> None:
    """The pair is likelier by 9.5 powers of ten, which weigh as much as 7.66 nats of the ear."""
    assert WEIGHT * 9.5 * math.log(10) == pytest.approx(7.66, abs=0.01)

    def chances(texts: Sequence[str]) -> list[float]:
        return [{"他找药食，他找药食。": -1.0, "他找钥匙，他找药食。": -1.0 + ear}.get(one, -100.0) for one in texts]

    assert meant(["他找药食，他找药食。"], chances, words) == text


def test_another_way_that_the_ear_came_to_is_weighed_too(words: Words) -> None:
    """他找 is 他 and 找 (10^-4), 踏找 has no word 踏; only the ear's other way can lead from one to the other."""
    choices = {"踏药。": -1.0, "他找。": -2.0}

    def chances(texts: Sequence[str]) -> list[float]:
        return [choices.get(one, -100.0) for one in texts]

    assert meant(["踏药。"], chances, words) == "踏药。"
    assert meant(["踏药。", "他找。"], chances, words) == "他找。"
    assert meant(["踏药。", "他找，他。"], chances, words) == "踏药。", "clauses that do not match are not compared"


def test_what_no_word_sounds_like_stays(words: Words) -> None:
    def never(texts: Sequence[str]) -> list[float]:
        assert texts == ["他在家，OK 3。"]
        return [-1.0]

    assert meant(["他在家，OK 3。"], never, words) == "他在家，OK 3。"
