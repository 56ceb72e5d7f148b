"""The part-of-speech tagger and the word list of hibari-tts (Apache-2.0), without the speech engine around them.

Importing `hibari` opens onnxruntime, which takes a second that nobody needs who only asks how a word is read; so its
data, and the one module that knows what they mean, are loaded from where the package lies.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from indextts_post.errors import ToolError


@cache
def tagger() -> Any:
    """Penn Treebank tags for a list of words. Raises `ToolError` where hibari-tts is not installed."""
    spec = spec_from_file_location("hibari_tagger", _folder() / "g2p" / "tagger.py")
    if spec is None or spec.loader is None:
        raise ToolError(f"hibari-tts: 0 taggers found in {_folder()}; install it anew.")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Tagger(_asset("tagger.json.gz"))


@cache
def dictionary() -> frozenset[str]:
    """Words in small letters that the American lexicon (misaki's) has. Raises what `tagger` raises."""
    return frozenset(word for word in _asset("lexicon_us_gold.json.gz") if word.islower() and len(word) > 1)


def _asset(name: str) -> Any:
    with gzip.open(_folder() / "assets" / name, "rt", encoding="utf-8") as file:
        return json.load(file)


def _folder() -> Path:
    spec = find_spec("hibari")
    if spec is None or spec.origin is None:
        raise ToolError("hibari-tts, which reads English, is not installed (0 found). Run: pip install hibari-tts")
    return Path(spec.origin).parent
