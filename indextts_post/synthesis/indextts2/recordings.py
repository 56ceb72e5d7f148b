"""Reference recordings as files: where they are, what of them is used, and whether they are fit to be a voice.

A recording of any length, rate and number of channels becomes mono at 22,050 Hz, without the silence around it, and no
longer than its best 15 seconds. No network is needed here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indextts_post.audio import Samples, audible_span, read_mono, resample
from indextts_post.cast import REFERENCE, VoiceInfo
from indextts_post.errors import CastError, MediaError

VOICES_FOLDER = "voices"
"""Where recordings are looked for, beside the project and in the model's folder."""

RATE = 22_050
LEAST_S = 1.0
"""Below this there is nothing to take a voice from."""
SHORT_S = 3.0
"""Below this a voice comes out less like its owner."""
WANTED_S, LONGEST_S = 10.0, 15.0
"""Length of what is used of a long recording, and the most that is ever used."""

_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff"})
_WINDOW = RATE // 50
_PAUSE_REACH_S = 2.0
_AROUND_MS = 100
_SILENT = 10 ** (-60 / 20)
_FULL_SCALE = 0.999
_CLIPPED_SHARE = 1e-3
_NOISY_DB = 20.0
_QUIET_BELOW_PEAK_DB = 30.0


@dataclass(frozen=True)
class Recording:
    """`samples` [S] float32 mono at 22,050 Hz, the part that is used; `flaws` are sentences about the whole file.

    `from_s` and `length_s` say where that part lies in the file.
    """

    samples: Samples
    from_s: float
    length_s: float
    flaws: tuple[str, ...]


def found_recordings(folders: Sequence[Path]) -> tuple[VoiceInfo, ...]:
    """Any recording, then those in the `voices` folders of `folders`, by name; the language is open."""
    named = dict.fromkeys(f"{VOICES_FOLDER}/{path.name}" for folder in folders for path in _sounds(folder))
    anything = VoiceInfo(REFERENCE, "", note=f"any recording of 5 to 15 s: {REFERENCE}path/to/file.wav")
    return (*(VoiceInfo(REFERENCE + name, "", rank=rank) for rank, name in enumerate(named)), anything)


def _sounds(folder: Path) -> Iterator[Path]:
    voices = folder / VOICES_FOLDER
    if voices.is_dir():
        yield from sorted(path for path in voices.iterdir() if path.suffix.lower() in _SUFFIXES)


def recording_path(voice: str, folders: Sequence[Path]) -> Path:
    """The file of a voice `ref:…`, in the first of `folders` that has it. Raises `CastError`."""
    if not voice.startswith(REFERENCE) or voice == REFERENCE:
        raise CastError(
            f"voice {voice!r}: 0 recordings are named in it. This engine speaks in the voice of a recording; "
            f'write voice = "{REFERENCE}voices/name.wav" into cast.toml.'
        )
    wanted = Path(voice.removeprefix(REFERENCE)).expanduser()
    places = [wanted] if wanted.is_absolute() else [folder / wanted for folder in folders]
    for place in places:
        if place.is_file():
            return place
    names = [info.id for info in found_recordings(folders)[:-1]]
    near = get_close_matches(voice, names, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else " Check the path; it counts from the folder of cast.toml."
    raise CastError(f"voice {voice!r}: no such file in {len(places)} folder(s).{hint}")


def read_recording(path: Path) -> Recording:
    """Read and judge a recording. Raises `MediaError` for one that is broken, silent, or under a second."""
    whole, rate = read_mono(path)
    if not len(whole) or not np.isfinite(whole).all():
        raise MediaError(f"{path}: {len(whole)} samples that are no sound. Export the recording again as WAV.")
    if float(np.abs(whole).max()) < _SILENT:
        raise MediaError(f"{path}: silent, nothing above −60 dBFS. Choose a recording in which somebody speaks.")
    samples = resample(whole, rate, RATE)
    heard = audible_span(samples, RATE, kept_ms=_AROUND_MS)
    if heard.samples < LEAST_S * RATE:
        raise MediaError(
            f"{path}: {heard.samples / RATE:.1f} s of speech are too short to be a voice. "
            "Choose a recording of 5 to 15 s, 1 s at the least."
        )
    start, end = _best_part(samples[heard.start : heard.end])
    used = np.ascontiguousarray(samples[heard.start + start : heard.start + end])
    flaws = tuple(_flaws(path, whole, used))
    return Recording(used, (heard.start + start) / RATE, len(used) / RATE, flaws)


def _flaws(path: Path, whole: Samples, used: Samples) -> Iterator[str]:
    seconds = len(used) / RATE
    if seconds < SHORT_S:
        yield f"{path}: {seconds:.1f} s are short for a voice; take 5 to 15 s, and it will sound more like its owner"
    clipped = float(np.mean(np.abs(whole) >= _FULL_SCALE))
    if clipped > _CLIPPED_SHARE:
        yield f"{path}: clipped, {clipped:.1%} of its samples are at full scale; take a cleaner recording"
    levels = levels_db(used)
    distance = float(np.percentile(levels, 90) - np.percentile(levels, 5))
    if distance < _NOISY_DB:
        yield f"{path}: noisy, speech is only {distance:.0f} dB above the background; take a cleaner recording"


def levels_db(samples: Samples) -> NDArray[np.float64]:
    """Level of each window of 20 ms in dB of full scale; the last, unfinished window is left out."""
    count = len(samples) // _WINDOW
    windows = samples[: count * _WINDOW].astype(np.float64).reshape(count, _WINDOW)
    return np.asarray(10 * np.log10(np.square(windows).mean(axis=1) + 1e-12))


def quiet_windows(samples: Samples) -> NDArray[np.bool_]:
    """Which windows of 20 ms are pauses: 30 dB below the loudest one."""
    levels = levels_db(samples)
    return np.asarray(levels < levels.max() - _QUIET_BELOW_PEAK_DB)


def _best_part(samples: Samples) -> tuple[int, int]:
    """Start and end of what is used: all up to 15 s, else about 10 s with the most speech, from pause to pause."""
    if len(samples) <= LONGEST_S * RATE:
        return 0, len(samples)
    speech = (~quiet_windows(samples)).astype(np.float64)
    wanted = round(WANTED_S * RATE / _WINDOW)
    sums = np.convolve(speech, np.ones(wanted), mode="valid")
    first = int(sums.argmax())
    start = _nearest_pause(speech, first)
    end = _nearest_pause(speech, first + wanted)
    return start * _WINDOW, end * _WINDOW


def _nearest_pause(speech: NDArray[np.float64], place: int) -> int:
    """The quiet window nearest to `place`, within two seconds; `place` itself where there is none."""
    reach = round(_PAUSE_REACH_S * RATE / _WINDOW)
    low = max(0, place - reach)
    quiet = np.flatnonzero(speech[low : place + reach] == 0) + low
    return int(quiet[np.abs(quiet - place).argmin()]) if len(quiet) else place
