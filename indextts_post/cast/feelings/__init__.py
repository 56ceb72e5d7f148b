"""Takes an `Emotion` (words, values, intensity); gives a `Feeling`: eight values in order, and styles of delivery.

The only place that knows words for feelings; every engine asks here. The words themselves stand in `zh.tsv`, `en.tsv`
and `ja.tsv` beside this file, to be read and mended by anyone.
"""

from indextts_post.cast.feelings.reading import feeling_of
from indextts_post.cast.feelings.records import STYLES, Feeling
from indextts_post.cast.feelings.values import near_emotion, value_troubles

__all__ = ["STYLES", "Feeling", "feeling_of", "near_emotion", "value_troubles"]
