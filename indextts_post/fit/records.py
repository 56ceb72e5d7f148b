"""What the fit room hands on: each line's audio at 48 kHz, exactly as long as planned, with its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from indextts_post.provenance import Synthetic
from indextts_post.timebase import SampleSpan


@dataclass(frozen=True)
class Fitted:
    """A line's final file: mono, 48 kHz, 24 bit, `samples.samples` long, to stand at `samples.start`.

    `lead_trim` and `tail_trim` are samples of silence taken off, `pad` samples of silence put behind, `cut` audible
    samples lost under the closing fade (0 unless a `Notice` says so), `stretch` the last-resort time-stretch (1.0
    where none was used; 1.05 is 5 % longer). `speech` is the audible part inside the file. Levels in LUFS and dBTP.
    `synthetic` is whose voice it is, which stands in the file as well.
    """

    id: str
    take_key: str
    path: Path
    samples: SampleSpan
    character: str
    speech: SampleSpan
    lead_trim: int
    tail_trim: int
    pad: int
    cut: int
    stretch: float
    gain_db: float
    loudness_lufs: float
    true_peak_dbtp: float
    synthetic: Synthetic | None = None
