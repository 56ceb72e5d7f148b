"""English words written alike and read otherwise by their sense: which reading is likely, and that one may doubt it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indextts_post.cast.pronunciation.records import Source, WordReading


@dataclass(frozen=True)
class Heteronym:
    """`usual` in phones; `other` where `cue` matches what stands before the word (its end) or after it (its start)."""

    usual: str
    other: str
    before: str = ""
    after: str = ""


_TO = r"\b(?:to|will|can|could|would|should|must|may|might|don't|didn't|let's|I|you|we|they|please)\s+"
_NEAR = r"\b(?:so|too|very|that|get|got|come|came|is|are|was|were|stay)\s+"
_PAST = r"\b(?:have|has|had|'ve|'s|was|were|been|already|yesterday[, ]*\w*|never)\s+"
HETERONYMS = {
    "read": Heteronym("R IY1 D", "R EH1 D", before=_PAST),
    "lead": Heteronym("L IY1 D", "L EH1 D", after=r"\s+(?:pipe|paint|poison|bullet|weight)"),
    "live": Heteronym(
        "L IH1 V", "L AY1 V", before=r"\bgo(?:es|ing)?\s+", after=r"\s+(?:show|music|broadcast|on air|wire|stream)"
    ),
    "wind": Heteronym("W IH1 N D", "W AY1 N D", before=_TO, after=r"\s+(?:up|down|the clock)"),
    "tear": Heteronym("T IH1 R", "T EH1 R", before=_TO, after=r"\s+(?:it|up|down|apart|this|that)"),
    "tears": Heteronym("T IH1 R Z", "T EH1 R Z", after=r"\s+(?:it|up|down|apart|me)"),
    "bow": Heteronym("B OW1", "B AW1", before=_TO, after=r"\s+(?:down|before|to)"),
    "close": Heteronym("K L OW1 Z", "K L OW1 S", before=_NEAR, after=r"\s+(?:to|by|enough|call|friend)"),
    "minute": Heteronym("M IH1 . N AH0 T", "M AY0 . N UW1 T", after=r"\s+(?:detail|amount|trace|difference)"),
    "bass": Heteronym("B EY1 S", "B AE1 S", after=r"\s+(?:fish|lake)"),
    "dove": Heteronym("D AH1 V", "D OW1 V", before=r"\b(?:he|she|it|they|we|I)\s+"),
    "wound": Heteronym("W UW1 N D", "W AW1 N D", before=r"\b(?:is|are|was|got)\s+", after=r"\s+(?:up|tight|around)"),
    "sow": Heteronym("S OW1", "S AW1", before=r"\b(?:a|the)\s+"),
    "row": Heteronym("R OW1", "R AW1", before=r"\b(?:had|have|having) a\s+", after=r"\s+with"),
    "desert": Heteronym("D EH1 . Z ER0 T", "D IH0 . Z ER1 T", before=_TO),
    "record": Heteronym("R EH1 . K ER0 D", "R IH0 . K AO1 R D", before=_TO),
    "present": Heteronym("P R EH1 . Z AH0 N T", "P R IH0 . Z EH1 N T", before=_TO),
    "object": Heteronym("AA1 B . JH EH0 K T", "AH0 B . JH EH1 K T", before=_TO),
    "content": Heteronym("K AA1 N . T EH0 N T", "K AH0 N . T EH1 N T", before=r"\b(?:is|are|am|was|were|feel|be)\s+"),
    "refuse": Heteronym("R IH0 . F Y UW1 Z", "R EH1 F . Y UW2 S", before=r"\bthe\s+"),
    "invalid": Heteronym(
        "IH0 N . V AE1 . L AH0 D", "IH1 N . V AH0 . L AH0 D", before=r"\b(?:an|the|old|poor)\s+", after=r"[.,!?]"
    ),
}
"""By small letters. Phones follow the CMU dictionary."""
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")


def english_words(text: str) -> Iterator[WordReading]:
    """Every word of the text; those of the table with their likely reading and the other, flagged as doubtful."""
    for match in _WORD.finditer(text):
        entry = HETERONYMS.get(match[0].casefold())
        if entry is None:
            yield WordReading(match[0], match.start(), "", Source.USUAL, "en")
            continue
        other = _decided(entry, text[: match.start()], text[match.end() :])
        reading, rest = (entry.other, entry.usual) if other else (entry.usual, entry.other)
        source, why = (Source.RULE, "the words around it") if other else (Source.USUAL, "nothing around it decides")
        yield WordReading(match[0], match.start(), reading, source, "en", reading, True, (rest,), why)


def _decided(entry: Heteronym, left: str, right: str) -> bool:
    before = entry.before and re.search(f"(?:{entry.before})$", left, re.IGNORECASE)
    return bool(before or (entry.after and re.match(entry.after, right, re.IGNORECASE)))
