"""Where a likeness is made: a recording goes in, a voice of Kokoro that resembles it comes out, judged by a
second encoder.

Timbre, tint and prosody are made apart. The timbre is fitted to the recording's voiceprint; what the voiceprint is deaf
to, the long-term spectrum, is given by a filter behind it. The prosody (pace, melody) is borrowed from the voices of
the language that is spoken whose pitch is next to the recording's: so a look-alike speaks every language the way that
language is spoken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from indextts_post.audio import Samples, resample
from indextts_post.errors import MediaError
from indextts_post.models import ModelStore
from indextts_post.progress import Progress
from indextts_post.synthesis.kokoro.graph import SAMPLE_RATE, Floats, KokoroGraph
from indextts_post.synthesis.kokoro.lookalike.bank import Voices, spoken_by, voiceprints
from indextts_post.synthesis.kokoro.lookalike.blend import Shares, melody_shares, without_small_weights
from indextts_post.synthesis.kokoro.lookalike.blend_search import of_like_pitch, searched_shares
from indextts_post.synthesis.kokoro.lookalike.passages import EQUALISED, FITTED, Passage, passage
from indextts_post.synthesis.kokoro.lookalike.pitch import voiced_pitches
from indextts_post.synthesis.kokoro.lookalike.records import TIMBRE, LookAlike, Mode, Similarities
from indextts_post.synthesis.kokoro.lookalike.spectral_eq import BANDS, EqualisedGraph, band_levels_db, correction_db
from indextts_post.synthesis.kokoro.voices import LANGUAGE_OF_PREFIX
from indextts_post.voiceprint import SpeakerEncoder, Voiceprint, similarity
from indextts_post.voiceprint.encoder import NetworkEncoder

FITTING, JUDGING = "ecapa", "ge2e"
"""Encoder that is fitted with, encoder that judges. Never the same."""
LEAST_VOICED = 0.2
"""Share of the audible frames that must have a pitch: less is no speech."""
OFFSET_KEPT = 0.75
"""Share of the fitted offset that is kept: the last quarter costs words and brings no likeness (`docs/likeness.md`)."""
_SEARCHED = FITTED[0]


@dataclass(frozen=True)
class VoiceFitter:
    """Everything a likeness is made with. `folder` keeps what is measured once, `model` is what the store calls it."""

    graph: KokoroGraph
    voices: Voices
    fitting: NetworkEncoder
    judging: SpeakerEncoder
    store: ModelStore
    model: str
    folder: Path
    progress: Progress

    def fitted(self, samples: Samples, sample_rate: int, mode: Mode, left_out: Sequence[str] = ()) -> LookAlike:
        """The likeness of mono speech `samples`. `left_out` are voices that may take no part, for benches.

        Raises `MediaError` where nobody speaks in it.
        """
        pitch_hz = usual_pitch(samples, sample_rate)
        target = self.fitting.embed(samples, sample_rate)
        keep = [index for index, name in enumerate(self.voices.names) if name not in left_out]
        ears = (self.fitting, self.judging)
        prints, judged = (
            found[keep] for found in voiceprints(self.graph, self.voices, ears, self.folder, self.progress)
        )
        fit = _Fit(self, self.voices.without(left_out), target, prints, pitch_hz)
        shares, offset = fit.blended(), np.zeros(TIMBRE, np.float32)
        if mode is Mode.FULL:
            shares, offset = fit.descended(shares)
        named = {name: float(share) for name, share in zip(fit.voices.names, shares, strict=True) if share > 0}
        nothing = Similarities("", self.judging.name, 0.0, 0.0, self.fitting.name, 0.0, 0.0)
        shares_of = dict(sorted(named.items(), key=lambda one: -one[1]))
        likeness = LookAlike(mode, shares_of, offset, pitch_hz, np.zeros(BANDS, np.float32), nothing)
        tint = band_levels_db(resample(samples, sample_rate, SAMPLE_RATE))
        wanted = self.judging.embed(samples, sample_rate)
        single = float((prints @ target).max())
        likeness = self._filtered(likeness, fit.voices, tint)
        sound, near = self._heard(likeness, fit.voices, target)
        if near < single:
            likeness = _alone(likeness, fit.voices, int(np.argmax(prints @ target)))
            likeness = self._filtered(likeness, fit.voices, tint)
            sound, near = self._heard(likeness, fit.voices, target)
        by_judge = judged @ wanted
        found = Similarities(
            single=fit.voices.names[int(np.argmax(by_judge))],
            judge=self.judging.name,
            judged_single=float(by_judge.max()),
            judged=similarity(self.judging.embed(sound, SAMPLE_RATE), wanted),
            fitted_with=self.fitting.name,
            fitted_single=single,
            fitted=near,
        )
        return replace(likeness, similarities=found)

    def _filtered(self, likeness: LookAlike, voices: Voices, tint: Floats) -> LookAlike:
        """The look-alike with the filter that gives what it says the `tint` [20] of the recording."""
        table = lookalike_table(likeness, voices, "en")
        said = np.concatenate([spoken_by(self.graph, table, symbols) for symbols in EQUALISED])
        return replace(likeness, gains_db=correction_db(tint, band_levels_db(said)))

    def _heard(self, likeness: LookAlike, voices: Voices, target: Voiceprint) -> tuple[Samples, float]:
        """What the look-alike makes of the text all voices were measured by, and how near that is to `target`."""
        sound = spoken_by(EqualisedGraph(self.graph, likeness.gains_db), lookalike_table(likeness, voices, "en"))
        return sound, similarity(self.fitting.embed(sound, SAMPLE_RATE), target)


@dataclass(frozen=True)
class _Fit:
    """One recording on the workbench: its voiceprint `target` [D] and pitch, and the voices that may take part."""

    fitter: VoiceFitter
    voices: Voices
    target: Voiceprint
    prints: Floats
    pitch_hz: float

    @property
    def able(self) -> np.ndarray:
        return of_like_pitch(self.voices.pitches_hz, self.pitch_hz)

    def blended(self) -> Shares:
        """The blend of voices that is heard nearest."""
        said, melody = self._said(_SEARCHED)
        timbres = self.voices.tables[:, said.row, :TIMBRE]

        def heard(shares: Shares) -> float:
            sound = said.spoken(self.fitter.graph, (shares @ timbres).astype(np.float32), melody)
            return similarity(self.fitter.fitting.embed(sound, SAMPLE_RATE), self.target)

        return searched_shares(self.target, self.prints, self.able, heard, self.fitter.progress)[0]

    def descended(self, shares: Shares) -> tuple[Shares, Floats]:
        """Blend and offset after the descent that begins at `shares`; `shares` alone where it did not help."""
        from indextts_post.synthesis.kokoro.lookalike.content import open_content
        from indextts_post.synthesis.kokoro.lookalike.descent import descend
        from indextts_post.synthesis.kokoro.lookalike.weights import load_decoder

        fitter = self.fitter
        (file,) = fitter.store.entry(fitter.model).files
        decoder = load_decoder(fitter.store.pull(fitter.model) / file.path)
        content = open_content(fitter.store, fitter.model)
        said = [self._said(symbols)[0] for symbols in FITTED]
        middle = self.voices.tables[:, said[0].row, :TIMBRE]
        moved = descend(
            decoder,
            fitter.fitting.network,
            [content.content(one) for one in said],
            self.target,
            middle,
            shares,
            self.able,
            fitter.progress,
        )
        kept = without_small_weights(moved.shares)
        offset = (OFFSET_KEPT * moved.offset + (moved.shares - kept) @ middle).astype(np.float32)
        if self._near(kept, offset) < self._near(shares, np.zeros(TIMBRE, np.float32)):
            return shares, np.zeros(TIMBRE, np.float32)
        return kept, offset

    def _near(self, shares: Shares, offset: Floats) -> float:
        """Similarity over all passages of the fitting, in one sound."""
        sounds = []
        for symbols in FITTED:
            said, melody = self._said(symbols)
            timbre = (shares @ self.voices.tables[:, said.row, :TIMBRE]).astype(np.float32) + offset
            sounds.append(said.spoken(self.fitter.graph, timbre, melody))
        return similarity(self.fitter.fitting.embed(np.concatenate(sounds), SAMPLE_RATE), self.target)

    def _said(self, symbols: str) -> tuple[Passage, Floats]:
        """A passage at the borrowed pace and melody, and the prosody half [128] of its style."""
        table = np.zeros_like(self.voices.tables[0])
        table[:, TIMBRE:] = melody_table(self.voices, self.pitch_hz, "en")
        said = passage(self.fitter.graph, symbols, table)
        return said, table[said.row, TIMBRE:]


def _alone(likeness: LookAlike, voices: Voices, index: int) -> LookAlike:
    """The single voice with its own melody, for where no mixture at the recording's pitch is heard as near as it."""
    pitch_hz = float(voices.pitches_hz[index])
    return replace(likeness, shares={voices.names[index]: 1.0}, offset=np.zeros(TIMBRE, np.float32), pitch_hz=pitch_hz)


def usual_pitch(samples: Samples, sample_rate: int) -> float:
    """Median pitch in Hz of mono speech. Raises `MediaError` where next to nothing in it has a pitch."""
    pitches, audible = voiced_pitches(samples, sample_rate)
    if len(pitches) < max(1, LEAST_VOICED * audible):
        raise MediaError(
            f"{len(pitches)} of {audible} audible moments have a pitch: nobody speaks here. "
            "Choose a recording of one voice, speaking."
        )
    return float(np.median(pitches))


def melody_table(voices: Voices, pitch_hz: float, language: str) -> Floats:
    """Prosody half [510, 128] for a language; where no voice speaks it, that of English."""
    prefixes = "".join(prefix for prefix, spoken in LANGUAGE_OF_PREFIX.items() if spoken == language)
    able = voices.speaking(prefixes) if prefixes else []
    able = able or voices.speaking("ab")
    shares = melody_shares([float(voices.pitches_hz[index]) for index in able], pitch_hz)
    mixed = np.tensordot(shares, voices.tables[able][:, :, TIMBRE:].astype(np.float64), 1)
    return np.asarray(mixed, np.float32)


def lookalike_table(likeness: LookAlike, voices: Voices, language: str) -> Floats:
    """Voice table [510, 256] of a look-alike that speaks `language`. Raises `KeyError` for a voice it lacks."""
    at: Mapping[str, int] = {name: index for index, name in enumerate(voices.names)}
    timbre = likeness.offset.astype(np.float64) + sum(
        share * voices.tables[at[name], :, :TIMBRE].astype(np.float64) for name, share in likeness.shares.items()
    )
    melody = melody_table(voices, likeness.pitch_hz, language)
    return np.concatenate([timbre.astype(np.float32), melody], axis=1)
