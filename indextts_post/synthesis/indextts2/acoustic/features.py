"""What the networks hear: the filter banks, the log-mel spectrogram and the one resampler between them.

Shapes: `S` samples, `n` analysis frames, `F` mel frames. A `wave` is [S] float in [−1, 1], mono.
Everything is computed for whole recordings at once, in float64 where the order of magnitude asks for it.
"""

from __future__ import annotations

import functools
import math
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

_FRAME, _HOP, _FFT, _BANDS = 400, 160, 512, 80
_LOG_FLOOR = 1.192092955078125e-7
_PRE_EMPHASIS = 0.97


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
    energies = _log_mel_energies(wave.double() * 2.0**15, torch.float64)
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
    energies = _log_mel_energies(wave.double(), torch.float32)
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
    """`wave` [S] at 22,050 Hz → [⌈320·S/441⌉] float32 at 16,000 Hz by a Hann-windowed sinc, six zero crossings wide."""
    kernel = _resampling_kernel().to(wave.device)
    # One extra period of zeros at the end, so that the last, unfinished output period is computed too.
    padded = nnf.pad(wave.float()[None, None], (_SINC_TAPS, _SINC_TAPS + _PERIOD_IN))
    phases = nnf.conv1d(padded, kernel, stride=_PERIOD_IN)
    samples = -(-_PERIOD_OUT * len(wave) // _PERIOD_IN)
    return phases[0].T.reshape(-1)[:samples]


_PERIOD_IN, _PERIOD_OUT = 441, 320
_SINC_TAPS = 9
_SINC_ZEROS = 6


@functools.cache
def _resampling_kernel() -> Tensor:
    """`[320, 1, 459]`: for each phase of the output period, the sinc around its place in the input period."""
    band = 0.99 * _PERIOD_OUT
    phase = torch.arange(_PERIOD_OUT, dtype=torch.float64)[:, None]
    tap = torch.arange(_PERIOD_IN + 2 * _SINC_TAPS, dtype=torch.float64)[None]
    distance = (-phase / _PERIOD_OUT + (tap - _SINC_TAPS) / _PERIOD_IN) * band
    distance = distance.clamp(-_SINC_ZEROS, _SINC_ZEROS)
    window = torch.cos(math.pi * distance / (2 * _SINC_ZEROS)).square()
    return (band / _PERIOD_IN * window * torch.sinc(distance)).float()[:, None]


@functools.cache
def slaney_mel_bank(sizes: SpectrogramSizes) -> Tensor:
    """`[mel_bands, n_fft // 2 + 1]` float32: triangles linear in Hz, equal in area (Slaney's Auditory Toolbox)."""
    lowest, highest = _hz_to_slaney(sizes.fmin), _hz_to_slaney(sizes.fmax)
    edges = _slaney_to_hz(torch.linspace(lowest, highest, sizes.mel_bands + 2, dtype=torch.float64))
    bins = torch.arange(sizes.n_fft // 2 + 1, dtype=torch.float64) * sizes.sample_rate / sizes.n_fft
    bank = _triangles(edges, bins) * (2 / (edges[2:] - edges[:-2]))[:, None]
    return bank.float()


_SLANEY_BREAK_HZ = 1000.0
_SLANEY_BREAK = 15.0
_SLANEY_STEP = math.log(6.4) / 27


def _hz_to_slaney(hz: float) -> float:
    if hz < _SLANEY_BREAK_HZ:
        return 3 * hz / 200
    return _SLANEY_BREAK + math.log(hz / _SLANEY_BREAK_HZ) / _SLANEY_STEP


def _slaney_to_hz(mel: Tensor) -> Tensor:
    logarithmic = _SLANEY_BREAK_HZ * torch.exp(_SLANEY_STEP * (mel - _SLANEY_BREAK))
    return torch.where(mel < _SLANEY_BREAK, mel * 200 / 3, logarithmic)


def _triangles(edges: Tensor, at: Tensor) -> Tensor:
    """Triangle j rises from `edges[j]` to 1 at `edges[j + 1]` and falls to `edges[j + 2]`; `[len − 2, len(at)]`."""
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (at - left) / (centre - left), (right - at) / (right - centre)
    return torch.minimum(rising, falling).clamp(min=0)


def _log_mel_energies(wave: Tensor, bank_type: torch.dtype) -> Tensor:
    """Kaldi's filter bank without dither or energy: `wave` [S] float64 → [n, 80] natural-log power.

    `bank_type` is the precision in which the triangles are rounded; Kaldi's own are float32, which shows in the narrow
    lowest bands (2e-4 in the log domain).
    """
    frames = wave.unfold(0, _FRAME, _HOP)
    frames = frames - frames.mean(dim=1, keepdim=True)
    # Pre-emphasis; the first sample of a frame stands in for the one before it.
    before = torch.cat([frames[:, :1], frames[:, :-1]], dim=1)
    frames = (frames - _PRE_EMPHASIS * before) * _povey_window().to(wave.device)
    power = torch.fft.rfft(frames, _FFT).abs().square()
    return torch.log((power @ _kaldi_mel_bank(bank_type).to(wave.device)).clamp(min=_LOG_FLOOR))


@functools.cache
def _povey_window() -> Tensor:
    return torch.hann_window(_FRAME, periodic=False, dtype=torch.float64).pow(0.85)


@functools.cache
def _kaldi_mel_bank(bank_type: torch.dtype) -> Tensor:
    """`[257, 80]` float64: triangles linear in mel = 1127·ln(1 + f/700), from 20 Hz to 8 kHz."""
    lowest, highest = _kaldi_mel(20.0), _kaldi_mel(ANALYSIS_RATE / 2)
    edges = lowest + torch.arange(_BANDS + 2, dtype=bank_type) * ((highest - lowest) / (_BANDS + 1))
    bins = torch.arange(_FFT // 2 + 1, dtype=bank_type) * ANALYSIS_RATE / _FFT
    return _triangles(edges, 1127.0 * torch.log(1 + bins / 700.0)).T.double().contiguous()


def _kaldi_mel(hz: float) -> float:
    return 1127.0 * math.log1p(hz / 700.0)


def _require_length(wave: Tensor, sample_rate: int) -> None:
    seconds = wave.shape[-1] / sample_rate
    if seconds < SHORTEST_S:
        raise MediaError(f"reference: {seconds:.3f} s of sound are too few to hear a voice; give at least 3 s")
