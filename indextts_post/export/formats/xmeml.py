"""Final Cut Pro 7 XML, version 5, as Premiere and Resolve read it.

`in` and `out` are on the grid of the sequence. A line is one mono clip on one mono track: without the exploded-track
attributes and the channel type, Premiere plays it on one side only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indextts_post.export.formats.canonical import Dub, DubClip, DubTrack, with_take_lanes
from indextts_post.export.formats.losses import Feature, Loss, losses_of, without_media
from indextts_post.export.formats.names import address_url, file_url
from indextts_post.export.formats.options import FormatOptions
from indextts_post.export.formats.own_note import note_of
from indextts_post.export.formats.xml_tree import Element, element, write_xml
from indextts_post.timebase import SAMPLE_RATE, FrameRate, frame_rate, frame_to_timecode, seconds_to_frame
from indextts_post.timeline import CutClip, CutMarker, CutTrack, TrackKind


def write(dub: Dub, path: Path, options: FormatOptions) -> tuple[Loss, ...]:
    """Write `path` as one sequence."""
    shown = with_take_lanes(dub) if options.take_lanes else dub
    sheet = _Sequence(shown, options)
    root = element("xmeml", sheet.document(), version="5")
    write_xml(path, root, "xmeml")
    lost = {
        Feature.CAPTIONS: "not part of the format; export srt or vtt beside it",
        Feature.TRANSITIONS: "written as straight cuts",
        Feature.RETIMES: "written as a Time Remap filter, which programs read differently",
    }
    if not options.take_lanes:
        lost[Feature.TAKES] = "left out, as asked"
    return losses_of(dub, lost) + tuple(sheet.losses)


def rate_node(rate: FrameRate) -> Element:
    ntsc = "TRUE" if rate.fps.denominator == 1001 else "FALSE"
    return element("rate", element("timebase", str(rate.nominal)), element("ntsc", ntsc))


def _fields(**values: object) -> Iterable[Element]:
    """`<name>value</name>` for each; `in_` is `<in>`."""
    return (element(name.rstrip("_"), str(value)) for name, value in values.items())


@dataclass
class _Sequence:
    dub: Dub
    options: FormatOptions
    losses: list[Loss] = field(default_factory=list)
    _files: dict[str, str] = field(default_factory=dict)
    _number: int = 0

    def document(self) -> Element:
        dub = self.dub
        videos = [track for track in dub.cut.tracks if track.kind is TrackKind.VIDEO]
        sounds = [track for track in dub.cut.tracks if track.kind is TrackKind.AUDIO]
        video = element("video", self._picture_format(), *(self._video_track(track) for track in videos))
        audio = element(
            "audio",
            *_fields(numOutputChannels=2),
            element("format", self._sound_kind()),
            *(node for track in sounds for node in self._sound_tracks(track)),
            *(self._line_track(track) for track in dub.tracks),
        )
        return element(
            "sequence",
            *_fields(name=dub.name, duration=dub.end_frame),
            rate_node(dub.rate),
            self._timecode(dub.start_frame),
            element("media", video, audio),
            *(_marker(marker) for marker in (*dub.cut.markers, *dub.markers)),
            id="sequence-1",
            explodedTracks="true",
        )

    def _timecode(self, frame: int, rate: FrameRate | None = None) -> Element:
        rate = rate or self.dub.rate
        label = frame_to_timecode(frame, rate)
        shown = "DF" if rate.drop_frame else "NDF"
        return element("timecode", rate_node(rate), *_fields(string=label, frame=frame, displayformat=shown))

    def _picture_format(self) -> Element:
        """The element whose absence makes Resolve ignore the whole file."""
        return element(
            "format",
            element(
                "samplecharacteristics",
                rate_node(self.dub.rate),
                *_fields(width=self.options.width, height=self.options.height, pixelaspectratio="square"),
            ),
        )

    @staticmethod
    def _sound_kind() -> Element:
        return element("samplecharacteristics", *_fields(depth=24, samplerate=SAMPLE_RATE))

    def _video_track(self, track: CutTrack) -> Element:
        clips = (self._original(clip, track, 0) for clip in track.clips)
        return element("track", *(c for c in clips if c is not None), *_switches(track.enabled))

    def _sound_tracks(self, track: CutTrack) -> Iterable[Element]:
        """A track a channel, as the format wants it; two where the channel count is not known."""
        channels = max((clip.channels or 2 for clip in track.clips), default=1)
        for channel in range(channels):
            clips = (self._original(clip, track, channel + 1) for clip in track.clips if channel < (clip.channels or 2))
            kind = "Mono" if channels == 1 else "Stereo"
            yield element(
                "track",
                *(c for c in clips if c is not None),
                *_switches(track.enabled),
                *_fields(outputchannelindex=channel % 2 + 1),
                currentExplodedTrackIndex=channel,
                totalExplodedTrackCount=channels,
                premiereTrackType=kind,
                **{"MZ.TrackName": track.name or None},
            )

    def _line_track(self, track: DubTrack) -> Element:
        return element(
            "track",
            *(self._line(clip) for clip in track.clips),
            *_switches(not track.muted),
            *_fields(outputchannelindex=1),
            currentExplodedTrackIndex=0,
            totalExplodedTrackCount=1,
            premiereTrackType="Mono",
            **{"MZ.TrackName": track.name},
        )

    def _line(self, clip: DubClip) -> Element:
        dub, length = self.dub, clip.span.frames
        comments = [element("mastercomment1", clip.text)] if clip.text else []
        comments += [element("mastercomment2", clip.character)] if clip.character else []
        comments += [element("mastercomment3", f"{clip.verdict}: {clip.note}")] if clip.note else []
        return element(
            "clipitem",
            *_fields(name=clip.line_id, enabled="TRUE", duration=length),
            rate_node(dub.rate),
            *_fields(start=clip.span.start, end=clip.span.end, in_=0, out=length),
            self._line_file(clip),
            _source_track(1),
            element("logginginfo", *_fields(description=clip.text, scene=clip.character, lognote=note_of(clip))),
            *([element("comments", *comments)] if comments else []),
            id=self._id("clipitem"),
            premiereChannelType="mono",
        )

    def _line_file(self, clip: DubClip) -> Element:
        rate, media = self.dub.rate, element("audio", self._sound_kind(), *_fields(channelcount=1))
        return self._file(
            clip.path.name,
            file_url(clip.path, "localhost"),
            rate,
            clip.span.frames,
            self.dub.source_start(clip),
            [media],
        )

    def _file(self, name: str, url: str, rate: FrameRate, frames: int, start: int, media: Sequence[Element]) -> Element:
        """The file in full at its first use, by its id later."""
        if url in self._files:
            return element("file", id=self._files[url])
        self._files[url] = id_ = self._id("file")
        return element(
            "file",
            *_fields(name=name, pathurl=url),
            rate_node(rate),
            *_fields(duration=frames),
            self._timecode(start, rate),
            element("media", *media),
            id=id_,
        )

    def _original(self, clip: CutClip, track: CutTrack, channel: int) -> Element | None:
        """A clip of the original edit, None for one without media; `channel` 0 is the picture."""
        if not clip.media and clip.path is None:
            if channel < 2:
                self.losses.append(without_media(clip))
            return None
        offset = clip.source_offset_s / (abs(clip.speed) or 1)
        begin = seconds_to_frame(offset, self.dub.rate)
        length = clip.span.frames
        return element(
            "clipitem",
            *_fields(name=clip.name, enabled="TRUE" if clip.enabled else "FALSE", duration=max(begin + length, length)),
            rate_node(self.dub.rate),
            *_fields(start=clip.span.start, end=clip.span.end, in_=begin, out=begin + length),
            self._original_file(clip),
            *([_source_track(channel)] if channel else []),
            *([_time_remap(clip)] if clip.speed != 1 else []),
            id=self._id("clipitem"),
            premiereChannelType=None if not channel else "mono" if clip.channels == 1 else "stereo",
        )

    def _original_file(self, clip: CutClip) -> Element:
        rate = self._source_rate(clip)
        frames = clip.media_frames or clip.source_offset + clip.span.frames
        key = clip.path or clip.media
        kinds = {t.kind: c for t in self.dub.cut.tracks for c in t.clips if (c.path or c.media) == key}
        media = []
        if TrackKind.VIDEO in kinds:
            media.append(element("video", element("samplecharacteristics", rate_node(rate))))
        if TrackKind.AUDIO in kinds:
            media.append(element("audio", *_fields(channelcount=kinds[TrackKind.AUDIO].channels or 2)))
        name = clip.path.name if clip.path else clip.name
        start = int(clip.media_start or 0)
        return self._file(name, address_url(clip.media, clip.path, "localhost"), rate, int(frames), start, media)

    def _source_rate(self, clip: CutClip) -> FrameRate:
        return self.dub.rate if clip.source_rate == self.dub.rate.fps else frame_rate(clip.source_rate)

    def _id(self, kind: str) -> str:
        self._number += 1
        return f"{kind}-{self._number}"


def _switches(enabled: bool) -> Iterable[Element]:
    return _fields(enabled="TRUE" if enabled else "FALSE", locked="FALSE")


def _source_track(channel: int) -> Element:
    return element("sourcetrack", *_fields(mediatype="audio", trackindex=channel))


def _time_remap(clip: CutClip) -> Element:
    def parameter(name: str, value: object) -> Element:
        return element("parameter", *_fields(parameterid=name, name=name, value=value))

    speed = f"{float(abs(clip.speed) * 100):g}"
    return element(
        "filter",
        element(
            "effect",
            *_fields(name="Time Remap", effectid="timeremap", effectcategory="motion", effecttype="motion"),
            parameter("variablespeed", 0),
            parameter("speed", speed),
            parameter("reverse", "TRUE" if clip.speed < 0 else "FALSE"),
        ),
    )


def _marker(marker: CutMarker) -> Element:
    end = marker.span.end if marker.span.frames > 1 else -1
    return element("marker", *_fields(name=marker.name, comment=marker.comment, in_=marker.span.start, out=end))
