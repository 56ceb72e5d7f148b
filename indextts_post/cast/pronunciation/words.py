"""Chinese text cut into words by jieba, as the default voice's training data was."""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from indextts_post.cast.pronunciation.notation import HAN

_HAN_RUN = re.compile(f"(?:{HAN.pattern})+")


@dataclass(frozen=True)
class Token:
    """A word at `start` of its text."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def tokens(text: str) -> Iterator[Token]:
    """The words of all runs of Han characters, in order; other signs belong to none."""
    for run in _HAN_RUN.finditer(text):
        start = run.start()
        for word in cutter().lcut(run[0]):
            yield Token(word, start)
            start += len(word)


def frequency(word: str) -> int:
    """How often a word stands in the texts that jieba's dictionary was counted in; 0 for one it has not."""
    return int(cutter().FREQ.get(word, 0))


@lru_cache(maxsize=1)
def cutter() -> Any:
    """jieba's tokenizer, its parsed dictionary kept in our cache folder (its own habit is /tmp)."""
    import platformdirs

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba's own code, on newer Pythons
        import jieba
    jieba.setLogLevel(logging.WARNING)
    cache_folder = Path(platformdirs.user_cache_path("dubsync")) / "jieba"
    cache_folder.mkdir(parents=True, exist_ok=True)
    result = jieba.Tokenizer()
    result.tmp_dir = str(cache_folder)
    result.initialize()
    return result
