"""Takes a file of the user's: OTIO or subtitles; gives a `Timeline` of `Cue`s: who, what, from which frame to which."""

from indextts_post.timeline.records import Cue, LengthMode, OtioDocument, SyncClass, Timeline

__all__ = ["Cue", "LengthMode", "OtioDocument", "SyncClass", "Timeline"]
