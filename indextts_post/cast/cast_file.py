"""`cast.toml`: who sounds how. Read as a whole, every mistake reported at once with its line.

[defaults]
language = "zh"

[characters.Ben]
voice = "am_michael"
aliases = ["BEN (O.S.)"]
gain_db = -2.0
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from indextts_post.cast.records import REFERENCE, Emotion
from indextts_post.errors import CastError
from indextts_post.files import write_text
from indextts_post.timeline import LengthMode, SyncClass

EMOTIONS = ("happy", "angry", "sad", "afraid", "disgusted", "melancholic", "surprised", "calm")
"""The one vocabulary of feelings, in the order IndexTTS-2 uses."""
NARRATOR = "Narrator"
"""Name given to lines that nobody is named for."""


@dataclass(frozen=True)
class Character:
    """One entry of the cast. Empty strings and None mean: take the default."""

    name: str
    aliases: tuple[str, ...] = ()
    voice: str = ""
    language: str = ""
    gain_db: float = 0.0
    pace: float = 1.0
    emotion: Emotion = field(default_factory=Emotion)
    sync: SyncClass | None = None
    mode: LengthMode | None = None


@dataclass(frozen=True)
class Cast:
    """The characters by name, and the language of lines that say none."""

    characters: Mapping[str, Character] = field(default_factory=dict)
    language: str = ""
    path: Path | None = None

    def find(self, name: str) -> Character | None:
        """The character of that name or alias, upper and lower case alike."""
        wanted = name.casefold()
        for character in self.characters.values():
            if wanted in (character.name.casefold(), *(alias.casefold() for alias in character.aliases)):
                return character
        return None


def read_cast(path: Path) -> Cast:
    """Read a cast file. Raises `CastError` with every mistake in it, each with its line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = tomlkit.parse(text).unwrap()
    except (OSError, UnicodeDecodeError) as error:
        raise CastError(f"{path}: cannot be read ({error}).") from error
    except TOMLKitError as error:
        raise CastError(f"{path}: not valid TOML: {error}.") from error
    reader = _Reader(path, text)
    cast = reader.cast(document)
    if reader.mistakes:
        raise CastError("\n".join(reader.mistakes))
    return cast


class _Reader:
    """Turns the parsed document into records, collecting mistakes instead of stopping at the first."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.rows = text.splitlines()
        self.mistakes: list[str] = []

    def cast(self, document: dict[str, Any]) -> Cast:
        self._unknown_keys(document, ("defaults", "characters"), None)
        defaults = self._table(document, "defaults", None)
        self._unknown_keys(defaults, ("language",), "defaults")
        entries = self._table(document, "characters", None)
        found = {name: self._character(name, entry) for name, entry in entries.items()}
        self._shared_names(found)
        return Cast(found, self._text(defaults, "language", "defaults"), self.path)

    def _character(self, name: str, entry: Any) -> Character:
        if not isinstance(entry, dict):
            self._wrong(name, None, "must be a table: write [characters." + name + "] and its keys below")
            return Character(name)
        known = ("voice", "aliases", "language", "gain_db", "pace", "emotion", "intensity", "sync", "mode")
        self._unknown_keys(entry, known, name)
        aliases = entry.get("aliases", [])
        if not isinstance(aliases, list) or not all(isinstance(alias, str) for alias in aliases):
            self._wrong(name, "aliases", 'must be a list of names, like ["BEN", "Benjamin"]')
            aliases = []
        sync, mode = self._text(entry, "sync", name), self._text(entry, "mode", name)
        return Character(
            name=name,
            aliases=tuple(aliases),
            voice=self._text(entry, "voice", name),
            language=self._text(entry, "language", name),
            gain_db=self._number(entry, "gain_db", name, 0.0, (-40, 20)),
            pace=self._number(entry, "pace", name, 1.0, (0.5, 2.0)),
            emotion=self._emotion(entry, name),
            sync=SyncClass(sync) if self._one_of(sync, [c.value for c in SyncClass], "sync", name) else None,
            mode=LengthMode(mode) if self._one_of(mode, [m.value for m in LengthMode], "mode", name) else None,
        )

    def _emotion(self, entry: dict[str, Any], name: str) -> Emotion:
        intensity = self._number(entry, "intensity", name, 1.0, (0, 1))
        value = entry.get("emotion", "")
        if isinstance(value, str):
            return Emotion(words=value, intensity=intensity)
        if isinstance(value, list) and len(value) == len(EMOTIONS):
            value = dict(zip(EMOTIONS, value, strict=True))
        if isinstance(value, list):
            wanted = f"{len(EMOTIONS)} values ({', '.join(EMOTIONS)})"
            self._wrong(name, "emotion", f"has {len(value)} values, but must have {wanted}")
            return Emotion()
        if not isinstance(value, dict):
            expected = 'must be words, values or a recording, like "angry", {angry = 0.7} or {clip = "angry.wav"}'
            self._wrong(name, "emotion", expected)
            return Emotion()
        if "clip" in value:
            return self._emotion_clip(value, name, intensity)
        values: dict[str, float] = {}
        for feeling in value:
            if self._one_of(feeling, EMOTIONS, "emotion", name):
                values[feeling] = self._number(value, feeling, name, 0.0, (0, 1))
        return Emotion(values=values, intensity=intensity)

    def _emotion_clip(self, value: dict[str, Any], name: str, intensity: float) -> Emotion:
        """The feeling of a recording; nothing else can stand beside it."""
        self._unknown_keys(value, ("clip",), name)
        clip = self._text(value, "clip", name)
        return Emotion(intensity=intensity, clip=REFERENCE + clip.removeprefix(REFERENCE) if clip else "")

    def _shared_names(self, found: Mapping[str, Character]) -> None:
        owner: dict[str, str] = {}
        for character in found.values():
            for name in {character.name.casefold(), *(alias.casefold() for alias in character.aliases)}:
                if name in owner:
                    self._wrong(character.name, "aliases", f"{name!r} already belongs to {owner[name]}")
                owner[name] = character.name

    def _table(self, holder: dict[str, Any], key: str, section: str | None) -> dict[str, Any]:
        value = holder.get(key, {})
        if isinstance(value, dict):
            return value
        self._wrong(section, key, "must be a table")
        return {}

    def _text(self, entry: dict[str, Any], key: str, section: str) -> str:
        value = entry.get(key, "")
        if isinstance(value, str):
            return value
        self._wrong(section, key, f"must be text in quotes, not {value!r}")
        return ""

    def _number(
        self, entry: dict[str, Any], key: str, section: str, default: float, bounds: tuple[float, float]
    ) -> float:
        value = entry.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._wrong(section, key, f"must be a number, not {value!r}")
        elif not bounds[0] <= value <= bounds[1]:
            self._wrong(section, key, f"must lie between {bounds[0]:g} and {bounds[1]:g}, not {value:g}")
        else:
            return float(value)
        return default

    def _one_of(self, value: str, allowed: Sequence[str], key: str, section: str) -> bool:
        if value and value not in allowed:
            self._wrong(section, key, f"{value!r} is not one of {', '.join(allowed)}")
        return value in allowed

    def _unknown_keys(self, entry: dict[str, Any], known: Sequence[str], section: str | None) -> None:
        for key in entry:
            if key not in known:
                self._wrong(section, key, f"is not a key here; known are {', '.join(known)}")

    def _wrong(self, section: str | None, key: str | None, what: str) -> None:
        where = " ".join(part for part in (section and f"[{section}]", key) if part)
        self.mistakes.append(f"{self.path}:{self._row(section, key)}: {where} {what}.")

    def _row(self, section: str | None, key: str | None) -> int:
        """Line of `key` after the heading that names `section`; the heading's own, or 1, where it is not found."""
        start = 0
        if section:
            heading = re.compile(r"^\s*\[.*" + re.escape(section) + r"[\"']?\s*\]")
            start = next((n for n, row in enumerate(self.rows) if heading.match(row)), 0)
        if key:
            wanted = re.compile(r"[{\[,\s\"']*" + re.escape(key) + r"[\"'\]]?\s*(=|\.|\]|$)")
            inside = re.compile(r".*[{,]\s*[\"']?" + re.escape(key) + r"[\"']?\s*=")
            for n in range(start, len(self.rows)):
                if wanted.match(self.rows[n]) or inside.match(self.rows[n]):
                    return n + 1
        return start + 1


def write_cast(path: Path, characters: Sequence[Character], language: str) -> None:
    """Write a cast for the user to edit, with the choices there are in comments."""
    document = tomlkit.document()
    document.add(tomlkit.comment("Who sounds how. Change a voice and run the same command again: only that"))
    document.add(tomlkit.comment("character's lines are spoken anew. `dubsync voices` lists all voices."))
    document.add(tomlkit.comment('Other keys: aliases = ["…"], gain_db, pace, emotion = "angry" or {angry = 0.7},'))
    document.add(tomlkit.comment('voice = "ref:voices/ben.wav" where the engine speaks in the voice of recordings,'))
    document.add(
        tomlkit.comment("intensity, language, sync = lip | on | off | vo, mode = window | exact | ratio | free.")
    )
    defaults = tomlkit.table()
    defaults["language"] = language
    document["defaults"] = defaults
    table = tomlkit.table(is_super_table=True)
    for character in characters:
        entry = tomlkit.table()
        entry["voice"] = character.voice
        if character.language and character.language != language:
            entry["language"] = character.language
        table[character.name] = entry
    document["characters"] = table
    write_text(path, tomlkit.dumps(document))
