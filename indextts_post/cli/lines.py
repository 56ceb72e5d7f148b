"""`dubsync lines`: what was read, from where and by which rule; who is doubtful, and what is not spoken."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from indextts_post.cast import settle_speakers, without_marks
from indextts_post.cli.jobs import as_json
from indextts_post.cli.progress import Bars
from indextts_post.cli.requests import JobRequest
from indextts_post.errors import OptionError
from indextts_post.job import JobSpec, Runtime
from indextts_post.notices import Notice, Place, Severity
from indextts_post.pipeline import Result, Stage, run
from indextts_post.progress import Silent
from indextts_post.timebase import frame_to_timecode
from indextts_post.timeline import DOUBTFUL, LEFT_OUT, Cue

_STYLES = {Severity.NOTE: "dim", Severity.WARNING: "yellow", Severity.FAULT: "red"}


def show_lines(request: JobRequest, confirmed: Sequence[str], words: Sequence[str]) -> None:
    """Settle the names that were given, read the timeline, and show its lines, questions and what was left out.

    `confirmed` are names before a colon that are speakers, `words` those that are not; both are kept in the cast file.
    Raises `OptionError` for a name that is given as both.
    """
    twice = {name.casefold() for name in confirmed} & {name.casefold() for name in words}
    if twice:
        raise OptionError(f"--confirm and --words both name {', '.join(sorted(twice))}. Say one of the two.")
    bars = nullcontext(Silent()) if request.quiet or request.as_json else Bars()
    with bars as progress:
        runtime = Runtime(progress)
        settled = dict.fromkeys(confirmed, True) | dict.fromkeys(words, False)
        if settled:
            _settle(request.spec, settled, runtime, dry=request.dry_run)
        result = run(request.spec, runtime, Stage.LINES, dry=request.dry_run)
    if request.as_json:
        sys.stdout.write(json.dumps(lines_json(result), ensure_ascii=False, indent=1) + "\n")
    elif not request.quiet:
        _print(result)


def _settle(spec: JobSpec, settled: Mapping[str, bool], runtime: Runtime, *, dry: bool) -> None:
    """Write the names into the cast file; one that is not there yet is written by reading first."""
    if not spec.cast_file.is_file() and not dry:
        run(spec, runtime, Stage.LINES)
    settle_speakers(spec.cast_file, settled)


def lines_json(result: Result) -> dict[str, Any]:
    """All that `--json` says of any job, and with each line its place, its rule and its question."""
    payload = as_json(result)
    cues = {cue.id: cue for cue in result.timeline.cues}
    for line in payload["lines"]:
        line.update(_origin(cues.get(line["id"])))
    payload["questions"] = [_notice(notice) for notice in result.notices if notice.code == DOUBTFUL]
    payload["left_out"] = [_notice(notice) for notice in result.notices if notice.code in LEFT_OUT]
    return payload


def _origin(cue: Cue | None) -> dict[str, Any]:
    if cue is None:
        return {"place": None, "rule": "", "doubt": ""}
    return {"place": _place(cue.place), "rule": _rule(cue), "doubt": cue.doubt}


def _rule(cue: Cue) -> str:
    """Why the line has its character."""
    if cue.named_by:
        return cue.named_by
    return "the file names the character" if cue.character else "nobody is named"


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "thing": place.thing}


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "code": notice.code,
        "severity": notice.severity.value,
        "message": notice.message,
        "place": _place(notice.place) if notice.place else None,
        "line": notice.line_id,
    }


def _print(result: Result) -> None:
    console = Console()
    console.print(_table(result))
    questions = [notice for notice in result.notices if notice.code == DOUBTFUL]
    left_out = [notice for notice in result.notices if notice.code in LEFT_OUT]
    others = [notice for notice in result.notices if notice not in questions and notice not in left_out]
    for heading, notices in (("Who speaks?", questions), ("Not spoken", left_out), ("Besides", others)):
        if notices:
            console.print(Text(f"{heading} ({len(notices)})", style="bold"))
        for notice in notices:
            console.print(Text(f"  {notice.severity.value}: {notice}", style=_STYLES[notice.severity]), soft_wrap=True)


def _table(result: Result) -> Table:
    """A row a line: when, who and why, where in which file, and the words."""
    cues = {cue.id: cue for cue in result.timeline.cues}
    table = Table(box=None, pad_edge=False)
    for heading in ("line", "in", "out", "who", "by", "where", "text"):
        table.add_column(heading, no_wrap=heading in ("line", "in", "out"), overflow="fold")
    timeline = result.timeline
    for line in result.cast.lines:
        cue = cues.get(line.id)
        times = [
            frame_to_timecode(timeline.start_frame + frame, timeline.rate) for frame in (line.span.start, line.span.end)
        ]
        who = Text(f"{line.character}?", style="yellow") if cue and cue.doubt else Text(line.character)
        rule, place = (f"{cue.doubt!r}?" if cue.doubt else _rule(cue), str(cue.place)) if cue else ("", "")
        table.add_row(line.id, *times, who, Text(rule), Text(place), Text(without_marks(line.text)))
    return table
