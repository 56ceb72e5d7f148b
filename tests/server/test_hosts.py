"""Timelines that host scripts send, and what comes back of what they placed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from films import film

from server.serving import Served

SAMPLES = Path(__file__).parents[2] / "sample_projects"
SEGMENTS: dict[str, Any] = {
    "host": "resolve",
    "name": "Reel 1",
    "rate": "24000/1001",
    "start_frame": 86400,
    "frames": 240,
    "lang": "en",
    "segments": [
        {"text": "Good morning.", "start_frame": 24, "end_frame": 72, "character": "Ann", "emotion": "angry"},
        {"text": "I see.", "start_frame": 96, "end_frame": 144, "character": "Ben"},
    ],
}


def send(served: Served, **changes: Any) -> Any:
    return served.client.post("/v1/projects/segments", json={**SEGMENTS, **changes})


def test_segments_become_lines_on_their_frames(served: Served) -> None:
    answer = send(served)
    assert answer.status_code == 201, answer.text
    project = answer.json()
    assert project["rate"] == {"num": 24000, "den": 1001, "drop_frame": False}
    assert (project["start_frame"], project["frame_count"]) == (86400, 240)
    lines = served.get(f"/v1/projects/{project['id']}/lines")["lines"]
    assert [(f["character"], f["text"], f["start_frame"], f["end_frame"], f["emotion"]["words"]) for f in lines] == [
        ("Ann", "Good morning.", 24, 72, "angry"),
        ("Ben", "I see.", 96, 144, ""),
    ]


@pytest.mark.parametrize("drop", [True, False])
def test_drop_frame_is_as_the_host_says(served: Served, drop: bool) -> None:
    answer = send(served, name=f"drop {drop}", rate="30000/1001", drop_frame=drop, start_frame=107_892)
    assert answer.json()["rate"] == {"num": 30000, "den": 1001, "drop_frame": drop}
    assert answer.json()["start_frame"] == 107_892


def test_the_same_timeline_sent_again_is_the_same_project_with_its_takes(served: Served) -> None:
    project = send(served, name="again").json()["id"]
    assert served.job(project, until="speak")["spoken"] == 2
    changed = [*SEGMENTS["segments"][:1], {**SEGMENTS["segments"][1], "text": "I do not see."}]
    assert send(served, name="again", segments=changed).json()["id"] == project
    found = served.get(f"/v1/projects/{project}/lines")["lines"]
    assert [(line["text"], line["takes"]) for line in found] == [("Good morning.", 1), ("I do not see.", 1)]
    assert served.job(project, until="speak")["spoken"] == 1


def test_an_otio_of_the_host_is_kept_with_the_lines_in_it(served: Served) -> None:
    otio = (SAMPLES / "chinese-two-characters-24" / "scene.otio").read_text(encoding="utf-8")
    lines = [{"text": "你好。", "start_frame": 10, "end_frame": 40, "character": "林雨"}]
    answer = send(served, name="cut", rate="24", otio=otio, segments=lines, frames=200, lang="zh", start_frame=0)
    assert answer.status_code == 201, answer.text
    found = served.get(f"/v1/projects/{answer.json()['id']}/lines")["lines"]
    assert [(line["text"], line["start_frame"], line["end_frame"]) for line in found] == [("你好。", 10, 40)]


@pytest.mark.parametrize(
    "changes",
    [
        {"rate": "fast"},
        {"rate": "0"},
        {"rate": "1/0"},
        {"rate": "25", "drop_frame": True},
        {"frames": 0},
        {"otio": "no json"},
        {"otio": "[]"},
        {"otio": "{}"},
        {"otio": '{"tracks": {"markers": 5}}'},
        {"otio": '{"a":' * 3000 + "1" + "}" * 3000},
        {"segments": [{"text": "Late.", "start_frame": 230, "end_frame": 250}]},
        {"segments": [{"text": "Backwards.", "start_frame": 20, "end_frame": 10}]},
        {"segments": []},
        {"name": "\ud800"},
        {"host": "../../x", "segments": []},
    ],
)
def test_timelines_that_cannot_be_are_refused(served: Served, changes: dict[str, Any]) -> None:
    body = json.dumps({**SEGMENTS, "name": "wrong", **changes}).encode()
    answer = served.client.post("/v1/projects/segments", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["error"]["message"]


def test_what_a_host_placed_is_compared_with_the_plan(served: Served) -> None:
    project = send(served, name="placed").json()["id"]
    address = f"/v1/projects/{project}"
    assert served.client.get(f"{address}/track-plan").status_code == 422
    assert served.job(project, until="export", targets=["xmeml"])["state"] == "done"
    plan = served.get(f"{address}/track-plan")
    assert (plan["rate"], plan["start_frame"], [t["name"] for t in plan["tracks"]]) == (
        "24000/1001",
        86400,
        ["DX Ann", "DX Ben"],
    )
    clips = [clip for track in plan["tracks"] for clip in track["clips"]]
    assert [(c["id"], c["record_frame"], c["samples"], Path(c["path"]).is_file()) for c in clips] == [
        ("L0001", 24, 48 * 2002, True),
        ("L0002", 96, 48 * 2002, True),
    ]

    def report(*placed: tuple[str, int]) -> Any:
        body = {
            "host": "resolve",
            "clips": [{"id": i, "track": "A1", "record_frame": f, "frames": 48} for i, f in placed],
        }
        return served.client.post(f"{address}/placed", json=body).json()

    assert report(("L0001", 24), ("L0002", 96)) == {"ok": True, "right": 2, "off": [], "missing": [], "unknown": []}
    assert report(("L0001", 25), ("L9", 1)) == {
        "ok": False,
        "right": 0,
        "off": [{"id": "L0001", "planned_frame": 24, "placed_frame": 25}],
        "missing": ["L0002"],
        "unknown": ["L9"],
    }


def test_exports_are_listed_fetched_and_verified(served: Served) -> None:
    project = send(served, name="exports").json()["id"]
    served.job(project, until="export", targets=["xmeml"])
    address = f"/v1/projects/{project}"
    files = {file["name"]: file for file in served.get(f"{address}/exports")["files"]}
    name = next(name for name in files if name.endswith(".xml"))
    content = served.client.get(files[name]["url"])
    assert len(content.content) == files[name]["bytes"]
    assert "attachment" in content.headers["content-disposition"]
    verified = served.client.post(f"{address}/verify", json={"file": name}).json()
    assert verified == {"ok": True, "lines": 2, "rows": []}
    for other, status in (("mix.wav", 422), ("job", 422), ("nothing.xml", 404)):
        assert served.client.post(f"{address}/verify", json={"file": other}).status_code == status, other
    wrong = served.client.post(f"{address}/jobs", json={"until": "export", "targets": ["vhs"]})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "option")


def test_files_are_sent_with_their_film(served: Served, tmp_path: Path) -> None:
    picture = film(tmp_path / "other name.mp4", seconds=3, rate="30000/1001")
    text = b"1\n00:00:01,000 --> 00:00:02,000\nHello.\n"
    files = {"timeline": ("reel.srt", text), "film": ("reel.mp4", picture.read_bytes())}
    first, second = (served.client.post("/v1/projects/upload", files=files, data={"lang": "en"}) for _ in range(2))
    assert first.status_code == 201, first.text
    assert first.json()["id"] == second.json()["id"]
    assert (first.json()["rate"]["num"], first.json()["rate"]["den"]) == (30000, 1001)
    assert served.client.get(first.json()["film"]["url"]).content == picture.read_bytes()
    assert served.client.post("/v1/projects/upload", files={"timeline": ("a.srt", b"")}).status_code == 422
