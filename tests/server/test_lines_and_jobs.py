"""A project opened, spoken, changed and heard again: what every client does."""

from __future__ import annotations

from typing import Any

from server.serving import Served, until, write_scene


def lines(served: Served, project: str) -> dict[str, dict[str, Any]]:
    return {line["id"]: line for line in served.get(f"/v1/projects/{project}/lines")["lines"]}


def test_a_project_is_opened_once_and_shows_its_lines(served: Served) -> None:
    path = write_scene(served.films)
    first, second = (served.client.post("/v1/projects", json={"path": str(path), "lang": "en"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    project = first.json()
    assert second.json()["id"] == project["id"]
    assert project["rate"] == {"num": 25, "den": 1, "drop_frame": False}
    assert (project["start_frame"], project["frame_count"], project["characters"]) == (0, 175, ["Ann", "Ben"])
    found = lines(served, project["id"])
    assert [(f["character"], f["start_frame"], f["end_frame"]) for f in found.values()] == [
        ("Ann", 25, 75),
        ("Ben", 75, 85),
        ("Ann", 125, 175),
    ]
    assert found["L0003"]["take"] is None


def test_a_job_speaks_every_line_and_one_changed_line_alone(served: Served, scene: str) -> None:
    job = served.job(scene, until="export")
    assert (job["state"], job["spoken"], job["error"]) == ("done", 3, None)
    assert "project.dub.otio" in job["outputs"]
    assert [notice["line"] for notice in job["notices"] if notice["severity"] == "fault"] == ["L0002"]
    before = lines(served, scene)
    assert not any(line["stale"] for line in before.values())

    changed = served.client.patch(f"/v1/projects/{scene}/lines/L0001", json={"text": "Good evening."}).json()
    assert (changed["text"], changed["edited"], changed["stale"]) == ("Good evening.", True, True)
    assert served.job(scene, until="speak")["spoken"] == 1
    after = lines(served, scene)
    assert (after["L0001"]["takes"], after["L0001"]["take"]["number"], after["L0001"]["stale"]) == (2, 2, False)
    assert [after[name]["take"] for name in ("L0002", "L0003")] == [before[name]["take"] for name in ("L0002", "L0003")]


def test_a_change_taken_back_uses_the_take_that_was_there(served: Served, scene: str) -> None:
    served.job(scene, until="speak")
    address = f"/v1/projects/{scene}/lines/L0001"
    served.client.patch(address, json={"text": "Good evening."})
    served.job(scene, until="speak")
    assert served.client.patch(address, json={"text": None}).json()["edited"] is False
    assert served.job(scene, until="speak")["spoken"] == 0
    assert served.get(address)["take"]["number"] == 1


def test_another_take_of_one_line_leaves_all_others(served: Served, scene: str) -> None:
    served.job(scene, until="speak")
    before = lines(served, scene)
    job = served.job(scene, until="speak", lines=["L0003"], again=True)
    assert job["spoken"] == 1
    after = lines(served, scene)
    assert (after["L0003"]["takes"], after["L0003"]["take"]["number"]) == (2, 2)
    assert {name: after[name]["take"] for name in ("L0001", "L0002")} == {
        name: before[name]["take"] for name in ("L0001", "L0002")
    }


def test_a_changed_line_is_planned_again_without_being_asked(served: Served, scene: str) -> None:
    until(lambda: lines(served, scene)["L0002"]["plan"], "the first plan")
    assert lines(served, scene)["L0002"]["plan"]["verdict"] == "impossible"
    served.client.patch(f"/v1/projects/{scene}/lines/L0002", json={"text": "No."})
    until(lambda: lines(served, scene)["L0002"]["plan"]["current"], "the new plan")
    assert lines(served, scene)["L0002"]["plan"]["verdict"] == "fits"
