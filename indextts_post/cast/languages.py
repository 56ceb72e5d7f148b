"""Which language a text is in, by its letters: enough to choose a voice, and always said when it was guessed."""

from __future__ import annotations

import unicodedata
from collections import Counter

_SCRIPT_LANGUAGE = {"HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "LATIN": "en"}
NAMES = {
    "en": "English",
    "zh": "Chinese",
    "ja": "Japanese",
    "ko": "Korean",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "it": "Italian",
    "pt": "Portuguese",
}
_ALSO_CALLED = {"cmn": "zh", "eng": "en", "zho": "zh", "chi": "zh", "jpn": "ja", "kor": "ko", "fra": "fr", "spa": "es"}


def primary_subtag(language: str) -> str:
    """ "en" from "en-US", "zh" from "zh_CN" or "cmn"."""
    subtag = language.strip().lower().replace("_", "-").partition("-")[0]
    return _ALSO_CALLED.get(subtag, subtag)


def guess_language(text: str) -> str | None:
    """Language of the script most letters are in (any kana makes it Japanese); None where there are no letters."""
    scripts = Counter(
        script
        for char in text
        if char.isalpha() and (script := _SCRIPT_LANGUAGE.get(unicodedata.name(char, "").partition(" ")[0]))
    )
    if not scripts:
        return None
    if scripts["ja"] and scripts["ja"] * 10 >= scripts["zh"]:
        return "ja"
    # A Han character is a syllable, a Latin letter a fifth of a word: weigh them so.
    return max(scripts, key=lambda language: scripts[language] * (1 if language in ("zh", "ja", "ko") else 0.25))
