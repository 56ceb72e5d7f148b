"""Takes requests; gives speech of Kokoro-82M, the embedded default voice, for exactly the frames asked for."""

from indextts_post.synthesis.kokoro.builder import open_kokoro

__all__ = ["open_kokoro"]
