"""How long work tells that it goes on: every room takes a `Progress` and never prints."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    def begin(self, stage: str, total: int) -> None:
        """A stage with `total` steps begins; the stage before it has ended."""
        ...

    def step(self, label: str, amount: int = 1) -> None:
        """`amount` more steps are done; `label` says what was last ("L0042 Ben")."""
        ...


class Silent:
    """Says nothing."""

    def begin(self, stage: str, total: int) -> None: ...

    def step(self, label: str, amount: int = 1) -> None: ...
