"""Tensors into networks: strict, name for name and shape for shape, with a sentence where they differ.

Networks are built on `meta` (no memory), compared with what the file holds, and only then filled.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Set
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from indextts_post.errors import ModelError
from indextts_post.synthesis.indextts2.weights.weight_norm import fuse, published_tensors

N = TypeVar("N", bound=nn.Module)

_WRAPPERS = ("module.", "_fsdp_wrapped_module.")


def build_empty(network: Callable[[], N]) -> N:
    """Build a network on `meta`, ready to be filled: in evaluation mode, without gradients."""
    with torch.device("meta"):
        return network().eval().requires_grad_(False)


def fill(
    network: nn.Module,
    tensors: Mapping[str, Tensor],
    source: str,
    *,
    dtype: torch.dtype = torch.float32,
    fused: bool = False,
) -> None:
    """Put the `tensors` of the file called `source` into `network`, which `build_empty` made.

    The tensors are those of the published file, or, with `fused`, those of the network itself (a converted file).
    Parameters get the type `dtype`; buffers (statistics, filters, frequencies) are always float32. Raises `ModelError`
    for a missing, unknown or misshapen tensor. Tensors are taken over, not copied, where their type fits, so that a
    memory-mapped file stays on disk until it is used.
    """
    tensors = without_wrappers(tensors)
    require_same(tensors, network.state_dict() if fused else published_tensors(network), source)
    wanted = network.state_dict().keys()
    parameters = {name for name, _ in network.named_parameters()}
    state = {
        name: _as_type(value, dtype if name in parameters else torch.float32)
        for name, value in fuse(tensors).items()
        if name in wanted
    }
    network.load_state_dict(state, strict=True, assign=True)
    network.requires_grad_(False)


def without_wrappers(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Take the prefixes off that wrappers for several graphics cards leave in front of, or inside, the names."""
    return {_unwrapped(name): value for name, value in tensors.items()}


def require_same(given: Mapping[str, Any], expected: Mapping[str, Any], source: str) -> None:
    """Raise `ModelError` where names or shapes of `given` are not those of `expected`."""
    missing, unknown = expected.keys() - given.keys(), given.keys() - expected.keys()
    _require_none(missing, unknown or given.keys(), f"{source}: no tensor", f"of {len(expected)} missing")
    _require_none(unknown, expected.keys(), f"{source}: unknown tensor", f"of {len(given)} unknown")
    for name, tensor in expected.items():
        got, want = tuple(given[name].shape), tuple(tensor.shape)
        if got != want:
            raise ModelError(f"{source}: tensor {name!r} is {got}, but the configuration needs {want}; {_WAY_OUT}")


_WAY_OUT = "fetch the folder again (`dubsync models pull`), all files of one version"


def _require_none(names: Set[str], others: Set[str], opening: str, count: str) -> None:
    if not names:
        return
    first = min(names)
    near = difflib.get_close_matches(first, sorted(others), n=1, cutoff=0.0)
    nearest = f", the nearest there is {near[0]!r}" if near else ""
    raise ModelError(f"{opening} {first!r}{nearest} ({len(names)} {count}); {_WAY_OUT}")


def _unwrapped(name: str) -> str:
    for wrapper in _WRAPPERS:
        if name.startswith(wrapper):
            return _unwrapped(name.removeprefix(wrapper))
    return name.replace("._fsdp_wrapped_module.", ".")


def _as_type(value: Tensor, dtype: torch.dtype) -> Tensor:
    return value.to(dtype) if value.is_floating_point() else value
