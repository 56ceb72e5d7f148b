"""Takes cues and `cast.toml`; gives `Line`s: text ready to be spoken, voice, emotion."""

from indextts_post.cast.cast_file import EMOTIONS, NARRATOR, Cast, Character, read_cast, write_cast
from indextts_post.cast.casting import CastOptions, CastResult, cast_lines
from indextts_post.cast.languages import NAMES as LANGUAGE_NAMES
from indextts_post.cast.languages import guess_language, primary_subtag
from indextts_post.cast.pronunciation import (
    Doubt,
    Lexicon,
    Reading,
    WordReading,
    doubtful_readings,
    find_lexicon,
    read_lexicon,
    reading_of,
    speakable,
    without_marks,
)
from indextts_post.cast.records import REFERENCE, Emotion, Line, VoiceInfo

__all__ = [
    "EMOTIONS",
    "LANGUAGE_NAMES",
    "NARRATOR",
    "REFERENCE",
    "Cast",
    "CastOptions",
    "CastResult",
    "Character",
    "Doubt",
    "Emotion",
    "Lexicon",
    "Line",
    "Reading",
    "VoiceInfo",
    "WordReading",
    "cast_lines",
    "doubtful_readings",
    "find_lexicon",
    "guess_language",
    "primary_subtag",
    "read_cast",
    "read_lexicon",
    "reading_of",
    "speakable",
    "without_marks",
    "write_cast",
]
