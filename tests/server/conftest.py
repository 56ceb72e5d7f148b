"""A server of this process, on a free port, with a worker process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server needs the packages of indextts-post[server]")

from server.serving import Served, write_scene


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A server that may use `tmp_path/films`, with nothing open."""
    (tmp_path / "films").mkdir()
    with Served(tmp_path) as server:
        yield server


@pytest.fixture
def scene(served: Served) -> str:
    """The id of a project of three lines, open."""
    answer = served.client.post("/v1/projects", json={"path": str(write_scene(served.films)), "lang": "en"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
