"""The decoder's tensors read out of the published graph, 8-bit or 32-bit, by the names of its nodes.

The export folded weight normalisation into constants that have no speaking names; the node that uses a weight has one:
`/decoder/decoder/encode/conv1/Conv_quant` is the module `encode.conv1`. Biases and frequencies kept their own names.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from indextts_post.errors import ModelError
from indextts_post.synthesis.kokoro.lookalike.decoder import Decoder

_INSIDE = "/decoder/decoder/"
_NAMED = "decoder.decoder."
_BASIS = "generator.inverse_basis"
_BASIS_NAME = "decoder.decoder.generator.stft.istft.stft.inverse_basis"
_KINDS = ("Conv", "ConvInteger", "ConvTranspose", "Gemm", "MatMulInteger")

Arrays = Mapping[str, NDArray[Any]]


def load_decoder(model: Path) -> Decoder:
    """The decoder of the graph file `model`. Raises `ModelError` for missing, unknown or misshapen tensors."""
    import onnx

    graph = onnx.load(model).graph
    arrays = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
    decoder = Decoder()
    wanted = set(decoder.state_dict())
    found = {name: tensor for name, tensor in _tensors(graph.node, arrays).items() if name in wanted}
    try:
        decoder.load_state_dict(found, strict=True)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise ModelError(
            f"{model}: only some of the decoder's {len(wanted)} tensors fit ({reason}). "
            "Fetch the model again with `dubsync models pull`."
        ) from error
    return decoder.eval().requires_grad_(requires_grad=False)


def _tensors(nodes: Any, arrays: Arrays) -> dict[str, Tensor]:
    """Every weight under its module's name, every other float initialiser of the decoder under its own."""
    found = {
        name.removeprefix(_NAMED): torch.from_numpy(array.copy())
        for name, array in arrays.items()
        if name.startswith(_NAMED) and array.dtype == np.float32
    }
    for node in nodes:
        if node.op_type in _KINDS and node.name.startswith(_INSIDE):
            found[f"{_module(node.name)}.weight"] = torch.from_numpy(_weight(node, arrays).copy())
    if _BASIS_NAME in arrays:
        found[_BASIS] = torch.from_numpy(arrays[_BASIS_NAME].copy())
    return found


def _module(node: str) -> str:
    """`/decoder/decoder/asr_res/asr_res.0/Conv_quant` → `asr_res.0`."""
    path = node.removeprefix(_INSIDE).split("/")[:-1]
    if len(path) > 1 and path[-1].startswith(f"{path[-2]}."):
        path.pop(-2)
    return ".".join(path)


def _weight(node: Any, arrays: Arrays) -> NDArray[np.float32]:
    """The weight of a node as torch lays it out; 8-bit ones as `(number − zero point) · scale`."""
    name = node.input[1]
    weight = arrays.get(name)
    if weight is None:
        return np.zeros(0, np.float32)  # a product of two activations: no module has this name
    if weight.dtype != np.float32:
        scale = arrays[f"{name.removesuffix('_quantized')}_scale"]
        weight = (weight.astype(np.int32) - arrays[node.input[3]].astype(np.int32)) * scale
    if node.op_type == "MatMulInteger":
        weight = weight.T
    return np.ascontiguousarray(weight, dtype=np.float32)
