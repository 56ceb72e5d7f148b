"""What a bracket in a subtitle holds: a direction, a sound, or something else (a name, words that are spoken).

A bracket is cut at commas. It is a direction where a part of it is one and none is speech; a sound where its first
part is one. Words in doubt are speech: what is spoken by mistake is heard and mended, a swallowed word is not.
The rules for one part stand in `latin_brackets` and `cjk_brackets`, each with the cases that are in doubt.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from indextts_post.directions import cjk_brackets, latin_brackets
from indextts_post.directions.part_kinds import PartKind
from indextts_post.directions.vocabulary import normal

_PARTS = re.compile(r"[,.;:!/、。…]+(?!\w\.)")


class BracketKind(StrEnum):
    """What a bracket holds."""

    DIRECTION = "direction"
    SOUND = "sound"
    OTHER = "other"


@lru_cache(maxsize=1024)
def bracket_kind(content: str) -> BracketKind:
    """What the text between two brackets is, without the brackets. Pure; English, Chinese and Japanese."""
    parts = [part.strip() for part in _PARTS.split(normal(content))]
    kinds = [_part_kind(part) for part in parts if any(letter.isalnum() for letter in part)]
    if PartKind.DIRECTION in kinds and PartKind.SPEECH not in kinds:
        return BracketKind.DIRECTION
    if kinds and kinds[0] is PartKind.SOUND:
        return BracketKind.SOUND
    return BracketKind.OTHER


def _part_kind(part: str) -> PartKind:
    return cjk_brackets.part_kind(part) if cjk_brackets.CJK.search(part) else latin_brackets.part_kind(part)
