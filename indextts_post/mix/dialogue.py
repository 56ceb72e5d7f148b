"""The lines in the order of time, read once from front to back, a block at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from indextts_post.errors import MediaError
from indextts_post.fit import Fitted
from indextts_post.mix.limiter import Limiter
from indextts_post.timebase import SAMPLE_RATE, SampleSpan

Samples = NDArray[np.float32]
_STEP = 48_000


@dataclass(frozen=True)
class Piece:
    """What one line says within one block; `start` is on the absolute grid."""

    start: int
    samples: Samples
    line: Fitted

    @property
    def end(self) -> int:
        return self.start + len(self.samples)


def dialogue_blocks(
    fitted: Sequence[Fitted], length: int, block: int, gains: Mapping[str, LineGain] | None = None
) -> Iterator[tuple[SampleSpan, list[Piece]]]:
    """Yield every block of the timeline with what is said in it, by increasing start; silent blocks have no pieces.

    `gains` by line id; without it the lines are given as they are. Raises `MediaError` for a line file that is not
    what the plan says.
    """
    waiting = sorted(fitted, key=lambda line: (line.samples.start, line.id), reverse=True)
    speaking: list[_Reader] = []
    with ExitStack() as files:
        for start in range(0, length, block):
            span = SampleSpan(start, min(length, start + block))
            while waiting and waiting[-1].samples.start < span.end:
                line = waiting.pop()
                speaking.append(_Reader(line, files, gains[line.id] if gains else LineGain(1.0)))
            yield span, [reader.read_to(span.end) for reader in speaking]
            for reader in speaking:
                reader.close_at(span.end)
            speaking = [reader for reader in speaking if reader.open]


@dataclass(frozen=True)
class LineGain:
    """Linear gain of a line; `hold` keeps its peaks at `ceiling` where the gain would take them past full scale."""

    gain: float
    hold: bool = False
    ceiling: float = 0.99


class _Reader:
    """One line's file, read forwards."""

    def __init__(self, line: Fitted, files: ExitStack, gain: LineGain) -> None:
        self._line = line
        self._file = files.enter_context(open_line(line))
        self._gain = np.float32(gain.gain)
        self._limiter = Limiter(gain.ceiling, 1) if gain.hold else None
        self._ahead = np.zeros(0, np.float32)
        self._at = line.samples.start
        self.open = True

    def read_to(self, end: int) -> Piece:
        count = min(end, self._line.samples.end) - self._at
        samples = self._held(count) if self._limiter else self._raw(count)
        piece = Piece(self._at, samples, self._line)
        self._at += count
        return piece

    def _raw(self, count: int) -> Samples:
        samples: Samples = self._file.read(count, dtype="float32")
        return samples if self._gain == 1 else samples * self._gain

    def _held(self, count: int) -> Samples:
        assert self._limiter is not None
        parts, have = [self._ahead], len(self._ahead)
        while have < count:
            raw = self._raw(_STEP)
            parts.append((self._limiter.push(raw[:, None]) if len(raw) else self._limiter.flush())[:, 0])
            have += len(parts[-1])
        joined = np.concatenate(parts)
        self._ahead = joined[count:]
        return joined[:count]

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
