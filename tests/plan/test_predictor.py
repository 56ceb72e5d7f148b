"""Natural lengths from the text alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from indextts_post.plan import LengthPredictor, pause_count, syllable_count


@pytest.mark.parametrize(
    ("text", "language", "syllables"),
    [
        ("Hello there.", "en", 3),
        ("We are already on our way.", "en", 8),
        ("最后一班车，已经开走了。", "zh", 10),
        ("きょうはいい天気", "ja", 10),  # kyo-u-ha-i-i 5, ten-ki 2 * 2 by rule + nothing else
        ("안녕하세요", "ko", 5),
        ("<行|HANG2>长", "zh", 2),
        ("…!?", "en", 0),
    ],
)
def test_syllables_are_counted(text: str, language: str, syllables: int) -> None:
    assert abs(syllable_count(text, language) - syllables) <= 1


def test_only_pauses_inside_the_text_count() -> None:
    assert pause_count("Yes, well, no.") == 2
    assert pause_count("你好。") == 0


def test_the_prior_is_arithmetic() -> None:
    # 10 syllables of 0.21 s, 1 pause of 0.25 s, 0.12 s around: 2.47 s.
    assert LengthPredictor().predict_s("v", "zh", "最后一班车，已经开走了。") == pytest.approx(2.47)


def test_it_learns_a_slow_voice_and_states_its_error(tmp_path: Path) -> None:
    memory = tmp_path / "lengths.json"
    predictor = LengthPredictor(memory)
    texts = ["这" * n for n in range(4, 40)]
    for text in texts:
        predictor.learn("slow", "zh", text, 0.30 * len(text) + 0.12)
    predictor.save()
    again = LengthPredictor(memory)
    assert again.predict_s("slow", "zh", "这" * 20) == pytest.approx(0.30 * 20 + 0.12, rel=0.02)
    assert again.predict_s("other", "zh", "这" * 20) == pytest.approx(0.21 * 20 + 0.12)
    error, lines = again.mean_error("slow", "zh")
    assert lines == len(texts)
    assert 0 < error < 0.15
