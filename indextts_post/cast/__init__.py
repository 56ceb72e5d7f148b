"""Takes cues and `cast.toml`; gives `Line`s: text ready to be spoken, voice, emotion."""

from indextts_post.cast.cast_file import EMOTIONS, NARRATOR, Cast, Character, read_cast, write_cast
from indextts_post.cast.casting import CastOptions, CastResult, cast_lines
from indextts_post.cast.languages import NAMES as LANGUAGE_NAMES
from indextts_post.cast.languages import guess_language, primary_subtag
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
    "Emotion",
    "Line",
    "VoiceInfo",
    "cast_lines",
    "guess_language",
    "primary_subtag",
    "read_cast",
    "write_cast",
]
