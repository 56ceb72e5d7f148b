"""Takes sound; gives what a recogniser hears in it, and how far that is from what should have been said.

It lies under the rooms: `synthesis` lends it an ear where the user asks for one (`--listen`), benches and tests measure
with it. It needs the extra `listen` (faster-whisper).
"""

from indextts_post.listening.errors_heard import (
    ErrorCount,
    character_errors,
    plain_text,
    spoken_units,
    unit_errors,
    word_errors,
)
from indextts_post.listening.judging import MISHEARD_ABOVE, Judged, judged
from indextts_post.listening.recogniser import (
    Ear,
    Heard,
    HeardWord,
    Recogniser,
    open_recogniser,
    recognise,
    require_whisper,
)
from indextts_post.listening.small_recogniser import SmallRecogniser, open_small_recogniser

__all__ = [
    "MISHEARD_ABOVE",
    "Ear",
    "ErrorCount",
    "Heard",
    "HeardWord",
    "Judged",
    "Recogniser",
    "SmallRecogniser",
    "character_errors",
    "judged",
    "open_recogniser",
    "open_small_recogniser",
    "plain_text",
    "recognise",
    "require_whisper",
    "spoken_units",
    "unit_errors",
    "word_errors",
]
