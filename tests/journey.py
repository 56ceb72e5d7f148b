"""Jobs for journeys in tests, and an engine that can be watched and told to fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indextts_post.cast import VoiceInfo
from indextts_post.job import JobSpec, Runtime, spec_for
from indextts_post.pipeline import Result, Stage, run
from indextts_post.plan import Natural
from indextts_post.synthesis import ENGINES, Engine, EngineSpec, Request, Spoken, Unspeakable, Utterance, open_engine


def job_of_test(project: Path, **changes: Any) -> JobSpec:
    """A job with the metronome, all else as a user has it who says nothing."""
    return replace(spec_for(project), **{"engine": EngineSpec(name="metronome"), **changes})


def dubbed(
    project: Path,
    until: Stage = Stage.EXPORT,
    *,
    dry: bool = False,
    runtime: Runtime | None = None,
    **changes: Any,
) -> Result:
    return run(job_of_test(project, **changes), runtime, until, dry=dry)


class Watched:
    """The metronome, counting what it speaks; `refuse` are ids of texts it cannot say, `stop_after` a Ctrl-C."""

    name = "metronome"
    notices = ()

    def __init__(self) -> None:
        self._inner: Engine = open_engine("metronome")
        self.fingerprint = self._inner.fingerprint
        self.sample_rate = self._inner.sample_rate
        self.unit_rate = self._inner.unit_rate
        self.spoken: list[str] = []
        self.refuse = ""
        self.stop_after: int | None = None

    def voices(self) -> tuple[VoiceInfo, ...]:
        return self._inner.voices()

    def voice_fingerprint(self, voice: str) -> str:
        return self._inner.voice_fingerprint(voice)

    def natural(self, utterances: Sequence[Utterance]) -> list[Natural | Unspeakable]:
        return self._inner.natural(utterances)

    def speak(self, requests: Sequence[Request]) -> Iterator[Spoken | Unspeakable]:
        for request in requests:
            if self.stop_after is not None and len(self.spoken) >= self.stop_after:
                raise KeyboardInterrupt
            if self.refuse and self.refuse in request.utterance.text:
                yield Unspeakable(request.utterance.id, "a word nobody can say; write another")
                continue
            self.spoken.append(request.utterance.text)
            yield from self._inner.speak([request])


def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """The engine that every "metronome" of this test now is."""
    engine = Watched()
    monkeypatch.setitem(ENGINES, "metronome", lambda options: engine)
    return engine
