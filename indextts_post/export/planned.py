"""The plan as markers: every line's verdict on the timeline, before anything is spoken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from indextts_post.cast import without_marks
from indextts_post.export.addresses import addressing
from indextts_post.export.formats.canonical import dub_of
from indextts_post.export.options import ExportOptions
from indextts_post.export.originals import link_originals
from indextts_post.export.otio import write_otio
from indextts_post.notices import Notice
from indextts_post.plan import LinePlan, Verdict
from indextts_post.timeline import CutMarker, Timeline

PLAN = "plan.otio"
_COLOURS = {Verdict.FITS: "GREEN", Verdict.TIGHT: "YELLOW", Verdict.IMPOSSIBLE: "RED"}


def export_plan(
    timeline: Timeline, plans: Sequence[LinePlan], out: Path, options: ExportOptions
) -> tuple[Path, tuple[Notice, ...]]:
    """Write `plan.otio` into `out`: the document as it is, with a marker for every line. Tracks are left alone."""
    dub = dub_of(timeline, plans, [], mute_original=False, film=timeline.film)
    dub = replace(dub, markers=tuple(_marker(plan) for plan in plans), captions=())
    write_otio(dub, out / PLAN, addressing(options.url_style, out), {}, mute_original=False)
    return out / PLAN, link_originals(timeline.document, out) if timeline.document else ()


def _marker(plan: LinePlan) -> CutMarker:
    over = f", {plan.syllables_over} syllables too many" if plan.syllables_over else ""
    reason = f": {plan.reason}{over}" if plan.reason else ""
    comment = f"{plan.character}: {without_marks(plan.text)} [{plan.verdict}, rate {float(plan.rate):.2f}{reason}]"
    return CutMarker(plan.slot, plan.id, comment, _COLOURS[plan.verdict])
