"""Takes recordings of voices; gives what of them is used, and what is wrong with them, in sentences.

No room is known here: engines read their references through it, and the references of a job are judged by it.
"""

from indextts_post.recordings.reading import (
    LEAST_S,
    LONGEST_S,
    SHORT_S,
    WANTED_S,
    Recording,
    levels_db,
    quiet_windows,
    read_recording,
)
from indextts_post.recordings.speech import SpeechShare, speech_share, speech_windows

__all__ = [
    "LEAST_S",
    "LONGEST_S",
    "SHORT_S",
    "WANTED_S",
    "Recording",
    "SpeechShare",
    "levels_db",
    "quiet_windows",
    "read_recording",
    "speech_share",
    "speech_windows",
]
