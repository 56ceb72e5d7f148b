"""The last step of every reader of timelines: lines found in them, or in a subtitle file, become a `Timeline`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from indextts_post.errors import TimelineError
from indextts_post.notices import Notice, Place, Severity
from indextts_post.timebase import FrameRate
from indextts_post.timeline import left_out, subtitles
from indextts_post.timeline.cues import Speech, cues_from
from indextts_post.timeline.dialogue import mark_dialogue
from indextts_post.timeline.film import find_film
from indextts_post.timeline.options import ReadOptions
from indextts_post.timeline.records import Cut, Timeline


@dataclass(frozen=True)
class Found:
    """What a reader found in a document. `film` is one the document names, in its own spelling."""

    path: Path
    name: str
    rate: FrameRate
    start_frame: int
    frame_count: int
    cut: Cut
    speeches: tuple[Speech, ...]
    media_root: Path
    film: str | None = None
    language: str | None = None
    notices: tuple[Notice, ...] = ()


def assemble(found: Found, options: ReadOptions) -> Timeline:
    """A `Timeline` with cues. A subtitle file that the user gives goes before the document's own lines.

    Raises `TimelineError` when there are no lines anywhere (unless none are required).
    """
    options = replace(options, language=options.language or found.language)
    speeches, said = _speeches(found, options)
    cues, notices = cues_from(speeches, options)
    if not cues and options.lines_required:
        raise TimelineError(_no_lines(found))
    cut, muted = mark_dialogue(found.cut, options.dialogue_tracks, found.path)
    film, shown = find_film(found.path, cut, found.frame_count, found.film, found.media_root)
    return Timeline(
        name=found.name,
        path=found.path,
        rate=found.rate,
        start_frame=found.start_frame,
        frame_count=found.frame_count,
        cues=cues,
        film=film,
        cut=cut,
        notices=(*found.notices, *said, *notices, *muted, *shown),
    )


def _speeches(found: Found, options: ReadOptions) -> tuple[tuple[Speech, ...], tuple[Notice, ...]]:
    grid = (found.rate, found.start_frame, found.frame_count)
    if options.subtitles is not None:
        speeches, notices = subtitles.speeches_for(options.subtitles, options, *grid)
        if found.speeches:
            message = f"{len(found.speeches)} line(s) of the timeline itself yield to {options.subtitles.name}"
            passed = Notice("timeline.lines_from", message, Severity.NOTE, Place(found.path.name))
            notices = (*notices, passed)
        return speeches, notices
    beside, said = subtitles.beside(found.path, options.language)
    if found.speeches:
        return found.speeches, _unused(found, beside)
    if beside is None:
        return (), ()
    language = options.language or subtitles.language_of(beside, found.path.stem)
    speeches, notices = subtitles.speeches_for(beside, replace(options, language=language), *grid)
    return tuple(replace(s, language=s.language or language) for s in speeches), (*said, *notices)


def _unused(found: Found, beside: Path | None) -> tuple[Notice, ...]:
    if beside is None:
        return ()
    message = f"{beside.name} beside it is not used, since the timeline holds lines itself (--subtitles takes it)"
    return (Notice("timeline.subtitles_unused", message, Severity.NOTE, Place(found.path.name)),)


def _no_lines(found: Found) -> str:
    lost = [notice for notice in found.notices if notice.code == left_out.CODE]
    told = f" {len(lost)} element(s) could not be read, the first: {lost[0].message[:120]}." if lost else ""
    return (
        f"{found.path}: no lines in its {len(found.cut.tracks)} track(s) and {len(found.cut.markers)} marker(s).{told} "
        "Give a subtitle file with --subtitles, or write the words into markers."
    )
