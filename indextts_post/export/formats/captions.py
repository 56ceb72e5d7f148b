"""Subtitles of the new language on the timeline's clock: SRT, WebVTT and ASS."""

from __future__ import annotations

from pathlib import Path

import pysubs2

from indextts_post.export.formats.canonical import Caption, Dub
from indextts_post.export.formats.losses import Feature, Loss, losses_of
from indextts_post.export.formats.names import xml_text
from indextts_post.export.formats.options import FormatOptions
from indextts_post.files import write_text
from indextts_post.timebase import frame_to_ms

_LOST = (
    *(Feature.NAMES, Feature.LANGUAGE, Feature.START, Feature.DROP_FLAG, Feature.RATE, Feature.TRACKS, Feature.SOUND),
    *(Feature.TAKES, Feature.MARKERS, Feature.ORIGINALS, Feature.VERDICTS, Feature.SAMPLES),
)


def write(dub: Dub, path: Path, options: FormatOptions) -> tuple[Loss, ...]:
    """Write `path` in the format of its suffix; times count from the timeline's first frame."""
    kind = path.suffix.lower().removeprefix(".")
    file = pysubs2.SSAFile()
    file.events = [
        _event(caption, dub, kind) for caption in sorted(dub.captions, key=lambda c: (c.span.start, c.line_id))
    ]
    file.info["PlayResX"], file.info["PlayResY"] = str(options.width), str(options.height)
    write_text(path, file.to_string(kind))
    lost = dict.fromkeys(_LOST, "a subtitle file holds times and texts")
    if kind != "ass":
        lost[Feature.CHARACTERS] = "this kind of subtitle has no field for the speaker"
    return losses_of(dub, lost)


def _event(caption: Caption, dub: Dub, kind: str) -> pysubs2.SSAEvent:
    """Blank lines would end a subtitle, and braces begin commands in ASS: the first go, the second are escaped."""
    lines = [line.strip() for line in xml_text(caption.text).splitlines() if line.strip()]
    text = r"\N".join(lines)
    if kind == "ass":
        text = text.replace("{", r"\{").replace("}", r"\}")
    event = pysubs2.SSAEvent(
        start=frame_to_ms(caption.span.start, dub.rate), end=frame_to_ms(caption.span.end, dub.rate), text=text
    )
    event.name = " ".join(caption.character.replace(",", " ").split()) if kind == "ass" else ""
    return event
