"""A preview is synthetic speech too: it says in whose voice, and who has allowed it."""

from __future__ import annotations

from pathlib import Path

import pytest
import soundfile as sf

from indextts_post.errors import CastError, TextError
from indextts_post.preview import consent_for, write_preview
from indextts_post.synthesis import open_engine


def test_a_preview_is_as_long_as_is_natural_and_names_its_voice_and_its_consent(tmp_path: Path) -> None:
    """Five syllables are a second of the metronome; at 48 kHz that is 48,000 samples."""
    out = tmp_path / "heard.wav"
    write_preview(open_engine("metronome"), "tick_1", "one two three four five", "en", out, consent="Ben, 3 May")
    assert sf.info(out).samplerate == 48_000
    assert sf.info(out).frames == pytest.approx(48_000, abs=10)
    written = out.read_bytes()
    assert b"tick_1" in written
    assert b"Ben, 3 May" in written


def test_what_cannot_be_spoken_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TextError):
        write_preview(open_engine("metronome"), "tick_1", "?!", "en", tmp_path / "none.wav")
    assert not (tmp_path / "none.wav").exists()


def test_a_recording_needs_somebody_who_allows_it(tmp_path: Path) -> None:
    assert consent_for("tick_1", "", None, tmp_path) == ""
    assert consent_for("ref:ben.wav", " I am Ben ", None, tmp_path) == "I am Ben"
    with pytest.raises(CastError, match="consent"):
        consent_for("ref:ben.wav", "", None, tmp_path)
    (tmp_path / "cast.toml").write_text('[references."ben.wav"]\nconsent = "Ben said so"\n', encoding="utf-8")
    assert consent_for("ref:ben.wav", "", None, tmp_path) == "Ben said so"
