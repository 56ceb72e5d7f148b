"""The lines in the order of time, read once from front to back, a block at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from indextts_post.errors import MediaError
from indextts_post.fit import Fitted
from indextts_post.timebase import SAMPLE_RATE, SampleSpan

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """What one line says within one block; `start` is on the absolute grid."""

    start: int
    samples: Samples
    line: Fitted

    @property
    def end(self) -> int:
        return self.start + len(self.samples)


def dialogue_blocks(fitted: Sequence[Fitted], length: int, block: int) -> Iterator[tuple[SampleSpan, list[Piece]]]:
    """Yield every block of the timeline with what is said in it, by increasing start; silent blocks have no pieces.

    Raises `MediaError` for a line file that is not what the plan says.
    """
    waiting = sorted(fitted, key=lambda line: (line.samples.start, line.id), reverse=True)
    speaking: list[_Reader] = []
    with ExitStack() as files:
        for start in range(0, length, block):
            span = SampleSpan(start, min(length, start + block))
            while waiting and waiting[-1].samples.start < span.end:
                line = waiting.pop()
                speaking.append(_Reader(line, files))
            yield span, [reader.read_to(span.end) for reader in speaking]
            for reader in speaking:
                reader.close_at(span.end)
            speaking = [reader for reader in speaking if reader.open]


class _Reader:
    """One line's file, read forwards."""

    def __init__(self, line: Fitted, files: ExitStack) -> None:
        self._line = line
        self._file = files.enter_context(open_line(line))
        self._at = line.samples.start
        self.open = True

    def read_to(self, end: int) -> Piece:
        count = min(end, self._line.samples.end) - self._at
        piece = Piece(self._at, self._file.read(count, dtype="float32"), self._line)
        self._at += count
        return piece

    def close_at(self, end: int) -> None:
        if self._line.samples.end <= end:
            self._file.close()
            self.open = False


def open_line(line: Fitted) -> sf.SoundFile:
    """The line's file, checked against its plan. Raises `MediaError`."""
    try:
        file = sf.SoundFile(line.path)
    except (sf.LibsndfileError, OSError) as error:
        raise MediaError(f"{line.id}: {line.path} cannot be read ({error}). Delete it and run again.") from error
    found = (file.samplerate, file.channels, file.frames)
    wanted = (SAMPLE_RATE, 1, line.samples.samples)
    if found != wanted:
        file.close()
        raise MediaError(
            f"{line.id}: {line.path} has (rate, channels, samples) {found} where the plan says {wanted}. "
            "Delete it and run again."
        )
    return file
