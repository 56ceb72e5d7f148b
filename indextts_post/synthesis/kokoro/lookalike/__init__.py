"""Takes a recording; gives a voice of Kokoro that resembles it. A look-alike, not a clone.

`LookAlikes` is what the engine asks for voices written `ref:recording.wav`; a likeness is made once for each content
of a recording and kept in the user's cache. Nothing here asks whether the recording may be used: whoever lets a
recording come this far has to (see `references.require_consent`).
"""

from indextts_post.synthesis.kokoro.lookalike.records import LookAlike, Mode, Similarities
from indextts_post.synthesis.kokoro.lookalike.store import LOOK_ALIKE, LookAlikes

__all__ = ["LOOK_ALIKE", "LookAlike", "LookAlikes", "Mode", "Similarities"]
