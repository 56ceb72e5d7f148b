"""Numbers, dates, times, units, money, telephone numbers as words: wetext's grammars, and rows where they misread.

A row is a pattern and what to make of it; each writes its match out so that no number reader has to touch it again.
`corrected` applies the rows alone (the rest stays digits, and the engines' own reading of it is right); `written_out`
gives the whole line in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_DIGITS = "零一二三四五六七八九"
_PHONE_DIGITS = "零幺二三四五六七八九"
Written = Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class Row:
    """`pattern` is written out by `write`; `example` → `spoken` shows it, and a test reads it."""

    pattern: re.Pattern[str]
    write: Written
    example: str
    spoken: str


def corrected(text: str, language: str) -> str:
    """The text with those numbers written out that a number reader gets wrong, all else as it was."""
    for row in _ROWS.get(language, ()):
        text = row.pattern.sub(row.write, text)
    return text


def written_out(text: str, language: str) -> str:
    """The text with every number, date, unit and sum of money in words ("zh", "en"); other languages as they are."""
    if language not in _ROWS:
        return text
    plain = _JOINED_BY_HYPHEN.sub("", corrected(text, language)) if language == "zh" else corrected(text, language)
    try:
        spoken = str(_reader(language).normalize(plain))
    except (AssertionError, RuntimeError, ValueError):
        return plain  # signs that its grammars do not know, such as a bar behind a digit
    return _CHINESE_ZERO.sub("零", spoken) if language == "zh" else spoken


def digits(number: str, *, phone: bool = False) -> str:
    """Digit by digit; as in telephone and room numbers with 幺 for one."""
    return "".join((_PHONE_DIGITS if phone else _DIGITS)[int(d)] for d in number)


def chinese_number(number: str) -> str:
    """A decimal number in words: 105 → 一百零五, 7.5 → 七点五."""
    import cn2an

    return str(cn2an.an2cn(number))


_JOINED_BY_HYPHEN = re.compile(r"(?<=[A-Za-z])-(?=\d)")
"""It would be read as a minus."""
_CHINESE_ZERO = re.compile("〇")


def _zh(pattern: str, write: Written, example: str, spoken: str) -> Row:
    return Row(re.compile(pattern), write, example, spoken)


CHINESE: tuple[Row, ...] = (
    _zh("〇", lambda m: "零", "二〇二六年", "二零二六年"),
    _zh(r"(?<![A-Za-z])[Nn]o\.\s*(?=\d)", lambda m: "第", "No.1", "第1"),
    _zh(
        r"(?<!\d)(\d+)(?:st|nd|rd|th)(?![A-Za-z])",
        lambda m: "第" + chinese_number(m[1]),
        "21st",
        "第二十一",
    ),
    _zh(r"第2(?![\d.])", lambda m: "第二", "第2天", "第二天"),
    # wetext takes these for telephone numbers unless it knows the measure word behind them
    _zh(
        r"(?<![\d.])(11[049]|12[02])(?=多?[步本页首部条张座栋户篇幅架辆艘头匹棵朵颗粒道排列组队节课种类款套件封支瓶杯碗袋箱])",
        lambda m: chinese_number(m[1]),
        "走了120步",
        "走了一百二十步",
    ),
    _zh(r"(?<!\d)96110(?!\d)", lambda m: digits(m[0], phone=True), "打96110", "打九六幺幺零"),
    _zh(
        r"(?<!\d)(0\d{2,3})-(\d{7,8})(?!\d)",
        lambda m: f"{digits(m[1], phone=True)}，{digits(m[2])}",
        "010-62345678",
        "零幺零，六二三四五六七八",
    ),
    _zh(
        r"(密码|验证码|代码|口令|尾号|编号|学号|工号)(是|为|：|:)?\s*(\d+)",
        lambda m: m[1] + (m[2] or "") + digits(m[3]),
        "密码是1234",
        "密码是一二三四",
    ),
    _zh(
        r"(房号|门牌号?)(是|为|：|:)?\s*(\d{3,4})",
        lambda m: m[1] + (m[2] or "") + digits(m[3], phone=True),
        "房号是2108",
        "房号是二幺零八",
    ),
    _zh(
        r"(?<![\d.])(\d{3,4})(?=号?房间|室(?!内)|号房|病房)",
        lambda m: digits(m[1], phone=True),
        "住305房间",
        "住三零五房间",
    ),
    _zh(
        r"(?<![\d.])(\d{3,4})(?=路(?:公交|公共汽?|车))",
        lambda m: digits(m[1]),
        "302路公交车",
        "三零二路公交车",
    ),
    _zh(
        r"(?<![A-Za-z])([A-Z]{1,2})(\d{3,4})(?=次|航班|列车|号?高铁|号?动车)",
        lambda m: m[1] + digits(m[2], phone=True),
        "G102次",
        "G幺零二次",
    ),
    _zh(r"(波音|空客|型号)([A-Z]?)(\d{3})(?!\d)", lambda m: m[1] + m[2] + digits(m[3]), "波音747", "波音七四七"),
    _zh(
        r"(?<![\d.])(\d+)\.(\d+)\.(\d+)(?![\d.])",
        lambda m: "点".join(map(chinese_number, m.groups())),
        "版本2.0.1",
        "版本二点零点一",
    ),
    _zh(r"(?<![\d.])911(?=事件)", lambda m: "九一一", "911事件", "九一一事件"),
    _zh(r"(?<!\d)(\d{1,2})·(\d{1,2})(?!\d)", lambda m: digits(m[1] + m[2]), "7·15案", "七一五案"),
    _zh(
        r"(?<![\d.])(\d)\.(\d)折",
        lambda m: digits(m[1] + m[2]) + "折",
        "打7.5折",
        "打七五折",
    ),
    _zh(
        r"(?:零下)?[-−](\d+(?:\.\d+)?)\s*(?:℃|°C|摄氏度)",
        lambda m: f"零下{chinese_number(m[1])}摄氏度",
        "最低-5℃",
        "最低零下五摄氏度",
    ),
    _zh(r"(\d+(?:\.\d+)?)\s*(?:㎡|m²)", lambda m: chinese_number(m[1]) + "平方米", "120㎡", "一百二十平方米"),
    _zh(r"(?<![\d./:])2(?=倍|斤|两|里|吨|米|家|位|杯|瓶|句|遍|层)", lambda m: "两", "2倍", "两倍"),
    _zh(r"(?<![\d.A-Za-z])\+(\d{2,3})(?!\d)", lambda m: "加" + chinese_number(m[1]), "+86", "加八十六"),
    _zh(r"时速(\d+)\s*(?:km/h|公里/小时)", lambda m: f"时速{m[1]}公里", "时速120km/h", "时速120公里"),
    _zh(r"(?<=[A-Za-z])\+\+", lambda m: "加加", "C++", "C加加"),
    # IndexTTS-2 would take these for a syllable with its tone
    _zh(r"(?<![A-Za-z0-9])([AEO])([1-5])(?![\dA-Za-z.])", lambda m: m[1] + digits(m[2]), "A4纸", "A四纸"),
)


def _en(pattern: str, write: Written, example: str, spoken: str) -> Row:
    return Row(re.compile(pattern), write, example, spoken)


def english_number(number: int) -> str:
    """A whole number in words: 205 → two hundred and five."""
    return str(_reader("en").normalize(str(number))).replace("-", " ")


def _ordinal(number: int) -> str:
    ending = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return str(_reader("en").normalize(f"{number}{ending}")).replace("-", " ")


_ENGLISH_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_COINS = {"$": ("dollar", "cent"), "£": ("pound", "penny"), "€": ("euro", "cent")}
_MANY = {"dollar": "dollars", "pound": "pounds", "euro": "euros", "cent": "cents", "penny": "pence"}


def _spelled_digits(number: str, zero: str = "zero") -> str:
    return " ".join(zero if d == "0" else _ENGLISH_DIGITS[int(d)] for d in number)


def _pair(number: str) -> str:
    """A room or flight: 101 → one oh one, 370 → three seventy, 205 → two oh five."""
    head, tail = number[:-2], int(number[-2:])
    if not tail:
        return f"{english_number(int(head))} hundred"
    return f"{english_number(int(head))} {'oh ' if tail < 10 else ''}{english_number(tail)}"


def _sum_of_money(match: re.Match[str]) -> str:
    coin, small = _COINS[match[1]]
    whole, cents = int(match[2].replace(",", "")), int(match[3])
    said = f"{english_number(whole)} {coin if whole == 1 else _MANY[coin]}"
    return f"{said} and {english_number(cents)} {small if cents == 1 else _MANY[small]}" if cents else said


def _decade(match: re.Match[str]) -> str:
    tens = english_number(int(match[2]))
    return f"{english_number(int(match[1])) + ' ' if match[1] else ''}{tens[:-1]}ies"


def _clock(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), int(match[2])
    said = english_number(hour)
    if minute:
        said += f" {'oh ' if minute < 10 else ''}{english_number(minute)}"
    return f"{said} {match[3].lower()} m" if match[3] else said + ("" if minute else " o'clock")


ENGLISH: tuple[Row, ...] = (
    _en(r"([$£€])(\d[\d,]*)\.(\d{2})(?!\d)", _sum_of_money, "$45.60", "forty five dollars and sixty cents"),
    _en(rf"\b({_MONTHS}) (\d{{1,2}})(?!\d)", lambda m: f"{m[1]} {_ordinal(int(m[2]))}", "May 5", "May fifth"),
    _en(r"(?<=[Cc]all )(911|999|112)\b", lambda m: _spelled_digits(m[1]), "Call 911", "Call nine one one"),
    _en(
        r"\b(\d{3})-(\d{4})\b",
        lambda m: f"{_spelled_digits(m[1])}, {_spelled_digits(m[2])}",
        "555-1234",
        "five five five, one two three four",
    ),
    _en(r"\b(\d{1,2}):(\d{2})(?:\s*([ap])\.?m\.?(?![a-z]))?(?![:\d])", _clock, "9:05", "nine oh five"),
    _en(
        r"\b(\d{1,2})\s*([ap])\.?m\b\.?",
        lambda m: f"{english_number(int(m[1]))} {m[2].lower()} m",
        "10 a.m.",
        "ten a m",
    ),
    _en(r"\b24/7\b", lambda m: "twenty four seven", "24/7", "twenty four seven"),
    _en(r"\b(\d\d)?'?([2-9]0)s\b", _decade, "the 1990s", "the nineteen nineties"),
    _en(r"(?<=[Rr]oom )(\d{3,4})\b", lambda m: _pair(m[1]), "Room 101", "Room one oh one"),
    _en(r"(?<=[Ff]light )(\d{3,4})\b", lambda m: _pair(m[1]), "Flight 370", "Flight three seventy"),
    _en(
        r"(?<![\d,.])00(\d)(?![\d,.]*\d)", lambda m: f"double oh {_ENGLISH_DIGITS[int(m[1])]}", "007", "double oh seven"
    ),
    _en(r"\bNo\.\s*(\d+)", lambda m: f"number {english_number(int(m[1]))}", "No. 1", "number one"),
    _en(
        r"(?<![\w.])-(\d+)(?= degrees|°)",
        lambda m: f"minus {english_number(int(m[1]))}",
        "-5 degrees",
        "minus five degrees",
    ),
    _en(r"\bDr\.(?= [A-Z])", lambda m: "Doctor", "Dr. Smith", "Doctor Smith"),
)

_ROWS: dict[str, tuple[Row, ...]] = {"zh": CHINESE, "en": ENGLISH}


@lru_cache(maxsize=2)
def _reader(language: str) -> Any:
    from wetext import Normalizer

    return (
        Normalizer(lang="zh", operator="tn", remove_erhua=False)
        if language == "zh"
        else Normalizer(lang="en", operator="tn")
    )
