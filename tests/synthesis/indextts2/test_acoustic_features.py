"""The filter banks, the log-mel spectrogram and the resampler against short oracles."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from indextts_post.errors import MediaError
from indextts_post.synthesis.indextts2.acoustic import features
from indextts_post.synthesis.indextts2.acoustic.sizes import SpectrogramSizes

MEL = SpectrogramSizes(22050, 1024, 1024, 256, 80, 0.0, 11025.0)


def noise(samples: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(samples, generator=torch.Generator().manual_seed(seed)) * 0.1


def tone(hz: float, sample_rate: int, samples: int) -> torch.Tensor:
    return 0.5 * torch.sin(2 * torch.pi * hz * torch.arange(samples, dtype=torch.float64) / sample_rate).float()


def test_a_log_energy_frame_is_what_a_loop_over_its_samples_gives() -> None:
    wave = noise(1600).double().numpy()
    frame = wave[160:560] - wave[160:560].mean()
    emphasised = [0.03 * frame[0], *(frame[i] - 0.97 * frame[i - 1] for i in range(1, 400))]
    window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 399)) ** 0.85
    power = np.abs(np.fft.rfft(emphasised * window, 512)) ** 2
    mel = 1127 * np.log(1 + np.arange(257) * 16000 / 512 / 700)
    points = np.linspace(1127 * np.log(1 + 20 / 700), 1127 * np.log(1 + 8000 / 700), 82)
    want = [
        np.log(max(power @ np.interp(mel, points[band : band + 3], [0, 1, 0]), 1.192092955078125e-7))
        for band in range(80)
    ]
    off = np.abs(features._log_mel_energies(torch.from_numpy(wave))[1].numpy() - want)
    # The triangles are rounded to float32, as Kaldi's are: it shows in the lowest, narrowest bands.
    assert off.max() < 2.5e-4
    assert off[40:].max() < 1e-5


def test_speaker_features_do_not_depend_on_loudness_and_sum_to_nothing_over_time() -> None:
    quiet, loud = features.speaker_features(noise(8000)), features.speaker_features(2 * noise(8000))
    assert quiet.shape == (1 + (8000 - 400) // 160, 80)
    assert quiet.mean(0).abs().max() < 1e-5
    assert (quiet - loud).abs().max() < 2e-3


@pytest.mark.parametrize(("frames", "rows", "last"), [(20, 10, 1), (21, 11, 0)])
def test_an_odd_last_frame_is_paired_with_ones_and_masked(frames: int, rows: int, last: int) -> None:
    made = features.seamless_features(noise(400 + 160 * (frames - 1)))
    assert made.features.shape == (1, rows, 160)
    assert made.mask.tolist() == [[1] * (rows - 1) + [last]]
    if not last:
        assert (made.features[0, -1, 80:] == 1).all()
    real = made.features.reshape(-1, 80)[:frames]
    assert real.mean(0).abs().max() < 1e-5
    assert (real.std(0) - 1).abs().max() < 1e-4


def test_the_mel_triangles_are_equal_in_area_and_peak_where_librosa_puts_them() -> None:
    bank = features.slaney_mel_bank(MEL)
    assert bank.shape == (80, 513)
    wide = bank[40:]  # low triangles are narrower than two bins, so their sampled area is not exact
    assert ((wide.sum(1) * 22050 / 1024) - 1).abs().max() < 0.02
    # Linear below 1 kHz: 200/3 Hz a mel; the point 15 is 1 kHz; 27 steps of the logarithmic part multiply by 6.4.
    points = np.linspace(0, 15 + 27 * np.log(11.025) / np.log(6.4), 82)
    edges = np.where(points < 15, points * 200 / 3, 1000 * 6.4 ** ((points - 15) / 27))
    bins = np.arange(513) * 22050 / 1024
    for band in range(80):
        left, _, right = corners = edges[band : band + 3]
        want = np.interp(bins, corners, [0, 2 / (right - left), 0])
        assert np.abs(bank[band].numpy() - want).max() < 2e-7


@pytest.mark.parametrize("samples", [2560, 2561, 2815, 2816])
def test_a_mel_frame_stands_for_each_full_hop(samples: int) -> None:
    assert features.log_mel(noise(samples), MEL).shape == (1, 80, samples // 256)


def test_a_tone_lights_the_band_it_lies_in() -> None:
    mel = features.log_mel(tone(1000.0, 22050, 22050), MEL)[0, :, 40]
    bank = features.slaney_mel_bank(MEL)
    assert int(mel.argmax()) == int(bank[:, round(1000 / 22050 * 1024)].argmax())


# 90,569 samples are the fewest whose last one torchaudio leaves out when it is asked without zeros behind the end.
@pytest.mark.parametrize("samples", [2205, 22050, 22051, 22490, 22491, 1, 90569, 882040])
def test_the_resampler_keeps_the_length_exact(samples: int) -> None:
    assert len(features.resample_reference(noise(samples))) == -(-samples * 320 // 441)


def test_the_resampler_keeps_a_tone_a_tone_and_drops_what_lies_above() -> None:
    got, want = features.resample_reference(tone(440.0, 22050, 22050)), tone(440.0, 16000, 16000)
    assert (got - want)[200:-200].abs().max() < 2e-3
    assert features.resample_reference(tone(10_000.0, 22050, 22050))[200:-200].abs().max() < 5e-3


def test_a_recording_too_short_to_hear_says_so() -> None:
    with pytest.raises(MediaError, match=r"0\.050 s .* at least 3 s"):
        features.seamless_features(noise(800))
    with pytest.raises(MediaError):
        features.log_mel(noise(2000), MEL)
