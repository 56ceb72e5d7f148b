"""Names that say what is in a file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from indextts_post.errors import InputError
from indextts_post.export.take_files import with_take_paths


def plan(folder: Path) -> dict[str, Any]:
    return {"rate": "25/1", "tracks": [{"name": "DX Ann", "clips": [{"id": "L1", "path": str(folder / "L1.wav")}]}]}


def take_path(folder: Path) -> Path:
    [track] = with_take_paths(plan(folder), folder / "takes")["tracks"]
    return Path(track["clips"][0]["take_path"])


def test_a_take_has_a_name_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    line = tmp_path / "L1.wav"
    line.write_bytes(b"first take")
    first = take_path(tmp_path)
    assert first == tmp_path / "takes" / f"L1-{hashlib.sha256(b'first take').hexdigest()[:8]}.wav"
    line.unlink()
    line.write_bytes(b"second take")
    second = take_path(tmp_path)
    assert second != first
    assert (first.read_bytes(), second.read_bytes()) == (b"first take", b"second take")
    line.unlink()
    line.write_bytes(b"first take")
    assert take_path(tmp_path) == first


def test_a_line_whose_file_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"L1: its file .*L1\.wav is gone\. Export again"):
        take_path(tmp_path)
