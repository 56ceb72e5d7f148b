"""Takes plans; gives `Take`s: audio and what it really used."""

from indextts_post.synthesis.protocol import Engine, Request, Spoken, Unspeakable, Utterance
from indextts_post.synthesis.records import Take

__all__ = ["Engine", "Request", "Spoken", "Take", "Unspeakable", "Utterance"]
