"""Takes cues and `cast.toml`; gives `Line`s: text ready to be spoken, voice, emotion."""

from indextts_post.cast.records import Emotion, Line, VoiceInfo

__all__ = ["Emotion", "Line", "VoiceInfo"]
