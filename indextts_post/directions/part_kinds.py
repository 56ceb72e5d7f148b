"""What one part of a bracket, between two commas, can be."""

from enum import StrEnum


class PartKind(StrEnum):
    """`BESIDE` goes with a direction and is none: "to Ben", "in the kitchen"."""

    DIRECTION = "direction"
    SOUND = "sound"
    BESIDE = "beside"
    SPEECH = "speech"
