"""What the networks hear: the filter banks, the log-mel spectrogram and the one resampler between them.

Shapes: `S` samples, `n` analysis frames, `F` mel frames. A `wave` is [S] float in [−1, 1], mono.
Everything is computed for whole recordings at once, in float64 where the order of magnitude asks for it. Filter banks
and resampler are torchaudio's, imported only where they run: its import is not free, and most commands hear nothing.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as nnf

from indextts_post.errors import MediaError
from indextts_post.synthesis.indextts2.acoustic.sizes import SpectrogramSizes

REFERENCE_RATE = 22_050
"""Sample rate in Hz of the speaker reference, the log-mel spectrogram and the speech that comes out."""

ANALYSIS_RATE = 16_000
"""Sample rate in Hz of what w2v-bert and the speaker encoder hear."""

SHORTEST_S = 0.1
"""Below this a recording has too few frames for the statistics that the encoders take over time."""

_BANDS = 80


@dataclass(frozen=True)
class SeamlessFeatures:
    """`features` [1, T, 160] float32, 50 a second; `mask` [1, T] int32, 0 where the last row is half padding."""

    features: Tensor
    mask: Tensor


def seamless_features(wave: Tensor) -> SeamlessFeatures:
    """The input of w2v-bert from `wave` [S] at 16 kHz (facts of the Seamless feature extractor: 16-bit scale).

    Each band is normalised over time, frames are stacked in pairs; an odd last frame is paired with one of ones.
    Raises `MediaError` for less than 0.1 s.
    """
    _require_length(wave, ANALYSIS_RATE)
    energies = _log_mel_energies(wave.double() * 2.0**15)
    variance, mean = torch.var_mean(energies, dim=0, correction=1)
    normal = ((energies - mean) / torch.sqrt(variance + 1e-7)).float()
    odd = len(normal) % 2
    padded = nnf.pad(normal, (0, 0, 0, odd), value=1.0)
    mask = torch.ones(1, len(padded) // 2, dtype=torch.int32, device=wave.device)
    mask[0, -1] = 1 - odd
    return SeamlessFeatures(padded.reshape(1, -1, 2 * _BANDS), mask)


def speaker_features(wave: Tensor) -> Tensor:
    """The input of the speaker encoder from `wave` [S] at 16 kHz: `[n, 80]` float32, each band without its mean.

    Raises `MediaError` for less than 0.1 s.
    """
    _require_length(wave, ANALYSIS_RATE)
    energies = _log_mel_energies(wave.double())
    return (energies - energies.mean(dim=0)).float()


def log_mel(wave: Tensor, sizes: SpectrogramSizes) -> Tensor:
    """`wave` [S] at `sizes.sample_rate` → `[1, mel_bands, F]` float32 natural-log magnitudes, F = S // hop_length.

    The frames lie centred on their hop (reflected at the ends), so that frame f covers the samples from f·hop on.
    Raises `MediaError` for less than 0.1 s.
    """
    _require_length(wave, sizes.sample_rate)
    edge = (sizes.n_fft - sizes.hop_length) // 2
    padded = nnf.pad(wave.float()[None, None], (edge, edge), mode="reflect")[0]
    window = torch.hann_window(sizes.win_length, device=wave.device)
    spectrum = torch.stft(
        padded,
        sizes.n_fft,
        sizes.hop_length,
        sizes.win_length,
        window=window,
        center=False,
        return_complex=True,
    )
    magnitude = torch.sqrt(torch.view_as_real(spectrum).square().sum(-1) + 1e-9)
    return torch.log((slaney_mel_bank(sizes).to(wave.device) @ magnitude).clamp(min=1e-5))


def resample_reference(wave: Tensor) -> Tensor:
    """`wave` [S] at 22,050 Hz → [⌈320·S/441⌉] float32 at 16,000 Hz by a Hann-windowed sinc, six zero crossings wide.

    The kernel is that of `torchaudio.functional.resample` with its defaults (the last hundredth of the band rolls off).
    """
    from torchaudio.functional import resample

    # Torchaudio makes the kernel in the precision of the sound, and in float32 its phases are 1e-5 off; hence float64.
    # It counts its output in float32 and from four seconds on may leave out the last sample; with a period of zeros
    # behind the end, which it takes for granted there anyway, what it leaves out is never part of the answer.
    padded = nnf.pad(wave.double(), (0, _PERIOD))
    resampled: Tensor = resample(padded, REFERENCE_RATE, ANALYSIS_RATE)
    return resampled[: -(-ANALYSIS_RATE * len(wave) // REFERENCE_RATE)].float()


_PERIOD = 441
"""Samples at 22,050 Hz after which both rates meet again: 320 at 16,000 Hz."""


@functools.cache
def slaney_mel_bank(sizes: SpectrogramSizes) -> Tensor:
    """`[mel_bands, n_fft // 2 + 1]` float32: triangles linear in Hz, equal in area (Slaney's Auditory Toolbox)."""
    from torchaudio.functional import melscale_fbanks

    bank: Tensor = melscale_fbanks(
        sizes.n_fft // 2 + 1,
        sizes.fmin,
        sizes.fmax,
        sizes.mel_bands,
        sizes.sample_rate,
        norm="slaney",
        mel_scale="slaney",
    )
    return bank.T.contiguous()


def _log_mel_energies(wave: Tensor) -> Tensor:
    """Kaldi's filter bank without dither: `wave` [S] float64 at 16 kHz → [n, 80] float64 natural-log power.

    Frames of 25 ms every 10 ms (Povey's window, pre-emphasis 0.97, 512 points) and 80 triangles from 20 Hz to 8 kHz:
    the defaults of `torchaudio.compliance.kaldi.fbank`. Its triangles are rounded to float32 as Kaldi's are, which in
    the narrow lowest bands is up to 2e-4 in the log domain away from exact ones.
    """
    from torchaudio.compliance.kaldi import fbank

    energies: Tensor = fbank(wave[None], num_mel_bins=_BANDS, sample_frequency=ANALYSIS_RATE)
    return energies


def _require_length(wave: Tensor, sample_rate: int) -> None:
    seconds = wave.shape[-1] / sample_rate
    if seconds < SHORTEST_S:
        raise MediaError(f"reference: {seconds:.3f} s of sound are too few to hear a voice; give at least 3 s")
