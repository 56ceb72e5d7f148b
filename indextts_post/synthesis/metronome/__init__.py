"""Takes requests; gives one click a syllable for exactly the budget, without any model, in any language."""

from indextts_post.synthesis.metronome.voice import Metronome

__all__ = ["Metronome"]
