"""FCPXML against the content models of Apple's DTD, and its times against the frame grid."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import pytest
from dubs import RATES, small_dub

from indextts_post.errors import OptionError
from indextts_post.export.formats.fcpxml import VERSIONS, frame_time
from indextts_post.export.formats.options import FormatOptions
from indextts_post.export.formats.registry import export_formats

ANCHORS = "(audio|video|clip|title|caption|ref-clip|asset-clip|audition|spine)"
MODELS = {
    "fcpxml": ("resources library ", {"version"}, set()),
    "resources": ("((asset|format) )*", set(), set()),
    "format": ("", {"id"}, {"frameDuration", "width", "height"}),
    "asset": (
        "(media-rep )*(metadata )?",
        {"id"},
        {
            "name",
            "start",
            "duration",
            "hasVideo",
            "format",
            "hasAudio",
            "audioSources",
            "audioChannels",
            "audioRate",
            "src",
        },
    ),
    "media-rep": ("", {"src"}, {"kind"}),
    "metadata": ("(md )*", set(), set()),
    "md": ("", {"key"}, {"value"}),
    "library": ("(event )*", set(), set()),
    "event": ("(project )*", set(), {"name"}),
    "project": ("sequence ", set(), {"name"}),
    "sequence": (
        "(note )?spine (metadata )?",
        {"format"},
        {"duration", "tcStart", "tcFormat", "audioLayout", "audioRate"},
    ),
    "spine": ("((asset-clip|gap) )*", set(), {"lane", "offset"}),
    "gap": (f"(note )?({ANCHORS} )*(marker )*", {"duration"}, {"name", "offset", "start"}),
    "asset-clip": (
        f"(note )?(conform-rate )?(timeMap )?({ANCHORS} )*(marker )*(metadata )?",
        {"ref"},
        {"name", "start", "duration", "enabled", "lane", "offset", "srcEnable", "tcFormat", "audioRole"},
    ),
    "timeMap": ("timept (timept )+", set(), set()),
    "timept": ("", {"time", "value"}, {"interp"}),
    "audition": ("(asset-clip )+", set(), {"lane", "offset"}),
    "caption": ("(text )*(text-style-def )*(note )?", {"duration"}, {"lane", "offset", "name", "start", "role"}),
    "text": ("(text-style )*", set(), {"placement"}),
    "text-style-def": ("text-style ", {"id"}, set()),
    "text-style": ("", set(), {"ref", "font", "fontSize", "fontColor"}),
    "marker": ("", {"start", "value"}, {"duration", "note"}),
    "note": ("", set(), set()),
}
"""Element → its children as a pattern, the attributes it must have, and those it may have."""

TIMES = {"start", "duration", "offset", "tcStart", "time"}


def check(node: ElementTree.Element) -> None:
    """Hold an element and everything in it against the models."""
    pattern, required, allowed = MODELS[node.tag]
    children = "".join(f"{child.tag} " for child in node)
    assert re.fullmatch(pattern, children), f"<{node.tag}> holds {children}"
    assert required <= set(node.attrib) <= required | allowed, f"<{node.tag}> has {sorted(node.attrib)}"
    for child in node:
        check(child)


def document(path: Path) -> ElementTree.Element:
    return ElementTree.parse(path).getroot()


@pytest.mark.parametrize("version", VERSIONS)
def test_the_document_keeps_to_the_content_models(version: str, tmp_path: Path) -> None:
    dub = small_dub(tmp_path, RATES["23.976"], takes=True)
    root = document(export_formats(dub, [f"fcpxml:{version}"], tmp_path / "out")[0].path)
    check(root)
    assert root.get("version") == version
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert {node.get("ref") for node in root.iter() if node.get("ref")} <= set(ids)


def test_media_stand_in_an_attribute_up_to_1_8_and_in_an_element_after(tmp_path: Path) -> None:
    dub = small_dub(tmp_path, RATES["24"])
    old, new = (document(w.path) for w in export_formats(dub, ["fcpxml:1.8", "fcpxml"], tmp_path / "out"))
    assert all(asset.get("src") and asset.find("media-rep") is None for asset in old.iter("asset"))
    assert all(asset.get("src") is None and asset.find("media-rep") is not None for asset in new.iter("asset"))
    assert new.get("version") == "1.10"


@pytest.mark.parametrize("label", RATES)
def test_every_time_is_a_whole_number_of_frames(label: str, tmp_path: Path) -> None:
    rate = RATES[label]
    root = document(export_formats(small_dub(tmp_path, rate, takes=True), ["fcpxml"], tmp_path / "out")[0].path)
    for node in root.iter():
        names = TIMES | {"value"} if node.tag == "timept" else TIMES
        for name in names & set(node.attrib):
            frames = Fraction(node.attrib[name].removesuffix("s")) * rate.fps
            assert frames.denominator == 1, (node.tag, name, node.attrib[name])


def test_seconds_are_written_as_they_are_and_frames_as_fractions() -> None:
    assert frame_time(48, RATES["24"]) == "2s"
    assert frame_time(1, RATES["24"]) == "1/24s"
    assert frame_time(24, RATES["23.976"]) == "24024/24000s"


def test_the_first_picture_track_is_the_storyline_and_the_start_is_its_timecode(tmp_path: Path) -> None:
    """V1 has clips at 0-120 and 150-300 of 300 frames; at 25 fps an hour is 3600 s."""
    root = document(export_formats(small_dub(tmp_path, RATES["25"]), ["fcpxml"], tmp_path / "out")[0].path)
    sequence = root.find(".//sequence")
    spine = root.find(".//spine")
    assert sequence is not None
    assert spine is not None
    assert (sequence.get("tcStart"), sequence.get("tcFormat")) == ("3600s", "NDF")
    assert [child.tag for child in spine] == ["asset-clip", "gap", "asset-clip"]
    assert [child.get("offset") for child in spine] == ["3600s", "90120/25s", "3606s"]


def test_drop_frame_says_so(tmp_path: Path) -> None:
    root = document(export_formats(small_dub(tmp_path, RATES["29.97 DF"]), ["fcpxml"], tmp_path / "out")[0].path)
    assert {node.get("tcFormat") for node in root.iter("sequence")} == {"DF"}


def test_roles_lanes_and_captions(tmp_path: Path) -> None:
    dub = small_dub(tmp_path, RATES["25"], takes=True)
    root = document(export_formats(dub, ["fcpxml"], tmp_path / "out")[0].path)
    roles = {node.get("name"): node.get("audioRole") for node in root.iter("asset-clip")}
    assert roles["L0001"] == "dialogue.Anna"
    assert roles["L0003"] == "dialogue.小明"
    captions = list(root.iter("caption"))
    assert {caption.get("role") for caption in captions} == {"SRT?captionFormat=SRT.en"}
    assert "".join(captions[0].itertext()).strip() == "Where have you been?"
    lanes = {caption.get("name"): caption.get("lane") for caption in captions}
    assert lanes["Where have you been?"] != lanes["“Out” & about – 3 < 4, you’d say: 50 % it’s fine."]


def test_other_takes_are_an_audition_with_the_chosen_one_first(tmp_path: Path) -> None:
    dub = small_dub(tmp_path, RATES["25"], takes=True)
    root = document(export_formats(dub, ["fcpxml"], tmp_path / "out")[0].path)
    (audition,) = root.iter("audition")
    assert [clip.get("name") for clip in audition] == ["L0001", "L0001 take 2"]


def test_muted_dialogue_is_switched_off_and_music_is_not(tmp_path: Path) -> None:
    root = document(export_formats(small_dub(tmp_path, RATES["25"]), ["fcpxml"], tmp_path / "out")[0].path)
    states = {(n.get("audioRole"), n.get("enabled")) for n in root.iter("asset-clip") if n.get("srcEnable") == "audio"}
    assert states == {("dialogue", "0"), ("music", None)}


def test_an_unknown_version_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    options = FormatOptions(fcpxml_version="2.0")
    with pytest.raises(OptionError, match=r"FCPXML 2.0 is not written; choose one of 1.8, .* 1.14"):
        export_formats(small_dub(tmp_path, RATES["25"]), ["fcpxml"], tmp_path / "out", options)
