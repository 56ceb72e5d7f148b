"""Takes become files at their character's level, made once."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from fakes import FPS_25, line, naturals

from indextts_post.fit import FitResult, fit
from indextts_post.fit.levels import DIALOGUE_LUFS, character_gains, loudness_lufs, true_peak_dbtp
from indextts_post.notices import Severity
from indextts_post.plan import Grid, LinePlan, PlanOptions, plan
from indextts_post.progress import Silent
from indextts_post.synthesis import Take


def take(folder: Path, line_id: str, *, level: float = 0.1, seconds: float = 1.0, key: str = "") -> Take:
    """A tone of `seconds` with 0.2 s of silence around it, at 24 kHz."""
    wave = level * np.sin(2 * np.pi * 440 * np.arange(round(seconds * 24000)) / 24000)
    samples = np.concatenate([np.zeros(4800), wave, np.zeros(4800)]).astype(np.float32)
    path = folder / f"take-{line_id}.wav"
    sf.write(path, samples, 24000, subtype="FLOAT")
    return Take(line_id, key or line_id + str(level), path, 24000, len(samples), 40, 40)


def plans_for(*lines: object, units: int = 40) -> list[LinePlan]:
    grid = Grid(FPS_25, 1000, Fraction(40))
    return plan(list(lines), naturals(list(lines), [units] * len(lines)), grid, PlanOptions())  # type: ignore[arg-type]


def fitted(plans: list[LinePlan], takes: list[Take], folder: Path) -> FitResult:
    return fit(plans, {t.id: t for t in takes}, FPS_25, folder, Silent())


def test_each_file_is_exactly_as_long_as_planned_at_24_bit(tmp_path: Path) -> None:
    [only] = plans_for(line("L1", 100, 150))
    result = fitted([only], [take(tmp_path, "L1")], tmp_path / "out")
    info = sf.info(result.fitted["L1"].path)
    assert (info.frames, info.samplerate, info.channels, info.subtype) == (50 * 1920, 48000, 1, "PCM_24")


def test_a_character_gets_one_gain_from_the_median_of_the_lines() -> None:
    gains = character_gains(
        {"a": -30.0, "b": -20.0, "c": -26.0, "d": -40.0}, dict.fromkeys("abc", "Ben") | {"d": "Ann"}
    )
    assert gains == {"Ben": DIALOGUE_LUFS + 26, "Ann": DIALOGUE_LUFS + 40}


def test_quiet_lines_stay_quieter_than_loud_ones_of_their_character(tmp_path: Path) -> None:
    plans = plans_for(line("L1", 0, 50), line("L2", 100, 150), line("L3", 200, 250))
    takes = [take(tmp_path, "L1", level=0.1), take(tmp_path, "L2", level=0.05), take(tmp_path, "L3", level=0.2)]
    result = fitted(plans, takes, tmp_path / "out")
    loud = {k: f.loudness_lufs for k, f in result.fitted.items()}
    assert loud["L1"] == pytest.approx(DIALOGUE_LUFS, abs=0.2)
    assert loud["L2"] - loud["L1"] == pytest.approx(20 * math.log10(0.5), abs=0.2)
    written, _ = sf.read(result.fitted["L1"].path)
    assert loudness_lufs(written[960:48960].astype(np.float32)) == pytest.approx(DIALOGUE_LUFS, abs=0.3)


def test_a_second_fit_writes_nothing_again(tmp_path: Path) -> None:
    plans = plans_for(line("L1", 0, 50), line("L2", 100, 150))
    takes = [take(tmp_path, "L1"), take(tmp_path, "L2")]
    first = fitted(plans, takes, tmp_path / "out")
    stamps = {k: f.path.stat().st_mtime_ns for k, f in first.fitted.items()}
    again = fitted(plans, takes, tmp_path / "out")
    assert again.fitted == first.fitted
    assert {k: f.path.stat().st_mtime_ns for k, f in again.fitted.items()} == stamps
    moved = [plans[0], replace(plans[1], gain_db=-6.0)]
    third = fitted(moved, takes, tmp_path / "out")
    assert third.fitted["L1"].path.stat().st_mtime_ns == stamps["L1"]
    assert third.fitted["L2"].loudness_lufs == pytest.approx(first.fitted["L2"].loudness_lufs - 6, abs=0.01)


def test_what_is_lost_is_a_fault_and_names_the_line(tmp_path: Path) -> None:
    plans = plans_for(line("L1", 0, 10))
    result = fitted(plans, [take(tmp_path, "L1", seconds=3.0)], tmp_path / "out")
    [cut] = [n for n in result.notices if n.code == "fit.cut"]
    assert cut.severity is Severity.FAULT
    assert str(cut).startswith("scene.srt:1: L1 (Ben): its last ")


def test_a_silent_take_is_a_fault(tmp_path: Path) -> None:
    plans = plans_for(line("L1", 0, 50))
    result = fitted(plans, [take(tmp_path, "L1", level=0.0)], tmp_path / "out")
    assert [n.code for n in result.notices] == ["fit.silent"]


def test_peaks_between_the_samples_count() -> None:
    # A tone at a quarter of the rate, sampled at 45 degrees: samples reach 0.707, the wave 1.0 = 0 dBTP.
    wave = np.sin(np.pi / 2 * np.arange(48000) + np.pi / 4).astype(np.float32)
    wave *= np.hanning(48000).astype(np.float32)
    assert 20 * math.log10(np.max(np.abs(wave))) == pytest.approx(-3.01, abs=0.05)
    assert true_peak_dbtp(wave) == pytest.approx(0.0, abs=0.1)
