"""What is read from which format, tried and written into docs/interchange.md.

    python tests/timeline/reading_table.py --write docs/interchange.md

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

from indextts_post.errors import DubsyncError
from indextts_post.timebase import FrameRate
from indextts_post.timeline import ReadOptions, SyncClass, Timeline, read

BEGIN, END = "<!-- reading: written by tests/timeline/reading_table.py -->", "<!-- end of reading -->"
AT_25 = ReadOptions(rate=FrameRate(Fraction(25)))
HEAD = "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
TT = (
    'xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" '
    'xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:tts="http://www.w3.org/ns/ttml#styling" '
    'xmlns:daptm="http://www.w3.org/ns/ttml/profile/dapt#metadata"'
)


def srt(words: str, times: str = "00:00:01,000 --> 00:00:02,000") -> str:
    return f"1\n{times}\n{words}\n\n2\n00:00:05,000 --> 00:00:06,000\nMore.\n"


def vtt(words: str) -> str:
    return f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words}\n\n00:05.000 --> 00:06.000\nMore.\n"


def ass(words: str, *, actor: str = "", style: str = "Default", effect: str = "") -> str:
    first = f"Dialogue: 0,0:00:01.00,0:00:02.00,{style},{actor},0,0,0,{effect},{words}"
    return f"[Script Info]\n[Events]\n{HEAD}\n{first}\nDialogue: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,More.\n"


def sub(words: str, frames: str = "{25}{50}") -> str:
    return f"{frames}{words}\n{{125}}{{150}}More.\n"


def ttml(paragraph: str, attributes: str = "", head: str = "") -> str:
    more = '<p begin="5s" end="6s">More.</p>'
    return f'<tt {TT} xml:lang="en" {attributes}><head>{head}</head><body><div>{paragraph}{more}</div></body></tt>'


def dapt(inner: str, attributes: str = "", head: str = "") -> str:
    profile = 'ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/dapt1.0/content"'
    root = f'{profile} xml:lang="de" daptm:scriptType="preRecording" daptm:scriptRepresents="audio"'
    event = f'<div xml:id="e" begin="1s" end="2s" {attributes}>{inner}</div>'
    more = '<div xml:id="f" begin="5s" end="6s"><p>More.</p></div>'
    return f'<tt {TT} {root}><head>{head}</head><body daptm:represents="audio">{event}{more}</body></tt>'


AGENT = '<metadata><ttm:agent type="character" xml:id="b"><ttm:name type="alias">Ben</ttm:name></ttm:agent></metadata>'


@dataclass(frozen=True)
class Trial:
    """A feature, a file for each suffix that has a place for it, and what must come out."""

    feature: str
    files: Mapping[str, str]
    holds: Callable[[Timeline], bool]


def words(expected: str) -> Callable[[Timeline], bool]:
    return lambda timeline: timeline.cues[0].text == expected and len(timeline.cues) == 2


def only_more(timeline: Timeline) -> bool:
    """The first cue is left out, and a notice says at which line."""
    named = any(notice.place and notice.place.line for notice in timeline.notices)
    return [cue.text for cue in timeline.cues] == ["More."] and named


def speaker(timeline: Timeline) -> bool:
    return (timeline.cues[0].character, timeline.cues[0].text) == ("Ben", "Hello.")


def span(start: int, end: int) -> Callable[[Timeline], bool]:
    return lambda timeline: (timeline.cues[0].span.start, timeline.cues[0].span.end) == (start, end)


PLAIN = {
    "SRT": srt("Hello."),
    "WebVTT": vtt("Hello."),
    "ASS": ass("Hello."),
    "MicroDVD": sub("Hello."),
    "TTML": ttml('<p begin="1s" end="2s">Hello.</p>'),
    "DAPT": dapt("<p>Hello.</p>"),
    "SAMI": "<SAMI><BODY><SYNC Start=1000><P>Hello.<SYNC Start=2000><P>&nbsp;<SYNC Start=5000><P>More.</BODY></SAMI>",
    "MPL2": "[10][20]Hello.\n[50][60]More.\n",
}
SUFFIXES = {"SRT": "srt", "WebVTT": "vtt", "ASS": "ass", "MicroDVD": "sub", "TTML": "ttml", "DAPT": "ttml"}
SUFFIXES |= {"SAMI": "smi", "MPL2": "txt"}
FILM = 'ttp:timeBase="smpte" ttp:frameRate="25"'

TRIALS = (
    Trial("times on their frames", PLAIN, span(25, 50)),
    Trial(
        "speaker by the format",
        {
            "WebVTT": vtt("<v Ben>Hello."),
            "ASS": ass("Hello.", actor="Ben"),
            "TTML": ttml('<p begin="1s" end="2s" ttm:agent="b">Hello.</p>', head=AGENT),
            "DAPT": dapt("<p>Hello.</p>", 'ttm:agent="b"', AGENT),
        },
        speaker,
    ),
    Trial(
        "speaker before a colon",
        {
            "SRT": srt("Ben: Hello."),
            "WebVTT": vtt("Ben: Hello."),
            "ASS": ass("Ben: Hello."),
            "MicroDVD": sub("Ben: Hello."),
            "TTML": ttml('<p begin="1s" end="2s">Ben: Hello.</p>'),
            "DAPT": dapt("<p>Ben: Hello.</p>"),
            "SAMI": PLAIN["SAMI"].replace("Hello.", "Ben: Hello."),
            "MPL2": PLAIN["MPL2"].replace("Hello.", "Ben: Hello."),
        },
        speaker,
    ),
    Trial("line in the file", PLAIN, lambda timeline: timeline.cues[0].place.line is not None),
    Trial(
        "language",
        {name: PLAIN[name] for name in ("TTML", "DAPT")},
        lambda timeline: timeline.cues[0].language in ("en", "de"),
    ),
    Trial(
        "frame rate",
        {
            "MicroDVD": "{1}{1}50\n{50}{100}Hello.\n{250}{300}More.\n",
            "TTML": ttml('<p begin="25f" end="50f">Hello.</p>', 'ttp:frameRate="25"'),
        },
        span(25, 50),
    ),
    Trial(
        "timecode labels",
        {
            "TTML": ttml('<p begin="00:00:01:00" end="00:00:02:00">Hello.</p>', FILM),
            "SRT": srt("Hello.", "00:00:01:00 --> 00:00:02:00"),
        },
        span(25, 50),
    ),
    Trial(
        "sync class",
        {"ASS": ass("Hello.", actor="Ben_off"), "DAPT": dapt("<p>Hello.</p>", 'daptm:onScreen="OFF"')},
        lambda timeline: timeline.cues[0].sync is SyncClass.OFF,
    ),
    Trial(
        "readings over words left",
        {
            "WebVTT": vtt("<ruby>東京<rt>とうきょう</rt></ruby>へ"),
            "TTML": ttml('<p begin="1s" end="2s">東京<span tts:ruby="text">とうきょう</span>へ</p>'),
        },
        words("東京へ"),
    ),
    Trial("word times left", {"WebVTT": vtt("so <00:01.500>it"), "ASS": ass("{\\i1}so{\\i0} it")}, words("so it")),
    Trial(
        "songs left out and named",
        {
            "SRT": srt("♪ la la ♪"),
            "WebVTT": vtt("♪ la la ♪"),
            "ASS": ass("{\\k20}la {\\k20}la"),
            "MicroDVD": sub("♪ la la ♪"),
            "TTML": ttml('\n<p begin="1s" end="2s" ttm:role="lyrics">la la</p>'),
        },
        only_more,
    ),
    Trial("drawings left", {"ASS": ass("{\\p1}m 0 0 l 9 9{\\p0}Hello.")}, words("Hello.")),
    Trial("open end", {"MicroDVD": sub("Hello.", "{25}{}")}, span(25, 125)),
    Trial(
        "original and translation told apart",
        {"DAPT": dapt('<p xml:lang="en" daptm:langSrc="en">Hi.</p><p daptm:langSrc="en">Hallo.</p>')},
        words("Hallo."),
    ),
)


def cell(trial: Trial, name: str) -> str:
    """What trying gave for one format."""
    if name not in trial.files:
        return "–"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a.{SUFFIXES[name]}"
        path.write_text(trial.files[name], encoding="utf-8")
        try:
            return "yes" if trial.holds(read(path, AT_25)) else "no"
        except (DubsyncError, IndexError):
            return "no"


def table() -> str:
    """The whole table in Markdown."""
    names = list(PLAIN)
    rows = [f"| {trial.feature} | {' | '.join(cell(trial, name) for name in names)} |" for trial in TRIALS]
    return "\n".join([f"| from a file | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|", *rows])


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
