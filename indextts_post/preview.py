"""Hearing a voice before it is cast: one text at its natural pace, in a file that says whose voice it is."""

from __future__ import annotations

from pathlib import Path

from indextts_post.audio import resample, write_wav
from indextts_post.cast import REFERENCE, Cast, Emotion, ReferenceUse, read_cast
from indextts_post.errors import TextError
from indextts_post.job import CAST_FILE
from indextts_post.provenance import Synthetic, wav_chunks
from indextts_post.references import allowed_by, require_consent
from indextts_post.synthesis import Engine, Request, Unspeakable, Utterance
from indextts_post.timebase import SAMPLE_RATE

_SLACK_UNITS = 8
"""How far a preview may run over its natural length: nothing stands behind it."""


def consent_for(voice: str, given: str, models_dir: Path | None, folder: Path = Path()) -> str:
    """Who allows the voice: `given`, else what the cast file in `folder` says; "" for one that is no recording.

    Raises `CastError` for a recording that nobody has allowed.
    """
    if not voice.startswith(REFERENCE):
        return ""
    cast_file = folder / CAST_FILE
    cast = read_cast(cast_file) if cast_file.is_file() else Cast()
    allowed = given.strip() or allowed_by(cast, voice, [folder, *([models_dir] if models_dir else [])])
    require_consent([ReferenceUse(voice, voice, "", "", allowed, ("this preview",))], cast_file)
    return allowed


def write_preview(
    engine: Engine,
    voice: str,
    text: str,
    language: str,
    out: Path,
    *,
    emotion: Emotion | None = None,
    seed: int = 0,
    consent: str = "",
) -> None:
    """Speak `text` at its natural pace into `out`, a WAV of 48 kHz that names the voice and who has allowed it.

    Raises `TextError` for what cannot be spoken.
    """
    utterance = Utterance("preview", text, language, voice, emotion or Emotion())
    [natural] = engine.natural([utterance])
    if isinstance(natural, Unspeakable):
        raise TextError(natural.reason)
    limit_s = (natural.units + _SLACK_UNITS) / engine.unit_rate
    [spoken] = engine.speak([Request(utterance, natural.units, limit_s, seed)])
    if isinstance(spoken, Unspeakable):
        raise TextError(spoken.reason)
    samples = resample(spoken.samples, engine.sample_rate, SAMPLE_RATE)
    write_wav(out, samples, SAMPLE_RATE, chunks=wav_chunks([Synthetic(voice, consent)]))
