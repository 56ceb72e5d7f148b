"""Takes a recording; gives a voice of Kokoro that resembles it. A look-alike, not a clone.

`Likenesses` is what the engine asks for voices written `ref:recording.wav`; a likeness is made once for each content
of a recording and kept in the user's cache. Nothing here asks whether the recording may be used: whoever lets a
recording come this far has to (see `references.require_consent`).
"""

from indextts_post.synthesis.kokoro.likeness.records import Likeness, Mode, Similarities
from indextts_post.synthesis.kokoro.likeness.shelf import LOOK_ALIKE, Likenesses

__all__ = ["LOOK_ALIKE", "Likeness", "Likenesses", "Mode", "Similarities"]
