"""Takes are listened to: what a recogniser heard in each goes to its receipt, and the best of several is kept.

It is lent by whoever opens the engine (`EngineOptions.recogniser`). An engine that makes several
candidates in one go listens to them itself; any other is asked again with another seed where a line was misheard.
"""

from __future__ import annotations

from dataclasses import dataclass

from indextts_post.audio import Samples
from indextts_post.cast import without_marks
from indextts_post.listening import Judged, Recogniser, judged
from indextts_post.notices import Notice
from indextts_post.plan import LinePlan

CANDIDATES = 3


@dataclass(frozen=True)
class Listening:
    """Who listens, and how often a line may be spoken before the best that was heard is taken."""

    recogniser: Recogniser
    candidates: int = CANDIDATES


def listened(recogniser: Recogniser, samples: Samples, sample_rate: int, text: str, language: str) -> Judged:
    """What is heard of (n,) `samples` that were to say `text`, which may hold pronunciation marks."""
    found = recogniser.transcribe(samples, sample_rate, language, words=False)
    return judged(without_marks(text), found.text, language)


def misheard_notice(plan: LinePlan, found: Judged) -> Notice | None:
    """What an editor should listen to: an ending that is not heard, or too much heard otherwise."""
    if not found.misheard:
        return None
    wrong = f"{found.errors} of {found.length} words or syllables are heard otherwise"
    what, code = (wrong, "words") if found.last_word else (f"its last word is not heard ({wrong})", "ending")
    message = (
        f"{plan.id} ({plan.character}): {what}; the recogniser makes it {found.heard!r}. Listen to it; if it is "
        "unclear, mark the reading, change the text or the voice, or speak another take with --seed"
    )
    return Notice(f"heard.{code}", message, place=plan.place, line_id=plan.id)
