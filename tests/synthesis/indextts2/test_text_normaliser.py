"""Written to speakable: the reference's answers, then what they do not show."""

from __future__ import annotations

import json
from typing import Any

import pytest
from parity import parity_dir

from indextts_post.synthesis.indextts2.text.normaliser import (
    PINYIN,
    Path,
    WetextReader,
    normalise,
    path_of,
    restored_pinyin,
)
from indextts_post.synthesis.indextts2.text.segments import split_tokens
from indextts_post.synthesis.indextts2.text.version_2 import set_apart


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    path = parity_dir() / "text_front_end.json"
    if not path.is_file():
        pytest.skip(f"no reference answers at {path}")
    answers: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return answers


class AsItIs:
    """A number reader that changes nothing and remembers what it was shown."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, Path]] = []

    def read(self, text: str, path: Path) -> str:
        self.shown.append((text, path))
        return text


class Stub:
    """Reads - as 负 and 2 as 二, to show what is protected from it."""

    def read(self, text: str, path: Path) -> str:
        return text.replace("-", "负").replace("2", "二")


def test_normalised_texts_are_those_of_the_reference(reference: dict[str, Any]) -> None:
    for case in reference["normalise"]:
        reader = AsItIs()
        assert normalise(case["text"], reader) == case["result"]
        assert reader.shown[0][1] == case["path"]


def test_what_the_number_reader_must_not_touch_is_hidden_from_it(reference: dict[str, Any]) -> None:
    for case in reference["normalise_with_stub"]:
        assert normalise(case["text"], Stub()) == case["result"]


def test_pinyin_is_restored_as_the_reference_does(reference: dict[str, Any]) -> None:
    for syllable, want in reference["pinyin"].items():
        assert restored_pinyin(syllable) == want


def test_east_asian_characters_are_set_apart_as_the_reference_does(reference: dict[str, Any]) -> None:
    for case in reference["cjk_split"]:
        assert set_apart(case["text"]) == case["result"]


def test_segments_are_those_of_the_reference(reference: dict[str, Any]) -> None:
    for case in reference["segments"]:
        assert split_tokens(case["tokens"], case["max"], quick=case["quick"]) == case["segments"], case["tokens"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("你好 hello", "zh"),
        ("hello", "en"),
        ("123", "zh"),
        ("ab1@cd2.org", "zh"),
        ("write ab1@cd2.org", "en"),
        ("say hao3 now", "zh"),
        ("échec", "en"),
        ("ありがとう", "zh"),
    ],
)
def test_the_text_decides_how_it_is_read(text: str, path: Path) -> None:
    assert path_of(text) == path


@pytest.mark.parametrize("syllable", ["ma1", "zhuang4", "ng2", "er2", "lüe4", "LVE4", "qiong2", "an5", "nü3"])
def test_syllables_with_their_tone_are_pinyin(syllable: str) -> None:
    assert PINYIN.fullmatch(syllable)


@pytest.mark.parametrize("text", ["ma6", "xün2", "beta1", "hello3", "a", "b2", "zhr1"])
def test_other_spellings_are_not(text: str) -> None:
    assert not PINYIN.search(text)


def test_number_readers_see_placeholders_in_place_of_what_is_protected() -> None:
    reader = AsItIs()
    assert normalise("让·雷诺 用 GPT-4 读<行|HANG2>和 lü4 ", reader) == "让-雷诺 用 GPT-4 读<行|HANG2>和 lü4"
    assert reader.shown == [("<n_a> 用 GPT<H>4 读PRONPLACEHOLDERaPRONPLACEHOLDER和 <pinyin_a>", "zh")]


def test_more_than_twenty_six_marks_come_back_in_place() -> None:
    text = "".join(f"<字|ZI{number}>" for number in range(60))
    assert normalise(text, AsItIs()) == text


def test_more_than_twenty_six_pinyin_syllables_come_back_in_place() -> None:
    text = "读 " + " ".join(f"{first}{final}4" for first in "bpmfdtnlgkh" for final in ("a", "ai", "an"))
    assert normalise(text, AsItIs()) == text


def test_terms_of_the_glossary_are_spoken_as_it_says() -> None:
    glossary = {"AI": "A I", "AI agent": {"zh": "智能体"}, "M2": {"en": "em two"}}
    assert normalise("用ai和M2", AsItIs(), glossary) == "用A I和M2"
    assert normalise("an ai AGENT on m2", AsItIs(), glossary) == "an A I agent on em two"


def test_curly_quotes_do_not_hide_a_term_from_the_map() -> None:
    assert normalise("“GPT-4”——好……", AsItIs()) == "'GPT-4'--好…"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("2024年5月1日，价格是12.5元", "二零二四年五月一日,价格是十二点五元"),
        ("他在GPT-5发布后走了3次", "他在GPT-五发布后走了三次"),
        ("I paid $12.50 for 3 things", "I paid twelve dollars and fifty cents for three things"),
        ("Take <read|R EH1 D> 2", "Take <read|R EH1 D> two"),
    ],
)
def test_numbers_dates_and_money_are_spelled_out(text: str, spoken: str) -> None:
    assert normalise(text, WetextReader()) == spoken


def test_a_closing_quote_goes_with_its_sentence_and_begins_the_next_as_in_the_reference() -> None:
    tokens = ["a", "b", ".", "'", "c", "d", "."]
    assert split_tokens(tokens, 4) == [["a", "b", ".", "'"], ["'", "c", "d", "."]]


def test_no_segment_is_longer_than_asked_and_nothing_is_lost() -> None:
    tokens = [f"▁w{number}" if number % 17 else "▁," for number in range(2000)]
    segments = split_tokens(tokens, 120)
    assert max(map(len, segments)) <= 120
    assert [token for segment in segments for token in segment] == tokens
