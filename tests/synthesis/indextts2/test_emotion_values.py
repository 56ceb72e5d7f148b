"""Eight values: their arithmetic, the bank, and what a language model's answer means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from indextts_post.errors import ModelError, TextError
from indextts_post.synthesis.indextts2.emotion import (
    END_OF_THOUGHT,
    EmotionBank,
    QwenEmotionReader,
    after_thought,
    blended,
    checked,
    from_names,
    normalised,
    read_answer,
    scaled,
)


def test_seven_values_are_refused_with_the_order_of_the_eight() -> None:
    with pytest.raises(TextError, match=r"7 values, 8 are needed\. Give them as happy, angry, sad"):
        checked([0.1] * 7)


@pytest.mark.parametrize("value", [1.01, -0.2, float("nan")])
def test_a_value_out_of_range_is_refused_by_name(value: float) -> None:
    with pytest.raises(TextError, match=r"sad is .* values run from 0 to 1"):
        checked([0, 0, value, 0, 0, 0, 0, 0])


def test_values_may_be_given_by_name() -> None:
    assert from_names({"angry": 0.5, "calm": 0.2}) == (0, 0.5, 0, 0, 0, 0, 0, 0.2)
    with pytest.raises(TextError, match="'joyful' is none of the 8"):
        from_names({"joyful": 1.0})


def test_alpha_scales_to_four_decimals_downwards_and_is_held_to_one() -> None:
    # 0.33335 · 0.5 = 0.166675, cut to 0.1666.
    assert scaled([0.33335, 1, 0, 0, 0, 0, 0, 0], 0.5)[:2] == (0.1666, 0.5)
    assert scaled([0.33335] * 8, 1.7) == (0.33335,) * 8
    assert scaled([0.5] * 8, -1.0) == (0.0,) * 8


def test_a_normalised_vector_is_biased_and_capped_at_a_sum_of_0_8() -> None:
    assert normalised([0.4, 0, 0, 0, 0, 0, 0, 0.2]) == pytest.approx([0.375, 0, 0, 0, 0, 0, 0, 0.1125])
    # Biased 0.9375 and 1 sum to 1.9375; both times 0.8 / 1.9375.
    assert normalised([1, 0, 1, 0, 0, 0, 0, 0]) == pytest.approx([0.3871, 0, 0.4129, 0, 0, 0, 0, 0], abs=1e-4)


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=8, max_size=8))
def test_a_normalised_vector_never_sums_to_more_than_0_8(values: list[float]) -> None:
    assert sum(normalised(values)) <= 0.8 + 1e-9


def test_a_second_clip_blends_in_by_alpha() -> None:
    speaker, clip = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 0.0])
    assert blended(speaker, clip, 0.7).tolist() == pytest.approx([2.4, 0.6])


GROUPS = (2, 1, 3, 1, 1, 1, 1, 2)


@pytest.fixture
def bank() -> EmotionBank:
    """Row i's style is the i-th unit vector, its emotion vector is i everywhere."""
    rows = sum(GROUPS)
    return EmotionBank(torch.eye(rows, 192), torch.arange(rows).float()[:, None].expand(rows, 4), GROUPS)


def test_of_each_emotion_the_speaker_most_alike_is_taken(bank: EmotionBank) -> None:
    style = torch.zeros(192)
    style[[1, 5, 11]] = torch.tensor([0.2, 5.0, 0.1])
    # Groups begin at rows 0, 2, 3, 6, 7, 8, 9, 10.
    assert bank.nearest_rows(style) == [1, 2, 5, 6, 7, 8, 9, 11]


def test_the_bank_takes_its_values_share_and_the_base_the_rest(bank: EmotionBank) -> None:
    style = torch.zeros(192)
    style[[0, 3, 10]] = 1.0
    base = torch.full((4,), 100.0)
    # happy 0.5 · row 0, angry 0.25 · row 2, and 0.25 · 100.
    mixed = bank.mixed([0.5, 0.25, 0, 0, 0, 0, 0, 0], style, base)
    assert mixed.tolist() == pytest.approx([0.5 * 0 + 0.25 * 2 + 25.0] * 4)
    # Nothing holds a sum above 1 back: the base then counts against.
    assert bank.mixed([0, 1, 0, 1, 0, 0, 0, 0], style, base).tolist() == pytest.approx([2 + 6 - 100.0] * 4)


def test_random_speakers_of_the_bank_depend_on_the_seed_only(bank: EmotionBank) -> None:
    values, style, base = [0.1] * 8, torch.zeros(192), torch.zeros(4)
    seeds = [bank.mixed(values, style, base, torch.Generator().manual_seed(seed))[0].item() for seed in (1, 1, 2, 3, 4)]
    assert seeds[0] == seeds[1]
    assert len(set(seeds)) > 1


def test_a_bank_that_does_not_fit_its_groups_is_refused() -> None:
    with pytest.raises(ModelError, match="5 styles and 6 vectors for 8 groups of 12"):
        EmotionBank(torch.zeros(5, 192), torch.zeros(6, 4), GROUPS)


@pytest.mark.parametrize(
    ("answer", "values"),
    [
        ('{"高兴": 0.6, "自然": 0.4}', (0.6, 0, 0, 0, 0, 0, 0, 0.4)),
        ('{"愤怒": 7, "悲伤": -1, "自然": 0}', (0, 1.2, 0, 0, 0, 0, 0, 0)),
        ("高兴: 0.1，惊讶：0.9", (0.1, 0, 0, 0, 0, 0, 0.9, 0)),
        ('Here: {"恐惧": 0.5, "反感": 0.25', (0, 0, 0, 0.5, 0.25, 0, 0, 0)),
        ('{"emotion": "happy"}', (1, 0, 0, 0, 0, 0, 0, 0)),
        ('{"情感": "愤怒"}', (0, 1, 0, 0, 0, 0, 0, 0)),
        ("emotion: surprised", (0, 0, 0, 0, 0, 0, 1, 0)),
        ("no idea", (0, 0, 0, 0, 0, 0, 0, 1)),
        ("", (0, 0, 0, 0, 0, 0, 0, 1)),
        ("[1, 2]", (0, 0, 0, 0, 0, 0, 0, 1)),
    ],
)
def test_an_answer_becomes_eight_values(answer: str, values: tuple[float, ...]) -> None:
    assert read_answer(answer, "a line") == pytest.approx(values)


def test_where_the_text_names_low_spirits_they_change_places_with_sadness() -> None:
    answer = '{"悲伤": 0.8, "低落": 0.1}'
    assert read_answer(answer, "he sounds Gloomy")[2] == 0.1
    assert read_answer(answer, "he sounds Gloomy")[5] == 0.8
    assert read_answer(answer, "he sounds sad")[2] == 0.8


def test_what_was_thought_aloud_is_no_answer() -> None:
    assert after_thought([1, END_OF_THOUGHT, 2, END_OF_THOUGHT, 3, 4]) == [3, 4]
    assert after_thought([1, 2]) == [1, 2]


def test_a_folder_without_the_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config\.json is missing"):
        QwenEmotionReader(tmp_path).read("hello")
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "qwen3"}))
    with pytest.raises(ModelError, match="cannot be loaded"):
        QwenEmotionReader(tmp_path).read("hello")


@pytest.mark.slow
def test_a_qwen_model_with_random_weights_reads_eight_values(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM

    letters = {letter: index for index, letter in enumerate("<abcdefghijklmnopqrstuvwxyz>文本情感分类")}
    base = Tokenizer(models.WordLevel(letters, unk_token="<"))
    base.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    template = "{% for message in messages %}{{ message.content }}{% endfor %}>"
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=base, unk_token="<", eos_token=">", chat_template=template)
    tokenizer.save_pretrained(tmp_path)
    config = Qwen3Config(
        vocab_size=len(letters),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        head_dim=8,
        eos_token_id=letters[">"],
        pad_token_id=letters[">"],
    )
    torch.manual_seed(0)
    Qwen3ForCausalLM(config).save_pretrained(tmp_path)
    values = QwenEmotionReader(tmp_path).read("hello")
    assert values == QwenEmotionReader(tmp_path).read("hello")
    assert len(values) == 8
