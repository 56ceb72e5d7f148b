"""Our own OpenAPI document as the enemy: whatever it allows, and much that it does not, is answered; never by a 500."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from indextts_post.server.routes.answers import ERRORS
from server.serving import Served

TRIES = 12


def operations(served: Served, project: str) -> list[Any]:
    """Every operation, with the ids of what there is put in where they are asked for."""
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
    for operation in operations(served, scene):
        known = {"project": scene, "line": "L0001", "number": 1, "name": None}

        @settings(
            max_examples=TRIES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any, operation: Any = operation, known: dict[str, Any] = known) -> None:
            case.path_parameters = {
                name: value if len(str(value)) % 2 or known.get(name) is None else known[name]
                for name, value in (case.path_parameters or {}).items()
            }
            answer = case.call(headers={"authorization": f"Bearer {served.token}"}, timeout=60)
            assert answer.status_code < 500, f"{operation.method} {operation.path}: {answer.status_code} {answer.text}"
            if answer.status_code >= 400 and answer.headers.get("content-type", [""])[0].startswith("application/json"):
                assert answer.json()["error"]["message"]

        operation.as_strategy()
        from hypothesis import given

        given(case=operation.as_strategy())(ask)()
    assert served.get("/v1/health")["name"] == "dubsync"
