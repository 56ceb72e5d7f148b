"""A guard on timbre: a line with feeling must still be heard as its character.

The voiceprint of the take is compared with one of the same voice speaking neutrally, made once a voice and language.
Below the limit the engine takes the intensity back and speaks again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from indextts_post.audio import Samples, audible_span
from indextts_post.errors import ModelError
from indextts_post.notices import Notice
from indextts_post.voiceprint import SHORTEST_S, SpeakerEncoder, Voiceprint, similarity

ENCODER = "ge2e"
"""Which encoder guards: small, and not the one that likenesses are fitted with."""
LIMIT = 0.80
"""Least cosine of a take of `JUDGED_FROM_S` or more with the neutral voice."""
JUDGED_FROM_S = 1.6
"""The encoder's window: a shorter sound says less about its speaker, even spoken neutrally."""
_SHORT_LIMIT = 0.70
STEPS = (1.0, 0.75, 0.5, 0.25)
"""Shares of the intensity tried one after the other."""


@dataclass(frozen=True)
class SpeakerSimilarity:
    """`similarity` of a take to its neutral voice against the `limit` for its length."""

    similarity: float
    limit: float

    @property
    def kept(self) -> bool:
        """Whether the voice is still itself."""
        return self.similarity >= self.limit


class TimbreGuard:
    """Judges takes of one engine. `open_encoder` is called at the first line with feeling; one caller at a time.

    Where the encoder cannot be had, every answer is None and `notices` says so.
    """

    def __init__(self, open_encoder: Callable[[], SpeakerEncoder]) -> None:
        self._open = open_encoder
        self.notices: tuple[Notice, ...] = ()
        self._encoder: SpeakerEncoder | None = None
        self._failed = False
        self._neutral: dict[tuple[str, ...], Voiceprint] = {}
        self._lock = Lock()

    def similarity_to(
        self, voice: Sequence[str], neutral: Callable[[], Samples], samples: Samples, sample_rate: int
    ) -> SpeakerSimilarity | None:
        """How alike `samples` are to `voice`, whose `neutral` sound is asked for the first time; None for no answer.

        Too little sound to judge is also no answer.
        """
        heard_s = audible_span(samples, sample_rate).samples / sample_rate
        if heard_s < SHORTEST_S:
            return None
        with self._lock:
            encoder = self._encoder or self._opened()
            if encoder is None:
                return None
            key = tuple(voice)
            if key not in self._neutral:
                self._neutral[key] = encoder.embed(neutral(), sample_rate)
            found = similarity(self._neutral[key], encoder.embed(samples, sample_rate))
        return SpeakerSimilarity(found, limit_for(heard_s))

    def _opened(self) -> SpeakerEncoder | None:
        if self._failed:
            return None
        try:
            self._encoder = self._open()
        except ModelError as error:
            self._failed = True
            message = f"lines with feeling are not compared with their neutral voice: {error}"
            self.notices = (Notice("timbre.unguarded", message),)
        return self._encoder


def limit_for(heard_s: float) -> float:
    """The least similarity for a sound of `heard_s` seconds: lower for a short one, in proportion."""
    share = min(1.0, max(0.0, (heard_s - SHORTEST_S) / (JUDGED_FROM_S - SHORTEST_S)))
    return _SHORT_LIMIT + share * (LIMIT - _SHORT_LIMIT)
