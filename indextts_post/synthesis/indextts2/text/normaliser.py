"""From written to speakable text: numbers and dates as words, one spelling of punctuation, marks left alone.

What a number reader must not touch is hidden from it behind placeholders: pronunciation marks `<word|reading>`, pinyin
with tones, foreign names, and hyphens inside of technical terms.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal, Protocol

from indextts_post.cast import written_out
from indextts_post.errors import TextError

Path = Literal["zh", "en"]
"""The two ways of reading a text; which one is decided by the text itself."""

Glossary = Mapping[str, str | Mapping[str, str]]
"""Term → how it is spoken, for both ways or by way."""

HAN = "\u4e00-\u9fff"


class NumberReader(Protocol):
    """A library that writes numbers, dates, units and money as words."""

    def read(self, text: str, path: Path) -> str:
        """The same text with everything spelled out. Raises `TextError` where it cannot."""
        ...


class WetextReader:
    """The WeTextProcessing grammars through `wetext`, loaded at the first text of each way."""

    def read(self, text: str, path: Path) -> str:
        """Spell out `text`; erhua is kept. English is said as every voice says it; the grammar finds what is left."""
        text = written_out(text, "en") if path == "en" else text
        grammar = self._chinese if path == "zh" else self._english
        try:
            return str(grammar.normalize(text))
        except (AssertionError, RuntimeError, ValueError) as error:
            raise TextError(
                f"text: the number reader gave up on {text[:40]!r} ({len(text)} characters): {error}. "
                "Write numbers and dates as words"
            ) from error

    @cached_property
    def _chinese(self) -> Any:
        from wetext import Normalizer

        return Normalizer(lang="zh", operator="tn", remove_erhua=False)

    @cached_property
    def _english(self) -> Any:
        from wetext import Normalizer

        return Normalizer(lang="en", operator="tn")


def normalise(text: str, reader: NumberReader, glossary: Glossary | None = None) -> str:
    """Text as the tokeniser wants it. Raises what the number reader raises."""
    marks = _Hidden(MARK, lambda index: f"PRONPLACEHOLDER{_letters(index)}PRONPLACEHOLDER")
    hidden = marks.hide(text)
    path = path_of(hidden)
    hidden = _CONTRACTION.sub(r"\1 is", hidden)
    hidden = _with_glossary(hidden, glossary or {}, path)
    spoken = _read_chinese(hidden, reader) if path == "zh" else _read_english(hidden, reader)
    return marks.restore(map_characters(spoken, path))


MARK = re.compile(r"<([^|>\n]+)\|([^>\n]+)>")
"""A pronunciation mark `<word|reading>`."""

_CONTRACTION = re.compile(r"(what|where|who|which|how|there|here|it|she|he|that|this)'s", re.IGNORECASE)
_EMAIL = re.compile(r"[A-Za-z0-9]+@[A-Za-z0-9]+\.[A-Za-z]+")
_TERM = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+")
_TERM_HYPHEN = re.compile(r"\s*<H>\s*")
_NAME = re.compile(f"[{HAN}]+(?:[·\\-—][{HAN}]+){{1,2}}")


def path_of(text: str) -> Path:
    """Chinese where there is a Han character or a pinyin syllable, or no Latin letter, or where all is an e-mail."""
    chinese = (
        re.search(f"[{HAN}]", text)
        or not re.search("[A-Za-z]", text)
        or _EMAIL.fullmatch(text.strip())
        or PINYIN.search(text)
    )
    return "zh" if chinese else "en"


def _read_chinese(text: str, reader: NumberReader) -> str:
    syllables = _Hidden(PINYIN, lambda index: f"<pinyin_{chr(ord('a') + index)}>")
    names = _Hidden(_NAME, lambda index: f"<n_{chr(ord('a') + index)}>")
    hidden = names.hide(syllables.hide(_hide_hyphens(text.rstrip())))
    spoken = names.restore(reader.read(hidden, "zh"))
    return _TERM_HYPHEN.sub("-", syllables.restore(spoken, restored_pinyin))


def _read_english(text: str, reader: NumberReader) -> str:
    return _TERM_HYPHEN.sub("-", reader.read(_hide_hyphens(text), "en"))


def _hide_hyphens(text: str) -> str:
    return _TERM.sub(lambda term: term[0].replace("-", "<H>"), text)


def _with_glossary(text: str, glossary: Glossary, path: Path) -> str:
    for term in sorted(glossary, key=len, reverse=True):
        entry = glossary[term]
        spoken = entry if isinstance(entry, str) else entry.get(path, term)
        text = re.sub(re.escape(term), lambda _, spoken=spoken: spoken, text, flags=re.IGNORECASE)  # type: ignore[misc]
    return text


class _Hidden:
    """Distinct matches of a pattern, each behind a placeholder of its own."""

    def __init__(self, pattern: re.Pattern[str], placeholder: Callable[[int], str]) -> None:
        self.pattern, self.placeholder = pattern, placeholder
        self.found: list[str] = []

    def hide(self, text: str) -> str:
        return self.pattern.sub(self._hide_one, text)

    def restore(self, text: str, spelled: Callable[[str], str] = str) -> str:
        for index, original in enumerate(self.found):
            text = text.replace(self.placeholder(index), spelled(original))
        return text

    def _hide_one(self, match: re.Match[str]) -> str:
        if match[0] not in self.found:
            self.found.append(match[0])
        return self.placeholder(self.found.index(match[0]))


def _letters(index: int) -> str:
    """a, b, … z, aa, ab, …"""
    letters = ""
    index += 1
    while index:
        index, last = divmod(index - 1, 26)
        letters = chr(ord("a") + last) + letters
    return letters


_FINALS = (
    "iang|iong|uang|vang|üang|iao|ian|uai|uan|van|üan|ang|eng|ing|ong|ai|ei|ua|ui|uo|ao|ou|ia|iu|ie|ue|üe|ve|"
    "an|en|in|un|vn|a|e|i|o|u|ü|v"
)
PINYIN = re.compile(rf"(?<![a-z])(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxzcsryw])?(?:{_FINALS})|ng|er)[1-5]", re.IGNORECASE)
"""One syllable with its tone; `ün` has no place in the published grammar."""

_PALATAL = re.compile(r"([jqx])[uü](n|e|an)?([1-5])", re.IGNORECASE)


def restored_pinyin(syllable: str) -> str:
    """How a syllable is written for the tokeniser: behind j, q and x in capitals and with v for u and ü."""
    if syllable[0].lower() not in "jqx":
        return syllable
    return _PALATAL.sub(r"\1v\2\3", syllable).upper()


def map_characters(text: str, path: Path) -> str:
    """One spelling for every sign of punctuation; on the Chinese way a dollar sign left over becomes a stop."""
    pattern, table = _MAPS[path]
    return pattern.sub(lambda sign: table[sign[0]], text)


def _table(*rows: tuple[Sequence[str], str]) -> dict[str, str]:
    return {sign: mapped for signs, mapped in rows for sign in signs}


# One pass, tried in this order: a full-width comma is replaced before three of them could become an ellipsis.
_SIGNS = _table(
    ("：；;，、:", ","),
    ("。", "."),
    ("！", "!"),
    ("？", "?"),
    ("\n", " "),
    ("·—～~", "-"),
    ('“”"‘’（）()《》【】[]「」', "'"),
    (("...", ",,,", "，，，", "……"), "…"),
)


def _compiled(table: dict[str, str]) -> tuple[re.Pattern[str], dict[str, str]]:
    return re.compile("|".join(map(re.escape, table))), table


_MAPS: Mapping[Path, tuple[re.Pattern[str], dict[str, str]]] = {
    "zh": _compiled({"$": ".", **_SIGNS}),
    "en": _compiled(_SIGNS),
}
