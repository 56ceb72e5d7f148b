"""Small films made by ffmpeg for the tests: a test picture, and clicks or tones at known samples."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from indextts_post.media import ffmpeg_path


def run_ffmpeg(*arguments: str | Path) -> None:
    """Run ffmpeg quietly; a failure shows its words."""
    done = subprocess.run(
        [ffmpeg_path(), "-hide_banner", "-nostdin", "-v", "error", "-y", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def clicks(samples: int, at: list[int], channels: int = 1) -> NDArray[np.float32]:
    """Silence with one full sample of 0.5 at each place of `at`."""
    sound = np.zeros((samples, channels), np.float32)
    sound[at] = 0.5
    return sound


def sound_file(path: Path, sound: NDArray[np.float32], rate: int = 48_000) -> Path:
    sf.write(path, sound, rate, subtype="PCM_24")
    return path


def film(
    path: Path,
    *,
    seconds: float = 2,
    rate: str = "24",
    sound: Path | None = None,
    before: tuple[str, ...] = (),
    options: tuple[str, ...] = (),
) -> Path:
    """A film of ffmpeg's test picture, with `sound` as its first track; `before` goes in front of the sound input."""
    inputs: list[str | Path] = ["-f", "lavfi", "-i", f"testsrc=s=64x48:r={rate}:d={seconds}"]
    inputs += [*before, "-i", sound] if sound else []
    run_ffmpeg(*inputs, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-preset", "ultrafast", *options, path)
    return path
