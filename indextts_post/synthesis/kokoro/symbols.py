"""The 114 symbols that Kokoro-82M v1.0 was trained on, their rows in its embedding, and how each of them sounds.

Facts of the published model (`tokenizer.json` of its export). Capital letters are misaki's shorthands: A eɪ, I aɪ,
O oʊ, Q əʊ, W aʊ, Y ɔɪ, S ss, T a flapped t. Arrows are the four Mandarin tones (→ ↗ ↓ ↘).
"""

from __future__ import annotations

from enum import StrEnum


class SymbolClass(StrEnum):
    """What a symbol is to the recogniser, as far as its length is concerned."""

    PAUSE = "pause"
    """Punctuation and the space between words."""
    VOWEL = "vowel"
    FRICATIVE = "fricative"
    NASAL = "nasal"
    APPROXIMANT = "approximant"
    PLOSIVE = "plosive"
    """Stops and affricates: what is heard is an onset, which has its own length."""
    MARK = "mark"
    """Stress, tone, length, aspiration: belongs to a neighbour but has frames of its own."""


_ROWS: dict[SymbolClass, dict[str, int]] = {
    SymbolClass.PAUSE: {
        ";": 1,
        ":": 2,
        ",": 3,
        ".": 4,
        "!": 5,
        "?": 6,
        "—": 9,
        "…": 10,
        '"': 11,
        "(": 12,
        ")": 13,
        "“": 14,
        "”": 15,
        " ": 16,
    },
    SymbolClass.VOWEL: {
        "A": 24,
        "I": 25,
        "O": 31,
        "Q": 33,
        "W": 39,
        "Y": 41,
        "ᵊ": 42,
        "a": 43,
        "e": 47,
        "i": 51,
        "o": 57,
        "u": 63,
        "y": 67,
        "ɑ": 69,
        "ɐ": 70,
        "ɒ": 71,
        "æ": 72,
        "ɔ": 76,
        "ə": 83,
        "ɚ": 85,
        "ɛ": 86,
        "ɜ": 87,
        "ɨ": 101,
        "ɪ": 102,
        "ɯ": 110,
        "ø": 116,
        "œ": 120,
        "ʊ": 135,
        "ʌ": 138,
        "ɤ": 140,
        "ᵻ": 177,
    },
    SymbolClass.FRICATIVE: {
        "S": 35,
        "f": 48,
        "h": 50,
        "s": 61,
        "v": 64,
        "x": 66,
        "z": 68,
        "β": 75,
        "ɕ": 77,
        "ç": 78,
        "ð": 81,
        "ʝ": 103,
        "ɸ": 118,
        "θ": 119,
        "ʁ": 128,
        "ʂ": 130,
        "ʃ": 131,
        "ɣ": 139,
        "χ": 142,
        "ʒ": 147,
    },
    SymbolClass.NASAL: {
        "m": 55,
        "n": 56,
        "ŋ": 112,
        "ɳ": 113,
        "ɲ": 114,
        "ɴ": 115,
    },
    SymbolClass.APPROXIMANT: {
        "T": 36,
        "j": 52,
        "l": 54,
        "r": 60,
        "w": 65,
        "ɥ": 99,
        "ɰ": 111,
        "ɹ": 123,
        "ɾ": 125,
        "ɻ": 126,
        "ɽ": 129,
        "ʋ": 136,
        "ʎ": 143,
    },
    SymbolClass.PLOSIVE: {
        "ʣ": 18,
        "ʥ": 19,
        "ʦ": 20,
        "ʨ": 21,
        "ꭧ": 23,
        "b": 44,
        "c": 45,
        "d": 46,
        "k": 53,
        "p": 58,
        "q": 59,
        "t": 62,
        "ɖ": 80,
        "ʤ": 82,
        "ɟ": 90,
        "ɡ": 92,
        "ʈ": 132,
        "ʧ": 133,
        "ʔ": 148,
    },
    SymbolClass.MARK: {
        "\u0303": 17,
        "ᵝ": 22,
        "ˈ": 156,
        "ˌ": 157,
        "ː": 158,
        "ʰ": 162,
        "ʲ": 164,
        "↓": 169,
        "→": 171,
        "↗": 172,
        "↘": 173,
    },
}

SYMBOL_IDS: dict[str, int] = {symbol: row for rows in _ROWS.values() for symbol, row in rows.items()}
SYMBOL_CLASSES: dict[str, SymbolClass] = {symbol: kind for kind, rows in _ROWS.items() for symbol in rows}
PAD_ID = 0
"""Row of the silent symbol that the model wants before and after every text."""
MOST_SYMBOLS = 510
"""Longest text of one run of the model, without the two pads: its position table and voice tables end there."""
