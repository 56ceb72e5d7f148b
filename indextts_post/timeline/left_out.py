"""One element of a cut that cannot be read is left out and told; it does not cost the whole cut."""

from __future__ import annotations

from indextts_post.notices import Notice, Place

CODE = "timeline.clip_left_out"


class BrokenElementError(Exception):
    """Stops the reading of one element; its message says what is wrong, as the end of a sentence about it."""


def left_out(reason: object, place: Place) -> Notice:
    """The warning about an element that was left out (with `--strict` it refuses the file)."""
    return Notice(CODE, f"{reason}; it is left out", place=place)
