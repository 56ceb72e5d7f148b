"""What words and values of a feeling come to: the one record every engine reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from indextts_post.cast.records import EMOTIONS

STYLES = ("whispered", "shouting", "child", "old", "crying", "laughing", "breathless", "trembling", "monotone")
"""Ways of delivery beside the eight feelings: the small second vocabulary."""


@dataclass(frozen=True)
class Feeling:
    """`values` in the order of `EMOTIONS`, 0…1 and at most 1 in sum; `style` holds strengths 0…1 by name of `STYLES`.

    `notices` are sentences about what was odd: words that contradict each other, words that name nothing.
    """

    values: tuple[float, ...] = (0.0,) * len(EMOTIONS)
    style: Mapping[str, float] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @property
    def neutral(self) -> bool:
        """True where there is nothing to express."""
        return not any(self.values) and not any(self.style.values())

    def named(self) -> str:
        """What is felt, feelings before styles, strongest first: "angry 0.70, shouting 1.00"; or "neutral"."""
        felt = sorted(zip(EMOTIONS, self.values, strict=True), key=lambda part: -part[1])
        done = sorted(self.style.items(), key=lambda part: -part[1])
        return ", ".join(f"{name} {value:.2f}" for name, value in (*felt, *done) if value) or "neutral"
