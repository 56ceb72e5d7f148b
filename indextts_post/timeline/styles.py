"""What an ASS actor and style say about a line: who speaks, how tightly it is held, or that nobody speaks at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from indextts_post.timeline.records import SyncClass


@dataclass(frozen=True)
class SpokenStyle:
    character: str = ""
    sync: SyncClass | None = None
    unspoken: bool = False


UNNAMED = SpokenStyle()

_SYNC_WORDS = {
    **dict.fromkeys(("off", "os", "o.s.", "offscreen", "画外", "画外音", "narrator", "旁白"), SyncClass.OFF),
    **dict.fromkeys(("vo", "v.o.", "voiceover", "voice-over"), SyncClass.VO),
    **dict.fromkeys(("lip", "lipsync", "closeup", "cu", "特写", "口型"), SyncClass.LIP),
    **dict.fromkeys(("on", "onscreen", "on-screen"), SyncClass.ON),
}
_NARRATORS = ("narrator", "旁白", "画外音")
_GENERIC = re.compile(
    r"\*?(default|main|alt(ernate)?|top|bottom|up|down|italics?|flashback|dialogue?s?|subtitles?|subs?|basic|normal|"
    r"standard|regular|captions?|text|internal|thoughts?|overlap|style\d*|正文|默认|对白|字幕|主要|对话|底部|顶部|中文|英文|"
    r"chinese|english|japanese|chs|cht|jpn?|eng?|zh|cn)([ _-]?(default|main|alt|top|bottom|italics?|\d+))*",
    re.IGNORECASE,
)
_UNSPOKEN = re.compile(
    r"(^|[\W_])(signs?|karaoke|romaji|kanji|lyrics?|songs?|credits?|staff|op\d*|ed\d*|opening|ending|屏幕字|歌词|标识)"
    r"($|[\W_\d])",
    re.IGNORECASE,
)


def spoken_style(actor: str, style: str) -> SpokenStyle:
    """Actor and style of an event; `style` is "" where a file uses one style for everything.

    The actor names the speaker; without one the style does, unless it is a layout name such as "Default" or "Top".
    Words such as "off" or "lip" in either say the sync class.
    """
    actor = "" if actor.strip().casefold() == "ntp" else actor.strip()  # old SSA writers fill the field with "NTP"
    if not actor and _UNSPOKEN.search(style):
        return SpokenStyle(unspoken=True)
    name, sync = _without_sync(actor)
    style_name, style_sync = _without_sync(style.strip().lstrip("*"))
    if not name and not _GENERIC.fullmatch(style_name):
        name = style_name
    return SpokenStyle(name, sync or style_sync)


def _without_sync(text: str) -> tuple[str, SyncClass | None]:
    """`Ben_off` → ("Ben", OFF); a narrator keeps the name."""
    tokens = re.split(r"([\s_/|()（）\[\]-]+)", text)
    sync = next((_SYNC_WORDS[token.casefold()] for token in tokens if token.casefold() in _SYNC_WORDS), None)
    if sync is None:
        return text, None
    kept = [t for t in tokens if t.casefold() not in _SYNC_WORDS or t.casefold() in _NARRATORS]
    return "".join(kept).strip(" _/|()（）[]-"), sync
