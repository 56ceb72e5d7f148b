"""Takes the raw text of one subtitle or marker; gives who says what, and how.

Pure text in, records out. Subtitles carry four things in one string: words to be spoken, the speaker's name, the
manner of speaking ("(whispering)", "（愤怒地）") and what only the deaf need ("[door slams]"). Where a case is in doubt
the words are kept: a name spoken aloud is heard and corrected, a swallowed word is not.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indextts_post.timeline.records import SyncClass
from indextts_post.timeline.words import (
    LABEL_WORDS,
    MANNER_WORDS,
    MANNER_WORDS_CJK,
    NARRATORS,
    NOT_A_NAME_CJK,
    NOT_A_NAME_ENDINGS_CJK,
    OFF_SCREEN_MARKS,
    SOUND_WORDS,
    SOUND_WORDS_CJK,
)


@dataclass(frozen=True)
class Utterance:
    """What one speaker says within a cue. `left_out` are the sound cues and sung words that are not spoken."""

    text: str
    character: str = ""
    emotion: str | None = None
    sync: SyncClass | None = None
    left_out: tuple[str, ...] = ()


_CJK = r"\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef"
_TAG = re.compile(r"</?[A-Za-z][^<>|]*>|<\d[\d:.]*>")
_OVERRIDE = re.compile(r"\{\\[^}]*\}")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]+)>", re.IGNORECASE)
_SUNG = re.compile(r"[♪♫♬♩][^♪♫♬♩]*(?:[♪♫♬♩]|$)")
_GROUP = re.compile(r"\(([^()]*)\)|（([^（）]*)）|\[([^\[\]]*)\]|【([^【】]*)】")
_LEADING_GROUP = re.compile(rf"\s*(?:{_GROUP.pattern})\s*[:：]?\s*")
_DASH = re.compile(r"\s*(?:[-‐‑–－]|[—―]{1,2})\s*(?=[^\s\d\-–—])")
_LONG_DASH = re.compile(r"\s*[—―]")
_INLINE_DASH = re.compile(r"(?<=[.!?…。！？\"”])\s+[-–]\s*(?=[^\s\d\-–—])")
_MANNER_IN_NAME = r"(?:\s*(?P<manner>\([^()]{1,40}\)|（[^（）]{1,40}）|\[[^\[\]]{1,40}\]))?"
_LATIN_PREFIX = re.compile(
    r"(?P<name>[^\W\d_][\w .,'’&#\-]{0,34}?)" + _MANNER_IN_NAME + r"\s*(?P<colon>[:：])(?P<space>\s*)(?=[^\s/])"
)
_CJK_PREFIX = re.compile(rf"(?P<name>[{_CJK}·・\uac00-\ud7af]{{1,8}}?)" + _MANNER_IN_NAME + r"\s*[:：]\s*(?=\S)")
_INITIALS = re.compile(r"(?:[A-Za-z]\.)+[A-Za-z]?\.?")


def plain_text(raw: str, *, ass: bool = False) -> str:
    r"""Text without markup; line breaks are "\n". Pronunciation marks such as `<行|HANG2>` stay.

    In ASS every `{…}` is markup; elsewhere only `{\an8}` and the like, since people also write braces.
    """
    text = re.sub(r"\{[^}]*\}", "", raw) if ass else _OVERRIDE.sub("", raw)
    text = text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    text = html.unescape(_TAG.sub("", text))
    return re.sub(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\ufeff]", "", text).replace("\xa0", " ")


def voices(raw: str) -> tuple[tuple[str, str], ...]:
    """WebVTT voice spans as (name, text) pairs; the name is "" for words outside any `<v …>`."""
    found: list[tuple[str, str]] = []
    name, position = "", 0
    for match in _VOICE.finditer(raw):
        found.append((name, raw[position : match.start()]))
        name, position = html.unescape(match[1]).strip(), match.end()
    found.append((name, raw[position:]))
    return tuple((who, text) for who, text in found if plain_text(text).strip())


def utterances(raw: str, *, character: str = "", ass: bool = False, known: Iterable[str] = ()) -> tuple[Utterance, ...]:
    """Everything said in one cue, in order; several when several speak. An utterance without words has text "".

    `known` are names seen as speakers elsewhere in the file: they settle doubtful prefixes.
    """
    names = {name.casefold() for name in known}
    said: list[Utterance] = []
    for voice, text in voices(raw) or (("", raw),):
        who = voice or character
        said += [_utterance(turn, who, names) for turn in _turns(plain_text(text, ass=ass), names)]
    return tuple(said)


def speaker_prefixes(raw: str, *, ass: bool = False) -> tuple[str, ...]:
    """Names this cue puts before its words, doubtful ones included; counted over a file they become `known`."""
    found = []
    for line in plain_text(raw, ass=ass).split("\n"):
        match = _prefix_match(_undash(line))
        if match and _could_be_name(match["name"]):
            found.append(match["name"].strip())
    return tuple(found)


def join_lines(lines: Sequence[str]) -> str:
    """One line of text: a space between words, none between Chinese or Japanese characters."""
    joined = ""
    for line in (" ".join(line.split()) for line in lines):
        if not line:
            continue
        close = not joined or (_is_cjk(joined[-1]) and _is_cjk(line[0])) or re.search(r"\w-$", joined)
        joined += line if close else f" {line}"
    return joined


def speaking_weight(text: str) -> int:
    """How long a text takes, in thirds of a Chinese syllable: a CJK character counts 3, a letter 1; never 0."""
    return max(1, sum(3 if _is_cjk(c) or "\uac00" <= c <= "\ud7af" else 1 for c in text if c.isalnum()))


def has_words(text: str) -> bool:
    return any(c.isalnum() for c in text)


def _is_cjk(character: str) -> bool:
    return bool(re.match(f"[{_CJK}]", character))


def _undash(line: str) -> str:
    match = _DASH.match(line)
    return line[match.end() :] if match else line.strip()


def _turns(text: str, known: set[str]) -> list[str]:
    """Cut a cue where another speaker begins: a dash, or a name with a colon, at the start of a line."""
    lines = [line for part in text.split("\n") for line in _inline_turns(part) if line.strip()]
    if not lines:
        return [""]
    opens_with_dash = bool(_DASH.match(lines[0]))
    turns: list[list[str]] = [[lines[0]]]
    for line in lines[1:]:
        dashed = bool(_DASH.match(line)) and (opens_with_dash or not _LONG_DASH.match(line))
        if dashed or _named(_undash(line), known):
            turns.append([line])
        else:
            turns[-1].append(line)
    return ["\n".join([_undash(turn[0]), *turn[1:]]) for turn in turns]


def _inline_turns(line: str) -> list[str]:
    """`- Hi. - Hello.` on one line is two turns; the dash of the second is put back for `_turns`."""
    if not _DASH.match(line):
        return [line]
    first, *others = _INLINE_DASH.split(line)
    return [first, *(f"- {other}" for other in others)]


def _utterance(turn: str, character: str, known: set[str]) -> Utterance:
    text = turn.strip()
    sung = tuple(found.strip() for found in _SUNG.findall(text))
    leading, text = _leading_groups(_SUNG.sub(" ", text).strip(), known)
    match = _named(text, known)
    if match:
        character, text = match["name"].strip(" ,"), text[match.end() :]
        if match["manner"]:
            leading.append(match["manner"][1:-1])
    elif leading:
        character, leading = _bracketed_name(leading, character, known)
    text, inner = _without_groups(text)
    emotion, off, left_out = _sort_directions([*leading, *inner])
    spoken = join_lines(text.split("\n"))
    return Utterance(
        text=spoken if has_words(spoken) else "",
        character=character,
        emotion=emotion,
        sync=SyncClass.OFF if off or character.casefold() in NARRATORS else None,
        left_out=(*left_out, *sung),
    )


def _sort_directions(directions: Sequence[str]) -> tuple[str | None, bool, tuple[str, ...]]:
    """What bracketed directions say: the manner in words, off screen or not, and what is nobody's speech."""
    manners = [d.strip() for d in directions if _is_manner(d)]
    off = any(_is_off_mark(d) for d in directions)
    rest = tuple(d.strip() for d in directions if has_words(d) and not _is_manner(d) and not _is_off_mark(d))
    return ", ".join(manners) or None, off, rest


def _is_off_mark(content: str) -> bool:
    return content.strip().casefold() in OFF_SCREEN_MARKS


def _leading_groups(text: str, known: set[str]) -> tuple[list[str], str]:
    """Bracketed groups before the first word, and the rest. A round bracket may be words of the sentence: then stop."""
    groups: list[str] = []
    while match := _LEADING_GROUP.match(text):
        content = next(part for part in match.groups() if part is not None)
        rest = text[match.end() :]
        if match[0].lstrip()[0] in "(（" and not _leads_as_direction(content, rest, known):
            break
        groups.append(content)
        text = rest
    return groups, text


def _leads_as_direction(content: str, rest: str, known: set[str]) -> bool:
    """A round bracket before the words: a direction, a name, or small letters before a sentence that starts large."""
    aside = content[:1].islower() and rest[:1].isupper()
    return _is_direction(content) or content.isupper() or content.casefold() in known or aside


def _is_direction(content: str) -> bool:
    return _is_manner(content) or _is_sound(content) or _is_off_mark(content)


def _bracketed_name(groups: Sequence[str], character: str, known: set[str]) -> tuple[str, list[str]]:
    """The speaker among leading groups (`[Ben] Hello`, `【小明】你好`, `[Ben whispers]`), and the groups left."""
    for position, group in enumerate(groups):
        others = [*groups[:position], *groups[position + 1 :]]
        if group.strip().casefold() in known | NARRATORS or (_looks_like_name(group) and not _is_direction(group)):
            return group.strip(), others
        first, _, manner = group.strip().partition(" ")
        if _is_manner(manner) and _looks_like_name(first) and not _is_direction(first):
            return first, [*others, manner]
    return character, list(groups)


def _looks_like_name(group: str) -> bool:
    if re.search(f"[{_CJK}]", group):
        return re.fullmatch(rf"[{_CJK}·・]{{1,6}}", group) is not None
    words = group.split()
    capital = all(word[0].isupper() or word[0].isdigit() or word[0] == "#" for word in words)
    return 0 < len(words) <= 3 and capital and has_words(group) and group.casefold() not in LABEL_WORDS


def _without_groups(text: str) -> tuple[str, list[str]]:
    """Take directions out of the middle of a text; true parentheses stay. Gives the text and the directions."""
    directions: list[str] = []

    def decide(match: re.Match[str]) -> str:
        content = next(part for part in match.groups() if part is not None)
        if match[0][0] in "[【" or _is_direction(content):
            directions.append(content)
            return " "
        return match[0]

    cleaned = _GROUP.sub(decide, text)
    return (re.sub(rf" +(?=[,.;!?…{_CJK}])", _keep_latin_gap, cleaned) if directions else text), directions


def _keep_latin_gap(match: re.Match[str]) -> str:
    """A gap that a removed direction left before punctuation or inside Chinese goes; between words it stays."""
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    both_words = before.isalnum() and after.isalnum() and not (_is_cjk(before) and _is_cjk(after))
    return " " if both_words else ""


def _is_manner(content: str) -> bool:
    """Does a direction describe how it is said: "whispering", "angrily", "愤怒地", "小声で"?"""
    text = content.strip().casefold()
    words = re.findall(r"[^\W\d_]+", text)
    if re.search(f"[{_CJK}]", text):
        return (
            text in "笑哭怒叹嘆泣惊驚喜悲"
            or any(word in text for word in MANNER_WORDS_CJK)
            or bool(re.search(r"(地|着|状|そうに|ながら)$", text))
        )
    if not words or len(words) > 6:
        return False
    if any(word in MANNER_WORDS for word in words):
        return not any(word in SOUND_WORDS for word in words)
    return len(words) <= 4 and any(word.endswith("ly") and len(word) > 4 for word in words)


def _is_sound(content: str) -> bool:
    text = content.strip().casefold()
    if re.search(f"[{_CJK}]", text):
        return not _is_manner(text) and (
            any(word in text for word in SOUND_WORDS_CJK) or bool(re.search(r"(声|聲|音|响|響)$", text))
        )
    return any(word in SOUND_WORDS for word in re.findall(r"[^\W\d_]+", text))


def _prefix_match(line: str) -> re.Match[str] | None:
    return _CJK_PREFIX.match(line) or _LATIN_PREFIX.match(line)


def _named(line: str, known: set[str]) -> re.Match[str] | None:
    """The speaker prefix of a line, if it surely is one."""
    match = _prefix_match(line)
    if match is None:
        return None
    name = match["name"].strip()
    if name.casefold() in known:
        return match
    glued = line[match.end() : match.end() + 1].isdigit() and not line[match.end() - 1].isspace()
    return match if _could_be_name(name) and not glued else None


def _could_be_name(name: str) -> bool:
    """Upper case, or every word capitalised, and not a word that often stands before a colon."""
    name = name.strip(" ,")
    if re.search(f"[{_CJK}]", name):
        return not (
            name in NOT_A_NAME_CJK or name.endswith(NOT_A_NAME_ENDINGS_CJK) or name[0] in "他她它我你您这那谁咱"
        )
    words = name.split()
    if not words or len(words) > 4 or any(word.strip(".,").casefold() in LABEL_WORDS for word in words):
        return False
    small = {"of", "the", "de", "van", "von", "la", "le", "da", "di", "and", "&"}
    return all(w[0].isupper() or w[0] in "#&" or w.isdigit() or w in small for w in words) or bool(
        _INITIALS.fullmatch(name)
    )
