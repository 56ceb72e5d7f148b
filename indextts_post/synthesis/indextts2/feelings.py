"""Which feeling a line is spoken with, and where it comes from: a second clip, eight values, words, or the speaker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from indextts_post.cast import Emotion
from indextts_post.synthesis.indextts2.emotion import EMOTIONS, EmotionReader, from_names, normalised, scaled

NAMED_STRENGTH = 0.6
"""What a feeling counts that is only named, not weighed."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "happy": ("happ", "joy", "cheer", "glad", "laugh", "delight", "高兴", "开心", "快乐", "喜", "笑"),
    "angry": ("angr", "anger", "furious", "shout", "rage", "annoyed", "愤怒", "生气", "怒", "恼火", "吼"),
    "sad": ("sad", "cry", "tear", "grie", "sorrow", "悲伤", "难过", "伤心", "哭", "哀"),
    "afraid": ("afraid", "fear", "scared", "terrif", "panic", "恐惧", "害怕", "惊恐", "慌"),
    "disgusted": ("disgust", "contempt", "revolt", "厌恶", "反感", "鄙", "嫌"),
    "melancholic": ("melanchol", "gloom", "depress", "wistful", "低落", "忧郁", "沮丧", "惆怅"),
    "surprised": ("surpris", "astonish", "amaz", "shock", "惊讶", "吃惊", "惊喜", "震惊"),
    "calm": ("calm", "neutral", "quiet", "gentle", "soft", "whisper", "平静", "自然", "冷静", "轻声", "温柔"),
}
"""Beginnings of English words and parts of Chinese ones that name a feeling."""


@dataclass(frozen=True)
class Feeling:
    """`values` of the bank, or the recording `clip` by `strength`, or neither: the speaker's own. `source` says it."""

    source: str
    values: tuple[float, ...] | None = None
    clip: str = ""
    strength: float = 1.0


def named_values(words: str) -> tuple[float, ...] | None:
    """Eight values for the feelings that `words` name; None where they name none."""
    lowered = words.lower()
    named = [any(beginning in lowered for beginning in _WORDS[name]) for name in EMOTIONS]
    if not any(named):
        return None
    return tuple(NAMED_STRENGTH / sum(named) if one else 0.0 for one in named)


class Feelings:
    """Reads emotions; words through `reader` where there is one. `said` hears, once a wording, what was made of it."""

    def __init__(self, reader: EmotionReader | None, said: Callable[[str], None]) -> None:
        self._reader, self._said = reader, said
        self._read: dict[str, tuple[float, ...] | None] = {}

    def of(self, emotion: Emotion) -> Feeling:
        """The feeling meant: a clip goes before values, values before words. Raises `TextError`, `ModelError`."""
        if emotion.clip:
            return Feeling(f"recording {emotion.clip} at {emotion.intensity:g}", None, emotion.clip, emotion.intensity)
        if emotion.values:
            values = from_names(emotion.values)
            return Feeling("values of the cast", scaled(normalised(values), emotion.intensity))
        if not emotion.words.strip():
            return Feeling("the speaker's recording")
        read = self._values(emotion.words.strip())
        if read is None:
            return Feeling(f"the speaker's recording; {emotion.words!r} names no feeling")
        how = "read by the language model" if self._reader else "looked up"
        return Feeling(f"{emotion.words!r}, {how}", scaled(normalised(read), emotion.intensity))

    def _values(self, words: str) -> tuple[float, ...] | None:
        if words not in self._read:
            self._read[words] = self._reader.read(words) if self._reader else self._looked_up(words)
        return self._read[words]

    def _looked_up(self, words: str) -> tuple[float, ...] | None:
        values = named_values(words)
        found = [name for name, value in zip(EMOTIONS, values or (), strict=False) if value]
        taken = (
            f"was taken as {' and '.join(found)}" if found else "names none of the eight, so the speaker's own stays"
        )
        self._said(f"the checkpoint folder has no model that reads feelings from words; {words!r} {taken}")
        return values
