"""Checkpoints are fetched repository by repository, after their licence was accepted, and put where they are read."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from indextts_post.errors import ModelError, OptionError
from indextts_post.models import CHECKPOINTS, pull_checkpoint, require_accepted
from indextts_post.models.checkpoints import Repository
from indextts_post.models.fetch import FetchError
from indextts_post.progress import Silent


class Shelf:
    """Repositories on a shelf: every pattern is a file; `broken` is one that cannot be had."""

    def __init__(self, broken: str = "") -> None:
        self.broken = broken
        self.asked: list[tuple[str, str]] = []

    def get(self, repository: Repository, folder: Path) -> None:
        self.asked.append((repository.id, repository.revision))
        if repository.id == self.broken:
            raise FetchError("the line broke")
        for pattern in repository.patterns:
            place = folder / pattern.replace("*", "x")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(pattern.encode())


HASHES = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("gpt.pth", "s2mel.pth")}
PUBLISHED = CHECKPOINTS["indextts2"]


def test_every_repository_is_fetched_at_its_pinned_revision_into_its_place(tmp_path: Path) -> None:
    shelf = Shelf()
    folder = pull_checkpoint(replace(PUBLISHED, sha256=HASHES), tmp_path, shelf, Silent())
    assert folder == tmp_path / "indextts2"
    assert dict(shelf.asked)["IndexTeam/IndexTTS-2"] == "740dcaff396282ffb241903d150ac011cd4b1ede"
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert files >= {
        "config.yaml",
        "gpt.pth",
        "bpe.model",
        "hf_cache/semantic_codec_model.safetensors",
        "hf_cache/campplus_cn_common.bin",
        "hf_cache/bigvgan/bigvgan_generator.pt",
        "hf_cache/w2v-bert-2.0/model.safetensors",
    }
    assert not (folder / ".partial").exists()


def test_a_broken_line_names_the_repository_and_keeps_what_came_before(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"amphion/MaskGCT: .*the line broke.*pull indextts2` again"):
        pull_checkpoint(PUBLISHED, tmp_path, Shelf("amphion/MaskGCT"), Silent())
    assert (tmp_path / "indextts2/gpt.pth").is_file()


def test_a_file_with_another_hash_than_the_known_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gpt\.pth: 7 bytes that are not the published ones"):
        pull_checkpoint(PUBLISHED, tmp_path, Shelf(), Silent())


def test_a_licence_is_shown_until_it_is_accepted_and_then_never_again(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as shown:
        require_accepted("indextts2", False, tmp_path)
    assert "CC BY-NC 4.0: not for commercial use" in str(shown.value)
    assert "dubsync models pull indextts2 --accept-licence" in str(shown.value)
    require_accepted("indextts2", True, tmp_path)
    require_accepted("indextts2", False, tmp_path)
    with pytest.raises(OptionError, match="bilibili Model Use License Agreement"):
        require_accepted("indextts2.5", False, tmp_path)


def test_version_2_5_needs_no_non_commercial_file() -> None:
    assert "non-commercial" in CHECKPOINTS["indextts2"].licences
    assert "non-commercial" not in CHECKPOINTS["indextts2.5"].licences
