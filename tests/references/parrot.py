"""The metronome as an engine that takes recordings: what a job with references needs, without any network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from indextts_post.cast import REFERENCE, VoiceInfo
from indextts_post.plan import Natural
from indextts_post.synthesis import ENGINES, EngineOptions, Request, Spoken, Unspeakable, Utterance, open_engine


class Parrot:
    """Ticks, whatever recording it is given; `heard` are the voices it was asked to speak with."""

    name = "metronome"

    def __init__(self) -> None:
        self.notices = ()
        self._inner = open_engine("metronome", EngineOptions())
        self.fingerprint, self.sample_rate = self._inner.fingerprint, self._inner.sample_rate
        self.unit_rate = self._inner.unit_rate
        self._tick = self._inner.voices()[0].id
        self.heard: list[str] = []

    def voices(self) -> tuple[VoiceInfo, ...]:
        return (*self._inner.voices(), VoiceInfo(REFERENCE, ""))

    def voice_fingerprint(self, voice: str) -> str:
        return voice

    def natural(self, utterances: Sequence[Utterance]) -> list[Natural | Unspeakable]:
        return self._inner.natural([replace(utterance, voice=self._tick) for utterance in utterances])

    def speak(self, requests: Sequence[Request]) -> Iterator[Spoken | Unspeakable]:
        self.heard += [request.utterance.voice for request in requests]
        ticked = [replace(request, utterance=replace(request.utterance, voice=self._tick)) for request in requests]
        yield from self._inner.speak(ticked)


def parrot(monkeypatch: pytest.MonkeyPatch) -> Parrot:
    """The engine that every "metronome" of this test now is."""
    engine = Parrot()
    monkeypatch.setitem(ENGINES, "metronome", lambda options: engine)
    return engine
