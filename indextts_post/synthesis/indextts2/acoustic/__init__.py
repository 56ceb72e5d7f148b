"""From semantic codes to samples, and from a recording to what the networks take of it."""
