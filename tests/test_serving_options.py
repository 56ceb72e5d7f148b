"""`dubsync serve`: what is said of one project, and what of all."""

from __future__ import annotations

from pathlib import Path

import pytest

from indextts_post.cli.serving import opening_of
from indextts_post.errors import InputError, OptionError

CHANGES = {"fps": "25", "lang": "zh", "max_rate": "1.15", "profile": "netflix"}


def test_how_a_file_is_read_is_said_of_the_project_named_and_all_else_of_all(tmp_path: Path) -> None:
    project, film = tmp_path / "cut.srt", tmp_path / "cut.mp4"
    project.touch()
    first, others = opening_of(project, {**CHANGES, "video": film})
    assert first is not None
    assert (first.path, first.video, first.language, first.options) == (project, film, "zh", {"fps": "25"})
    assert others == {"max_rate": "1.15", "profile": "netflix"}


def test_without_a_project_it_is_said_of_all(tmp_path: Path) -> None:
    assert opening_of(None, CHANGES) == (None, CHANGES)


def test_files_without_a_project_and_a_project_that_is_not_there_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="--video: belongs to a project, and 0 are named"):
        opening_of(None, {"video": tmp_path / "cut.mp4"})
    with pytest.raises(InputError, match="no such file"):
        opening_of(tmp_path / "nowhere.srt", {})
