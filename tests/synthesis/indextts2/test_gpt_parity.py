"""The text-to-codes network against the reference's tensors, and against the published lists of names."""

from __future__ import annotations

import pytest
import torch
import yaml
from parity import SHARED, ParityCase, assert_close, keys_of, load_case, published_keys

from indextts_post.synthesis.indextts2.config import Section
from indextts_post.synthesis.indextts2.gpt.network import CodePositions, Gpt
from indextts_post.synthesis.indextts2.gpt.sizes import SpeakerMode, gpt_section_sizes, gpt_sizes
from indextts_post.synthesis.indextts2.gpt.transformer import KeyValueCache


def network(case: ParityCase, mode: SpeakerMode) -> Gpt:
    """The network of a case; whatever the file leaves out must be position tables or the emotion branch of 2.5."""
    gpt = Gpt(gpt_section_sizes(Section(case.meta, case.name), mode)).eval()
    answer = gpt.load_state_dict({name: value.float() for name, value in case.weights.items()}, strict=False)
    left_out = [name for name in answer.missing_keys if not name.endswith("pos_enc.pe")]
    assert not answer.unexpected_keys
    assert not left_out or (mode is SpeakerMode.STYLE and all(name.startswith("emo") for name in left_out))
    return gpt.requires_grad_(False)


@pytest.fixture(scope="module")
def v2() -> tuple[ParityCase, Gpt]:
    case = load_case("gpt_v2")
    return case, network(case, SpeakerMode.LATENTS)


@pytest.fixture(scope="module")
def v2_5() -> tuple[ParityCase, Gpt]:
    case = load_case("gpt_v2_5")
    return case, network(case, SpeakerMode.STYLE)


def prefix_v2(case: ParityCase, gpt: Gpt) -> torch.Tensor:
    ids = case.inputs["text_ids"][0].tolist()
    return gpt.prefix(case.outputs["speaker_latents"][0], case.outputs["emovec_alpha07"][0], ids)


def step_logits(gpt: Gpt, prefix: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
    """One code at a time through the cache, at the reference's positions: what predicts each of `codes`."""
    cache = KeyValueCache.empty(gpt.sizes, 1, len(prefix) + len(codes), like=gpt.product_type)
    gpt.states(prefix[None], cache)
    fed = [gpt.sizes.start_code, *codes.tolist()[:-1]]
    steps = [
        gpt.states(gpt.code_rows(torch.tensor([[c]]), k, CodePositions.REFERENCE), cache) for k, c in enumerate(fed)
    ]
    return gpt.logits(torch.cat(steps, dim=1))[0]


def test_speaker_latents_are_those_of_the_reference(v2: tuple[ParityCase, Gpt]) -> None:
    case, gpt = v2
    assert_close(gpt.speaker_latents(case.inputs["spk_cond"]), case.outputs["speaker_latents"])


def test_emotion_vectors_are_those_of_the_reference(v2: tuple[ParityCase, Gpt]) -> None:
    case, gpt = v2
    speaker, clip = gpt.emotion(case.inputs["spk_cond"]), gpt.emotion(case.inputs["emo_cond"])
    assert_close(speaker, case.outputs["emovec_speaker"])
    assert_close(speaker + 0.7 * (clip - speaker), case.outputs["emovec_alpha07"])


def test_the_prefix_of_2_is_that_of_the_reference(v2: tuple[ParityCase, Gpt]) -> None:
    case, gpt = v2
    assert_close(prefix_v2(case, gpt)[None], case.outputs["prefix"])


def test_step_by_step_logits_of_2_are_those_of_the_reference(v2: tuple[ParityCase, Gpt]) -> None:
    case, gpt = v2
    got = step_logits(gpt, case.outputs["prefix"][0], case.inputs["forced_codes"])
    assert_close(got, case.outputs["forced_step_logits"])


def test_the_second_pass_gives_the_latents_of_the_reference(v2: tuple[ParityCase, Gpt]) -> None:
    case, gpt = v2
    (latents,) = gpt.latents([case.outputs["prefix"][0]], [case.inputs["forced_codes"]])
    assert_close(latents[None], case.outputs["latents"])


def test_the_prefix_of_2_5_drops_reserved_ids_and_adds_the_language(v2_5: tuple[ParityCase, Gpt]) -> None:
    case, gpt = v2_5
    speaker = gpt.speaker_from_style(case.inputs["style"])[0]
    ids, language = case.inputs["text_ids"][0].tolist(), int(case.inputs["lang_id"])
    assert_close(gpt.prefix(speaker, case.inputs["emovec"][0], ids, language=language)[None], case.outputs["prefix"])


def test_step_by_step_logits_of_2_5_are_those_of_the_reference(v2_5: tuple[ParityCase, Gpt]) -> None:
    case, gpt = v2_5
    got = step_logits(gpt, case.outputs["prefix"][0], case.inputs["forced_codes"])
    assert_close(got, case.outputs["forced_step_logits"])


@pytest.mark.parametrize(("config", "keys"), [("config_v2", "v2_gpt.pth"), ("config_v2_5", "v2_5_gpt.pth")])
def test_the_full_size_network_has_the_names_and_shapes_of_the_published_file(config: str, keys: str) -> None:
    published = published_keys(keys)
    text = (SHARED / "facts" / f"{config}.yaml").read_text()
    with torch.device("meta"):
        gpt = Gpt(gpt_sizes(yaml.safe_load(text)))
    assert keys_of(gpt) == published
