"""The timecode vectors that Python, TypeScript, JavaScript and Lua are all held to, and the oracle they come from.

    python tests/timecode_vectors.py        writes tests/golden/timecode_vectors.json anew

The oracle walks the labels minute by minute as SMPTE ST 12-1 tells it: every minute has a label for each frame of its
60 seconds, but with drop-frame the first 2 (at 59.94: 4) are left out of every minute that is no multiple of ten. No
formula of the package is used.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "golden" / "timecode_vectors.json"
MINUTES = 25 * 60
"""A day and an hour: labels go on counting behind midnight."""


@dataclass(frozen=True)
class Counting:
    """A frame rate and how its labels are counted."""

    name: str
    fps: Fraction
    nominal: int
    drop_frame: bool = False

    @property
    def left_out(self) -> int:
        return self.nominal * 2 // 30 if self.drop_frame else 0

    def first_frames(self) -> list[int]:
        """The frame with which each minute of the day begins, and the one behind the last."""
        frames = [0]
        for minute in range(MINUTES):
            skipped = self.left_out if minute % 10 else 0
            frames.append(frames[-1] + 60 * self.nominal - skipped)
        return frames

    def fields(self, frame: int, firsts: list[int]) -> tuple[int, int, int, int]:
        """Hours, minutes, seconds and frames of a frame's label."""
        minute = max(n for n, first in enumerate(firsts[:-1]) if first <= frame)
        skipped = self.left_out if minute % 10 else 0
        seconds, frames = divmod(frame - firsts[minute] + skipped, self.nominal)
        return minute // 60, minute % 60, seconds, frames


COUNTINGS = (
    Counting("23.976", Fraction(24000, 1001), 24),
    Counting("24", Fraction(24), 24),
    Counting("25", Fraction(25), 25),
    Counting("29.97", Fraction(30000, 1001), 30),
    Counting("29.97 DF", Fraction(30000, 1001), 30, drop_frame=True),
    Counting("30", Fraction(30), 30),
    Counting("50", Fraction(50), 50),
    Counting("59.94", Fraction(60000, 1001), 60),
    Counting("59.94 DF", Fraction(60000, 1001), 60, drop_frame=True),
    Counting("60", Fraction(60), 60),
    Counting("119.88", Fraction(120000, 1001), 120),
)
MARKED_MINUTES = (1, 2, 9, 10, 11, 59, 60, 61, 599, 600, 1439, 1440, 1441)


def label_text(counting: Counting, fields: tuple[int, int, int, int]) -> str:
    hours, minutes, seconds, frames = fields
    width = len(str(counting.nominal - 1))
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{';' if counting.drop_frame else ':'}{frames:0{width}d}"


def labels_of(counting: Counting) -> list[list[Any]]:
    """[frame, label, its first sample at 48 kHz, seconds of the label's clock] around every edge of the counting."""
    firsts = counting.first_frames()
    edges = [firsts[minute] + by for minute in MARKED_MINUTES for by in (-2, -1, 0, 1, 2)]
    rows = []
    for frame in [0, 1, counting.nominal - 1, counting.nominal, *edges, 1_234_567]:
        fields = counting.fields(frame, firsts)
        clock = Fraction(fields[0] * 3600 + fields[1] * 60 + fields[2]) + Fraction(fields[3], counting.nominal)
        # Half a sample more and everything behind the point off: nearest, halves upwards.
        sample = (frame / counting.fps * 48000 + Fraction(1, 2)) // 1
        rows.append([frame, label_text(counting, fields), int(sample), str(clock)])
    return rows


def missing_of(counting: Counting) -> list[str]:
    """Labels that do not exist: left out by drop-frame, or with a field beyond its end."""
    beyond = [f"00:00:00:{counting.nominal}", "00:60:00:00", "00:00:60:00", "nonsense"]
    dropped = [label_text(counting, (0, 1, 0, frame)) for frame in range(counting.left_out)]
    late = [label_text(counting, (23, 59, 0, frame)) for frame in range(counting.left_out)]
    return [*beyond, *dropped, *late]


# Subtitle times beside a timeline: [rate, start frame, length in frames, [start ms, end ms], first frame of the line].
ORIGINS: list[list[Any]] = [
    # Frame 86400 is labelled 01:00:00:00. 01:00:10,000 is 10 s of clock behind it, 239.76 frames: 240.
    ["23.976", 86400, 2400, [3_610_000, 3_612_000], 240],
    ["23.976", 86400, 2400, [3_602_000, 3_604_000], 48],
    # Counted from zero.
    ["23.976", 86400, 2400, [10_000, 12_000], 240],
    # Only elapsed seconds fit: the frame begins at 3603.6 s, and 8.6 s of clock would lie behind the end (5.005 s).
    ["23.976", 86400, 120, [3_607_600, 3_608_600], 96],
    # 29.97 with dropped labels: an hour of clock is 107892 frames, 3599.9964 s.
    ["29.97 DF", 107892, 3000, [3_610_000, 3_612_000], 300],
    ["29.97", 108000, 3000, [3_610_000, 3_612_000], 300],
    ["59.94 DF", 215784, 6000, [3_601_000, 3_602_000], 60],
    ["25", 90000, 2500, [3_604_000, 3_605_000], 100],
    # 23:59:59;29 of 29.97 DF is frame 2589407; 24:00:00,000 comes a label later.
    ["29.97 DF", 2589407, 3000, [86_400_000, 86_401_000], 1],
]

# What programs write as a rate: [text, numerator, denominator, dropped labels].
RATES: list[list[Any]] = [
    ["23.976", 24000, 1001, False],
    ["23.98", 24000, 1001, False],
    ["24", 24, 1, False],
    ["25", 25, 1, False],
    ["29.97", 30000, 1001, False],
    ["29.97 DF", 30000, 1001, True],
    ["30", 30, 1, False],
    ["47.952", 48000, 1001, False],
    ["50", 50, 1, False],
    ["59.94", 60000, 1001, False],
    ["59.94 DF", 60000, 1001, True],
    ["119.88", 120000, 1001, False],
]


def vectors() -> dict[str, Any]:
    return {
        "countings": {
            counting.name: {
                "num": counting.fps.numerator,
                "den": counting.fps.denominator,
                "drop_frame": counting.drop_frame,
                "labels": labels_of(counting),
                "missing": missing_of(counting),
            }
            for counting in COUNTINGS
        },
        "origins": ORIGINS,
        "rates": RATES,
    }


def text_of(value: dict[str, Any]) -> str:
    """JSON with a row a line, so that a difference reads as one."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    rows = json.dumps
    lines = ["{", ' "countings": {']
    for name, counting in value["countings"].items():
        head = {key: counting[key] for key in ("num", "den", "drop_frame")}
        lines.append(f'  {rows(name)}: {{{rows(head)[1:-1]}, "missing": {rows(counting["missing"])}, "labels": [')
        lines.append(",\n".join(f"   {rows(row)}" for row in counting["labels"]) + "]},")
    lines[-1] = lines[-1].removesuffix(",")
    lines.append(" },")
    for name in ("origins", "rates"):
        lines.append(f" {rows(name)}: [\n" + ",\n".join(f"  {rows(row)}" for row in value[name]) + "],")
    lines[-1] = lines[-1].removesuffix(",")
    assert json.loads("\n".join([*lines, "}"])) == json.loads(text)
    return "\n".join([*lines, "}"]) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text_of(vectors()), encoding="utf-8")
