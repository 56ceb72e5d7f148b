"""A line's budget: which part of the line takes how many codes, and which silence stands between the parts.

A code is a unit of the engine: 50 a second in 2.0, 25 in 2.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from indextts_post.errors import TextError
from indextts_post.plan import syllable_count
from indextts_post.synthesis.indextts2.gpt.budget import Budget, TextBounds, shared
from indextts_post.synthesis.indextts2.text.front_end import Segment
from indextts_post.synthesis.protocol import Request

SAMPLE_RATE = 22_050
FRAME_SAMPLES = 256
"""Samples of a mel frame."""
GAP_S = Fraction(1, 5)
"""Silence between two parts of a line, as published; less where time is short."""
_LARGEST_GAP_SHARE = Fraction(1, 6)


@dataclass(frozen=True)
class Phrase:
    """A part of a line that is decoded in one go, and the codes it may take."""

    segment: Segment
    budget: Budget


@dataclass(frozen=True)
class Phrases:
    """The parts of a line, which together with the gaps between them last `frames` mel frames exactly."""

    parts: tuple[Phrase, ...]
    frames: int
    gap_frames: int

    @property
    def spoken_frames(self) -> int:
        """Mel frames of speech, gaps not counted."""
        return self.frames - self.gap_frames * (len(self.parts) - 1)

    def frame_shares(self, codes: Sequence[int]) -> list[int]:
        """Mel frames of each part, in proportion to the codes it came to; they sum to `spoken_frames`."""
        return shared(self.spoken_frames, codes)


def phrase_budgets(request: Request, segments: Sequence[Segment], unit_rate: Fraction, longest: int) -> Phrases:
    """Share a request's units among the segments of its text. Raises `TextError` where they are too few or too many.

    Exact requests end on their last code; others within ±2 %, and never faster than the text can be said. `longest`
    is the most codes that the decoder makes in one go.
    """
    wanted_s = min(request.units / unit_rate, request.limit_s)
    frames = int(wanted_s * SAMPLE_RATE / FRAME_SAMPLES)
    gaps = len(segments) - 1
    gap_s = min(GAP_S, wanted_s * _LARGEST_GAP_SHARE / gaps) if gaps else Fraction(0)
    codes = int((wanted_s - gaps * gap_s) * unit_rate)
    gap_frames = int(gap_s * SAMPLE_RATE / FRAME_SAMPLES)
    if codes < len(segments) or frames - gaps * gap_frames < len(segments):
        raise TextError(
            f"text: {len(segments)} phrases in {float(wanted_s):.2f} s, {codes} codes are too few for them. "
            "Give the line more time, or shorten it"
        )
    shares = shared(codes, [max(1, len(segment.ids)) for segment in segments])
    parts = tuple(
        Phrase(segment, _budget(segment, share, request, unit_rate, longest))
        for segment, share in zip(segments, shares, strict=True)
    )
    return Phrases(parts, frames, gap_frames)


def _budget(segment: Segment, codes: int, request: Request, unit_rate: Fraction, longest: int) -> Budget:
    if codes > longest:
        raise TextError(
            f"text: {codes} codes for the phrase {segment.text[:20]!r}, the decoder makes {longest} in one go. "
            "Cut the line in two, or give it less time"
        )
    if request.exact:
        return Budget.exact(codes)
    syllables = max(1, syllable_count(segment.text, request.utterance.language))
    return Budget.soft(codes, TextBounds.of(syllables, unit_rate)).capped(longest)
