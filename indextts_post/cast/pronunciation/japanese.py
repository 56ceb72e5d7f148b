"""Japanese words with their kana from Open JTalk's dictionary; those one may read otherwise are flagged."""

from __future__ import annotations

from collections.abc import Iterator

from indextts_post.cast.pronunciation.notation import HAN
from indextts_post.cast.pronunciation.records import Source, WordReading

AMBIGUOUS = {
    "上手": "ジョーズ うわて かみて", "下手": "ヘタ したて しもて", "人気": "ニンキ ひとけ",
    "今日": "キョー こんにち", "明日": "アシタ あす みょうにち", "昨日": "キノー さくじつ",
    "一日": "イチニチ ついたち", "市場": "イチバ しじょう", "大人気": "ダイニンキ おとなげ", "方": "ホー かた",
    "間": "アイダ ま", "辛い": "カライ つらい", "何": "ナニ なん", "行っ": "イッ おこなっ", "生": "ナマ せい",
    "他": "ホカ た", "私": "ワタシ わたくし", "家": "イエ うち", "角": "カド つの かく", "空": "ソラ から",
    "最中": "サイチュー もなか", "風車": "カザグルマ ふうしゃ", "色紙": "シキシ いろがみ",
    "一人前": "イチニンマエ ひとりまえ", "心中": "シンジュー しんちゅう", "大事": "ダイジ おおごと",
    "工夫": "クフー こうふ", "分別": "フンベツ ぶんべつ", "寒気": "サムケ かんき", "止める": "トメル やめる",
    "開い": "アイ ひらい", "入る": "ハイル いる",
}  # fmt: skip
"""Surface → the readings there are, the usual first."""


def japanese_words(text: str) -> Iterator[WordReading]:
    """Every word of the text as the dictionary cuts it."""
    import pyopenjtalk

    start = 0
    for word in pyopenjtalk.run_frontend(text):
        surface = word["string"]
        start = max(start, text.find(surface, start))
        kana = word["pron"].replace("’", "") if word["mora_size"] else ""
        known = AMBIGUOUS.get(surface, "").split() if HAN.search(surface) else []
        others = tuple(other for other in known if _same_kana(other) != _same_kana(kana))
        why = "the dictionary's first choice" if others else ""
        yield WordReading(surface, start, kana, Source.PHRASE, "ja", kana, bool(others), others, why)
        start += len(surface)


def _same_kana(kana: str) -> str:
    return "".join(chr(ord(c) + 0x60) if "ぁ" <= c <= "ゖ" else c for c in kana)
