"""Lines of several clauses, forced to five rates and heard: pauses-first against uniform scaling, line by line.

Every line is spoken at every rate in both ways and heard twice by Whisper small: as it is, and in noise of the spectrum
of speech, where errors are frequent enough to compare. Errors are counted by sound, words in English and syllables in
Chinese, for which character stands for a syllable is the ear's own guess; characters stand beside them. From the same
pass comes the *surprise*: the mean −log probability that the recogniser gives to what was really said. It moves with
every blurred sound, long before a word flips, so it tells apart what error counts of a few dozen lines cannot.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indextts_post.audio import resample
from indextts_post.files import remembered, write_json
from indextts_post.listening import (
    SmallRecogniser,
    character_errors,
    open_small_recogniser,
    plain_text,
    spoken_units,
    unit_errors,
)
from indextts_post.plan import Natural
from indextts_post.synthesis import EngineOptions, Request, Spoken, Utterance
from indextts_post.synthesis.kokoro import open_kokoro
from indextts_post.synthesis.kokoro.timing import PAUSE_STIFFNESS, Timing
from indextts_post.synthesis.kokoro.voice import KokoroEngine

RATES = (Fraction(5, 4), Fraction(3, 4), Fraction(1), Fraction(9, 8), Fraction(7, 8))
METHODS = ("ours", "uniform")
VOICES = {"en": ("af_heart", "am_michael"), "zh": ("zf_xiaoxiao", "zm_yunxi")}
TEXTS = Path(__file__).parent / "texts"
NOISE_DB = 6.0
_EAR_RATE = 16_000
_RESAMPLES = 10_000


@dataclass(frozen=True)
class Heard:
    """Errors of one line against `length` words or syllables, and the surprise in nats a token; each also in noise.

    `characters` of the `written` ones are wrong, by spelling and without noise.
    """

    errors: int
    noisy_errors: int
    length: int
    characters: int
    written: int
    surprise: float
    noisy_surprise: float


Measure = Callable[[Heard], tuple[int, int]]
"""Errors of a line and the length they are counted against."""


def clean(one: Heard) -> tuple[int, int]:
    return one.errors, one.length


def noisy(one: Heard) -> tuple[int, int]:
    return one.noisy_errors, one.length


def written(one: Heard) -> tuple[int, int]:
    return one.characters, one.written


Measured = dict[tuple[str, Fraction, str], Heard]
"""By line id, rate and method."""


def lines(count: int, kind: str = "clauses") -> list[Utterance]:
    """The `count` shortest lines with pauses inside them, languages and voices in turn."""
    rows = {lang: (TEXTS / f"{kind}_{lang}.txt").read_text(encoding="utf-8").splitlines() for lang in VOICES}
    rows = {lang: sorted(own, key=len) for lang, own in rows.items()}
    found = [
        Utterance(f"{lang}{number}", rows[lang][number], lang, VOICES[lang][number % 2])
        for number in range(min(map(len, rows.values())))
        for lang in VOICES
    ]
    return found[:count]


def measured(count: int, memory: Path | None, kind: str = "clauses") -> Measured:
    """Speak and hear; what `memory` (a JSON file) holds of the same engine and text is not done again."""
    ways = {
        "ours": open_kokoro(EngineOptions(threads=1)),
        "uniform": open_kokoro(EngineOptions(threads=1), uniform=True),
    }
    known: dict[str, Any] = remembered(memory) if memory else {}
    found: Measured = {}
    for line in lines(count, kind):
        for rate in RATES:
            for method in METHODS:
                key = "|".join(("small", ways[method].fingerprint, line.voice, line.text, str(rate)))
                if key not in known:
                    alike = rate == 1 and method == "uniform"  # at rate 1 both leave the natural line as it is
                    heard = found[line.id, rate, "ours"] if alike else heard_of(ways[method], line, rate)
                    known[key] = asdict(heard)
                found[line.id, rate, method] = Heard(**known[key])
        if memory:
            write_json(memory, known)
        sys.stderr.write(f"{line.id}\n")
    return found


def heard_of(engine: KokoroEngine, line: Utterance, rate: Fraction) -> Heard:
    """Speak a line at `rate` of its natural pace and listen to it, clean and in noise."""
    (natural,) = engine.natural([line])
    assert isinstance(natural, Natural), natural
    units = round(natural.units / rate)
    (spoken,) = engine.speak([Request(line, units, Fraction(units + 2) / engine.unit_rate)])
    assert isinstance(spoken, Spoken), spoken
    sound = resample(spoken.samples, engine.sample_rate, _EAR_RATE)
    seed = int(hashlib.sha256(line.text.encode()).hexdigest()[:8], 16)
    plain, surprise = _ear().hear_and_weigh(sound, _EAR_RATE, line.language, line.text)
    blurred, noisy_surprise = _ear().hear_and_weigh(
        in_noise(sound, NOISE_DB, seed), _EAR_RATE, line.language, line.text
    )
    wanted = spoken_units(line.text, line.language)
    errors, noisy_errors = (
        unit_errors(wanted, spoken_units(heard.text, line.language)).errors for heard in (plain, blurred)
    )
    written = character_errors(line.text, plain.text, partial(plain_text, language=line.language))
    return Heard(errors, noisy_errors, len(wanted), written.errors, written.length, surprise, noisy_surprise)


def in_noise(sound: NDArray[np.float32], ratio_db: float, seed: int) -> NDArray[np.float32]:
    """(n,) sound at 16 kHz with noise `ratio_db` under its active level: flat to 500 Hz, −6 dB an octave above."""
    drawn = np.fft.rfft(np.random.default_rng(seed).standard_normal(len(sound)))
    drawn /= np.maximum(1.0, np.fft.rfftfreq(len(sound), 1 / _EAR_RATE) / 500)
    noise = np.fft.irfft(drawn, len(sound))
    active = sound[np.abs(sound) > 0.01 * np.abs(sound).max()].astype(np.float64)
    level = np.sqrt(np.square(active).mean() / np.square(noise).mean()) * 10 ** (-ratio_db / 20)
    return np.asarray(sound + level * noise, dtype=np.float32)


@cache
def _ear() -> SmallRecogniser:
    return open_small_recogniser(threads=1)


def tables(found: Measured) -> Iterator[str]:
    """Error rates by rate, then how sure the difference between the two ways is."""
    heads = (
        "English words wrong",
        "in noise",
        "Chinese syllables wrong",
        "in noise",
        "Chinese characters wrong",
        "surprise in noise",
    )
    yield f"| rate of natural | {' | '.join(heads)} |"
    yield f"|{'---|' * (len(heads) + 1)}"
    for rate in sorted(RATES):
        cells = [
            _both(lambda method, r=rate, m=measure, lang=lang: f"{100 * _rate(found, r, method, lang, m):.1f} %")
            for lang, measure in (
                ("en", clean),
                ("en", noisy),
                ("zh", clean),
                ("zh", noisy),
                ("zh", written),
            )
        ]
        cells.append(_both(lambda method, r=rate: f"{_surprise(found, r, method):.3f}"))
        yield f"| {float(rate):g} | {' | '.join(cells)} |"
    yield ""
    yield "Errors of ours less those at rate 1, points: " + "; ".join(_rises(found)) + "."
    yield ""
    yield "| ours less uniform, all rates but 1 | difference | 95 % of resamplings | ours lower in | so |"
    yield "|---|---|---|---|---|"
    for title, value, unit in (
        ("words and syllables wrong, clean, points", clean, 100),
        ("words and syllables wrong, in noise, points", noisy, 100),
        ("surprise, clean, nats a token", lambda one: (one.surprise, 1), 1),
        ("surprise, in noise, nats a token", lambda one: (one.noisy_surprise, 1), 1),
    ):
        mean, low, high, lower = bootstrap(found, value)
        told = "ours lower" if high < 0 else "uniform lower" if low > 0 else "no difference shown"
        span = f"{unit * low:+.3f} to {unit * high:+.3f}"
        yield f"| {title} | {unit * mean:+.3f} | {span} | {100 * lower:.1f} % | {told} |"


def _rises(found: Measured) -> Iterator[str]:
    """By rate, how much more is misheard than at the natural pace, clean: each language, then all lines."""
    for rate in sorted(set(RATES) - {Fraction(1)}):
        rises = [
            100 * (_rate(found, rate, "ours", lang, clean) - _rate(found, Fraction(1), "ours", lang, clean))
            for lang in (*VOICES, "")
        ]
        yield f"{float(rate):g}: English {rises[0]:+.1f}, Chinese {rises[1]:+.1f}, together {rises[2]:+.1f}"


def bootstrap(found: Measured, value: Any) -> tuple[float, float, float, float]:
    """Paired over lines: the difference, its 2.5th and 97.5th percentile, the share of resamplings below 0."""
    ids = sorted({line for line, _, _ in found})
    rates = [rate for rate in RATES if rate != 1]
    # [lines, methods, (amount, length)], summed over the rates of each line
    sums = np.array(
        [[np.sum([value(found[line, rate, method]) for rate in rates], axis=0) for method in METHODS] for line in ids]
    )
    drawn = np.random.default_rng(0).integers(0, len(ids), (_RESAMPLES, len(ids)))
    totals = sums[drawn].sum(axis=1)
    shares = totals[:, :, 0] / totals[:, :, 1]
    differences = shares[:, 0] - shares[:, 1]
    whole = sums.sum(axis=0)
    mean = whole[0, 0] / whole[0, 1] - whole[1, 0] / whole[1, 1]
    low, high = np.percentile(differences, [2.5, 97.5])
    return float(mean), float(low), float(high), float((differences < 0).mean())


def _both(cell: Callable[[str], str]) -> str:
    return " / ".join(cell(method) for method in METHODS)


def _rate(found: Measured, rate: Fraction, method: str, language: str, measure: Measure) -> float:
    """Errors over lengths of all lines of a language ("": of both) at one rate."""
    own = [
        measure(heard)
        for (line, r, m), heard in found.items()
        if (r, m) == (rate, method) and line.startswith(language)
    ]
    return sum(errors for errors, _ in own) / max(1, sum(length for _, length in own))


def _surprise(found: Measured, rate: Fraction, method: str) -> float:
    return float(np.mean([heard.noisy_surprise for (_, r, m), heard in found.items() if (r, m) == (rate, method)]))


def beyond(count: int) -> Iterator[str]:
    """Share of the frames that sound (pauses left out) whose own rate is more than a tenth off the natural line's."""
    engine = open_kokoro(EngineOptions(threads=1))
    timings = [timing for line in lines(count) for timing in engine.timings(line)]
    yield "| rate of natural | sounding frames beyond 0.9–1.1: ours / uniform |"
    yield "|---|---|"
    for rate in sorted(RATES):
        cells = (_beyond([way(timing) for timing in timings], rate) for way in (lambda one: one, Timing.alike))
        yield f"| {float(rate):g} | {' / '.join(f'{100 * share:.0f} %' for share in cells)} |"


def _beyond(timings: Sequence[Timing], rate: Fraction) -> float:
    off = total = 0
    for timing in timings:
        shares = timing.shares(round(timing.natural / rate)).frames
        for part, spoken, frames in zip(timing.parts, timing.spoken, shares, strict=True):
            if part.stiffness != PAUSE_STIFFNESS:
                total += frames
                off += frames * (not 9 * frames <= 10 * spoken <= 11 * frames)
    return off / total
