"""A server of this process, on a free port, with a worker process of its own; a project of three lines in it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the server needs the packages of indextts-post[server]")

from server.serving import Served, write_scene

_numbers = count(1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server that may use the folder `films` and nothing else."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "films").mkdir()
    with Served(folder) as server:
        yield server


@pytest.fixture
def scene_file(served: Served) -> Path:
    """A timeline of three lines in a folder of its own, the second too long for its place."""
    folder = served.films / f"film {next(_numbers)}"
    folder.mkdir()
    return write_scene(folder)


@pytest.fixture
def scene(served: Served, scene_file: Path) -> str:
    """The id of that timeline, open."""
    answer = served.client.post("/v1/projects", json={"path": str(scene_file), "lang": "en"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
