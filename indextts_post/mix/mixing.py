"""The verb of the room: measure the dialogue, then write stems and mix in one pass over the timeline.

Two passes, because a gain is needed before the first sample is written: the first reads the lines (and, where the
programme is what is measured, the background) and keeps one number for every 100 ms; the second writes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indextts_post.errors import InputError
from indextts_post.fit import Fitted
from indextts_post.media import AudioStream, Film, Loudness, mixable_channels, probe, sound_blocks, sound_source
from indextts_post.mix.bus import FixedLevel, Gauge, MixBus, StemBus
from indextts_post.mix.decibel import from_db, to_db
from indextts_post.mix.dialogue import Piece, dialogue_blocks
from indextts_post.mix.ducking import Ducking
from indextts_post.mix.meter import WEIGHTS, Meter, integrated_lufs
from indextts_post.mix.options import Measured, MixOptions
from indextts_post.mix.receipt import keep_mix, kept_mix, mix_key
from indextts_post.mix.records import Mixed, Stem
from indextts_post.mix.wav import pack_24, stem_file
from indextts_post.notices import Notice, Severity
from indextts_post.progress import Progress
from indextts_post.provenance import wav_chunks
from indextts_post.timebase import SAMPLE_RATE, SampleSpan

BLOCK = 96_000
"""Two seconds: long enough for numpy, short enough for hundreds of channels."""
_CENTRE = {1: (0,), 2: (0, 1), 6: (2,)}
"""Where dialogue goes: the one channel, both of a stereo mix, the centre of FL FR FC LFE BL BR."""
_SPREAD = math.sqrt(0.5)
"""To both sides of a stereo mix at −3 dB each, so that the same dialogue is as loud there as on its own channel."""
MOST_HELD_DB = 6.0
"""No line's peak is driven further past full scale than this: rather a dialogue under its target than one squashed."""
_CEILING_MARGIN_DB = 0.1
"""The limiter stays this far under the ceiling: two meters' oversampling filters differ by as much."""
_NOTE = Severity.NOTE


def mix(
    fitted: Sequence[Fitted],
    timeline_samples: int,
    background: Path | None,
    options: MixOptions,
    folder: Path,
    progress: Progress,
) -> Mixed:
    """Write `<folder>/stems/<character>.wav`, `stems/DX.wav` and `mix.wav`, each `timeline_samples` long.

    A character's stem holds each of its lines at its planned place, bit for bit, and digital silence elsewhere; DX is
    the sum of the stems. The mix has the background's channels (mono, stereo, 5.1; stereo without one) and the one gain
    that brings the dialogue to the profile. What an earlier run wrote from the same input is kept.
    What a line says behind the timeline's end is not in them, which is a fault among the notices.
    Raises `MediaError` for files that cannot be read, `InputError` for a line before the timeline, `OutputError`.
    """
    _check_places(fitted)
    bed = _bed(background, options)
    key = mix_key(fitted, timeline_samples, bed.film.path if bed else None, options)
    kept = kept_mix(folder, key)
    if kept:
        return kept
    job = _Job(fitted, timeline_samples, bed, options, folder, progress)
    blocks = -(-timeline_samples // BLOCK)
    progress.begin("mix", 2 * blocks)
    measured = _measure(job)
    mixed = _write(job, measured, _gains(job, measured))
    keep_mix(folder, key, mixed)
    return mixed


@dataclass(frozen=True)
class _Bed:
    """The background: what of which file, in how many channels."""

    film: Film
    stream: AudioStream
    channels: int


@dataclass(frozen=True)
class _Job:
    fitted: Sequence[Fitted]
    length: int
    bed: _Bed | None
    options: MixOptions
    folder: Path
    progress: Progress

    def ducking(self) -> Ducking:
        return Ducking((_speech(line) for line in self.fitted), self.options)

    def bed_blocks(self) -> Iterator[NDArray[np.float32]]:
        assert self.bed is not None
        return sound_blocks(self.bed.film, self.bed.stream, samples=self.length, block=BLOCK)


@dataclass(frozen=True)
class _Measurement:
    """What the first pass found: the dialogue as it is, and its highest sample in any one line."""

    dialogue: Gauge
    peak: float


@dataclass(frozen=True)
class _Gains:
    dialogue_db: float
    background_db: float
    short_db: float


def _bed(background: Path | None, options: MixOptions) -> _Bed | None:
    if background is None or not options.keep_background:
        return None
    film = probe(background)
    stream = sound_source(film)
    return _Bed(film, stream, mixable_channels(stream))


def _check_places(fitted: Sequence[Fitted]) -> None:
    for line in fitted:
        if line.samples.start < 0:
            raise InputError(
                f"{line.id} ({line.character}) begins at sample {line.samples.start}, before the timeline. "
                "Move the line."
            )


def _behind_the_end(line: Fitted, length: int) -> Notice | None:
    """What of a line's speech the timeline has no room for."""
    lost = _speech(line).end - max(length, line.samples.start)
    if lost <= 0:
        return None
    message = (
        f"{line.id} ({line.character}): its last {1000 * lost / SAMPLE_RATE:.0f} ms lie behind the timeline's end and "
        "are in neither stems nor mix; shorten the line, or give a longer film."
    )
    return Notice("mix.behind_the_end", message, Severity.FAULT, line_id=line.id)


def _speech(line: Fitted) -> SampleSpan:
    return SampleSpan(line.samples.start + line.speech.start, line.samples.start + line.speech.end)


def _measure(job: _Job) -> _Measurement:
    dialogue, peak = Gauge(WEIGHTS[1]), 0.0
    for span, pieces in dialogue_blocks(job.fitted, job.length, BLOCK):
        for piece in pieces:
            peak = max(peak, float(np.abs(piece.samples).max(initial=0.0)))
        if pieces:
            dialogue.add(_sum(pieces, span)[:, None])
        else:
            dialogue.skip(span.samples)
        job.progress.step("loudness")
    return _Measurement(dialogue, peak)


def _gains(job: _Job, measured: _Measurement) -> _Gains:
    """Gains that bring what the profile measures to its target, as far as the peaks allow it."""
    wanted_db, background_db = _wanted(job, measured.dialogue.energies())
    gain_db = min(wanted_db, MOST_HELD_DB - to_db(measured.peak))
    return _Gains(gain_db, background_db, wanted_db - gain_db)


def _wanted(job: _Job, dialogue: NDArray[np.float64]) -> tuple[float, float]:
    """Gains in dB of dialogue and background for the profile, from the dialogue's 100 ms energies."""
    target = job.options.profile.target_lufs
    loudness = integrated_lufs(dialogue)
    gain_db = target - loudness if math.isfinite(loudness) else 0.0
    background_db = job.options.background_gain_db
    if job.bed and job.options.profile.measured is Measured.PROGRAMME:
        bed = _bed_energies(job) * from_db(background_db) ** 2
        programme = integrated_lufs(dialogue * from_db(gain_db) ** 2 + bed)
        trim = target - programme if math.isfinite(programme) else 0.0
        return gain_db + trim, background_db + trim
    return gain_db, background_db


def _bed_energies(job: _Job) -> NDArray[np.float64]:
    """100 ms energies of the ducked background; dialogue's may be added, as the two have no waveform in common."""
    assert job.bed is not None
    meter, ducking, at = Meter(WEIGHTS[job.bed.channels]), job.ducking(), 0
    for block in job.bed_blocks():
        gain = ducking.gain(at, len(block))
        meter.add(block if gain is None else block * gain[:, None])
        at += len(block)
    return meter.energies()


def _sum(pieces: Sequence[Piece], span: SampleSpan) -> NDArray[np.float32]:
    """[n] what is said within `span`, all together."""
    total = np.zeros(span.samples, np.float32)
    for piece in pieces:
        total[piece.start - span.start : piece.end - span.start] += piece.samples
    return total


def _write(job: _Job, measured: _Measurement, gains: _Gains) -> Mixed:
    linear = from_db(gains.dialogue_db)
    characters = sorted({line.character for line in job.fitted})
    names = stem_names(characters)
    folder = job.folder / "stems"
    with ExitStack() as files, ThreadPoolExecutor(1, "stems") as beside:
        stems = {
            character: StemBus(
                files.enter_context(stem_file(folder / names[character], 1, job.length, _marked(job, character))),
                Gauge(WEIGHTS[1]),
            )
            for character in characters
        }
        dialogue = StemBus(
            files.enter_context(stem_file(folder / "DX.wav", 1, job.length, _marked(job))),
            FixedLevel(measured.dialogue.level()),
        )
        bus = _mix_bus(job, files, measured.dialogue.level(gain=linear))
        bed = files.enter_context(closing(_ducked(job, gains.background_db))) if job.bed else None
        clipped = 0
        for span, pieces in dialogue_blocks(job.fitted, job.length, BLOCK):
            # Stems and mix have only the pieces in common, which neither changes, and each gets its blocks in order:
            # side by side they come out as they would one after the other.
            past_full_scale = beside.submit(_write_stems, pieces, stems, dialogue)
            _write_mix(pieces, span, linear, bus, next(bed) if bed else None)
            clipped += past_full_scale.result()
            job.progress.step("mix")
        written = {character: stem.finish() for character, stem in stems.items()}
        dialogue_level, mix_level = dialogue.finish(), bus.finish()
    channels = job.bed.channels if job.bed else 2
    return Mixed(
        stems=tuple(
            Stem(character, folder / names[character], 1, job.length, written[character]) for character in characters
        ),
        dialogue=Stem("DX", folder / "DX.wav", 1, job.length, dialogue_level),
        mix=Stem("MIX", job.folder / "mix.wav", channels, job.length, mix_level),
        profile=job.options.profile.name,
        gain_db=gains.dialogue_db,
        limited=bus.limited,
        background=job.bed.film.path if job.bed else None,
        background_gain_db=gains.background_db,
        notices=_notices(job, gains, bus.limited, clipped),
    )


def _marked(job: _Job, character: str | None = None, *, composite: bool = False) -> bytes:
    """What says in a file whose synthetic voices are in it: one character's, or all of them."""
    own_lines = (line for line in job.fitted if character in (None, line.character))
    return wav_chunks((line.synthetic for line in own_lines if line.synthetic), composite=composite)


def _mix_bus(job: _Job, files: ExitStack, dialogue: Loudness) -> MixBus:
    """Without a background the mix is the dialogue on both sides, as loud as it; measured only if it may be limited."""
    ceiling_db = job.options.profile.ceiling_dbtp - _CEILING_MARGIN_DB
    channels = job.bed.channels if job.bed else 2
    marks = _marked(job, composite=job.bed is not None)
    file = files.enter_context(stem_file(job.folder / "mix.wav", channels, job.length, marks))
    if job.bed:
        return MixBus(file, Gauge(WEIGHTS[channels]), from_db(ceiling_db))
    side_db = dialogue.true_peak_dbtp + to_db(_SPREAD)
    gauge: Gauge | FixedLevel = Gauge((2.0,))
    if side_db <= ceiling_db:
        gauge = FixedLevel(replace(dialogue, true_peak_dbtp=side_db))
    return MixBus(file, gauge, from_db(ceiling_db), spread=True)


def _ducked(job: _Job, gain_db: float) -> Generator[NDArray[np.float32], None, None]:
    ducking, level, at = job.ducking(), np.float32(from_db(gain_db)), 0
    for block in job.bed_blocks():
        gain = ducking.gain(at, len(block))
        yield block * level if gain is None else block * (gain * level)[:, None]
        at += len(block)


def _write_stems(pieces: Sequence[Piece], stems: Mapping[str, StemBus], dialogue: StemBus) -> int:
    """Put a block's pieces into their stems and into DX; gives the samples of DX that are past full scale."""
    clipped = 0
    for group in _overlapping(pieces):
        if len(group) == 1:
            packed = pack_24(group[0].samples)
            stems[group[0].line.character].put(group[0].start, group[0].samples, packed)
            dialogue.put(group[0].start, group[0].samples, packed)
            continue
        span = _extent(group)
        for character in sorted({piece.line.character for piece in group}):
            own_lines = [piece for piece in group if piece.line.character == character]
            own = _extent(own_lines)
            total = _sum(own_lines, own)
            stems[character].put(own.start, total, pack_24(total))
        total = _sum(group, span)
        clipped += int(np.count_nonzero(np.abs(total) > 1.0))
        dialogue.put(span.start, total, pack_24(total))
    return clipped


def _overlapping(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Pieces by increasing start, in groups that have nothing to do with each other."""
    group: list[Piece] = []
    end = 0
    for piece in sorted((piece for piece in pieces if len(piece.samples)), key=lambda piece: piece.start):
        if group and piece.start >= end:
            yield group
            group = []
        end = max(end, piece.end) if group else piece.end
        group.append(piece)
    if group:
        yield group


def _extent(pieces: Sequence[Piece]) -> SampleSpan:
    return SampleSpan(min(piece.start for piece in pieces), max(piece.end for piece in pieces))


def _write_mix(
    pieces: Sequence[Piece], span: SampleSpan, gain: float, bus: MixBus, bed: NDArray[np.float32] | None
) -> None:
    if bed is None:
        if pieces:
            bus.add(_sum(pieces, span)[:, None] * np.float32(gain * _SPREAD))
        else:
            bus.skip(span.samples)
        return
    block = bed.copy()
    channels = _CENTRE[block.shape[1]]
    level = np.float32(gain * (_SPREAD if len(channels) == 2 else 1.0))
    for piece in pieces:
        for channel in channels:
            block[piece.start - span.start : piece.end - span.start, channel] += piece.samples * level
    bus.add(block)


def stem_names(characters: Sequence[str]) -> dict[str, str]:
    """A file name for each character: its letters and digits (any script), the rest `_`; never two alike, nor DX."""
    names: dict[str, str] = {}
    taken = {"dx"}
    for character in characters:
        plain = re.sub(r"[^\w.-]+", "_", character).strip("._")[:60] or "unnamed"
        name, number = plain, 2
        while name.casefold() in taken:
            name, number = f"{plain}-{number}", number + 1
        taken.add(name.casefold())
        names[character] = f"{name}.wav"
    return names


def _notices(job: _Job, gains: _Gains, limited: bool, clipped: int) -> tuple[Notice, ...]:
    profile = job.options.profile
    found = [notice for line in job.fitted if (notice := _behind_the_end(line, job.length))]
    if limited:
        found.append(Notice("mix.limited", f"Peaks of the mix were held at {profile.ceiling_dbtp:g} dBTP.", _NOTE))
    if gains.short_db > 0.05:
        message = (
            f"The dialogue stays {gains.short_db:.1f} LU under {profile.name}'s {profile.target_lufs:g} LUFS, as its "
            f"peaks would have to be held by more than {MOST_HELD_DB:g} dB."
        )
        found.append(Notice("mix.under_target", message))
    if clipped:
        message = (
            f"Lines spoken together are past full scale in stems/DX.wav for {clipped} samples; the characters' own "
            "stems and the mix are whole."
        )
        found.append(Notice("mix.dx_clipped", message))
    return tuple(found)
