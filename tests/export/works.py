"""Finished jobs for the export tests: cues in frames, spoken by a click per syllable, mixed for real."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from indextts_post.cast import Emotion
from indextts_post.export import Work
from indextts_post.fit import Fitted
from indextts_post.media import Film
from indextts_post.mix import PROFILES, MixOptions, mix
from indextts_post.notices import Notice, Place, Severity
from indextts_post.plan import LinePlan, Verdict
from indextts_post.progress import Silent
from indextts_post.synthesis import Take
from indextts_post.timebase import FrameRate, FrameSpan, SampleSpan, frame_to_sample, span_to_samples
from indextts_post.timeline import Cue, LengthMode, OtioDocument, SyncClass, Timeline

FPS_24 = FrameRate(Fraction(24))
NTSC = FrameRate(Fraction(30000, 1001), drop_frame=True)


def plan(
    line_id: str, start: int, end: int, fps: FrameRate = FPS_24, *, character: str = "Ben", **changed: Any
) -> LinePlan:
    span = FrameSpan(start, end)
    made = LinePlan(
        id=line_id,
        slot=span,
        span=span,
        samples=span_to_samples(span, fps),
        character=character,
        text=f"Text of {line_id}.",
        language="en",
        voice="tick",
        emotion=Emotion(),
        sync=SyncClass.ON,
        mode=LengthMode.WINDOW,
        place=Place("scene.srt", 7),
        gain_db=0.0,
        units=40,
        natural_units=44,
        unit_rate=Fraction(40),
        rate=Fraction(11, 10),
        verdict=Verdict.FITS,
    )
    return replace(made, **changed)


def spoken(each: LinePlan, folder: Path) -> tuple[Take, Fitted]:
    """A tone as long as planned, as take and as fitted file."""
    path = folder / "40-fitted" / f"{each.id}.wav"
    path.parent.mkdir(parents=True, exist_ok=True)
    count = each.samples.samples
    tone = 0.1 * np.sin(2 * np.pi * 440 / 48_000 * np.arange(count))
    sf.write(path, tone.astype(np.float32), 48_000, subtype="PCM_24")
    take = Take(each.id, f"key-{each.id}", path, 48_000, count, each.units, each.units)
    speech = SampleSpan(0, count)
    fitted = Fitted(each.id, take.key, path, each.samples, each.character, speech, 0, 0, 0, 0, 1.0, 0.0, -23.0, -20.0)
    return take, fitted


def work(
    plans: Sequence[LinePlan],
    folder: Path,
    *,
    rate: FrameRate = FPS_24,
    frames: int = 240,
    start_frame: int = 0,
    unspoken: Sequence[str] = (),
    document: OtioDocument | None = None,
    film: Film | None = None,
    notices: Sequence[Notice] = (),
    name: str = "scene",
) -> Work:
    """A job of `plans`; the ids in `unspoken` have no sound, and a fault that says so."""
    made = {each.id: spoken(each, folder) for each in plans if each.id not in unspoken}
    fitted = {line_id: pair[1] for line_id, pair in made.items()}
    faults = [
        Notice("line.unspeakable", f"{line_id}: cannot be spoken", Severity.FAULT, line_id=line_id)
        for line_id in unspoken
    ]
    cues = tuple(Cue(each.id, each.slot, each.text, each.character, each.place) for each in plans)
    timeline = Timeline(name, Path(f"{name}.srt"), rate, start_frame, frames, cues, document=document)
    mixed = mix(
        list(fitted.values()),
        frame_to_sample(frames, rate),
        None,
        MixOptions(profile=PROFILES["netflix"]),
        folder / "50-mix",
        Silent(),
    )
    takes = {line_id: pair[0] for line_id, pair in made.items()}
    return Work(timeline, tuple(plans), takes, fitted, mixed, film, (*notices, *faults))
