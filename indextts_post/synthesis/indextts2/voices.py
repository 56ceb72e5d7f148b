"""The voices of IndexTTS: recordings, found by name, known by what is in them, read once, mono at 22,050 Hz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from indextts_post.cast import REFERENCE, VoiceInfo
from indextts_post.files import content_hash
from indextts_post.notices import Notice
from indextts_post.recordings import Recording, read_recording
from indextts_post.synthesis.recording_files import recording_path

VOICES_FOLDER = "voices"
"""Where recordings are looked for, beside the project and in the model's folder."""
RATE = 22_050

_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff"})


def found_recordings(folders: Sequence[Path]) -> tuple[VoiceInfo, ...]:
    """Any recording, then those in the `voices` folders of `folders`, by name; the language is open."""
    named = dict.fromkeys(f"{VOICES_FOLDER}/{path.name}" for folder in folders for path in _sounds(folder))
    anything = VoiceInfo(REFERENCE, "", note=f"any recording of 5 to 15 s: {REFERENCE}path/to/file.wav")
    return (*(VoiceInfo(REFERENCE + name, "", rank=rank) for rank, name in enumerate(named)), anything)


def _sounds(folder: Path) -> Iterator[Path]:
    voices = folder / VOICES_FOLDER
    if voices.is_dir():
        yield from sorted(path for path in voices.iterdir() if path.suffix.lower() in _SUFFIXES)


class RecordingStore:
    """Recordings in `folders`, of which the first that has a name counts; `notices` say what is wrong with them."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._hashes: dict[tuple[Path, int, int], str] = {}
        self._read: dict[str, Recording] = {}

    def voices(self) -> tuple[VoiceInfo, ...]:
        """What there is to choose from."""
        return found_recordings(self._folders)

    def path(self, voice: str) -> Path:
        """The file of a voice. Raises `CastError` where it names none, or none that is there."""
        return recording_path(voice, self._folders, self.voices())

    def content(self, voice: str) -> str:
        """Hash of the recording's file, computed again only when the file has changed. Raises `CastError`."""
        path = self.path(voice)
        facts = path.stat()
        key = (path, facts.st_size, facts.st_mtime_ns)
        if key not in self._hashes:
            self._hashes[key] = content_hash(path)
        return self._hashes[key]

    def recording(self, voice: str) -> Recording:
        """The part of it that is used; its flaws are said once. Raises `MediaError` for one that is no voice."""
        content = self.content(voice)
        if content not in self._read:
            self._read[content] = read_recording(self.path(voice), RATE)
        return self._read[content]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The flaws of every recording that was read."""
        return tuple(Notice("voice.recording", flaw) for read in self._read.values() for flaw in read.flaws)
