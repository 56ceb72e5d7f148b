"""One take onto its samples: silence off, 48 kHz, exact length, fades. Pure arithmetic on arrays.

The first audible sample is set a fixed lead after the first sample of the record frame: 30 ms, or half a frame where
that is shorter, so that the onset always falls into its own frame. The tail keeps 30 ms behind the last audible
sample; what the slot has over that is silence.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from python_stretch import Signalsmith

from indextts_post.audio import KEPT_SILENCE_MS, Samples, audible_span, resample
from indextts_post.timebase import SAMPLE_RATE, FrameRate, SampleSpan, frame_to_sample

MOST_STRETCH = 1.05
"""A finished take is made shorter by at most 5 %, and only where the decoder could not be shorter itself."""
FADE_IN_S = 0.004
FADE_OUT_S = 0.012


@dataclass(frozen=True)
class FittedSound:
    """`samples` is exactly as long as asked. `speech` is what can be heard in it. See `Fitted` for the others."""

    samples: Samples
    speech: SampleSpan
    lead_trim: int
    tail_trim: int
    pad: int
    cut: int
    stretch: float


def lead_samples(rate: FrameRate) -> int:
    """Samples between the start of the record frame and the first audible sample."""
    return min(SAMPLE_RATE * KEPT_SILENCE_MS // 1000, frame_to_sample(1, rate) // 2)


def land(take: Samples, take_rate: int, length: int, lead: int) -> FittedSound:
    """Fit (n,) `take` into exactly `length` samples at 48 kHz.

    Audible speech that is too long is stretched shorter by up to 5 %, and only what is still too long is cut, under a
    fade; `cut` says how much. A silent take gives silence: the caller has to name it.
    """
    sound = resample(take, take_rate, SAMPLE_RATE)
    audible = audible_span(sound, SAMPLE_RATE, kept_ms=0)
    if audible.samples == 0:
        silence = np.zeros(length, dtype=np.float32)
        return FittedSound(silence, SampleSpan(0, 0), 0, len(sound), length, 0, 1.0)
    start = max(0, audible.start - lead)
    tail = SAMPLE_RATE * KEPT_SILENCE_MS // 1000
    end = min(len(sound), audible.end + tail)
    missing_lead = lead - (audible.start - start)
    speech = np.concatenate([np.zeros(missing_lead, dtype=np.float32), sound[start:end]])
    speech, stretch = _no_longer_than(speech, length, tail)
    cut = max(0, len(speech) - tail - length)
    placed = np.zeros(length, dtype=np.float32)
    used = min(len(speech), length)
    placed[:used] = speech[:used]
    _fade(placed, used)
    audible_end = min(used, lead + round((audible.end - audible.start) / stretch))
    return FittedSound(
        samples=placed,
        speech=SampleSpan(min(lead, length), max(audible_end, min(lead, length))),
        lead_trim=start,
        tail_trim=len(sound) - end,
        pad=missing_lead + length - used,
        cut=cut,
        stretch=1 / stretch,
    )


def _no_longer_than(speech: Samples, length: int, tail: int) -> tuple[Samples, float]:
    """Make speech shorter by at most `MOST_STRETCH` where more than its silent tail would be cut; also the factor."""
    if len(speech) - tail <= length:
        return speech, 1.0
    wanted = max(length, round(len(speech) / MOST_STRETCH))
    stretcher = Signalsmith.Stretch()
    stretcher.preset(1, SAMPLE_RATE)
    stretcher.setTimeFactor(len(speech) / wanted)
    shorter = np.asarray(stretcher.process(speech[None, :]), dtype=np.float32)[0]
    return shorter, len(speech) / len(shorter)


def _fade(samples: Samples, used: int) -> None:
    """Raised-cosine fades over the lead and the tail of what was placed, in place."""
    fade_in = min(used // 2, round(FADE_IN_S * SAMPLE_RATE))
    fade_out = min(used // 2, round(FADE_OUT_S * SAMPLE_RATE))
    samples[:fade_in] *= _ramp(fade_in)
    samples[used - fade_out : used] *= _ramp(fade_out)[::-1]


def _ramp(count: int) -> Samples:
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * (np.arange(count) + 0.5) / max(count, 1)), dtype=np.float32)
