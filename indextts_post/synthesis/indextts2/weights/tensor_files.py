"""Files of tensors, opened without reading them: PyTorch's zip pickles and safetensors, both mapped into memory.

Pickles are opened with `weights_only`, which runs no code of the file's. What cannot be opened is one sentence.
"""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from indextts_post.errors import ModelError

FETCH_AGAIN = "fetch it again (`dubsync models pull`)"


@dataclass(frozen=True)
class TensorFile:
    """The tensors of one file by name, and whether it is a converted one (weight norm fused, unused ones left out)."""

    tensors: Mapping[str, Tensor]
    converted: bool


def open_tensors(path: Path, groups: Sequence[str] = ()) -> TensorFile:
    """Open `path`; in a pickle go down through the nested dictionaries `groups`, where they are there.

    `groups` may be absent only if the file holds the tensors directly. Raises `ModelError` for a file that is missing,
    cut off, or holds something else.
    """
    require_file(path)
    if path.suffix == ".safetensors":
        return _open_safetensors(path)
    found = _descend(open_pickle(path), groups, path)
    return TensorFile({name: value for name, value in found.items() if isinstance(value, Tensor)}, converted=False)


def open_tensor(path: Path) -> Tensor:
    """Open a file that holds one bare tensor."""
    found = open_pickle(path)
    if not isinstance(found, Tensor):
        raise ModelError(f"{path}: holds a {type(found).__name__} where 1 tensor should be; {FETCH_AGAIN}")
    return found


def open_pickle(path: Path) -> Any:
    """Open a file of `torch.save`, mapped into memory where its format allows it."""
    require_file(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except pickle.UnpicklingError as problem:
        raise ModelError(f"{path}: {_megabytes(path)} of a damaged or foreign file; {FETCH_AGAIN}") from problem
    except (RuntimeError, EOFError, KeyError, ValueError, OSError) as problem:
        raise ModelError(f"{path}: cut off or damaged after {_megabytes(path)}; {FETCH_AGAIN}") from problem


def require_file(path: Path) -> None:
    """Raise `ModelError` where there is no such file."""
    if not path.is_file():
        raise ModelError(f"{path}: this file of the checkpoint is missing; {FETCH_AGAIN}")


CONVERTED = {"dubsync": "converted"}
"""Metadata of safetensors files that we wrote."""


def _open_safetensors(path: Path) -> TensorFile:
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - the handle is no mapping
            return TensorFile(tensors, converted=(file.metadata() or {}).items() >= CONVERTED.items())
    except SafetensorError as problem:
        raise ModelError(f"{path}: cut off or damaged after {_megabytes(path)}; {FETCH_AGAIN}") from problem


def _descend(content: Any, groups: Sequence[str], path: Path) -> Mapping[str, Any]:
    for group in groups:
        if isinstance(content, Mapping) and isinstance(content.get(group), Mapping):
            content = content[group]
        elif not _holds_tensors(content):
            there = ", ".join(sorted(map(str, content))[:8]) if isinstance(content, Mapping) else type(content).__name__
            raise ModelError(f"{path}: no group {group!r} in it, only: {there}; {FETCH_AGAIN}")
    if not isinstance(content, Mapping):
        raise ModelError(f"{path}: holds a {type(content).__name__}, not tensors by name; {FETCH_AGAIN}")
    return content


def _holds_tensors(content: Any) -> bool:
    return isinstance(content, Mapping) and any(isinstance(value, Tensor) for value in content.values())


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:,.1f} MB"
