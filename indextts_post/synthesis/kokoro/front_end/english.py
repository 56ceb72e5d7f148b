"""English through hibari's lexicon, tagger and net for unknown words (Apache-2.0): its symbols are Kokoro's."""

from __future__ import annotations

from hibari.g2p import G2P
from hibari.g2p.normalize import normalize

from indextts_post.synthesis.kokoro.front_end.punctuation import PLAIN
from indextts_post.synthesis.kokoro.front_end.records import Word

ARPABET = {
    "AA": "ɑ", "AE": "æ", "AH": "ʌ", "AO": "ɔ", "AW": "W", "AY": "I", "B": "b", "CH": "ʧ", "D": "d", "DH": "ð",
    "EH": "ɛ", "ER": "ɜɹ", "EY": "A", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "ʤ", "K": "k",
    "L": "l", "M": "m", "N": "n", "NG": "ŋ", "OW": "O", "OY": "Y", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ",
    "T": "t", "TH": "θ", "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ",
}  # fmt: skip
"""The 39 phones of the CMU dictionary as misaki writes them."""
_UNSTRESSED = {"AH": "ə", "ER": "əɹ"}
_STRESS = {"1": "ˈ", "2": "ˌ"}


class English:
    """American or British reading of English text."""

    def __init__(self, *, british: bool = False) -> None:
        self._g2p = G2P(british=british)

    def words(self, text: str) -> list[Word]:
        tokens = self._g2p.phonemize_tokens(self._g2p.tokenize(normalize(text.translate(PLAIN))))
        return [Word(token.text, token.phonemes or "", bool(token.whitespace)) for token in tokens]


def arpabet(reading: str) -> str | None:
    """Symbols of `M IH1 . N AH0 T` (the dots part syllables); None where it is not such a reading."""
    symbols = ""
    for phone in reading.upper().replace(".", " ").split():
        name, stress = phone.rstrip("012"), phone[-1]
        if name not in ARPABET:
            return None
        symbol = _UNSTRESSED.get(name, ARPABET[name]) if stress == "0" else ARPABET[name]
        symbols += _STRESS.get(stress, "") + symbol
    return symbols or None
