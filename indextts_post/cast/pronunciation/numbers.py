"""Numbers, dates, times, units, money, telephone numbers as words: wetext's grammars, and rows where they misread.

A row is a pattern and what to make of it; each writes its match out so that no number reader has to touch it again.
`corrected` applies the rows alone (the rest stays digits, and the engines' own reading of it is right); `written_out`
gives the whole line in words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from indextts_post.cast.pronunciation.english_numbers import ENGLISH, english_written_out
from indextts_post.cast.pronunciation.european_numbers import LANGUAGES, european_written_out
from indextts_post.cast.pronunciation.japanese_numbers import japanese_written_out
from indextts_post.cast.pronunciation.number_rows import Row, Written

_DIGITS = "零一二三四五六七八九"
_PHONE_DIGITS = "零幺二三四五六七八九"


def corrected(text: str, language: str) -> str:
    """The text with those numbers written out that a number reader gets wrong, all else as it was."""
    for row in _ROWS.get(language, ()):
        text = row.pattern.sub(row.write, text)
    return text


def written_out(text: str, language: str) -> str:
    """The text with every number, date, unit and sum of money in words ("zh", "en"); other languages as they are."""
    if language == "ja":
        return japanese_written_out(text)
    if language in LANGUAGES:
        return european_written_out(text, language)
    if language not in _ROWS:
        return text
    if language == "en":
        return english_written_out(text)
    plain = _JOINED_BY_HYPHEN.sub("", corrected(text, language))
    try:
        spoken = str(_reader().normalize(plain))
    except (AssertionError, RuntimeError, ValueError):
        return plain  # signs that its grammars do not know, such as a bar behind a digit
    return _CHINESE_ZERO.sub("零", spoken)


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


_ROWS: dict[str, tuple[Row, ...]] = {"zh": CHINESE, "en": ENGLISH}


@lru_cache(maxsize=1)
def _reader() -> Any:
    from wetext import Normalizer

    return Normalizer(lang="zh", operator="tn", remove_erhua=False)
