"""Full-size acoustic networks, built without memory, against the name and shape of every published tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
import yaml
from parity import SHARED, keys_of, published_keys

from indextts_post.synthesis.indextts2.acoustic import sizes
from indextts_post.synthesis.indextts2.acoustic.bigvgan import BigVgan
from indextts_post.synthesis.indextts2.acoustic.campplus import CampPlus
from indextts_post.synthesis.indextts2.acoustic.codec import SemanticCodec
from indextts_post.synthesis.indextts2.acoustic.flow_matching import FlowMatching
from indextts_post.synthesis.indextts2.acoustic.length_regulator import LatentProjection, LengthRegulator
from indextts_post.synthesis.indextts2.acoustic.w2v_bert import W2vBert
from indextts_post.synthesis.indextts2.weights.filling import build_empty
from indextts_post.synthesis.indextts2.weights.weight_norm import published_tensors

Keys = dict[str, tuple[tuple[int, ...], torch.dtype]]


def config(version: str) -> dict[str, Any]:
    path = SHARED / "facts" / f"config_{version}.yaml"
    if not path.is_file():
        pytest.skip(f"no published configuration at {path}")
    read: dict[str, Any] = yaml.safe_load(path.read_text())
    return read


def keys_published_by(network: Callable[[], torch.nn.Module]) -> Keys:
    tensors = published_tensors(build_empty(network))
    return {name: (tuple(tensor.shape), tensor.dtype) for name, tensor in tensors.items()}


@pytest.mark.parametrize("version", ["v2", "v2_5"])
def test_the_length_regulator_has_every_published_tensor(version: str) -> None:
    read = sizes.regulator_sizes(config(version))
    assert keys_published_by(lambda: LengthRegulator(read)) == published_keys(f"{version}_s2mel_length_regulator")


def test_the_projection_of_latents_has_every_published_tensor() -> None:
    read = sizes.latent_projection_sizes(config("v2"))
    network = build_empty(lambda: LatentProjection(read.in_dim, read.hidden_dims, read.out_dim))
    assert keys_of(network) == published_keys("v2_s2mel_gpt_layer")


@pytest.mark.parametrize(("version", "listed"), [("v2", "v2_semantic_codec.safetensors"), ("v2_5", "v2_5_codec.pth")])
def test_the_codec_has_every_published_tensor(version: str, listed: str) -> None:
    read = sizes.codec_sizes(config(version))
    assert keys_published_by(lambda: SemanticCodec(read)) == published_keys(listed)


def test_the_speaker_encoder_has_every_published_tensor() -> None:
    assert keys_published_by(lambda: CampPlus(sizes.CampPlusSizes())) == published_keys("campplus_cn_common.bin")


PUBLISHED_BIGVGAN = sizes.BigVganSizes(
    80, 1536, (4, 4, 2, 2, 2, 2), (8, 8, 4, 4, 4, 4), (3, 7, 11), ((1, 3, 5), (1, 3, 5), (1, 3, 5))
)


def test_the_vocoder_has_every_published_tensor_with_and_without_weight_norm() -> None:
    assert keys_published_by(lambda: BigVgan(PUBLISHED_BIGVGAN)) == published_keys("bigvgan_generator.pt_weightnorm")
    assert keys_of(build_empty(lambda: BigVgan(PUBLISHED_BIGVGAN))) == published_keys("bigvgan_fused")


@pytest.mark.parametrize("version", ["v2", "v2_5"])
def test_flow_matching_has_every_published_tensor(version: str) -> None:
    read = sizes.dit_sizes(config(version))
    assert keys_published_by(lambda: FlowMatching(read)) == published_keys(f"{version}_s2mel_cfm")


def test_the_three_parts_together_are_the_published_whole() -> None:
    read = config("v2")
    projection = sizes.latent_projection_sizes(read)
    parts: dict[str, Callable[[], torch.nn.Module]] = {
        "cfm": lambda: FlowMatching(sizes.dit_sizes(read)),
        "length_regulator": lambda: LengthRegulator(sizes.regulator_sizes(read)),
        "gpt_layer": lambda: LatentProjection(projection.in_dim, projection.hidden_dims, projection.out_dim),
    }
    whole = {
        f"models.{part}.{name}": key for part, made in parts.items() for name, key in keys_published_by(made).items()
    }
    assert whole == published_keys("v2_s2mel_all")


PUBLISHED_W2V_BERT = sizes.W2vBertSizes(160, 1024, 4096, 16, 24, 17, 64, 8, 31, 1e-5)


def test_the_feature_encoder_has_every_published_tensor_also_of_the_layers_it_does_not_run() -> None:
    assert keys_published_by(lambda: W2vBert(PUBLISHED_W2V_BERT)) == published_keys("w2v_bert_default_config")
    assert len(build_empty(lambda: W2vBert(PUBLISHED_W2V_BERT)).encoder.layers) == 17
