"""Who listens: every change is put before all that are connected; one that does not read is let go."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MOST_WAITING = 1000
"""Messages kept for a client that does not read; then it is dropped and may come again."""


class Listener:
    """One client's messages, in order. `gone` is set where it was dropped."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(MOST_WAITING)

    def put(self, message: dict[str, Any] | None) -> bool:
        try:
            self.messages.put_nowait(message)
        except asyncio.QueueFull:
            return False
        return True


class EventBus:
    """All listeners; used from the event loop's thread alone."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()

    def publish(self, message: dict[str, Any]) -> None:
        for listener in tuple(self._listeners):
            if not listener.put(message):
                self._listeners.discard(listener)
                listener.messages.get_nowait()
                listener.put(None)

    @contextmanager
    def listening(self) -> Iterator[Listener]:
        listener = Listener()
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    @property
    def count(self) -> int:
        """Listeners that are connected now."""
        return len(self._listeners)
