"""Every acoustic network against the tensors of the reference implementation."""

from __future__ import annotations

import torch
from parity import assert_close, load_case

from indextts_post.synthesis.indextts2 import features, sizes

LOG_TOLERANCE = 2.5e-4
"""The reference's own filter banks are float32; a float64 one differs by this much in the log domain."""


def test_the_resampler_and_the_mel_spectrogram_are_the_references() -> None:
    case = load_case("signal_features")
    wave = case.inputs["wav22050"][0]
    assert_close(features.resample_reference(wave)[None], case.outputs["wav16000"])
    mel = features.log_mel(wave, sizes.SpectrogramSizes(22050, 1024, 1024, 256, 80, 0.0, 11025.0))
    assert_close(mel, case.outputs["mel80"])


def test_the_seamless_features_are_the_references_with_even_and_odd_frames() -> None:
    case = load_case("signal_features")
    wave = case.outputs["wav16000"][0]
    for samples, name in ((len(wave), "seamless"), (case.meta["short_samples"], "seamless_short")):
        made = features.seamless_features(wave[:samples])
        assert torch.equal(made.mask, case.outputs[f"{name}_mask"])
        assert (made.features - case.outputs[name]).abs().max() < LOG_TOLERANCE


def test_the_speaker_features_are_the_references() -> None:
    case = load_case("signal_features")
    made = features.speaker_features(case.outputs["wav16000"][0])
    assert made.shape == case.outputs["campplus_fbank"].shape
    assert (made - case.outputs["campplus_fbank"]).abs().max() < LOG_TOLERANCE
