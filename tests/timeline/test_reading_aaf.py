"""AAF written by pyaaf2 and by Avid: positions, drop-frame flag, transitions, markers."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from indextts_post.errors import TimelineError
from indextts_post.timebase import FrameRate, FrameSpan
from indextts_post.timeline import ReadOptions, Timeline, TrackKind, read

aaf2 = pytest.importorskip("aaf2", reason="pyaaf2 (extra `aaf`) is not installed")

BARE = ReadOptions(lines_required=False)


def written(folder: Path, build: Callable[[Any, Any], None]) -> Path:
    """An AAF with one composition at 29.97 DF from 01:00:00;00, filled by `build(file, composition)`."""
    path = folder / "cut.aaf"
    with aaf2.open(str(path), "w") as file:
        composition = file.create.CompositionMob("Scene")
        composition.usage = "Usage_TopLevel"
        file.content.mobs.append(composition)
        slot = composition.create_timeline_slot("30000/1001")
        code = file.create.Timecode(30, drop=True)
        code.start, code.length = 107_892, 300
        slot.segment = code
        build(file, composition)
    return path


def sequence(file: Any, composition: Any, kind: str, rate: str, name: str) -> Any:
    slot = composition.create_timeline_slot(rate)
    slot.name = name
    slot.segment = file.create.Sequence(kind)
    return slot.segment


def source(file: Any, name: str, kind: str, rate: str, start: int, length: int) -> Any:
    master = file.create.MasterMob(name)
    file.content.mobs.append(master)
    slot = master.create_timeline_slot(rate)
    slot.segment = file.create.SourceClip(length=100_000, media_kind=kind)
    return master.create_source_clip(slot.slot_id, start, length, kind)


def add(track: Any, component: Any) -> None:
    track.components.append(component)
    track.length = (track.length or 0) + (component.length or 0)


def clips(timeline: Timeline, track: int = 0) -> list[tuple[str, FrameSpan, Fraction]]:
    assert timeline.cut is not None
    return [(c.name, c.span, c.source_start) for c in timeline.cut.tracks[track].clips]


def test_tracks_names_and_the_drop_flag_are_read(tmp_path: Path) -> None:
    def build(file: Any, composition: Any) -> None:
        picture = sequence(file, composition, "picture", "30000/1001", "V1")
        add(picture, source(file, "shot", "picture", "30000/1001", 10, 300))
        sound = sequence(file, composition, "sound", "48000/1", "DX Ben")
        add(sound, file.create.Filler("sound", 16_016))  # 10 frames at 1601.6 samples
        add(sound, source(file, "ben", "sound", "48000/1", 480, 48_048))  # 30 frames

    timeline = read(written(tmp_path, build), BARE)
    assert timeline.rate == FrameRate(Fraction(30000, 1001), drop_frame=True)
    assert (timeline.start_frame, timeline.frame_count) == (107_892, 300)
    assert timeline.cut is not None
    assert [(t.kind, t.name, t.dialogue) for t in timeline.cut.tracks] == [
        (TrackKind.VIDEO, "V1", False),
        (TrackKind.AUDIO, "DX Ben", True),
    ]
    assert clips(timeline, 0) == [("shot", FrameSpan(0, 300), 10)]
    assert clips(timeline, 1) == [("ben", FrameSpan(10, 40), 480)]


def test_both_neighbours_of_a_transition_are_cut_at_its_cut_point(tmp_path: Path) -> None:
    def build(file: Any, composition: Any) -> None:
        track = sequence(file, composition, "picture", "30000/1001", "V1")
        add(track, source(file, "a", "picture", "30000/1001", 0, 110))
        definition = file.create.OperationDef("0c3bea44-fc05-11d2-8a29-0050040ef7d2", "Dissolve")
        file.dictionary.register_def(definition)
        definition.media_kind, definition["NumberInputs"].value = "picture", 2
        dissolve = file.create.Transition("picture", 20)
        dissolve["OperationGroup"].value = file.create.OperationGroup(definition, 20)
        dissolve["CutPoint"].value = 10
        track.components.append(dissolve)
        track.components.append(source(file, "b", "picture", "30000/1001", 50, 100))
        track.length = 190

    # The transition covers 90..110; the cut is at 100, where b has already run for 10 frames.
    timeline = read(written(tmp_path, build), BARE)
    assert clips(timeline) == [("a", FrameSpan(0, 100), 0), ("b", FrameSpan(100, 190), 60)]


def test_markers_are_lines(tmp_path: Path) -> None:
    def build(file: Any, composition: Any) -> None:
        add(sequence(file, composition, "picture", "30000/1001", "V1"), file.create.Filler("picture", 300))
        slot = file.create.EventMobSlot()
        slot["EditRate"].value = "30000/1001"
        slot["SlotID"].value = 50
        events = file.create.Sequence("DescriptiveMetadata")
        marker = file.create.DescriptiveMarker()
        marker["Position"].value = 30
        marker["Comment"].value = "BEN: Who is there?"
        events.components.append(marker)
        slot.segment = events
        composition.slots.append(slot)

    (cue,) = read(written(tmp_path, build)).cues
    assert (cue.character, cue.text, cue.span.start) == ("BEN", "Who is there?", 30)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"not an aaf at all", "is not an AAF file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "cannot be read as AAF"),
    ],
)
def test_a_broken_file_is_refused_in_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "cut.aaf"
    path.write_bytes(content)
    with pytest.raises(TimelineError, match=sentence):
        read(path)


def test_an_empty_composition_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TimelineError, match="its length is 0"):
        read(written(tmp_path, lambda file, composition: sequence(file, composition, "picture", "25/1", "V1")))
