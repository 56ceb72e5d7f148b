"""What the tests of the mix put on the desk."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from indextts_post.fit import Fitted

MakeLine = Callable[..., Fitted]


def tone(samples: int, frequency: float = 997.0, amplitude: float = 0.1) -> NDArray[np.float32]:
    return (amplitude * np.sin(2 * np.pi * frequency / 48_000 * np.arange(samples))).astype(np.float32)
