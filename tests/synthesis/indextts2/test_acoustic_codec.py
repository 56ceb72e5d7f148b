"""Codes and rows of the semantic codec."""

from __future__ import annotations

import torch

from indextts_post.synthesis.indextts2.acoustic.codec import SemanticCodec
from indextts_post.synthesis.indextts2.acoustic.sizes import CodecSizes


def tiny_codec(*, halved: bool) -> SemanticCodec:
    torch.manual_seed(2)
    codec = SemanticCodec(CodecSizes(16, 12, 4, 8, 10, 2, halved=halved)).eval().requires_grad_(False)
    for _, parameter in codec.named_parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return codec


def test_the_code_is_the_row_of_the_largest_cosine_not_the_nearest_point() -> None:
    codec = tiny_codec(halved=False)
    features = torch.randn(1, 5, 12)
    rows, book = codec.encoder(features), codec.quantizer.quantizers[0]
    for row, code in zip(rows[0], codec.encode(features)[0].tolist(), strict=True):
        projected = book.in_project.weight[:, :, 0] @ row + book.in_project.bias
        cosines = [float(projected @ entry / (projected.norm() * entry.norm())) for entry in book.codebook.weight]
        assert code == cosines.index(max(cosines))


def test_a_code_becomes_its_own_unnormalised_row() -> None:
    codec = tiny_codec(halved=False)
    book = codec.quantizer.quantizers[0]
    want = book.out_project.weight[:, :, 0] @ book.codebook.weight[3] + book.out_project.bias
    assert (codec.embed(torch.tensor([[7, 3]]))[0, 1] - want).abs().max() < 1e-6


def test_version_2_5_has_half_the_codes_and_gives_back_twice_their_number() -> None:
    codec = tiny_codec(halved=True)
    for rows, codes in ((9, 5), (10, 5), (1, 1)):
        made = codec.encode(torch.randn(1, rows, 12))
        assert made.shape == (1, codes)
        assert codec.decode(made).shape == (1, 2 * codes, 12)


def test_batched_features_are_encoded_as_one_by_one() -> None:
    for halved in (False, True):
        codec, features = tiny_codec(halved=halved), torch.randn(3, 9, 12)
        together = codec.encode(features)
        assert torch.equal(together, torch.cat([codec.encode(one[None]) for one in features]))


def test_only_version_2_leaves_a_decoder_in_the_file() -> None:
    assert not tiny_codec(halved=True).unused_tensors()
    unused = tiny_codec(halved=False).unused_tensors()
    decoder = {name for name in tiny_codec(halved=True).state_dict() if name.startswith("decoder.")}
    assert unused.keys() == decoder
