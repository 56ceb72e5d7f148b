"""Every format at every rate, written and read back; the table in docs/interchange.md is what was found."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from dubs import RATES, small_dub

from indextts_post.export.formats.losses import Feature, losses_of
from indextts_post.export.formats.reading_back import FoundDub, FoundLine, read_back
from indextts_post.export.formats.registry import TARGETS, export_formats
from indextts_post.export.verify import verify
from indextts_post.timebase import FrameRate

PAGE = Path(__file__).parents[3] / "docs" / "interchange.md"
BEGIN, END = "<!-- matrix: written by the tests -->", "<!-- end of matrix -->"
VERSIONS = ("fcpxml:1.8", "fcpxml:1.14")
READABLE = [*(name for name in TARGETS if name != "adr-html"), *VERSIONS]

ASPECTS = {
    Feature.FRAMES: "frames",
    Feature.NAMES: "names",
    Feature.TEXT: "text",
    Feature.CHARACTERS: "characters",
    Feature.START: "start",
    Feature.TRACKS: "tracks",
}


def survived(target: str, rate: FrameRate, folder: Path) -> tuple[set[Feature], set[Feature]]:
    """What came back as it was written, and what the losses had said would not."""
    dub = small_dub(folder, rate)
    written = export_formats(dub, [target], folder / "out")[0]
    found = read_back(written.path, dub)
    lines = dub.captions if not found.named else dub.clips
    came = dict(zip((one.line_id for one in lines), _in_order(found), strict=True))
    planned = {one.line_id: one for one in lines}
    kept = set()
    if all(came[name].span == planned[name].span for name in planned):
        kept.add(Feature.FRAMES)
    if found.named and all(came[name].name == name for name in planned):
        kept.add(Feature.NAMES)
    if all(" ".join((came[name].text or "").split()) == " ".join(planned[name].text.split()) for name in planned):
        kept.add(Feature.TEXT)
    if all(came[name].character == planned[name].character for name in planned):
        kept.add(Feature.CHARACTERS)
    if found.start_frame == dub.start_frame:
        kept.add(Feature.START)
    if {track.name for track in dub.tracks} <= set(found.tracks):
        kept.add(Feature.TRACKS)
    assert verify(written.path, dub).ok, verify(written.path, dub).differences
    return kept, {loss.feature for loss in written.losses}


def _in_order(found: FoundDub) -> Iterator[FoundLine]:
    """Dub lines in time; clips of the original edit are named otherwise."""
    named = [line for line in found.lines if line.name.startswith("L0") or not found.named]
    return iter(sorted(named, key=lambda line: (line.span.start if line.span else 0, line.name)))


Tried = Callable[[str, str], tuple[set[Feature], set[Feature]]]


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """`survived`, each target at each rate only once."""

    @cache
    def once(target: str, label: str) -> tuple[set[Feature], set[Feature]]:
        return survived(target, RATES[label], tmp_path_factory.mktemp("trip"))

    return once


@pytest.mark.parametrize("label", RATES)
@pytest.mark.parametrize("target", READABLE)
def test_what_is_written_comes_back_or_is_named_as_lost(target: str, label: str, tried: Tried) -> None:
    kept, lost = tried(target, label)
    assert set(ASPECTS) - kept <= lost
    assert Feature.FRAMES in kept


def cell(target: str, label: str, tried: Tried) -> str:
    kept, _ = tried(target, label)
    missing = [word for feature, word in ASPECTS.items() if feature not in kept]
    return "all" if not missing else f"no {', '.join(missing)}"


def matrix(folder: Path, tried: Tried) -> str:
    """The table: a row a target, a column a rate, and below it what each format loses."""
    rows = [f"| target | {' | '.join(RATES)} |", f"|---|{'---|' * len(RATES)}"]
    for target in READABLE:
        cells = " | ".join(cell(target, label, tried) for label in RATES)
        rows.append(f"| `{target}` | {cells} |")
    return "\n".join((*rows, "", *losses(folder)))


def losses(folder: Path) -> Iterator[str]:
    yield "What each format cannot carry, where a dub has it:"
    yield ""
    yield "| target | loss | what becomes of it |"
    yield "|---|---|---|"
    dub = small_dub(folder / "losses", RATES["29.97 DF"], takes=True)
    for target in TARGETS:
        for loss in export_formats(dub, [target], folder / "losses" / "out")[0].losses:
            yield f"| `{target}` | {loss.feature} | {loss.reason} |"


def test_the_table_in_the_documentation_is_what_these_tests_find(tmp_path: Path, tried: Tried) -> None:
    """`UPDATE_MATRIX=1 pytest …` writes it anew."""
    found = f"{BEGIN}\n\n{matrix(tmp_path, tried)}\n\n{END}"
    if os.environ.get("UPDATE_MATRIX"):
        text = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else f"{BEGIN}{END}\n"
        head, tail = text.partition(BEGIN)[0], text.partition(END)[2]
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(head + found + tail, encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    assert text[text.index(BEGIN) : text.index(END) + len(END)] == found


def test_a_format_loses_only_what_the_dub_holds(tmp_path: Path) -> None:
    dub = small_dub(tmp_path, RATES["25"])
    assert losses_of(dub, {Feature.TAKES: "left out", Feature.DROP_FLAG: "unknown"}) == ()
    (loss,) = losses_of(dub, {Feature.CAPTIONS: "left out"})
    assert (loss.count, str(loss)) == (5, "captions (5): left out")
