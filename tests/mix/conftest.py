"""Lines for the mixing desk, made of numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from desk import MakeLine
from numpy.typing import NDArray

from indextts_post.fit import Fitted
from indextts_post.timebase import SampleSpan


@pytest.fixture
def line(tmp_path: Path) -> MakeLine:
    """`line("L0001", start, samples, character="Ben")`: a fitted line whose whole file is speech."""

    def make(name: str, start: int, samples: NDArray[np.float32], character: str = "Ben") -> Fitted:
        path = tmp_path / "fitted" / f"{name}.wav"
        path.parent.mkdir(exist_ok=True)
        sf.write(path, samples, 48_000, subtype="PCM_24")
        span = SampleSpan(start, start + len(samples))
        whole = SampleSpan(0, len(samples))
        return Fitted(name, f"key-{name}", path, span, character, whole, 0, 0, 0, 0, 1.0, 0.0, -23.0, -6.0)

    return make
