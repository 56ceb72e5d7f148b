"""Korean, Spanish, French, Hindi, Italian, Portuguese through eSpeak NG, where the user has installed it.

It is a separate program under the GPL, called as such; nothing of it is shipped here.
"""

from __future__ import annotations

import re
import shutil
import subprocess

from indextts_post.errors import TextError, ToolError
from indextts_post.synthesis.kokoro.front_end.punctuation import punctuation
from indextts_post.synthesis.kokoro.front_end.records import Word

ESPEAK_LANGUAGES = {"ko": "ko", "es": "es", "fr": "fr-fr", "hi": "hi", "it": "it", "pt": "pt-br"}
"""Our languages and eSpeak's names for the variants that the voices speak."""
_TIMEOUT_S = 30
_SHORTHANDS = {
    "a^ɪ": "I", "a^ʊ": "W", "d^z": "ʣ", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q", "s^s": "S", "t^s": "ʦ",
    "t^ʃ": "ʧ", "ɔ^ɪ": "Y", "^": "", "-": "", "g": "ɡ",
}  # fmt: skip
_KOREAN = {"ɐ": "a", "ʌ": "ɔ", "ɕ͈": "ɕ", "͈": "", "̚": "", "̬": "", "̹": "", "ɯj": "ɯi"}
_LANGUAGE_FLAG = re.compile(r"\([a-z-]+\)")


class Espeak:
    """Reading of text in one of `ESPEAK_LANGUAGES`. Raises `TextError` where the program is not installed."""

    def __init__(self, language: str) -> None:
        program = shutil.which("espeak-ng") or shutil.which("espeak")
        if program is None:
            raise TextError(
                f"language {language!r}: the program espeak-ng, which reads it, is not installed (0 found on PATH). "
                "Install it from your system's packages, or choose a line language out of en, zh, ja."
            )
        self._language = language
        self._program = program

    def words(self, text: str) -> list[Word]:
        words: list[Word] = []
        run = ""
        for char in text:
            sign = None if char.isspace() or char in "'’-" else punctuation(char)
            if sign is None:
                run += char
                continue
            words += self._clause(run)
            run = ""
            words.append(sign)
        return [*words, *self._clause(run)]

    def _clause(self, clause: str) -> list[Word]:
        if not clause.strip():
            return []
        sounds = _LANGUAGE_FLAG.sub("", self._sounds(clause.strip()))
        for long, short in {**_SHORTHANDS, **(_KOREAN if self._language == "ko" else {})}.items():
            sounds = sounds.replace(long, short)
        pieces, spelled = sounds.split(), clause.split()
        texts = spelled if len(spelled) == len(pieces) else pieces
        last = len(pieces) - 1
        return [Word(text, piece, at < last) for at, (text, piece) in enumerate(zip(texts, pieces, strict=True))]

    def _sounds(self, clause: str) -> str:
        command = [self._program, "-q", "--ipa", "--tie=^", "-v", ESPEAK_LANGUAGES[self._language], "--stdin"]
        try:
            done = subprocess.run(
                command, input=clause, capture_output=True, encoding="utf-8", timeout=_TIMEOUT_S, check=True
            )
        except (subprocess.SubprocessError, OSError) as error:
            raise ToolError(f"espeak-ng could not read {clause!r} ({error}); run it by hand to see why.") from error
        return done.stdout
