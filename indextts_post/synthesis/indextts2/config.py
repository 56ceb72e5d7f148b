"""The configuration files of a checkpoint folder, read setting by setting, with the place of whatever is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indextts_post.errors import ModelError

WAY_OUT = "use the file as published with the checkpoint"
"""End of every sentence about a setting that is missing or not supported."""


@dataclass(frozen=True)
class Section:
    """A mapping of a configuration file with its place, so that what is wrong in it can be named.

    Raises `ModelError` for a key that is missing or of the wrong type, and for a value that is not supported.
    """

    values: Mapping[str, Any]
    place: str

    def sub(self, key: str) -> Section:
        """The nested mapping under `key`."""
        return Section(self._of(key, Mapping, "a group of settings"), f"{self.place}.{key}")

    def whole(self, key: str) -> int:
        """A whole number above zero."""
        number: int = self._of(key, int, "a whole number")
        if number <= 0 or isinstance(number, bool):
            raise ModelError(f"{self.place}.{key} is {number}, but must be a whole number above 0; {WAY_OUT}")
        return number

    def number(self, key: str) -> float:
        """A number."""
        return float(self._of(key, (int, float), "a number"))

    def wholes(self, key: str) -> tuple[int, ...]:
        """A list of whole numbers."""
        return tuple(int(number) for number in self._of(key, Sequence, "a list of whole numbers"))

    def only(self, **supported: object) -> None:
        """Refuse any of these keys that is present with another value than the one supported."""
        for key, value in supported.items():
            if self.values.get(key, value) != value:
                raise ModelError(
                    f"{self.place}.{key} is {self.values[key]!r}, but only {value!r} is supported; {WAY_OUT}"
                )

    def _of(self, key: str, kind: type | tuple[type, ...], what: str) -> Any:
        if key not in self.values:
            raise ModelError(f"{self.place}.{key} is missing, 1 setting too few; {WAY_OUT}")
        if not isinstance(self.values[key], kind):
            raise ModelError(f"{self.place}.{key} is {self.values[key]!r}, but must be {what}; {WAY_OUT}")
        return self.values[key]


def is_version_2_5(config: Mapping[str, Any]) -> bool:
    """Whether `config.yaml` is that of IndexTTS-2.5; any version but 2.0 and 2.5 is a `ModelError`."""
    version = Section(config, "config.yaml").number("version")
    if version not in (2.0, 2.5):
        raise ModelError(f"config.yaml.version is {version}, but only 2.0 and 2.5 are supported; {WAY_OUT}")
    return version == 2.5
