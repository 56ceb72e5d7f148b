"""One small, rich document of each format, to be broken by the fuzz tests."""

from __future__ import annotations

import json

from otio_builders import clip, gap, line, marker, span, stack, time, timeline, track, warp

RATE = "<rate><timebase>30</timebase><ntsc>TRUE</ntsc></rate>"

SRT = """1
00:00:01,000 --> 00:00:02,500
BEN (softly): Hello,\u00a0<i>you</i>.

2
00:00:02,500 --> 00:00:04,000
- Who?
- [sighs] Me.

3
00:00:05,000 --> 00:00:06,000
小明（愤怒地）：你走！♪
"""

VTT = """WEBVTT

NOTE nothing

intro
00:01.000 --> 00:02.000 align:start
<v Anna>Hi, <b>you</b>.</v>
"""

ASS = """[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour
Style: Default,Arial,20,&H00FFFFFF

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.00,Default,Ben_off,0,0,0,,{\\i1}Hello,{\\i0}\\Nyou.
Comment: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,Note
"""

TTML = """<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xml:lang="en"
 ttp:frameRate="24" ttp:frameRateMultiplier="1000 1001" ttp:tickRate="1000"><body><div begin="1s">
<p begin="00:00:00:12" end="2.5s">Hi<br/><span begin="0s">you</span></p><p begin="500t" dur="24f">No</p>
</div></body></tt>"""

FCPXML = """<?xml version="1.0"?><!DOCTYPE fcpxml><fcpxml version="1.10"><resources>
<format id="r1" frameDuration="1001/24000s"/>
<asset id="r2" start="0s" duration="400s" hasVideo="1" hasAudio="1" format="r1" src="file:///x/a%20b.mov"/>
<media id="r9"><sequence format="r1" duration="10s"><spine><asset-clip ref="r2" duration="10s"/></spine></sequence>
</media>
</resources><library><event><project name="P">
<sequence format="r1" tcStart="3600s" tcFormat="NDF" duration="100s"><spine>
<asset-clip ref="r2" offset="3600s" start="10s" duration="20s" audioRole="dialogue.Ben">
<timeMap><timept time="0s" value="0s"/><timept time="10s" value="20s"/></timeMap>
<caption lane="1" offset="12s" duration="2s" role="SRT?captionFormat=SRT.en"><text>
<text-style>Hi.</text-style></text></caption>
<marker start="15s" duration="1001/24000s" value="Marker 1" note="Stay."/>
<spine lane="2" offset="11s"><title duration="1s" role="dialogue.Anna"><text>Come.</text></title></spine></asset-clip>
<transition offset="3619s" duration="2s"/><ref-clip ref="r9" offset="3620s"/><audition><gap duration="1s"/></audition>
</spine></sequence></project></event></library></fcpxml>"""

XMEML = f"""<?xml version="1.0"?><!DOCTYPE xmeml><xmeml version="5"><sequence id="s1"><name>S</name>
<duration>300</duration>{RATE}<timecode>{RATE}<string>01:00:00;00</string><frame>107892</frame><displayformat>DF</displayformat></timecode>
<media><video><track><clipitem id="c1"><name>a</name>{RATE}<start>0</start><end>-1</end><in>5</in><out>65</out>
<file id="f1"><pathurl>file://localhost/D%3a/a.mov</pathurl>{RATE}<duration>900</duration></file>
<filter><effect><effectid>timeremap</effectid><parameter><parameterid>speed</parameterid><value>50</value></parameter>
</effect></filter><marker><name>Ben</name><comment>Wait.</comment><in>10</in><out>20</out></marker></clipitem>
<transitionitem><start>40</start><end>60</end><alignment>center</alignment></transitionitem>
<clipitem id="c2"><name>n</name>{RATE}<start>-1</start><end>200</end><in>0</in><out>160</out><sequence id="s2">
<duration>500</duration>{RATE}<media><video><track><clipitem><name>x</name><start>0</start><end>90</end><in>0</in>
<out>90</out><file id="f1"/></clipitem></track></video></media></sequence></clipitem></track></video><audio><track>
<name>DX</name><generatoritem><name>T</name><start>10</start><end>40</end><in>0</in><out>30</out><effect><parameter>
<parameterid>str</parameterid><value>Look!</value></parameter></effect></generatoritem></track></audio></media>
<marker><name>m</name><comment>Hello there.</comment><in>30</in><out>60</out></marker></sequence></xmeml>"""

EDL = """TITLE: Scene
FCM: DROP FRAME
001  TAPE1    V     C        02:00:00;00 02:00:04;00 01:00:00;00 01:00:04;00
* FROM CLIP NAME: First
* LOC: 01:00:01;00 RED     BEN: Who is there?
002  B        AA/V  D 024    02:00:10;00 02:00:14;00 01:00:04;00 01:00:08;00
* TO CLIP NAME: Second
M2   B        050.0          02:00:10;00
AUD  3    4
 |C:ResolveColorBlue |M:We have to go. |D:40
* dubsync:{"text": "Mine."}
"""

_REFERENCE = {"OTIO_SCHEMA": "ExternalReference.1", "target_url": "file:///x/a.wav", "available_range": span(0, 96, 0)}
OTIO = json.dumps(
    timeline(
        track(
            gap(10),
            clip("a", 0, 20, media_references={"DEFAULT_MEDIA": _REFERENCE}, **line("Hi", character="Ben", ratio=0.9)),
            {"OTIO_SCHEMA": "Transition.1", "name": "x", "in_offset": time(2), "out_offset": time(2)},
            stack(track(clip("n", 3, 20, markers=[marker("Ben", 5, 4)])), source_range=span(1, 15), **warp(2)),
            name="DX",
        ),
        track(clip("Subtitle words", 0, 48), name="Subtitles", kind="Video"),
        start=time(86400),
        metadata={"dubsync": {"film": "a.mov", "rate": "24", "language": "en"}},
    )
)

SEEDS = {
    ".srt": SRT,
    ".vtt": VTT,
    ".ass": ASS,
    ".ttml": TTML,
    ".fcpxml": FCPXML,
    ".xml": XMEML,
    ".edl": EDL,
    ".otio": OTIO,
}
