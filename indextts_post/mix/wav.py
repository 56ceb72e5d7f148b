"""A 24-bit WAV of known length, written wherever there is sound: what is never written is silence, and costs no disk.

RIFF (IBM/Microsoft 1991); RF64 with a `ds64` chunk above 4 GB (EBU Tech 3306). Where the file system knows holes, a
two-hour stem takes the room of its speech.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from indextts_post.files import whole_file
from indextts_post.timebase import SAMPLE_RATE

BYTES = 3
_FULL_SCALE = 1 << 23
_LARGEST_RIFF = 0xFFFF_FFFF - 4096
_PCM, _EXTENSIBLE = 1, 0xFFFE
_PCM_GUID = bytes.fromhex("0100000000001000800000aa00389b71")
_SPEAKERS = {6: 0x3F}
"""FL FR FC LFE BL BR, the order of ffmpeg's "5.1"."""


def pack_24(samples: NDArray[np.float32], copies: int = 1) -> NDArray[np.uint8]:
    """(n,) or (n, channels) in −1…1 as little-endian 24-bit bytes [n·channels, 3·copies], each sample `copies` times.

    Beyond full scale is held there.
    """
    scaled = np.rint(np.ascontiguousarray(samples).reshape(-1) * np.float32(_FULL_SCALE))
    np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1, out=scaled)
    words = scaled.astype("<i4").view(np.uint8).reshape(-1, 4)
    packed = np.empty((len(words), BYTES * copies), np.uint8)
    for byte in range(BYTES * copies):
        packed[:, byte] = words[:, byte % BYTES]
    return packed


class StemWriter:
    """An open WAV of `samples` samples; nothing written means silence. `chunks` stand behind the samples."""

    def __init__(self, file: BinaryIO, channels: int, samples: int, chunks: bytes = b"") -> None:
        header = wav_header(channels, samples, len(chunks))
        size = samples * channels * BYTES
        file.write(header)
        file.truncate(len(header) + size + size % 2)
        file.seek(len(header) + size + size % 2)
        file.write(chunks)
        self._file = file
        self._first = len(header)
        self._frame = channels * BYTES
        self.channels = channels
        self.samples = samples

    def write_at(self, start: int, packed: NDArray[np.uint8]) -> None:
        """Put packed bytes at sample `start`."""
        self._file.seek(self._first + start * self._frame)
        self._file.write(packed.data)


@contextmanager
def stem_file(path: Path, channels: int, samples: int, chunks: bytes = b"") -> Iterator[StemWriter]:
    """Create `path`, whole or not at all. Raises `OutputError` as `files.whole_file` does."""
    with whole_file(path) as temporary, temporary.open("wb") as file:
        yield StemWriter(file, channels, samples, chunks)


def wav_header(channels: int, samples: int, behind: int = 0) -> bytes:
    """Everything up to the first sample byte, for 48 kHz 24-bit sound with `behind` bytes of chunks after it."""
    size = samples * channels * BYTES
    frame = channels * BYTES
    plain = struct.pack("<HIIHH", channels, SAMPLE_RATE, SAMPLE_RATE * frame, frame, 24)
    if channels > 2:
        mask = _SPEAKERS.get(channels, 0)
        body = struct.pack("<H", _EXTENSIBLE) + plain + struct.pack("<HHI", 22, 24, mask) + _PCM_GUID
    else:
        body = struct.pack("<H", _PCM) + plain
    form = b"fmt " + struct.pack("<I", len(body)) + body
    if size + behind <= _LARGEST_RIFF:
        whole = 4 + len(form) + 8 + size + size % 2 + behind
        return b"RIFF" + struct.pack("<I", whole) + b"WAVE" + form + b"data" + struct.pack("<I", size)
    whole = 4 + 36 + len(form) + 8 + size + size % 2 + behind
    long_sizes = b"ds64" + struct.pack("<IQQQI", 28, whole, size, samples, 0)
    unknown = struct.pack("<I", 0xFFFF_FFFF)
    return b"RF64" + unknown + b"WAVE" + long_sizes + form + b"data" + unknown
