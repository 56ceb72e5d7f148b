"""A backend that has dubbed everything as soon as it is asked, for tests of the scripts alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

Answer = tuple[int, Any]


class InstantBackend:
    """Answers the requests of the server's contract. Each line's file is silence, exactly as long as its slot."""

    def __init__(self, folder: Path, *, polls: int = 1) -> None:
        self.folder = folder
        self.polls = polls
        """How often a job is seen running before it is done."""
        self.rate: str | None = None
        """Another rate than that of the timeline, for the plan."""
        self.film_allowed = True
        self.notices: list[dict[str, Any]] = []
        self.take = "00000001"
        """Stands in the name of every file, as the hash of its content does."""
        self.failure: dict[str, Any] | None = None
        self.body: dict[str, Any] = {}
        self.placed: dict[str, Any] = {}
        self.asked: list[str] = []
        self.state = "queued"
        self.seen = 0

    def __call__(self, method: str, path: str, body: Any, key: str = "") -> Answer:
        self.asked.append(f"{method} {path}")
        for pattern, answer in self._routes():
            if re.fullmatch(pattern, f"{method} {path}"):
                return answer(body)
        return 404, {"error": {"code": "unknown", "message": f"there is no {path}", "exit_code": 3}}

    def _routes(self) -> list[tuple[str, Callable[[Any], Answer]]]:
        return [
            ("GET /v1/health", lambda _: (200, {"name": "dubsync", "version": "0", "api": 1})),
            ("POST /v1/projects/segments", self._segments),
            ("POST /v1/projects/p1/jobs", self._started),
            ("GET /v1/jobs/j1", self._job),
            ("POST /v1/jobs/j1/cancel", self._cancelled),
            ("GET /v1/projects/p1/track-plan", lambda _: (200, self.plan())),
            ("POST /v1/projects/p1/placed", self._placed),
        ]

    def _segments(self, body: Any) -> Answer:
        self.body = body
        if body.get("film") and not self.film_allowed:
            return 403, {"error": {"code": "outside", "message": "the film lies elsewhere.", "exit_code": 3}}
        return 201, {"id": "p1", "name": body["name"]}

    def _started(self, _: Any) -> Answer:
        self.state, self.seen = "queued", 0
        return 202, self._shape()

    def _job(self, _: Any) -> Answer:
        self.seen += 1
        if self.state in ("queued", "running"):
            self.state = "running" if self.seen <= self.polls else "failed" if self.failure else "done"
        return 200, self._shape()

    def _cancelled(self, _: Any) -> Answer:
        self.state = "cancelled"
        return 200, self._shape()

    def _shape(self) -> dict[str, Any]:
        progress = {"stage": "speak", "label": "", "done": self.seen, "total": self.polls, "left_s": None}
        return {"id": "j1", "state": self.state, "progress": progress, "error": self.failure, "notices": self.notices}

    def plan(self) -> dict[str, Any]:
        """One track a character, its lines at their own frames."""
        tracks: dict[str, list[dict[str, Any]]] = {}
        for number, segment in enumerate(self.body["segments"], start=1):
            clips = tracks.setdefault("DX " + segment.get("character", "Narrator"), [])
            clips.append(self._clip(f"L{number:04d}", segment))
        return {
            "rate": self.rate or self.body["rate"],
            "drop_frame": self.body["drop_frame"],
            "start_frame": self.body["start_frame"],
            "tracks": [{"name": name, "clips": clips} for name, clips in tracks.items()],
        }

    def _clip(self, name: str, segment: dict[str, Any]) -> dict[str, Any]:
        start, frames = segment["start_frame"], segment["end_frame"] - segment["start_frame"]
        samples = int(frames / Fraction(self.body["rate"]) * 48000)
        path = self.folder / f"{name}-{self.take}.wav"
        if not path.is_file() or sf.info(str(path)).frames != samples:
            sf.write(path, np.zeros(samples), 48000, subtype="PCM_24")
        return {
            "id": name,
            "path": str(self.folder / f"{name}.wav"),
            "take_path": str(path),
            "record_frame": start,
            "frames": frames,
            "samples": samples,
            "text": segment["text"],
        }

    def _placed(self, body: Any) -> Answer:
        self.placed = body
        planned = {clip["id"]: clip for track in self.plan()["tracks"] for clip in track["clips"]}
        there = {clip["id"]: clip for clip in body["clips"]}
        off = [
            {"id": name, "planned_frame": planned[name]["record_frame"], "placed_frame": clip["record_frame"]}
            for name, clip in there.items()
            if name in planned and clip["record_frame"] != planned[name]["record_frame"]
        ]
        missing = [name for name in planned if name not in there]
        unknown = [name for name in there if name not in planned]
        right = len(there) - len(off) - len(unknown)
        return 200, {
            "ok": not off and not missing, "right": right, "off": off, "missing": missing, "unknown": unknown,
        }  # fmt: skip
