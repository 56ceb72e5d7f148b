"""How long a line will naturally be, for engines that cannot count it beforehand, and where no model is at hand.

Seconds are linear in what is written: syllables, pauses, and a constant. Each (engine, voice, language) starts from a
prior for its language and learns from every take by Bayesian linear regression; the sufficient statistics are kept
between jobs. Every prediction that is later measured adds to the error the predictor states of itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indextts_post.files import write_json
from indextts_post.plan.syllables import pause_count, syllable_count

SECONDS_PER_SYLLABLE = {"en": 0.225, "zh": 0.21, "ja": 0.14, "ko": 0.19, "es": 0.17, "fr": 0.19, "it": 0.18, "pt": 0.18}
"""Read speech at a neutral pace; Japanese per mora. Priors only: the first takes outweigh them."""
SECONDS_PER_PAUSE = 0.25
SECONDS_AROUND = 0.12
_PRIOR_WEIGHT = np.array([30.0, 4.0, 4.0])
"""How many lines' worth of evidence the prior is, by feature, in squared feature units."""


def features(text: str, language: str) -> NDArray[np.float64]:
    """[3]: syllables, pauses inside the text, 1."""
    return np.array([syllable_count(text, language), pause_count(text), 1.0])


@dataclass(frozen=True)
class Learned:
    """Sufficient statistics of one voice: Σ x xᵀ, Σ x y, and of its own errors: lines, Σ |error| / measured."""

    xx: NDArray[np.float64]
    xy: NDArray[np.float64]
    lines: int = 0
    relative_error: float = 0.0


class LengthPredictor:
    """Predicts natural seconds; `learn` takes what a voice really needed. Kept as JSON in `path` when given."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._learned = _load(path) if path else {}

    def predict_s(self, voice: str, language: str, text: str) -> float:
        """Natural seconds of `text`; never below a tenth of a second. `voice` should name its engine too."""
        weights = self._weights(voice, language)
        return max(0.1, float(features(text, language) @ weights))

    def learn(self, voice: str, language: str, text: str, measured_s: float) -> None:
        """Add one measured natural length. Call `save` when the job is done."""
        error = abs(self.predict_s(voice, language, text) - measured_s) / max(measured_s, 0.1)
        key, x = f"{voice}|{language}", features(text, language)
        old = self._learned.get(key, Learned(np.zeros((3, 3)), np.zeros(3)))
        self._learned[key] = Learned(
            old.xx + np.outer(x, x), old.xy + x * measured_s, old.lines + 1, old.relative_error + error
        )

    def mean_error(self, voice: str, language: str) -> tuple[float, int]:
        """Mean relative error of predictions made before their line was measured, and how many there were."""
        statistics = self._learned.get(f"{voice}|{language}")
        return (
            (statistics.relative_error / statistics.lines, statistics.lines)
            if statistics and statistics.lines
            else (0.0, 0)
        )

    def save(self) -> None:
        if self.path is not None:
            write_json(self.path, {key: _plain(value) for key, value in sorted(self._learned.items())})

    def _weights(self, voice: str, language: str) -> NDArray[np.float64]:
        prior = np.array([SECONDS_PER_SYLLABLE.get(language, 0.2), SECONDS_PER_PAUSE, SECONDS_AROUND])
        statistics = self._learned.get(f"{voice}|{language}")
        if statistics is None:
            return prior
        precision = np.diag(_PRIOR_WEIGHT)
        return np.asarray(np.linalg.solve(precision + statistics.xx, precision @ prior + statistics.xy))


def _plain(value: Learned) -> dict[str, object]:
    return {
        "xx": value.xx.tolist(),
        "xy": value.xy.tolist(),
        "lines": value.lines,
        "relative_error": value.relative_error,
    }


def _load(path: Path) -> dict[str, Learned]:
    """What was learned before; nothing where there is no file. Raises `ValueError` for a damaged one."""
    if not path.is_file():
        return {}
    stored: Mapping[str, dict[str, object]] = json.loads(path.read_text(encoding="utf-8"))
    return {
        key: Learned(np.array(v["xx"]), np.array(v["xy"]), int(str(v["lines"])), float(str(v["relative_error"])))
        for key, v in stored.items()
    }
