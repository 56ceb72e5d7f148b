"""OTIO adapter for .srt; OTIO passes its arguments by these names."""

from otio_dubsync.lines import subtitles_from_timeline, timeline_from_subtitles


def read_from_file(filepath, rate=None, language=None):
    return timeline_from_subtitles(filepath, rate, language)


def write_to_string(input_otio):
    return subtitles_from_timeline(input_otio, "srt")
