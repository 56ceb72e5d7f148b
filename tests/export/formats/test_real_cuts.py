"""Cuts that other programs wrote, with a dub on them, out into every format and back."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from dubs import line

from indextts_post.errors import InputError
from indextts_post.export.formats.canonical import Caption, Dub, dub_of, dub_tracks
from indextts_post.export.formats.registry import TARGETS, export_formats
from indextts_post.export.verify import verify
from indextts_post.timeline import Cut, ReadOptions, Timeline, TrackKind, read

SAMPLES = Path(os.environ.get("SAMPLES_DIR") or Path(__file__).parents[4] / "shared" / "samples")
KINDS = (".otio", ".otioz", ".fcpxml", ".xml", ".aaf", ".edl")
FILES = sorted(path for path in SAMPLES.rglob("*") if path.suffix.lower() in KINDS and path.is_file())
LIGHT = [target for target in TARGETS if target not in ("adr-html", "aaf")]


@cache
def timeline(path: Path) -> Timeline | None:
    """None for what the timeline room refuses; its own tests say with which sentence."""
    try:
        return read(path, ReadOptions(lines_required=False))
    except InputError:
        return None


def dubbed(found: Timeline, folder: Path) -> Dub:
    """Three short lines on the cut."""
    clips = [line(folder, found.rate, f"L{n}", "Anna", 10 * n, 10 * n + 8, f"Line {n}.") for n in range(3)]
    captions = tuple(Caption(c.line_id, c.span, c.text, c.character, "en") for c in clips)
    return replace(dub_of(found, (), ()), tracks=dub_tracks(clips), captions=captions)


def pictures(cut: Cut | None) -> list[tuple[int, int]]:
    """Record frames of every picture with media; titles and generators have none."""
    tracks = [track for track in cut.tracks if track.kind is TrackKind.VIDEO] if cut else []
    return sorted((clip.span.start, clip.span.end) for track in tracks for clip in track.clips if clip.media)


@pytest.mark.skipif(not FILES, reason="no real timelines at hand")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_dub_on_a_real_cut_comes_back_from_every_format(path: Path, tmp_path: Path) -> None:
    found = timeline(path)
    if found is None:
        pytest.skip("is refused on reading")
    dub = dubbed(found, tmp_path)
    for written in export_formats(dub, LIGHT, tmp_path / "out"):
        assert verify(written.path, dub).differences == (), written.target


@pytest.mark.skipif(not FILES, reason="no real timelines at hand")
@pytest.mark.parametrize("target", ["fcpxml", "xmeml", pytest.param("aaf", marks=pytest.mark.slow)])
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_pictures_of_the_original_stand_on_the_same_frames_in_another_format(
    path: Path, target: str, tmp_path: Path
) -> None:
    found = timeline(path)
    if found is None:
        pytest.skip("is refused on reading")
    written = export_formats(dubbed(found, tmp_path), [target], tmp_path / "out")[0].path
    assert pictures(read(written, ReadOptions(lines_required=False)).cut) == pictures(found.cut)
