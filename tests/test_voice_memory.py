"""A character's voice is remembered from job to job, and whoever no longer sounds like itself is named."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes import line
from speechlike import speechlike

from indextts_post.audio import Samples, write_wav
from indextts_post.cast import Cast, CastResult, Emotion, Line, ReferenceUse
from indextts_post.errors import ModelError
from indextts_post.notices import Notice
from indextts_post.progress import Silent
from indextts_post.recordings import median_pitch_hz
from indextts_post.synthesis import Take
from indextts_post.voice_memory import MeasuredVoice, forget, mean_voice, memory_beside, with_memory

RATE = 24_000


class ByPitch:
    """An encoder that hears nothing but pitch: 100 Hz points east, an octave more a quarter turn further."""

    name = "ge2e"

    def __init__(self) -> None:
        self.heard = 0

    def embed(self, samples: Samples, sample_rate: int) -> np.ndarray:
        self.heard += 1
        pitch = median_pitch_hz(samples, sample_rate)
        assert pitch is not None
        angle = np.log2(pitch / 100) * np.pi / 2
        return np.array([np.cos(angle), np.sin(angle)], np.float32)


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> ByPitch:
    encoder = ByPitch()
    monkeypatch.setattr("indextts_post.voice_memory.open_encoder", lambda *args, **kwargs: encoder)
    return encoder


def take(folder: Path, name: str, pitch_hz: float, seconds: float = 2) -> Take:
    path = folder / f"{name}.wav"
    write_wav(path, speechlike(seconds, pitch_hz=pitch_hz), RATE, subtype="FLOAT")
    return Take(name, f"{name}-{pitch_hz}", path, RATE, round(seconds * RATE), 80, 80)


def job(folder: Path, pitches: dict[str, float], lines: list[Line] | None = None, **more: object) -> tuple[Notice, ...]:
    """One job in which the takes of Ben's lines have these pitches."""
    lines = lines or [line(name, n * 50, n * 50 + 48) for n, name in enumerate(pitches)]
    takes = {name: take(folder, name, pitch) for name, pitch in pitches.items()}
    cast = CastResult(tuple(lines), (), (), "en", (), **more)  # type: ignore[arg-type]
    return with_memory(cast, takes, folder / "voices.json", folder / "job.json", "kokoro", None, Silent())


def kept(folder: Path) -> dict[str, object]:
    return dict(json.loads((folder / "voices.json").read_text())["characters"]["Ben"])


def test_the_mean_counts_every_take_and_has_unit_length() -> None:
    """Three takes east at 100 Hz, one north at 200 Hz: (3, 1)/√10, and 100 · 2^(1/4) Hz."""
    east, north = (np.array(v, np.float32) for v in ([1, 0], [0, 1]))
    found = mean_voice([MeasuredVoice(east, 100.0, 3), MeasuredVoice(north, 200.0, 1)])
    assert found.voiceprint.tolist() == pytest.approx([3 / 10**0.5, 1 / 10**0.5])
    assert (found.pitch_hz, found.takes) == (pytest.approx(100 * 2**0.25), 4)


def test_a_voice_that_stays_is_remembered_and_nothing_is_said(tmp_path: Path, ear: ByPitch) -> None:
    assert job(tmp_path, {"L1": 120, "L2": 122}) == ()
    assert job(tmp_path, {"L3": 121}) == ()
    assert (kept(tmp_path)["takes"], kept(tmp_path)["voice"]) == (3, "tick")
    assert kept(tmp_path)["pitch_hz"] == pytest.approx(121 * 1.1, rel=0.1)


def test_a_voice_that_drifts_is_named_with_its_numbers_and_is_not_remembered(tmp_path: Path, ear: ByPitch) -> None:
    """From 120 to 170 Hz are 6 semitones, half an octave, an eighth of a circle: cosine 0.70."""
    job(tmp_path, {"L1": 120})
    before = (tmp_path / "voices.json").read_text()
    [notice] = job(tmp_path, {"L1": 170})
    assert notice.code == "voice.drift"
    assert "Ben no longer sounds like itself: similarity 0.7" in notice.message
    assert "pitch +6.0 semitones (limit 3) against 1 takes remembered" in notice.message
    assert '--forget "Ben"' in notice.message
    assert (tmp_path / "voices.json").read_text() == before
    assert len(job(tmp_path, {"L1": 170, "L2": 171, "L3": 340})) == 2, "the odd take only, beside the character"
    assert forget(tmp_path / "voices.json", "Ben")
    assert not forget(tmp_path / "voices.json", "Ben")
    assert job(tmp_path, {"L1": 170}) == ()


def test_a_single_take_that_falls_out_is_named_with_its_line(tmp_path: Path, ear: ByPitch) -> None:
    [notice] = job(tmp_path, {"L1": 120, "L2": 120, "L3": 120, "L4": 240})
    assert (notice.code, notice.line_id) == ("voice.drift", "L4")
    assert "the take sounds unlike the character" in notice.message


def test_another_voice_in_the_cast_begins_anew(tmp_path: Path, ear: ByPitch) -> None:
    job(tmp_path, {"L1": 120})
    assert job(tmp_path, {"L1": 170}, [replace(line("L1", 0, 48), voice="tock")]) == ()
    assert (kept(tmp_path)["voice"], kept(tmp_path)["takes"]) == ("tock", 1)


def test_a_recording_is_known_by_how_it_is_written_not_by_where_it_was_cut_to(tmp_path: Path, ear: ByPitch) -> None:
    def spoken(cut: str, pitch: float) -> tuple[Notice, ...]:
        use = ReferenceUse(cut, "original", "", "", "Ben", ("Ben",))
        return job(tmp_path, {"L1": pitch}, [replace(line("L1", 0, 48), voice=cut)], references=(use,))

    assert spoken("ref:job/Ben-1.wav", 120) == ()
    assert [notice.code for notice in spoken("ref:job/Ben-2.wav", 170)] == ["voice.drift"]


def test_lines_with_a_feeling_do_not_make_the_voice(tmp_path: Path, ear: ByPitch) -> None:
    angry = replace(line("L2", 50, 98), emotion=Emotion("angry"))
    job(tmp_path, {"L1": 120, "L2": 140}, [line("L1", 0, 48), angry])
    assert kept(tmp_path)["takes"] == 1


def test_takes_are_measured_once_and_short_ones_not_at_all(tmp_path: Path, ear: ByPitch) -> None:
    job(tmp_path, {"L1": 120, "L2": 130})
    job(tmp_path, {"L1": 120, "L2": 130})
    assert ear.heard == 2
    short = {"L9": take(tmp_path, "L9", 120, seconds=1)}
    cast = CastResult((line("L9", 0, 48),), (), (), "en", ())
    assert with_memory(cast, short, tmp_path / "v.json", tmp_path / "j.json", "kokoro", None, Silent()) == ()
    assert ear.heard == 2
    assert not (tmp_path / "v.json").exists()


def test_a_damaged_memory_is_made_anew(tmp_path: Path, ear: ByPitch) -> None:
    (tmp_path / "voices.json").write_text('{"characters": {"Ben": {"voice": "tick", "voiceprint": "?"}}}')
    assert job(tmp_path, {"L1": 120}) == ()
    assert kept(tmp_path)["takes"] == 1


def test_without_the_encoder_it_is_said_and_the_metronome_is_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*args: object, **kwargs: object) -> None:
        raise ModelError("ge2e: is not on this machine. Run: dubsync models pull ge2e")

    monkeypatch.setattr("indextts_post.voice_memory.open_encoder", missing)
    [notice] = job(tmp_path, {"L1": 120})
    assert (notice.code, notice.severity.value) == ("voice.unmeasured", "note")
    assert "dubsync models pull ge2e" in notice.message
    cast = CastResult((line("L1", 0, 48),), (), (), "en", ())
    takes = {"L1": take(tmp_path, "L1", 120)}
    assert with_memory(cast, takes, tmp_path / "v", tmp_path / "j", "metronome", None, Silent()) == ()


def test_the_memory_lies_beside_the_series(tmp_path: Path) -> None:
    own = tmp_path / "e01/cast.toml"
    assert memory_beside(Cast(path=own), own) == tmp_path / "e01/.dubsync/voices.json"
    assert memory_beside(Cast(path=own, series=tmp_path / "s.toml"), own) == tmp_path / ".dubsync/voices.json"
