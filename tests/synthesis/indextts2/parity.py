"""Reference tensors: one safetensors file a network, holding `weight/…`, `in/…`, `out/…` and the sizes as JSON.

The files lie beside the repository (`../shared/parity`), or where `PARITY_DIR` says; where there are none the tests
that need them skip with that reason. Nothing about their sizes is written here: other sizes and seeds work as well.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open

REPOSITORY = Path(__file__).resolve().parents[3]
SHARED = REPOSITORY.parent / "shared"
RELATIVE_TOLERANCE = 5e-6


@dataclass(frozen=True)
class ParityCase:
    """One file: `weights`, `inputs` and `outputs` by name without their prefix; `meta` is the decoded `config`."""

    name: str
    weights: dict[str, torch.Tensor]
    inputs: dict[str, torch.Tensor]
    outputs: dict[str, torch.Tensor]
    meta: dict[str, Any]


def parity_dir() -> Path:
    """The folder of reference tensors."""
    return Path(os.environ.get("PARITY_DIR") or SHARED / "parity")


def load_case(name: str) -> ParityCase:
    """Read `<name>.safetensors` (the suffix may be left out); skip the running test where the file is absent."""
    path = parity_dir() / f"{name.removesuffix('.safetensors')}.safetensors"
    if not path.is_file():
        pytest.skip(f"no reference tensors at {path}")
    groups: dict[str, dict[str, torch.Tensor]] = {"weight": {}, "in": {}, "out": {}}
    with safe_open(path, framework="pt") as file:
        meta = json.loads((file.metadata() or {}).get("config", "{}"))
        for key in file.keys():  # noqa: SIM118 - a safetensors handle is not iterable
            group, _, rest = key.partition("/")
            groups[group][rest] = file.get_tensor(key)
    return ParityCase(path.stem, groups["weight"], groups["in"], groups["out"], meta)


def assert_close(got: torch.Tensor, want: torch.Tensor, *, relative: float = RELATIVE_TOLERANCE) -> None:
    """Same shape, and nowhere further apart than `relative` × max(1, the largest reference value)."""
    assert got.shape == want.shape
    allowed = relative * max(1.0, float(want.abs().max()))
    worst = float((got.double() - want.double()).abs().max())
    assert worst <= allowed, f"off by {worst:.3g}, {allowed:.3g} allowed"


def published_keys(list_name: str) -> dict[str, tuple[tuple[int, ...], torch.dtype]]:
    """Name → (shape, type) of every tensor in `facts/keys/<list_name>.txt`; skip where the list is absent."""
    path = SHARED / "facts" / "keys" / f"{list_name.removesuffix('.txt')}.txt"
    if not path.is_file():
        pytest.skip(f"no key list at {path}")
    rows = [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return {name: (_shape(shape), getattr(torch, dtype)) for name, shape, dtype in rows}


def keys_of(module: torch.nn.Module) -> dict[str, tuple[tuple[int, ...], torch.dtype]]:
    """Name → (shape, type) of every tensor of a module, in the form of `published_keys`."""
    return {name: (tuple(value.shape), value.dtype) for name, value in module.state_dict().items()}


def _shape(text: str) -> tuple[int, ...]:
    return tuple(int(size) for size in text.strip("()").split(",") if size.strip())
