"""A full-length file in the making: limited, measured and written as its sound arrives in order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indextts_post.media import Loudness
from indextts_post.mix.decibel import to_db
from indextts_post.mix.limiter import REACH, Limiter
from indextts_post.mix.meter import Meter, integrated_lufs, range_lu
from indextts_post.mix.peaks import TruePeak
from indextts_post.mix.wav import StemWriter, pack_24


class Gauge:
    """Loudness and true peak of one signal."""

    def __init__(self, weights: tuple[float, ...]) -> None:
        self._meter = Meter(weights)
        self._peak = TruePeak(len(weights))

    def add(self, block: NDArray[np.float32]) -> None:
        self._meter.add(block)
        self._peak.add(block)

    def skip(self, samples: int) -> None:
        self._meter.skip(samples)
        self._peak.rest()

    def level(self, *, gain: float = 1.0) -> Loudness:
        """What was heard so far, as it would be with a linear `gain`."""
        energies = self.energies() * gain**2
        return Loudness(integrated_lufs(energies), range_lu(energies), self._peak.finish() + to_db(gain))

    def energies(self) -> NDArray[np.float64]:
        """Mean square of each 100 ms, K-weighted."""
        return self._meter.energies()


class FixedLevel:
    """In place of a gauge where a signal is a known one times a gain, so that it need not be measured again."""

    def __init__(self, level: Loudness) -> None:
        self._level = level

    def add(self, block: NDArray[np.float32]) -> None: ...

    def skip(self, samples: int) -> None: ...

    def level(self) -> Loudness:
        return self._level


class StemBus:
    """A stem: pieces put where they stand, silence between them never touched."""

    def __init__(self, file: StemWriter, gauge: Gauge | FixedLevel) -> None:
        self._file = file
        self._gauge = gauge
        self._at = 0

    def put(self, start: int, samples: NDArray[np.float32], packed: NDArray[np.uint8]) -> None:
        """Mono `samples` at `start`, not before the end of what was put last; `packed` is the same in bytes."""
        if start > self._at:
            self._gauge.skip(start - self._at)
        self._file.write_at(start, packed)
        self._gauge.add(samples[:, None])
        self._at = start + len(samples)

    def finish(self) -> Loudness:
        if self._at < self._file.samples:
            self._gauge.skip(self._file.samples - self._at)
        return self._gauge.level()


class MixBus:
    """The mix: limited to the ceiling. With `spread`, one channel comes in and goes to both of a stereo file."""

    def __init__(self, file: StemWriter, gauge: Gauge | FixedLevel, ceiling: float, *, spread: bool = False) -> None:
        self._file = file
        self._gauge = gauge
        self._channels = 1 if spread else file.channels
        self._limiter = Limiter(ceiling, self._channels)
        self._copies = 2 if spread else 1
        self._at = 0
        self._pending = False

    @property
    def limited(self) -> bool:
        return self._limiter.worked

    def add(self, block: NDArray[np.float32]) -> None:
        self._write(self._limiter.push(block))
        self._pending = True

    def skip(self, samples: int) -> None:
        """`samples` of silence; they cost nothing once the limiter has let go."""
        if self._pending and samples < REACH:
            self.add(np.zeros((samples, self._channels), np.float32))
            return
        if self._pending:
            self._write(self._limiter.flush())
            self._pending = False
        self._gauge.skip(samples)
        self._at += samples

    def _write(self, block: NDArray[np.float32]) -> None:
        self._file.write_at(self._at, pack_24(block, self._copies))
        self._gauge.add(block)
        self._at += len(block)

    def finish(self) -> Loudness:
        if self._pending:
            self._write(self._limiter.flush())
        return self._gauge.level()
