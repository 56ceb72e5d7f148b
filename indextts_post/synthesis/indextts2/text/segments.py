"""Cutting a long text into segments that the network takes in one go: by tokens (2.0) or by characters (2.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set

from indextts_post.errors import TextError

SENTENCE_ENDS = frozenset({".", "!", "?", "▁.", "▁?", "▁..."})
COMMAS = frozenset({",", "▁,"})
HYPHENS = frozenset({"-"})
_QUOTES = frozenset({"'", "▁'"})


def split_tokens(tokens: Sequence[str], most: int, *, quick: int = 0) -> list[list[str]]:
    """Segments of at most `most` tokens, cut at sentence ends, else at commas, else at hyphens, else anywhere.

    While no more than `quick` tokens have been given out, segments are joined only up to half of `most`, so that the
    first sound comes early. A closing quote behind a sentence end goes with it and, as in the reference, also begins
    the next segment.
    """
    return _joined(_cut(tokens, most, quick, SENTENCE_ENDS), most, quick)


def _cut(tokens: Sequence[str], most: int, quick: int, marks: Set[str]) -> list[list[str]]:
    parts: list[list[str]] = []
    current: list[str] = []
    for index, token in enumerate(tokens):
        current.append(token)
        finer = _finer_marks(current, marks)
        if finer:
            parts += _joined(_cut(current, most, quick, finer), most, quick)
        elif len(current) > most:
            parts += [current[start : start + most] for start in range(0, len(current), most)]
        elif token in marks and len(current) > 2:
            parts.append(current + [follower for follower in tokens[index + 1 : index + 2] if follower in _QUOTES])
        else:
            continue
        current = []
    return [part for part in [*parts, current] if part]


def _finer_marks(current: Sequence[str], marks: Set[str]) -> Set[str]:
    if not marks & COMMAS and COMMAS.intersection(current):
        return COMMAS
    return HYPHENS if not marks & HYPHENS and HYPHENS.intersection(current) else frozenset()


def _joined(parts: Sequence[Sequence[str]], most: int, quick: int) -> list[list[str]]:
    joined: list[list[str]] = []
    total = 0
    for part in parts:
        total += len(part)
        together = len(part) + len(joined[-1]) if joined else 0
        if joined and ((together <= most and total > quick) or together <= most / 2):
            joined[-1] = joined[-1] + list(part)
        else:
            joined.append(list(part))
    return joined


PHRASE_ENDS = frozenset("，。！？、；：,.!?;:\n")


def split_text(text: str, most: int, count: Callable[[str], int], atom: re.Pattern[str]) -> list[str]:
    """Segments of at most `most` by `count`, cut behind punctuation, over-long phrases anywhere but in an `atom`.

    Raises `TextError` where a single atom is longer than a segment.
    """
    segments: list[str] = []
    for phrase in _phrases(text, atom):
        segments += [""] if count(phrase) > most else []
        for part in [phrase] if count(phrase) <= most else _atoms(phrase, atom):
            if segments and count(segments[-1] + part) <= most:
                segments[-1] += part
            elif count(part) <= most:
                segments.append(part)
            else:
                raise TextError(f"text: {part[:40]!r} is {count(part)} tokens, {most} is the most. Shorten the mark")
    return [segment for segment in segments if segment.strip()]


def pieces_of(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, bool]]:
    """All of `text` in order, piece by piece, with whether a piece is a match of `pattern`."""
    end = 0
    for match in pattern.finditer(text):
        yield text[end : match.start()], False
        yield match[0], True
        end = match.end()
    yield text[end:], False


def _atoms(text: str, atom: re.Pattern[str]) -> list[str]:
    return [unit for piece, whole in pieces_of(text, atom) for unit in ([piece] if whole else piece)]


def _phrases(text: str, atom: re.Pattern[str]) -> list[str]:
    phrases = [""]
    for piece in _atoms(text, atom):
        phrases[-1] += piece
        if piece in PHRASE_ENDS:
            phrases.append("")
    return [phrase for phrase in phrases if phrase]
