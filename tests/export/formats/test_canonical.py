"""From timeline, plans and fitted files to the one dub that is projected."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from dubs import RATES

from indextts_post.cast import Emotion
from indextts_post.errors import OptionError, OutputError
from indextts_post.export.formats.canonical import OtherTake, dub_of, with_take_lanes
from indextts_post.export.formats.names import address_url, ascii_name, file_url, one_line, role_name, unique_names
from indextts_post.export.formats.options import MarkedLines
from indextts_post.export.formats.registry import check_targets, export_formats
from indextts_post.fit import Fitted
from indextts_post.notices import Place
from indextts_post.plan import LinePlan, Verdict
from indextts_post.timebase import FrameSpan, SampleSpan, span_to_samples
from indextts_post.timeline import LengthMode, SyncClass, Timeline, TrackKind

RATE = RATES["25"]


def plan(line_id: str, start: int, end: int, *, who: str = "Anna", verdict: Verdict = Verdict.FITS) -> LinePlan:
    """A line in the slot [start, end) that borrows the frame after it."""
    span = FrameSpan(start, end + 1)
    return LinePlan(
        id=line_id,
        slot=FrameSpan(start, end),
        span=span,
        samples=span_to_samples(span, RATE),
        character=who,
        text=f"Text of <{line_id}|X>.",
        language="en",
        voice="v",
        emotion=Emotion(),
        sync=SyncClass.ON,
        mode=LengthMode.WINDOW,
        place=Place("x"),
        gain_db=0.0,
        units=10,
        natural_units=10,
        unit_rate=Fraction(40),
        rate=Fraction(1),
        verdict=verdict,
    )


def fitted(one: LinePlan) -> Fitted:
    path = Path(f"/x/{one.id}.wav")
    return Fitted(one.id, "key", path, one.samples, one.character, SampleSpan(0, 1), 0, 0, 0, 0, 1.0, 0.0, -27.0, -3.0)


def timeline(**more: object) -> Timeline:
    return Timeline("cut", Path("cut.srt"), RATE, 90000, 250, (), **more)  # type: ignore[arg-type]


def test_a_clip_stands_where_its_file_stands_and_its_caption_over_the_slot() -> None:
    one = plan("L1", 10, 30)
    dub = dub_of(timeline(), [one], [fitted(one)])
    (clip,), (caption,) = dub.clips, dub.captions
    assert (clip.span, clip.samples.samples) == (FrameSpan(10, 31), 21 * 1920)
    assert (caption.span, caption.text) == (FrameSpan(10, 30), "Text of L1.")
    assert clip.text == "Text of L1."


def test_a_line_that_was_not_spoken_has_no_clip_but_a_marker() -> None:
    dub = dub_of(timeline(), [plan("L1", 10, 30)], [], notes={"L1": "no such sound"}, markers=MarkedLines.NONE)
    assert dub.clips == ()
    (marker,) = dub.markers
    assert (marker.name, marker.colour) == ("L1", "RED")
    assert "[not spoken: no such sound]" in marker.comment


@pytest.mark.parametrize(("wanted", "names"), [("none", []), ("flagged", ["L2"]), ("all", ["L1", "L2"])])
def test_markers_by_wish(wanted: str, names: list[str]) -> None:
    plans = [plan("L1", 10, 30), plan("L2", 40, 60, verdict=Verdict.TIGHT)]
    dub = dub_of(timeline(), plans, [fitted(p) for p in plans], markers=MarkedLines(wanted))
    assert [marker.name for marker in dub.markers] == names


def test_a_film_without_an_edit_is_picture_and_muted_sound(tmp_path: Path) -> None:
    dub = dub_of(timeline(), [], [], film=Path("/film.mp4"), film_start=86400, background=Path("/me.wav"))
    picture, sound, background = dub.cut.tracks
    assert (picture.kind, picture.enabled) == (TrackKind.VIDEO, True)
    assert (sound.kind, sound.enabled, sound.dialogue) == (TrackKind.AUDIO, False, True)
    assert (background.name, background.enabled) == ("M&E", True)
    assert picture.clips[0].source_start == picture.clips[0].media_start == 86400
    kept = dub_of(timeline(), [], [], film=Path("/film.mp4"), mute_original=False)
    assert kept.cut.tracks[1].enabled


def test_overlapping_lines_take_lanes_and_characters_keep_their_own_tracks() -> None:
    """L1 and L2 overlap; L3 starts on the frame on which L1's file ends (21), and may follow it."""
    plans = [plan("L1", 0, 20), plan("L2", 10, 40), plan("L3", 21, 30), plan("L4", 5, 9, who="Ben")]
    dub = dub_of(timeline(), plans, [fitted(p) for p in plans])
    found = {track.name: [clip.line_id for clip in track.clips] for track in dub.tracks}
    assert found == {"DX Anna": ["L1", "L3"], "DX Anna 2": ["L2"], "DX Ben": ["L4"]}
    assert [(track.id, track.lane) for track in dub.tracks] == [("DX_Anna", 1), ("DX_Anna_2", 2), ("DX_Ben", 1)]


def test_take_lanes_are_muted_and_overlap_nothing() -> None:
    plans = [plan("L1", 0, 20), plan("L2", 22, 40)]
    takes = {"L1": [OtherTake("k", Path("/t.wav"), 48_000)], "L2": [OtherTake("m", Path("/u.wav"), 1)]}
    dub = with_take_lanes(dub_of(timeline(), plans, [fitted(p) for p in plans], other_takes=takes))
    lanes = [track for track in dub.tracks if track.muted]
    spans = [[clip.span for clip in track.clips] for track in lanes]
    assert spans == [[FrameSpan(0, 25)], [FrameSpan(22, 23)]]
    assert [clip.line_id for clip in dub.clips] == ["L1", "L2"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("L0001", "L0001"),
        ("../../etc/passwd", "etc_passwd"),
        ('a"b<c>d:e|f?g*h\\i', "a_b_c_d_e_f_g_h_i"),
        ("CON", "CON_"),
        ("com1.wav", "com1__wav"),
        ("", "unnamed"),
        ("  ", "unnamed"),
        ("-rf", "rf"),
        ("Zoë", "Zoe"),
    ],
)
def test_names_that_any_disk_takes(text: str, name: str) -> None:
    assert ascii_name(text) == name


def test_names_that_ascii_cannot_spell_stay_apart() -> None:
    names = {ascii_name(text) for text in ("小明", "小红", "🙂", "🙃", "x" * 100, "x" * 101)}
    assert len(names) == 6
    assert all(name.isascii() and 0 < len(name) <= 60 for name in names)


def test_equal_names_are_numbered_whatever_their_case() -> None:
    assert unique_names(["Anna", "anna", "ANNA!", "Ben"]) == ("Anna", "anna_2", "ANNA_3", "Ben")


def test_addresses_are_encoded_once() -> None:
    assert file_url(Path("/a b/ü.wav")) == "file:///a%20b/%C3%BC.wav"
    assert file_url(Path("/a.wav"), "localhost") == "file://localhost/a.wav"
    assert address_url("file:///a%20b.mov", None) == "file:///a%20b.mov"
    assert address_url(r"D:\film\a b.mov", None) == "file:///D:/film/a%20b.mov"


def test_text_is_put_on_one_line_and_roles_have_no_dots() -> None:
    assert one_line("a\n b\tc\x00d") == "a b c d"
    assert role_name("Dr. Who?") == "Dr- Who-"


def test_unknown_targets_are_all_named_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no format is called 'drp', 'fcpxml:3'"):
        export_formats(dub_of(timeline(), [], []), ["srt", "drp", "fcpxml:3"], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    check_targets(["fcpxml:1.14", "aaf"])


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OutputError, match="out"):
        export_formats(dub_of(timeline(), [], []), ["srt"], tmp_path / "out")
