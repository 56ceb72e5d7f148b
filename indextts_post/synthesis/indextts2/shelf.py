"""The recordings a job speaks with: found by name, known by what is in them, read once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indextts_post.cast import VoiceInfo
from indextts_post.files import content_hash
from indextts_post.notices import Notice
from indextts_post.recordings import Recording
from indextts_post.synthesis.indextts2.recordings import found_recordings, read_recording, recording_path


class RecordingShelf:
    """Recordings in `folders`, of which the first that has a name counts; `notices` say what is wrong with them."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._hashes: dict[tuple[Path, int, int], str] = {}
        self._read: dict[str, Recording] = {}

    def voices(self) -> tuple[VoiceInfo, ...]:
        """What there is to choose from."""
        return found_recordings(self._folders)

    def content(self, voice: str) -> str:
        """Hash of the recording's file, computed again only when the file has changed. Raises `CastError`."""
        path = recording_path(voice, self._folders)
        facts = path.stat()
        key = (path, facts.st_size, facts.st_mtime_ns)
        if key not in self._hashes:
            self._hashes[key] = content_hash(path)
        return self._hashes[key]

    def recording(self, voice: str) -> Recording:
        """The part of it that is used; its flaws are said once. Raises `MediaError` for one that is no voice."""
        content = self.content(voice)
        if content not in self._read:
            self._read[content] = read_recording(recording_path(voice, self._folders))
        return self._read[content]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """The flaws of every recording that was read."""
        return tuple(Notice("voice.recording", flaw) for read in self._read.values() for flaw in read.flaws)
