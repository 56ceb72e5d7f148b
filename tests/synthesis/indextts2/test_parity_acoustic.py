"""Every acoustic network against the tensors of the reference implementation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from parity import ParityCase, assert_close, load_case
from plain_flow import plain_flow
from torch import nn

from indextts_post.synthesis.indextts2.acoustic import features, sizes
from indextts_post.synthesis.indextts2.acoustic.bigvgan import BigVgan
from indextts_post.synthesis.indextts2.acoustic.campplus import CampPlus
from indextts_post.synthesis.indextts2.acoustic.codec import SemanticCodec
from indextts_post.synthesis.indextts2.acoustic.flow_matching import FlowLine, FlowMatching
from indextts_post.synthesis.indextts2.acoustic.length_regulator import LatentProjection, LengthRegulator, regulate
from indextts_post.synthesis.indextts2.acoustic.w2v_bert import W2vBert
from indextts_post.synthesis.indextts2.config import Section
from indextts_post.synthesis.indextts2.weights import filling as weights

N = TypeVar("N", bound=nn.Module)

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


def filled(network: Callable[[], N], case: ParityCase) -> N:
    made = weights.build_empty(network)
    weights.fill(made, case.weights, case.name)
    return made


def test_the_length_regulator_is_the_references_at_its_natural_and_at_another_length() -> None:
    case = load_case("length_regulator")
    network = filled(lambda: LengthRegulator(sizes.regulator_section_sizes(Section(case.meta, "meta"))), case)
    for given, name in (("frames", "regulated"), ("frames_stretched", "regulated_stretched")):
        made = regulate(network, case.inputs["content"], int(case.inputs[given]))
        assert_close(made, case.outputs[name])


def test_the_projection_of_latents_is_the_references() -> None:
    case = load_case("gpt_layer")
    hidden = (case.weights["0.weight"].shape[0], case.weights["1.weight"].shape[0])
    out_dim = case.weights["2.weight"].shape[0]
    network = filled(lambda: LatentProjection(case.meta["in_dim"], hidden, out_dim), case)
    assert_close(network(case.inputs["latents"]), case.outputs["projected"])


def test_the_codec_of_version_2_gives_the_references_codes_and_rows() -> None:
    case = load_case("semantic_codec_v2")
    codec_sizes = sizes.codec_section_sizes(Section(case.meta, "meta"), halved=False)
    codec = filled(lambda: SemanticCodec(codec_sizes), case)
    codes = codec.encode(case.inputs["features"])
    assert torch.equal(codes, case.outputs["codes"])
    assert_close(codec.embed(codes), case.outputs["quantized"])
    assert_close(codec.embed(codes).transpose(1, 2), case.outputs["vq2emb_channels_first"])


def test_the_codec_of_version_2_5_gives_the_references_codes_and_features() -> None:
    case = load_case("semantic_codec_v2_5")
    codec_sizes = sizes.codec_section_sizes(Section(case.meta, "meta"), halved=True)
    codec = filled(lambda: SemanticCodec(codec_sizes), case)
    assert_close(codec.halve(case.inputs["features"]), case.outputs["downsampled"])
    codes = codec.encode(case.inputs["features"])
    assert torch.equal(codes, case.outputs["codes"])
    assert_close(codec.decode(codes), case.outputs["decoded"])


def test_the_speaker_encoder_is_the_references() -> None:
    case = load_case("campplus")
    meta = case.meta
    style = sizes.CampPlusSizes(
        mel_bands=meta["feat_dim"],
        style_dim=meta["embedding_size"],
        growth=meta["growth_rate"],
        bottleneck_factor=meta["bn_size"],
        initial_channels=meta["init_channels"],
    )
    network = filled(lambda: CampPlus(style), case)
    assert_close(network(case.inputs["fbank"]), case.outputs["style"])


def test_the_vocoder_is_the_references() -> None:
    case = load_case("bigvgan")
    vocoder_sizes = sizes.bigvgan_sizes(case.meta)
    network = filled(lambda: BigVgan(vocoder_sizes), case)
    assert_close(network(case.inputs["mel"])[:, None], case.outputs["wav"])


def flow_case() -> tuple[ParityCase, FlowMatching]:
    case = load_case("cfm")
    dit_sizes = sizes.dit_section_sizes(Section(case.meta, "meta"))
    return case, filled(lambda: FlowMatching(dit_sizes), case)


def test_the_velocity_is_the_references() -> None:
    case, network = flow_case()
    given = (case.inputs[f"dit_{name}"] for name in ("x", "prompt", "t", "style", "mu"))
    assert_close(network.estimator(*given), case.outputs["dit_velocity"])


def test_the_spectrogram_is_the_references_plainly_and_as_it_is_run() -> None:
    case, network = flow_case()
    prompt, style, content, noise = (case.inputs[name][0] for name in ("prompt_mel", "style", "mu", "noise"))
    line = FlowLine(prompt, style, content, noise)
    want = case.outputs["mel_with_prompt_zeroed"][0, :, line.prompt_frames :]
    assert_close(plain_flow(network, line), want)
    assert_close(network.solve([line], network.grid())[0], want)


def test_every_layer_of_the_feature_encoder_is_the_references() -> None:
    case = load_case("w2v_bert")
    layers = case.meta["num_hidden_layers"]
    network = filled(lambda: W2vBert(sizes.w2v_bert_sizes(case.meta, used_layers=layers)), case)
    for index, hidden in enumerate(network.hidden_states(case.inputs["features"], case.inputs["mask"])):
        assert_close(hidden, case.outputs[f"hidden_{index}"])


def test_the_feature_encoder_is_the_references_beyond_its_longest_distance_and_stopped_half_way() -> None:
    case = load_case("w2v_bert")
    features = case.inputs["long_features"]
    network = filled(lambda: W2vBert(sizes.w2v_bert_sizes(case.meta, used_layers=2)), case)
    mask = torch.ones(features.shape[:2], dtype=torch.int32)
    assert_close(network(features, mask), case.outputs["long_hidden_2"])
