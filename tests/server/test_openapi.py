"""Our own OpenAPI document as the enemy: whatever it allows, and much that it does not, is answered; never by a 500."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from indextts_post.server.http.responses import ERRORS
from server.serving import PATIENCE_S, Served

HURRIED: dict[str, Any] = {
    "max_examples": 8,
    "deadline": None,
    "database": None,
    "derandomize": True,
    "phases": [Phase.explicit, Phase.generate],
    "suppress_health_check": list(HealthCheck),
}


def operations(served: Served) -> list[Any]:
    schema = schemathesis.openapi.from_dict(served.get("/v1/openapi.json"))
    schema.config.base_url = served.url
    return [found.ok() for found in schema.get_all_operations()]


def test_the_document_names_every_address_and_every_error(served: Served) -> None:
    document = served.get("/v1/openapi.json")
    assert len(document["paths"]) >= 30
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert {str(status) for status in ERRORS} <= set(operation["responses"]), (method, path)
            assert operation["operationId"]


@pytest.mark.slow
def test_whatever_is_asked_nothing_breaks(served: Served, scene: str) -> None:
    served.job(scene, until="export")
    known = {"project": scene, "line": "L0001", "number": "1"}
    for operation in operations(served):
        for mode in GenerationMode if list(operation.iter_parameters()) or operation.body else ():
            cases = operation.as_strategy(generation_mode=mode)
            with suppress(Unsatisfiable):  # nothing wrong can be said where any text will do
                given(case=cases)(settings(**HURRIED)(asker(served, known)))()
    assert served.get("/v1/health")["name"] == "dubsync"
    assert served.job(scene, until="speak")["state"] in ("done", "failed")


def asker(served: Served, known: dict[str, str]) -> Callable[[Any], None]:
    """Asks one case; two times of three about things there are, or nothing but 404 would ever be answered."""

    def ask(case: Any) -> None:
        given_names = case.path_parameters or {}
        if sum(map(ord, str(given_names))) % 3:
            case.path_parameters = {name: known.get(name, value) for name, value in given_names.items()}
        answer = case.call(headers={"authorization": f"Bearer {served.token}"}, timeout=PATIENCE_S)
        said = f"{case.method} {case.path} {case.path_parameters} {case.query} {case.body!r}: {answer.status_code}"
        assert answer.status_code < 500, f"{said} {answer.text}"
        if answer.status_code >= 400 and "json" in str(answer.headers.get("content-type")):
            assert answer.json()["error"]["message"], said

    return ask
