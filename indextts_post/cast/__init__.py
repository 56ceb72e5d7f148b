"""Takes cues and `cast.toml`; gives `Line`s: text ready to be spoken, voice, emotion."""

from indextts_post.cast.cast_editing import (
    add_characters,
    allow_reference,
    change_character,
    promote,
    settle_speakers,
    write_cast,
)
from indextts_post.cast.cast_file import read_cast
from indextts_post.cast.casting import CastOptions, CastResult, cast_lines
from indextts_post.cast.characters import NARRATOR, Cast, Character, Consent
from indextts_post.cast.languages import NAMES as LANGUAGE_NAMES
from indextts_post.cast.languages import guess_language, primary_subtag
from indextts_post.cast.portraits import Portrait, portraits
from indextts_post.cast.pronunciation import (
    Doubt,
    Lexicon,
    Part,
    Reading,
    WordReading,
    doubtful_readings,
    english_pieces,
    find_lexicon,
    japanese_pieces,
    read_lexicon,
    reading_of,
    speakable,
    without_marks,
    written_out,
)
from indextts_post.cast.proposals import Proposal
from indextts_post.cast.records import REFERENCE, Line, ReferenceUse, VoiceInfo
from indextts_post.cast.voice_names import (
    ORIGINAL,
    ORIGINAL_LINE,
    SoundRange,
    consent_key,
    is_real_voice,
    must_be_cut,
    relative_path,
    sound_range,
)
from indextts_post.directions import EMOTIONS, STYLES, Emotion, Feeling, feeling_of, near_emotion, value_troubles

__all__ = [
    "EMOTIONS",
    "LANGUAGE_NAMES",
    "NARRATOR",
    "ORIGINAL",
    "ORIGINAL_LINE",
    "REFERENCE",
    "STYLES",
    "Cast",
    "CastOptions",
    "CastResult",
    "Character",
    "Consent",
    "Doubt",
    "Emotion",
    "Feeling",
    "Lexicon",
    "Line",
    "Part",
    "Portrait",
    "Proposal",
    "Reading",
    "ReferenceUse",
    "SoundRange",
    "VoiceInfo",
    "WordReading",
    "add_characters",
    "allow_reference",
    "cast_lines",
    "change_character",
    "consent_key",
    "doubtful_readings",
    "english_pieces",
    "feeling_of",
    "find_lexicon",
    "guess_language",
    "is_real_voice",
    "japanese_pieces",
    "must_be_cut",
    "near_emotion",
    "portraits",
    "primary_subtag",
    "promote",
    "read_cast",
    "read_lexicon",
    "reading_of",
    "relative_path",
    "settle_speakers",
    "sound_range",
    "speakable",
    "value_troubles",
    "without_marks",
    "write_cast",
    "written_out",
]
