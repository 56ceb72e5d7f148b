"""Mandarin: numbers written out (wetext), words cut (jieba), syllables read (pypinyin), pinyin in IPA (misaki).

The model was trained on exactly this chain, word by word and without tone sandhi in the text: it learned the sandhi
from the recordings.
"""

from __future__ import annotations

import logging
import re
import warnings
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING

from pypinyin import Style, lazy_pinyin

from indextts_post.errors import TextError
from indextts_post.synthesis.kokoro.front_end.punctuation import punctuation
from indextts_post.synthesis.kokoro.front_end.records import Word
from indextts_post.synthesis.kokoro.front_end.scripts import Script, script_of

if TYPE_CHECKING:
    import jieba

_TONES = (("˧˩˧", "↓"), ("˧˥", "↗"), ("˥˩", "↘"), ("˥", "→"))
_SYLLABIC_FRICATIVES = ("ɻ\u0329", "ɹ\u0329")
_NON_SYLLABIC = "\u032f"
_PINYIN = re.compile(r"[a-zü]+[1-5]")
_JOINED_BY_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=\d)")


class Chinese:
    """Reading of Mandarin text. `cache` is where jieba may keep its parsed dictionary (its own habit is /tmp)."""

    def __init__(self, cache: Path) -> None:
        from wetext import Normalizer

        self._numbers = Normalizer(lang="zh", operator="tn")
        self._cutter = _cutter(cache)

    def words(self, text: str) -> list[Word]:
        # a hyphen between letters and a number would be read as a minus
        written = self._written_out(_JOINED_BY_HYPHEN.sub(" ", text))
        words: list[Word] = []
        run = ""
        for char in written:
            if script_of(char) is Script.HAN:
                run += char
                continue
            words += self._han(run)
            run = ""
            words.append(punctuation(char) or Word(char, ""))
        return _spaced([*words, *self._han(run)])

    def _written_out(self, text: str) -> str:
        """Numbers as words. Raises `TextError` for signs that the number reader's grammars do not know."""
        try:
            return str(self._numbers.normalize(text))
        except (AssertionError, RuntimeError, ValueError) as error:
            raise TextError(f"the numbers in {text[:40]!r} cannot be read; write them as words.") from error

    def _han(self, run: str) -> list[Word]:
        words = self._cutter.lcut(run) if run else []
        last = len(words) - 1
        return [Word(word, _word_symbols(word), position < last) for position, word in enumerate(words)]


def pinyin_symbols(syllable: str) -> str | None:
    """Symbols of one syllable as `hang2`; None where there is no such syllable."""
    from misaki.transcription import pinyin_to_ipa

    if not _PINYIN.fullmatch(syllable):
        return None
    try:
        symbols = "".join(pinyin_to_ipa(syllable)[0])
    except (ValueError, AssertionError):
        return None
    for tone, arrow in _TONES:
        symbols = symbols.replace(tone, arrow)
    for fricative in _SYLLABIC_FRICATIVES:
        symbols = symbols.replace(fricative, "ɨ")
    return symbols.replace(_NON_SYLLABIC, "")


def marked_pinyin(reading: str) -> str | None:
    """Symbols of `HANG2` or `CHONG2 XIN1`; None where a syllable is none."""
    syllables = [pinyin_symbols(part.lower().replace("v", "ü").replace("u:", "ü")) for part in reading.split()]
    return "".join(s for s in syllables if s) if syllables and None not in syllables else None


def _word_symbols(word: str) -> str:
    """Symbols of a word; characters without a reading stand for themselves, and are reported further up."""
    syllables = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
    return "".join(pinyin_symbols(syllable) or syllable for syllable in syllables)


def _spaced(words: list[Word]) -> list[Word]:
    """A space before an opening quote or bracket."""
    return [
        Word(word.text, word.symbols, True) if after and after.symbols in ("“", "(") and word.symbols else word
        for word, after in zip_longest(words, words[1:])
    ]


def _cutter(cache: Path) -> jieba.Tokenizer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's own code, on newer Pythons
        import jieba
    jieba.setLogLevel(logging.WARNING)
    cache.mkdir(parents=True, exist_ok=True)
    cutter = jieba.Tokenizer()
    cutter.tmp_dir = str(cache)
    cutter.initialize()
    return cutter
