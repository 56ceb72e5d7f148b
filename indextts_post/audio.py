"""Sound on disk and in memory: mono or multi-channel WAV in and out, resampling, and what of it can be heard."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import numpy as np
import soundfile as sf
import soxr
from numpy.typing import NDArray

from indextts_post.errors import MediaError
from indextts_post.files import whole_file
from indextts_post.timebase import SampleSpan

AUDIBLE_BELOW_PEAK_DB = 40.0
"""What lies more than this under the line's own peak counts as silence (a fixed threshold eats quiet words)."""
KEPT_SILENCE_MS = 30
"""Silence left on either side of the audible part, so that no onset or tail is touched."""
_WINDOW_MS = 5

Samples = NDArray[np.float32]


def read_mono(path: Path) -> tuple[Samples, int]:
    """Samples in −1…1 and their rate; several channels are averaged. Raises `MediaError` for what is no sound file."""
    try:
        samples, rate = sf.read(path, dtype="float32", always_2d=True)
    except (sf.LibsndfileError, OSError) as error:
        raise MediaError(f"{path}: not a sound file that can be read ({error}).") from error
    return np.ascontiguousarray(samples.mean(axis=1)), int(rate)


def wav_frames(path: Path) -> int:
    """Samples of each channel in a PCM WAV, by its header alone. Raises `MediaError` for anything else.

    Opening a file with libsndfile costs twenty times as much, as it brings the file's data to the disk when closing.
    """
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes()
    except (wave.Error, EOFError, OSError) as error:
        raise MediaError(f"{path}: not a sound file that can be read ({error}).") from error


def write_wav(path: Path, samples: Samples, sample_rate: int, *, subtype: str = "PCM_24", chunks: bytes = b"") -> None:
    """Write (n,) or (n, channels) samples as WAV, whole or not at all. `subtype` as libsndfile names it.

    `chunks` are whole RIFF chunks of an even length, which come to stand behind the samples.
    """
    with whole_file(path) as temporary:
        sf.write(temporary, samples, sample_rate, subtype=subtype, format="WAV")
        _forget_when(temporary)
        if chunks:
            _append(temporary, chunks)


def _forget_when(path: Path) -> None:
    """Set the time in the PEAK chunk that libsndfile gives float files to 0, so that equal sound is equal bytes."""
    with path.open("r+b") as file:
        at = file.read(512).find(b"PEAK")
        if at >= 0:
            file.seek(at + 12)  # behind the chunk's name, its size and its version
            file.write(bytes(4))


def _append(path: Path, chunks: bytes) -> None:
    """Put chunks at the end of a RIFF file and count them in its size."""
    with path.open("r+b") as file:
        size = file.seek(0, 2)
        padding = b"\0" * (size % 2)
        file.write(padding + chunks)
        file.seek(4)
        file.write(struct.pack("<I", size + len(padding) + len(chunks) - 8))


def resample(samples: Samples, rate: int, to_rate: int) -> Samples:
    """Band-limited resampling of a whole signal (soxr, very high quality); length is the exact ratio, rounded."""
    if rate == to_rate:
        return samples
    return np.asarray(soxr.resample(samples, rate, to_rate, quality="VHQ"), dtype=np.float32)


def audible_span(samples: Samples, sample_rate: int, *, kept_ms: int = KEPT_SILENCE_MS) -> SampleSpan:
    """The part of (n,) `samples` that can be heard, with `kept_ms` of what lies around it.

    Heard is where the level in 5 ms windows is above the line's own peak window − 40 dB. Digital silence gives an
    empty span at 0.
    """
    window = max(1, sample_rate * _WINDOW_MS // 1000)
    count = -(-len(samples) // window)
    padded = np.zeros(count * window, dtype=np.float64)
    padded[: len(samples)] = samples
    power = np.square(padded).reshape(count, window).mean(axis=1) if count else np.zeros(0)
    peak = float(power.max(initial=0.0))
    if peak <= 0.0:
        return SampleSpan(0, 0)
    loud = np.flatnonzero(power > peak * 10 ** (-AUDIBLE_BELOW_PEAK_DB / 10))
    kept = sample_rate * kept_ms // 1000
    start = max(0, int(loud[0]) * window - kept)
    return SampleSpan(start, min(len(samples), (int(loud[-1]) + 1) * window + kept))
