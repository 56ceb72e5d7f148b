"""What is read from which format of a cut, tried and written into docs/interchange.md.

    PYTHONPATH=tests python tests/timeline/cut_table.py --write docs/interchange.md

Each cell is a small file that is read: "yes" where what it says comes out, "–" where the format has no place for it,
"no" where it has one and we do not read it. Without `--write` the table is printed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import test_aaf_effects as aaf
import test_fcpxml_times as fcpxml
import test_xmeml_sound as xmeml

from indextts_post.errors import DubsyncError
from indextts_post.timebase import FrameRate, FrameSpan
from indextts_post.timeline import CutClip, ReadOptions, Timeline, read

BEGIN, END = "<!-- cuts: written by tests/timeline/cut_table.py -->", "<!-- end of cuts -->"
NAMES = ("FCPXML", "xmeml", "AAF", "EDL")
BARE = ReadOptions(rate=FrameRate(Fraction(25)), lines_required=False)

Build = Callable[[Path], Path]
Check = Callable[[Timeline], bool]


@dataclass(frozen=True)
class Trial:
    feature: str
    files: Mapping[str, Build]
    holds: Check


def any_clip(holds: Callable[[CutClip], bool]) -> Check:
    def check(timeline: Timeline) -> bool:
        tracks = timeline.cut.tracks if timeline.cut else ()
        return any(holds(clip) for track in tracks for clip in track.clips)

    return check


def final_cut(inner: str = "", attributes: str = "", *, channels: int = 2) -> Build:
    spine = f'<asset-clip ref="film" offset="0s" start="100s" duration="4s" {attributes}>{inner}</asset-clip>'
    return lambda folder: fcpxml.project(folder, spine, channels=channels)


def premiere(more: str, *, first: int = 0, last: int = 100) -> Build:
    return lambda folder: xmeml.written(folder, audio=f"<track>{xmeml.item(first, last, more=more)}</track>")


def avid(build: Callable[[aaf.Reel], None]) -> Build:
    return lambda folder: aaf.written(folder, build)


def edit_list(text: str) -> Build:
    def build(folder: Path) -> Path:
        path = folder / "a.edl"
        path.write_text(f"TITLE: A\nFCM: NON-DROP FRAME\n{text}", encoding="utf-8")
        return path

    return build


EVENT = "001  REEL     V     C        01:00:00:00 01:00:04:00 01:00:00:00 01:00:04:00\n"


def sound(reel: aaf.Reel, name: str, value: str) -> None:
    source = reel.clip("a.wav", "sound", 0, 100)
    reel.track("sound", reel.group("Mono Audio Gain", "sound", 100, [source], reel.constant(name, value)))


def slow(reel: aaf.Reel) -> None:
    reel.track("picture", reel.group("Motion Control", "picture", 100, [reel.clip("a.mov", "picture", 0, 50)]))


def warp(reel: aaf.Reel) -> None:
    points = reel.varying("PARAM_SPEED_OFFSET_MAP_U", ("0", "0"), ("50", "50"), ("100", "150"))
    source = reel.clip("a.mov", "picture", 0, 150)
    reel.track("picture", reel.group("Timewarp", "picture", 100, [source], points))


def muted(reel: aaf.Reel) -> None:
    selector = reel.file.create.Selector()
    selector.media_kind = "sound"
    selector["Length"].value = 100
    selector["Selected"].value = reel.file.create.Filler("sound", 100)
    selector["Alternates"].value = [reel.clip("a.wav", "sound", 0, 100)]
    reel.track("sound", selector)


def faded(reel: aaf.Reel) -> None:
    clip = reel.clip("a.wav", "sound", 0, 100)
    clip["FadeInLength"].value = 12
    reel.track("sound", clip)


def blurred(reel: aaf.Reel) -> None:
    reel.track("picture", reel.group("Blur", "picture", 100, [reel.clip("a.mov", "picture", 0, 100)]))


def channel(reel: aaf.Reel) -> None:
    reel.track("sound", reel.clip("a.wav", "sound", 0, 100, channels=2, channel=2))


RAMP = "".join(f'<timept time="{time}s" value="{value}s"/>' for time, value in ((100, 100), (102, 102), (104, 106)))
GRAPH = xmeml.effect(
    "timeremap", xmeml.parameter("variablespeed", 1), xmeml.parameter("graphdict", 0, (0, 0), (50, 50), (100, 150))
)
VOLUME = '<adjust-volume><param name="amount">{}</param></adjust-volume>'
LEVEL_KEY = VOLUME.format('<keyframeAnimation><keyframe time="102s" value="-20dB"/></keyframeAnimation>')
REEL = "<file id='f'><pathurl>a.mov</pathurl><timecode><reel><name>REEL</name></reel></timecode></file>"
FADE = "<transitionitem><start>0</start><end>12</end><alignment>start-black</alignment></transitionitem>"

TRIALS = (
    Trial(
        "record frames",
        {
            "FCPXML": final_cut(),
            "xmeml": premiere(""),
            "AAF": avid(lambda reel: reel.track("picture", reel.clip("a.mov", "picture", 0, 100))),
            "EDL": edit_list(EVENT),
        },
        any_clip(lambda clip: clip.span == FrameSpan(0, 100)),
    ),
    Trial(
        "channel of the source",
        {
            "FCPXML": final_cut('<audio-channel-source srcCh="2" role="dialogue"/>'),
            "xmeml": premiere(xmeml.sound_file(2) + xmeml.source_track(2)),
            "AAF": avid(channel),
        },
        any_clip(lambda clip: (clip.source_channels, clip.media_channels) == ((2,), 2)),
    ),
    Trial(
        "level",
        {
            "FCPXML": final_cut('<adjust-volume amount="-20dB"/>'),
            "xmeml": premiere(xmeml.effect("audiolevels", xmeml.parameter("level", 0.1))),
            "AAF": avid(lambda reel: sound(reel, "Amplitude", "1/10")),
        },
        any_clip(lambda clip: abs(clip.levels.gain_db + 20) < 0.01),
    ),
    Trial(
        "keyframes of the level",
        {
            "FCPXML": final_cut(LEVEL_KEY),
            "xmeml": premiere(xmeml.effect("audiolevels", xmeml.parameter("level", 1, (50, 0.1)))),
            "AAF": avid(
                lambda reel: reel.track(
                    "sound",
                    reel.group(
                        "Mono Audio Gain",
                        "sound",
                        100,
                        [reel.clip("a.wav", "sound", 0, 100)],
                        reel.varying("Amplitude", ("1/2", "1/10")),
                    ),
                )
            ),
        },
        any_clip(lambda clip: any(key.frame == 50 and abs(key.gain_db + 20) < 0.01 for key in clip.levels.keys)),
    ),
    Trial(
        "pan",
        {
            "FCPXML": final_cut('<adjust-panner amount="100"/>'),
            "xmeml": premiere(xmeml.effect("audiopan", xmeml.parameter("pan", 1))),
            "AAF": avid(lambda reel: sound(reel, "Pan", "1")),
        },
        any_clip(lambda clip: clip.levels.pan == 1),
    ),
    Trial(
        "fades",
        {
            "FCPXML": final_cut(VOLUME.format('<fadeIn duration="12/25s"/>')),
            "AAF": avid(faded),
            "xmeml": lambda folder: xmeml.written(folder, audio=f"<track>{FADE}{xmeml.item(0, 100)}</track>"),
        },
        any_clip(lambda clip: clip.levels.fade_in is not None and clip.levels.fade_in.frames == 12),
    ),
    Trial(
        "constant speed",
        {
            "FCPXML": final_cut(
                '<timeMap><timept time="100s" value="100s"/><timept time="104s" value="102s"/></timeMap>'
            ),
            "xmeml": premiere(xmeml.effect("timeremap", xmeml.parameter("speed", 50))),
            "AAF": avid(slow),
            "EDL": edit_list(f"{EVENT}M2   REEL     012.5                01:00:00:00\n"),
        },
        any_clip(lambda clip: clip.speed == Fraction(1, 2)),
    ),
    Trial(
        "speed that changes on the way",
        {"FCPXML": final_cut(f"<timeMap>{RAMP}</timeMap>"), "xmeml": premiere(GRAPH), "AAF": avid(warp)},
        any_clip(lambda clip: (clip.span, clip.speed) == (FrameSpan(50, 100), 2)),
    ),
    Trial(
        "disabled and muted clips",
        {
            "FCPXML": final_cut("", 'enabled="0"'),
            "xmeml": premiere("<enabled>FALSE</enabled>"),
            "AAF": avid(muted),
        },
        any_clip(lambda clip: not clip.enabled),
    ),
    Trial(
        "other effects, kept",
        {
            "FCPXML": final_cut('<filter-audio ref="e" name="Blur"/>'),
            "xmeml": premiere(xmeml.effect("Blur")),
            "AAF": avid(blurred),
        },
        any_clip(lambda clip: any(effect.name == "Blur" for effect in clip.effects)),
    ),
    Trial("reel", {"EDL": edit_list(EVENT), "xmeml": premiere(REEL)}, any_clip(lambda clip: clip.reel == "REEL")),
)


def cell(trial: Trial, name: str) -> str:
    """What trying gave for one format."""
    build = trial.files.get(name)
    if build is None:
        return "–"
    with tempfile.TemporaryDirectory() as folder:
        try:
            return "yes" if trial.holds(read(build(Path(folder)), BARE)) else "no"
        except DubsyncError:
            return "no"


def table() -> str:
    """The whole table in Markdown."""
    rows = [f"| {trial.feature} | {' | '.join(cell(trial, name) for name in NAMES)} |" for trial in TRIALS]
    return "\n".join([f"| of a cut | {' | '.join(NAMES)} |", "|---" * (len(NAMES) + 1) + "|", *rows])


def with_table(document: str) -> str:
    """A document with its table replaced. Raises `ValueError` where it has no place for one."""
    before, rest = document.split(BEGIN)
    return f"{before}{BEGIN}\n\n{table()}\n\n{END}{rest.split(END)[1]}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, metavar="FILE")
    path = parser.parse_args().write
    if path is None:
        sys.stdout.write(table() + "\n")
    else:
        path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
