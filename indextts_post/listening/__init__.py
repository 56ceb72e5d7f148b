"""Takes sound; gives what a recogniser hears in it, and how far that is from what should have been said.

It checks what was spoken and is no part of a dubbing job. It needs the extra `listen` (faster-whisper).
"""

from indextts_post.listening.errors_heard import ErrorCount, character_errors, plain_text, word_errors
from indextts_post.listening.recogniser import Heard, HeardWord, Recogniser, open_recogniser, recognise

__all__ = [
    "ErrorCount",
    "Heard",
    "HeardWord",
    "Recogniser",
    "character_errors",
    "open_recogniser",
    "plain_text",
    "recognise",
    "word_errors",
]
