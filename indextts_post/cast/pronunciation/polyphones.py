"""Mandarin characters to pinyin: words cut by jieba, phrases from pypinyin's dictionary, our own rows on top."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from indextts_post.cast.pronunciation.notation import HAN
from indextts_post.cast.pronunciation.polyphone_rules import (
    DEFAULTS,
    END,
    OWN_PHRASES,
    RULES,
    SURE,
    SURNAMES,
    TITLES,
    Rule,
)
from indextts_post.cast.pronunciation.records import Source

_LOOK_BACK = 20
"""Characters before one that a row may look at."""
_BEFORE_SURNAME = "[^，。！？]{0,3}姓"
CITED = {"一": "yi1", "不": "bu4"}
"""Characters whose tone depends on what follows: phrase dictionaries are not of one mind whether to write that."""
_TITLE = re.compile(TITLES)


@dataclass(frozen=True)
class Character:
    """A Han character at `index` of the text, in citation tone (`hang2`); `word` is the span of its word."""

    char: str
    index: int
    reading: str
    source: Source
    word: tuple[int, int]
    doubtful: bool = False
    alternatives: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class _Token:
    text: str
    flag: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def read_characters(text: str) -> list[Character]:
    """The readings of all Han characters of `text`, in order. Other signs are context only."""
    tokens = list(_tokens(text))
    found: list[Character] = []
    for position, token in enumerate(tokens):
        phrase = phrase_reading(token.text)
        before = tokens[position - 1].flag if position and tokens[position - 1].end == token.start else ""
        after = tokens[position + 1].flag if position + 1 < len(tokens) else ""
        for offset, char in enumerate(token.text):
            if HAN.match(char):
                context = _Context(text, token, offset, before if offset == 0 else "n", after, phrase)
                found.append(_read(char, context))
    return found


def plain_readings(text: str) -> list[str]:
    """What a reader without our tables makes of it, one reading a Han character: each jieba word by pypinyin alone."""
    from pypinyin import Style, lazy_pinyin

    readings: list[str] = []
    for word in _cutter().lcut(text):
        syllables = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True, errors=_one_by_one, v_to_u=False)
        readings += [spelled(s) for char, s in zip(word, syllables, strict=True) if HAN.match(char)]
    return readings


def _one_by_one(signs: str) -> Any:
    """What pypinyin is to give for signs without a reading: each as its own."""
    return list(signs)


@dataclass(frozen=True)
class _Context:
    text: str
    token: _Token
    offset: int
    previous: str
    following: str
    phrase: tuple[str, ...] | None

    @property
    def index(self) -> int:
        return self.token.start + self.offset


def _read(char: str, context: _Context) -> Character:
    for source, found, doubtful, why in _opinions(char, context):
        reading = CITED.get(char, found)
        others = tuple(other for other in readings_of(char) if other != reading) if doubtful else ()
        span = (context.token.start, context.token.end)
        return Character(char, context.index, reading, source, span, bool(others), others, why)
    raise AssertionError("the usual reading is always an opinion")


def _opinions(char: str, context: _Context) -> Iterator[tuple[Source, str, bool, str]]:
    """(source, reading, doubtful, why), the one that counts first."""
    rule = _fitting(char, context, over=True)
    if rule:
        yield Source.RULE, rule.reading, rule.doubtful, f"like {rule.example}"
    surname = _surname(context)
    if surname:
        yield Source.RULE, surname, char in "查解任盖", "a family name"
    if context.phrase:
        yield Source.PHRASE, context.phrase[context.offset], False, f"the word {context.token.text}"
    rule = _fitting(char, context, over=False)
    if rule:
        yield Source.RULE, rule.reading, rule.doubtful, f"like {rule.example}"
    inner = _inner_phrase(context)
    if inner:
        yield Source.PHRASE, inner, False, f"part of {context.token.text}"
    unsure = char in DEFAULTS and char not in SURE
    yield Source.USUAL, usual_reading(char), unsure, "nothing around it decides"


def _fitting(char: str, context: _Context, *, over: bool) -> Rule | None:
    return next((rule for rule in _rows().get(char, ()) if rule.over == over and _fits(rule, context)), None)


def _fits(rule: Rule, context: _Context) -> bool:
    if rule.alone and len(context.token.text) > 1:
        return False
    if rule.previous and not re.match(rule.previous, context.previous):
        return False
    if rule.following and not re.match(rule.following, context.following):
        return False
    left = context.text[max(0, context.index - _LOOK_BACK) : context.index]
    right = context.text[context.index + 1 :]
    return bool(
        (not rule.before or re.search(f"(?:{rule.before})$", left))
        and (not rule.after or re.match(rule.after, right))
        and (not rule.near or re.search(rule.near, context.text))
    )


def _surname(context: _Context) -> str | None:
    """Reading of a family name before a title, behind 姓, or at the head of a name that jieba found."""
    for length in (2, 1):
        for start in range(context.index - length + 1, context.index + 1):
            name = context.text[max(start, 0) : start + length]
            if len(name) == length and name in SURNAMES and _is_name(context, start, length):
                return SURNAMES[name].split()[context.index - start]
    return None


def _is_name(context: _Context, start: int, length: int) -> bool:
    left, right = context.text[:start], context.text[start + length :]
    if re.search(f"(?:{_BEFORE_SURNAME})$", left) and re.match(f"的|{END}", right):
        return True
    if _TITLE.match(right):
        return (
            not re.search(r"[一-鿿]$", left)
            or length == 2
            or re.search("[是叫找见请问跟和与向给对为让的老小]$", left) is not None
        )
    return context.token.flag == "nr" and start == context.token.start and len(context.token.text) > length


def phrase_reading(word: str) -> tuple[str, ...] | None:
    """Reading of a word of two characters and more, if a dictionary has it."""
    if word in OWN_PHRASES:
        return tuple(OWN_PHRASES[word].split())
    return _phrase(word) if len(word) > 1 else None


def _inner_phrase(context: _Context) -> str | None:
    """For a word no dictionary has: the longest phrase inside it that covers the character."""
    word, offset = context.token.text, context.offset
    for length in range(len(word) - 1, 1, -1):
        for start in range(max(0, offset - length + 1), min(offset, len(word) - length) + 1):
            reading = phrase_reading(word[start : start + length])
            if reading:
                return reading[offset - start]
    return None


@cache
def _phrase(word: str) -> tuple[str, ...] | None:
    from pypinyin.constants import PHRASES_DICT
    from pypinyin.contrib.tone_convert import to_tone3

    entry = PHRASES_DICT.get(word)
    if entry is None or len(entry) != len(word):
        return None
    return tuple(spelled(to_tone3(readings[0], neutral_tone_with_five=True, v_to_u=False)) for readings in entry)


@cache
def usual_reading(char: str) -> str:
    """The reading of a character by itself."""
    return DEFAULTS.get(char) or _dictionary_readings(char)[0]


@cache
def readings_of(char: str) -> tuple[str, ...]:
    """All readings our tables know of a character; of others, those of the dictionary."""
    if char not in DEFAULTS:
        return _dictionary_readings(char)
    return tuple(dict.fromkeys((DEFAULTS[char], *(rule.reading for rule in _rows().get(char, ())))))


def _dictionary_readings(char: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin

    [found] = pinyin(char, style=Style.TONE3, heteronym=True, neutral_tone_with_five=True, v_to_u=False)
    return tuple(spelled(reading) for reading in found)


def spelled(syllable: str) -> str:
    """pypinyin's spelling as ours: `v` for ü."""
    return syllable.replace("ü", "v")


@lru_cache(maxsize=1)
def _rows() -> dict[str, tuple[Rule, ...]]:
    rows: dict[str, tuple[Rule, ...]] = {}
    for rule in RULES:
        rows[rule.char] = (*rows.get(rule.char, ()), rule)
    return rows


def _tokens(text: str) -> Iterator[_Token]:
    start = 0
    for pair in _tagger().cut(text):
        yield _Token(pair.word, pair.flag, start)
        start += len(pair.word)


@lru_cache(maxsize=1)
def _cutter() -> Any:
    """jieba, its parsed dictionary kept in our cache folder (its own habit is /tmp)."""
    import platformdirs

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's own code, on newer Pythons
        import jieba
    jieba.setLogLevel(logging.WARNING)
    cache_folder = Path(platformdirs.user_cache_path("dubsync")) / "jieba"
    cache_folder.mkdir(parents=True, exist_ok=True)
    cutter = jieba.Tokenizer()
    cutter.tmp_dir = str(cache_folder)
    cutter.initialize()
    return cutter


@lru_cache(maxsize=1)
def _tagger() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from jieba.posseg import POSTokenizer
    return POSTokenizer(_cutter())
