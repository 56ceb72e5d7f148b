"""The mailbox of a running server, and the scripts of Resolve on the real thing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from server.serving import Served, until


@pytest.fixture(scope="module")
def posted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server with a mailbox."""
    folder = tmp_path_factory.mktemp("posted")
    (folder / "films").mkdir()
    with Served(folder, mailbox=folder / "mailbox") as server:
        until(lambda: (folder / "mailbox" / "session.json").is_file(), "the mailbox")
        yield server


def ask(served: Served, name: str, op: str, parameters: Any = None, body: Any = None) -> tuple[int, Any]:
    """Write a letter as a script without sockets would, and wait for its answer."""
    folder = served.folder / "mailbox"
    token = json.loads((folder / "session.json").read_text())["token"]
    letter = {"id": name, "token": token, "expires": time.time() + 60, "op": op, "parameters": parameters, "body": body}
    (folder / f"{name}.tmp").write_text(json.dumps(letter), encoding="utf-8")
    (folder / f"{name}.tmp").rename(folder / f"request-{name}.json")
    path = folder / f"answer-{name}.json"
    until(path.is_file, f"the answer to {name}")
    answer = json.loads(path.read_text(encoding="ascii"))
    return answer["status"], answer["body"]


def test_a_letter_is_answered_as_the_same_request_would_be(posted: Served) -> None:
    assert ask(posted, "health-1", "health") == (200, posted.get("/v1/health"))


def test_what_the_server_refuses_is_refused_by_letter_too(posted: Served) -> None:
    status, body = ask(posted, "lines-1", "lines", {"project": "nobody"})
    assert (status, body["error"]["code"]) == (404, "unknown")


def test_the_token_of_letters_opens_nothing_over_http(posted: Served) -> None:
    token = json.loads((posted.folder / "mailbox" / "session.json").read_text())["token"]
    assert token != posted.token
    answer = posted.client.get("/v1/projects", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_letter_that_is_being_answered_as_the_server_stops_is_answered(tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    letters = 20
    with Served(tmp_path, mailbox=tmp_path / "mailbox"):
        session = tmp_path / "mailbox" / "session.json"
        until(session.is_file, "the mailbox")
        token = json.loads(session.read_text())["token"]
        for number in range(letters):
            letter = {"id": f"letter-{number}", "token": token, "expires": time.time() + 60, "op": "health"}
            path = tmp_path / "mailbox" / f"request-letter-{number}.json"
            path.with_suffix(".tmp").write_text(json.dumps(letter))
            path.with_suffix(".tmp").rename(path)
        until(lambda: list((tmp_path / "mailbox").glob("answer-*")), "the first answer")
    # What was taken was answered; what was not lies there still.
    left = list((tmp_path / "mailbox").glob("request-*"))
    answers = list((tmp_path / "mailbox").glob("answer-*.json"))
    assert len(left) + len(answers) == letters
    assert all(json.loads(path.read_text())["status"] == 200 for path in answers)


def test_the_way_to_the_mailbox_goes_with_the_server(tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    with Served(tmp_path, mailbox=tmp_path / "mailbox"):
        until(lambda: (tmp_path / "mailbox" / "session.lua").is_file(), "the mailbox")
    assert not list((tmp_path / "mailbox").iterdir())
