"""Small OTIO documents as plain dictionaries, the way programs write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

Node = dict[str, Any]


def time(value: float, rate: float = 24) -> Node:
    return {"OTIO_SCHEMA": "RationalTime.1", "value": value, "rate": rate}


def span(start: float, duration: float, rate: float = 24) -> Node:
    return {"OTIO_SCHEMA": "TimeRange.1", "start_time": time(start, rate), "duration": time(duration, rate)}


def clip(name: str, start: float, duration: float, rate: float = 24, **more: Any) -> Node:
    schema = "Clip.2" if "media_references" in more else "Clip.1"
    return {"OTIO_SCHEMA": schema, "name": name, "source_range": span(start, duration, rate), **more}


def gap(duration: float, rate: float = 24) -> Node:
    return {"OTIO_SCHEMA": "Gap.1", "name": "", "source_range": span(0, duration, rate)}


def track(*children: Node, name: str = "", kind: str = "Audio", **more: Any) -> Node:
    return {"OTIO_SCHEMA": "Track.1", "name": name, "kind": kind, "children": list(children), **more}


def stack(*children: Node, **more: Any) -> Node:
    return {"OTIO_SCHEMA": "Stack.1", "name": "", "children": list(children), **more}


def timeline(*tracks: Node, start: Node | None = None, **more: Any) -> Node:
    return {
        "OTIO_SCHEMA": "Timeline.1",
        "name": "cut",
        "global_start_time": start,
        "tracks": stack(*tracks),
        **more,
    }


def marker(name: str, start: float, duration: float, rate: float = 24, **more: Any) -> Node:
    return {"OTIO_SCHEMA": "Marker.2", "name": name, "marked_range": span(start, duration, rate), **more}


def line(text: str, **more: Any) -> Node:
    return {"metadata": {"dubsync": {"text": text, **more}}}


def warp(scalar: float) -> Node:
    return {"effects": [{"OTIO_SCHEMA": "LinearTimeWarp.1", "name": "", "time_scalar": scalar}]}


def written(folder: Path, document: Node, name: str = "cut.otio") -> Path:
    path = folder / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path
