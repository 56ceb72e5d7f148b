"""The published ONNX graph of Kokoro cut in three, so that durations, pitch and energy become inputs.

Letters: `T` symbols with both pads, `F` decoder frames (their sum), 25 ms or 600 samples each.

    plan     tokens, style                                → frames [1, T], unrounded
    prosody  tokens, style, durations                     → pitch [1, 2F] Hz, energy [1, 2F]
    render   tokens, style, durations, pitch, energy      → samples [600 F] at 24 kHz

The cuts run through named tensors of the export. With unchanged durations and curves the parts give what the whole
gives (the 8-bit graph bit for bit). No operator draws at random: equal inputs, equal bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indextts_post.models import ModelStore
from indextts_post.synthesis.kokoro.symbols import PAD_ID, SYMBOL_IDS

SAMPLE_RATE = 24_000
FRAME_SAMPLES = 600
FRAMES_PER_S = SAMPLE_RATE // FRAME_SAMPLES
UNVOICED_BELOW_HZ = 10.0
"""The graph's own threshold: pitch values up to it mean unvoiced and have to stay so."""

_RAW = "/encoder/predictor/ReduceSum_output_0"
FRAMES_INPUT = "/encoder/Clip_output_0"
PITCH_INPUT = "/encoder/Squeeze_output_0"
_ENERGY = "/encoder/Squeeze_1_output_0"
_PARTS: dict[str, tuple[list[str], list[str]]] = {
    "plan": (["input_ids", "style"], [_RAW]),
    "prosody": (["input_ids", "style", FRAMES_INPUT], [PITCH_INPUT, _ENERGY]),
    "render": (["input_ids", "style", FRAMES_INPUT, PITCH_INPUT, _ENERGY], ["waveform"]),
}
_RECIPE = "cut1"

Floats = NDArray[np.float32]
Frames = NDArray[np.int64]


@dataclass(frozen=True)
class Curves:
    """`pitch` [2F] in Hz, unvoiced up to 10; `energy` [2F]; both 80 values a second."""

    pitch: Floats
    energy: Floats


def cut_graph(model: Path, folder: Path) -> None:
    """Write `plan.onnx`, `prosody.onnx` and `render.onnx` of the whole `model` into `folder`."""
    from onnx.utils import extract_model

    for name, (inputs, outputs) in _PARTS.items():
        extract_model(str(model), str(folder / f"{name}.onnx"), inputs, outputs, check_model=False)


class KokoroGraph:
    """The three parts, loaded once. Runs may come from several threads; each uses one core."""

    def __init__(self, folder: Path, *, threads_per_run: int = 1, providers: Sequence[str] = ("CPUExecutionProvider",)):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads_per_run
        options.inter_op_num_threads = 1
        self._sessions = {
            name: onnxruntime.InferenceSession(folder / f"{name}.onnx", options, providers=list(providers))
            for name in _PARTS
        }

    def raw_frames(self, symbols: str, style: Floats) -> NDArray[np.float64]:
        """Unrounded natural frames [T] of each symbol, both pads included. `style` is [256]."""
        feed = {"input_ids": symbol_ids(symbols), "style": style[None]}
        (raw,) = self._sessions["plan"].run([_RAW], feed)
        return np.asarray(raw, dtype=np.float64).reshape(-1)

    def curves(self, symbols: str, style: Floats, frames: Frames) -> Curves:
        """Pitch and energy for exactly `frames` [T]."""
        feed = {"input_ids": symbol_ids(symbols), "style": style[None], FRAMES_INPUT: frames[None].astype(np.float32)}
        pitch, energy = self._sessions["prosody"].run([PITCH_INPUT, _ENERGY], feed)
        return Curves(pitch.reshape(-1), energy.reshape(-1))

    def render(self, symbols: str, style: Floats, frames: Frames, curves: Curves) -> Floats:
        """Samples [600 · sum of `frames`]."""
        feed = {
            "input_ids": symbol_ids(symbols),
            "style": style[None],
            FRAMES_INPUT: frames[None].astype(np.float32),
            PITCH_INPUT: curves.pitch[None],
            _ENERGY: curves.energy[None],
        }
        (samples,) = self._sessions["render"].run(["waveform"], feed)
        return np.ascontiguousarray(samples.reshape(-1), dtype=np.float32)


def open_graph(store: ModelStore, model: str, *, providers: Sequence[str]) -> KokoroGraph:
    """Cut the model `model` of the store, or find it cut, and load it. Raises `ModelError` if it cannot be had."""
    folder = store.pull(model)
    (file,) = store.entry(model).files
    parts = store.derived(f"{model}-{file.sha256[:16]}-{_RECIPE}", lambda into: cut_graph(folder / file.path, into))
    return KokoroGraph(parts, providers=providers)


def natural_frames(raw: NDArray[np.float64]) -> Frames:
    """Whole frames as the uncut graph rounds them: to the nearest (halves to even), at least one."""
    return np.maximum(1, np.rint(raw)).astype(np.int64)


def symbol_ids(symbols: str) -> NDArray[np.int64]:
    return np.array([[PAD_ID, *(SYMBOL_IDS[symbol] for symbol in symbols), PAD_ID]], dtype=np.int64)
