"""Takes text in a language; gives `Spelling`: the symbols Kokoro speaks, each with the word it belongs to."""

from indextts_post.synthesis.kokoro.front_end.records import Spelling, Word
from indextts_post.synthesis.kokoro.front_end.spelling import FrontEnd

__all__ = ["FrontEnd", "Spelling", "Word"]
