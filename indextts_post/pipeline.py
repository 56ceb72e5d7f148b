"""The journey on a page: read → cast → plan → speak → fit → mix → export. The only module that knows every room.

Each step takes the records of the step before and leaves its own on disk; a step that finds its work done does not do
it again. Nothing is decided here but the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from fractions import Fraction
from pathlib import Path

from indextts_post.cast import REFERENCE, Cast, CastResult, Line, VoiceInfo, cast_lines, read_cast, write_cast
from indextts_post.errors import FitError, InputError, ModelError
from indextts_post.export import Exported, Work, export, export_plan
from indextts_post.fit import Fitted, fit, fit_spares
from indextts_post.footage import Footage, choose_footage, film_beside, read_options_for
from indextts_post.job import (
    JobFolder,
    JobSpec,
    Runtime,
    keep_what_was_changed,
    open_job,
    remember_delivery,
    write_stage,
)
from indextts_post.listening import open_recogniser
from indextts_post.media import probe
from indextts_post.mix import Mixed, mix
from indextts_post.notices import Notice, Severity
from indextts_post.plan import Grid, LengthPredictor, LinePlan, Natural, Verdict, plan
from indextts_post.recut import carried_cues
from indextts_post.references import Prepared, prepared, referenced, references_folder, require_consent
from indextts_post.speaking import Script, speak_lines, write_wanted
from indextts_post.state import LineChange, applied, read_book, read_changes
from indextts_post.synthesis import (
    Engine,
    Take,
    Unspeakable,
    natural_lengths,
    offered,
    predicted_lengths,
    take_of,
)
from indextts_post.takes import listed
from indextts_post.timebase import frame_to_sample, frame_to_timecode
from indextts_post.timeline import Cue, Timeline, read
from indextts_post.voice_memory import memory_beside, with_memory

PREDICTED_UNIT_RATE = Fraction(40)
"""Units a second of a plan that no engine was asked about: Kokoro's decoder frames."""


class Stage(IntEnum):
    """How far to go."""

    LINES = 10
    PLAN = 20
    SPEAK = 30
    FIT = 40
    MIX = 50
    EXPORT = 60


@dataclass(frozen=True)
class Result:
    """What a run made, as far as it went. `faults` are lines that could not be spoken or do not fit.

    `written` are the cues as the file has them; those of `timeline` are as they are spoken, with all changes.
    """

    timeline: Timeline
    cast: CastResult
    plans: tuple[LinePlan, ...] = ()
    written: tuple[Cue, ...] = ()
    footage: Footage = field(default_factory=Footage)
    takes: Mapping[str, Take] = field(default_factory=dict)
    fitted: Mapping[str, Fitted] = field(default_factory=dict)
    mixed: Mixed | None = None
    exported: Exported | None = None
    notices: tuple[Notice, ...] = ()

    @property
    def faults(self) -> tuple[Notice, ...]:
        return tuple(notice for notice in self.notices if notice.severity is Severity.FAULT)


def run(spec: JobSpec, runtime: Runtime | None = None, until: Stage = Stage.EXPORT, *, dry: bool = False) -> Result:
    """See `_run`; what is cut from the original without being kept goes away at the end."""
    with references_folder(None if dry else JobFolder(spec.out).references) as cut_into:
        return _run(spec, runtime or Runtime(), until, cut_into, dry=dry)


def _run(spec: JobSpec, runtime: Runtime, until: Stage, cut_into: Path, *, dry: bool) -> Result:
    """Dub `spec.project` as far as `until`. `dry` writes nothing at all and stops at the plan.

    Raises the errors of the rooms; `FitError` and `InputError` for faults and odd input where `strict` is set.
    """
    spec.check()
    runtime = _with_recogniser(spec, runtime, until)
    progress = runtime.progress
    footage, as_written = _open(spec)
    timeline, changes = _changed(spec, as_written)
    engine = _engine(spec, runtime, until)
    folder = None if dry else open_job(spec.out, spec.project, overwrite=spec.overwrite)
    ready = _prepared(spec, runtime, timeline, footage, engine, cut_into)
    cast = _cast(spec, runtime, ready, engine, folder)
    notices = (*timeline.notices, *footage.notices, *cast.notices)
    result = Result(timeline, cast, footage=footage, written=as_written.cues, notices=notices)
    if folder and until is Stage.EXPORT and not spec.overwrite:
        keep_what_was_changed(folder)
    if folder:
        write_stage(folder.lines, cast.lines, tuple[Line, ...])
    if until is Stage.LINES:
        return _strictly(spec, result)

    result = _with_engine_notices(_plan(spec, result, engine, folder), engine)
    if engine and folder:
        write_wanted(_script(result, changes), engine, folder, spec.seed)
    if until is Stage.PLAN and folder:
        path, said = export_plan(timeline, result.plans, folder.out, spec.export)
        told = Notice("plan.written", f"every line's verdict is a marker in {path}", Severity.NOTE)
        result = replace(result, notices=(*result.notices, *said, told))
    if until is Stage.PLAN or folder is None:
        return _strictly(spec, result)

    assert engine is not None
    require_consent(cast.references, spec.cast_file)
    result = _speak(spec, runtime, _strictly(spec, result), engine, folder, changes, until)
    result = _with_engine_notices(result, engine)
    result = _with_voices_compared(spec, runtime, result, ready.cast, folder)
    if until is Stage.SPEAK:
        return result
    landed = fit(result.plans, result.takes, timeline.rate, folder.fitted, progress)
    result = replace(result, fitted=landed.fitted, notices=(*result.notices, *landed.notices))
    if until is Stage.FIT:
        return result
    length = frame_to_sample(timeline.frame_count, timeline.rate)
    bed = footage.background.path if footage.background else None
    mixed = mix(list(result.fitted.values()), length, bed, spec.mix, folder.mix, progress)
    result = replace(result, mixed=mixed, notices=(*result.notices, *mixed.notices))
    if until is Stage.MIX:
        return result
    spares = fit_spares(result.plans, _spares(result, folder), result.fitted, timeline.rate, folder.fitted / "spares")
    work = Work(timeline, result.plans, result.takes, result.fitted, mixed, footage.film, result.notices, spares)
    exported = export(work, folder.out, folder.export, spec.export, progress)
    remember_delivery(folder, exported.files)
    return replace(result, exported=exported, notices=(*result.notices, *exported.notices))


def _open(spec: JobSpec) -> tuple[Footage, Timeline]:
    """Film and timeline; the film first, where it is known, for subtitles take their rate and length from it."""
    named = spec.video or film_beside(spec.project)
    film = probe(named) if named else None
    carried = carried_cues(spec.out, spec.project)
    options = replace(spec.read, lines_required=spec.read.lines_required and carried is None)
    if spec.cast_file.is_file():
        options = replace(options, speakers={**read_cast(spec.cast_file).speaker_names, **options.speakers})
    timeline = read(spec.project, read_options_for(options, spec.project, film))
    if carried is not None:
        told = Notice(
            "lines.carried", "lines are those carried over from the cut before (dubsync reconform)", Severity.NOTE
        )
        timeline = replace(timeline, cues=carried, notices=(*timeline.notices, told))
    if film is None and timeline.film is not None:
        film = probe(timeline.film)
    return choose_footage(film, spec.background, timeline), timeline


def _with_recogniser(spec: JobSpec, runtime: Runtime, until: Stage) -> Runtime:
    """Open the recogniser first of all, so that nobody waits for a job that then cannot be heard."""
    if not spec.listen or until < Stage.SPEAK:
        return replace(runtime, recogniser=None)
    if runtime.recogniser is not None:
        return runtime
    threads = max(1, spec.engine.threads)
    return replace(
        runtime, recogniser=open_recogniser(spec.engine.models_dir, threads=threads, progress=runtime.progress)
    )


def _changed(spec: JobSpec, timeline: Timeline) -> tuple[Timeline, dict[str, LineChange]]:
    """The timeline with what was changed of its lines since it was read first, and those changes."""
    cues, changes, said = applied(timeline.cues, read_changes(JobFolder(spec.out).state))
    return replace(timeline, cues=cues, notices=(*timeline.notices, *said)), changes


def _engine(spec: JobSpec, runtime: Runtime, until: Stage) -> Engine | None:
    """The voice; None where lines alone are wanted, or its model is missing and predicting was asked for."""
    if until is Stage.LINES:
        return None
    predictable = spec.predict and until <= Stage.PLAN
    try:
        options = runtime.engine_options(spec.engine, spec.cast_file.parent, fetch=not predictable)
        return runtime.open_engine(spec.engine.name, options)
    except ModelError:
        if predictable:
            return None
        raise


def _prepared(
    spec: JobSpec, runtime: Runtime, timeline: Timeline, footage: Footage, engine: Engine | None, cut_into: Path
) -> Prepared:
    """The cast as it was written, its voices cut out of the original where that is where they come from."""
    known = read_cast(spec.cast_file) if spec.cast_file.is_file() else Cast(path=spec.cast_file)
    if all(voice.id != REFERENCE for voice in _voices(spec, runtime, engine)):
        return Prepared(known, timeline.cues)
    return prepared(known, timeline, footage.film, cut_into)


def _voices(spec: JobSpec, runtime: Runtime, engine: Engine | None) -> Sequence[VoiceInfo]:
    if engine:
        return engine.voices()
    return offered(spec.engine.name, runtime.engine_options(spec.engine, spec.cast_file.parent))


def _cast(
    spec: JobSpec, runtime: Runtime, ready: Prepared, engine: Engine | None, folder: JobFolder | None
) -> CastResult:
    """Give the lines voices; a cast file that is not there yet is written for the user to edit."""
    result = cast_lines(ready.cues, ready.cast, _voices(spec, runtime, engine), spec.cast)
    models = spec.engine.models_dir
    places = [spec.cast_file.parent, *([models] if models else [])]
    memory, keep = JobFolder(spec.out).references_record, folder is not None
    if folder and not spec.cast_file.exists():
        reasons = {proposal.name: proposal.why for proposal in result.proposals}
        allowed = spec.cast.consent
        write_cast(spec.cast_file, result.characters, result.language, reasons=reasons, consent=allowed)
        message = f"voices were chosen and written to {spec.cast_file}; edit it and run again to change them"
        result = replace(result, notices=(*result.notices, Notice("cast.written", message, Severity.NOTE)))
    elif result.added:
        why = f"not in {spec.cast_file.name}, so" if spec.cast_file.exists() else f"no {spec.cast_file.name}, so"
        message = f"{why} given a voice: {', '.join(result.added)}"
        result = replace(result, notices=(*result.notices, Notice("cast.added", message, Severity.NOTE)))
    return referenced(result, ready, places, given=spec.cast.consent, memory=memory, keep=keep, models_dir=models)


def _plan(spec: JobSpec, result: Result, engine: Engine | None, folder: JobFolder | None) -> Result:
    """Ask the voice how long each line naturally is, and plan them all; what cannot be spoken is a fault."""
    lines, timeline = result.cast.lines, result.timeline
    notices: list[Notice] = []
    if engine is None:
        unit_rate = PREDICTED_UNIT_RATE
        answers = predicted_lengths(lines, unit_rate, LengthPredictor(), spec.engine.name)
        message = f"the model of {spec.engine.name} is not here: lengths are predicted from the text alone"
        notices.append(Notice("plan.predicted", message, Severity.WARNING))
    else:
        unit_rate = engine.unit_rate
        answers = natural_lengths(lines, engine, folder.naturals if folder else None)
    sayable: list[tuple[Line, Natural]] = []
    for line, answer in zip(lines, answers, strict=True):
        if isinstance(answer, Unspeakable):
            notices.append(_unspoken(line, answer.reason))
        else:
            sayable.append((line, answer))
    grid = Grid(timeline.rate, timeline.frame_count, unit_rate)
    plans = tuple(plan([line for line, _ in sayable], [natural for _, natural in sayable], grid, spec.plan))
    notices += [_misfit(each, timeline) for each in plans if each.verdict is Verdict.IMPOSSIBLE]
    if folder:
        write_stage(folder.plan, plans, tuple[LinePlan, ...])
    return replace(result, plans=plans, notices=(*result.notices, *notices))


def _script(result: Result, changes: Mapping[str, LineChange]) -> Script:
    return Script({line.id: line for line in result.cast.lines}, result.plans, changes)


def _speak(
    spec: JobSpec,
    runtime: Runtime,
    result: Result,
    engine: Engine,
    folder: JobFolder,
    changes: Mapping[str, LineChange],
    until: Stage,
) -> Result:
    """Speak the lines; those that could not be are named, and do not stop the others."""
    script = _script(result, changes)
    heard = speak_lines(script, spec, runtime, engine, folder, whole=until > Stage.FIT)
    faults = [_unspoken(script.lines[one.id], one.reason) for one in heard.unspeakable]
    return replace(result, takes=heard.takes, notices=(*result.notices, *heard.notices, *faults))


def _with_voices_compared(spec: JobSpec, runtime: Runtime, result: Result, known: Cast, folder: JobFolder) -> Result:
    """Say whose voice is not what it was in earlier jobs, and remember what it is now."""
    memory, models = memory_beside(known, spec.cast_file), spec.engine.models_dir
    drift = with_memory(result.cast, result.takes, memory, folder.voices, spec.engine.name, models, runtime.progress)
    return replace(result, notices=(*result.notices, *drift))


def _spares(result: Result, folder: JobFolder) -> dict[str, list[Take]]:
    """Whole takes of each line that say its words and were not chosen."""
    book = read_book(folder.state)
    found: dict[str, list[Take]] = {}
    for each in result.plans:
        rows = listed(book, each.id, folder.takes) if each.id in result.takes else ()
        others = [row for row in rows if row.there and row.text == each.text and row.key != result.takes[each.id].key]
        if others:
            found[each.id] = [take_of(folder.takes, row.key, each.id) for row in others]
    return found


def _with_engine_notices(result: Result, engine: Engine | None) -> Result:
    """What the engine had to say so far and is not told yet: of recordings, of where its model came from."""
    said = engine.notices if engine else ()
    return replace(result, notices=(*result.notices, *(notice for notice in said if notice not in result.notices)))


def _strictly(spec: JobSpec, result: Result) -> Result:
    """With `--strict`, odd input and lines that do not fit end the journey here, before anything is spoken."""
    if not spec.strict:
        return result
    if result.faults:
        raise FitError("\n".join(str(fault) for fault in result.faults))
    odd = [notice for notice in result.notices if notice.severity is Severity.WARNING]
    if odd:
        raise InputError("\n".join(str(notice) for notice in odd))
    return result


def _unspoken(line: Line, reason: str) -> Notice:
    message = f"{line.id} ({line.character}): cannot be spoken: {reason}"
    return Notice("line.unspeakable", message, Severity.FAULT, line.place, line.id)


def _misfit(each: LinePlan, timeline: Timeline) -> Notice:
    timecode = frame_to_timecode(timeline.start_frame + each.slot.start, timeline.rate)
    message = (
        f"{each.id} ({each.character}, {timecode}): {each.reason}. "
        f"Take about {each.syllables_over} syllables out, give it more room, or allow a higher --max-rate"
    )
    return Notice("line.impossible", message, Severity.FAULT, each.place, each.id)
