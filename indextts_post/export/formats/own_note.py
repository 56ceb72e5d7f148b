"""The note that carries a line through other programs: one line of JSON that our own readers know again."""

from __future__ import annotations

import json

from indextts_post.export.formats.canonical import DubClip

KEY = "dubsync"


def values_of(clip: DubClip) -> dict[str, object]:
    """What is remembered of a line; `samples` is the exact length of its file at 48 kHz.

    `synthetic` is IPTC's word for what a network made, with its voice and who allowed the recording behind it.
    """
    values: dict[str, object] = {
        "id": clip.line_id,
        "text": clip.text,
        "character": clip.character,
        "language": clip.language,
        "samples": clip.samples.samples,
        "verdict": str(clip.verdict),
        "note": clip.note,
    }
    if clip.synthetic:
        values |= {"synthetic": "trainedAlgorithmicMedia", "voice": clip.synthetic.voice}
        values |= {"consent": clip.synthetic.consent}
    return {key: value for key, value in values.items() if value != ""}


def note_of(clip: DubClip) -> str:
    """`dubsync:{"id": …}` without line breaks."""
    return f"{KEY}:{json.dumps(values_of(clip), ensure_ascii=False)}"
