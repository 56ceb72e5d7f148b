"""Read by every Python that has this folder on its path: while the file `DUBSYNC_TEST_SLOW` is there, the metronome
takes a second for every line after its first twenty, so that a test meets a job in the middle on any machine."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from indextts_post.synthesis.metronome import Metronome
from indextts_post.synthesis.protocol import Request, Spoken, Unspeakable

QUICK = 20
_speak = Metronome.speak


def _slowly(self: Metronome, requests: Sequence[Request]) -> Iterator[Spoken | Unspeakable]:
    for done, answer in enumerate(_speak(self, requests)):
        if done >= QUICK and Path(os.environ["DUBSYNC_TEST_SLOW"]).is_file():
            time.sleep(1)
        yield answer


Metronome.speak = _slowly  # type: ignore[method-assign]
