"""Takes fitted takes and the background; gives stems and mix, streamed."""

from indextts_post.mix.records import Level, Mixed, Stem

__all__ = ["Level", "Mixed", "Stem"]
