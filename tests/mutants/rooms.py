"""Which files are a room, and which tests answer for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Room:
    """`files` are patterns below the repository; `tests` answer for all of them, `nearest` for one file by its name
    (tried first, so that most mutants end at once)."""

    files: tuple[str, ...]
    tests: tuple[str, ...]
    nearest: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def tests_for(self, name: str) -> list[str]:
        """The tests of a file, nearest first, none twice."""
        return list(dict.fromkeys((*self.nearest.get(name, ()), *self.tests)))


ROOMS = {
    "timebase": Room(("indextts_post/timebase.py",), ("tests/test_timebase.py",)),
    "plan": Room(("indextts_post/plan/*.py",), ("tests/plan",)),
    "fit": Room(("indextts_post/fit/*.py",), ("tests/fit",)),
    "mix": Room(("indextts_post/mix/*.py",), ("tests/mix",)),
    "timeline": Room(("indextts_post/timeline/*.py",), ("tests/timeline",)),
    "export": Room(("indextts_post/export/*.py", "indextts_post/export/formats/*.py"), ("tests/export",)),
    "gate": Room(("indextts_post/server/http/gate.py",), ("tests/server/test_gate.py",)),
}
