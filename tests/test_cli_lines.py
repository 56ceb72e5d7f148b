"""`dubsync lines` says of every line where it came from, of every doubt who is asked, of every gap what stood there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from indextts_post.cast import read_cast
from indextts_post.cli.app import app

SCRIPT = """1
00:00:01,000 --> 00:00:02,000
ANNA: Where is he?

2
00:00:03,000 --> 00:00:05,000
Paris: the city of light.

3
00:00:06,000 --> 00:00:07,000
♪ la la la ♪

4
00:00:08,000 --> nine
Lost words.
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "talk.srt"
    path.write_text(SCRIPT, encoding="utf-8")
    return path


def lines_of(path: Path, *options: str) -> dict[str, object]:
    found = CliRunner().invoke(app, ["lines", str(path), "--lang", "en", "--json", *options])
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)  # type: ignore[no-any-return]


def test_json_says_place_rule_and_doubt_of_every_line(script: Path) -> None:
    payload = lines_of(script)
    keys = ("character", "text", "rule", "doubt")
    assert [[line[key] for key in keys] for line in payload["lines"]] == [  # type: ignore[attr-defined]
        ["ANNA", "Where is he?", "written in capitals before speech", ""],
        ["Narrator", "Paris: the city of light.", "nobody is named", "Paris"],
    ]
    assert [line["place"]["line"] for line in payload["lines"]] == [2, 6]  # type: ignore[attr-defined]


def test_json_lists_questions_and_what_was_left_out_with_its_line(script: Path) -> None:
    payload = lines_of(script)
    (question,) = payload["questions"]  # type: ignore[misc]
    assert (question["line"], question["place"]["line"]) == ("L0002", 6)
    left_out = {(notice["code"], notice["place"]["line"]) for notice in payload["left_out"]}  # type: ignore[attr-defined]
    assert left_out == {("cue.sung", 10), ("cue.nothing_spoken", 10), ("subtitle.times", 14)}


def test_one_word_confirms_a_speaker_and_is_kept(script: Path) -> None:
    confirmed = lines_of(script, "--confirm", "Paris")
    assert [(line["character"], line["text"]) for line in confirmed["lines"]] == [  # type: ignore[attr-defined]
        ("ANNA", "Where is he?"),
        ("Paris", "the city of light."),
    ]
    assert read_cast(script.with_name("cast.toml")).speakers == {"Paris": True}
    assert set(read_cast(script.with_name("cast.toml")).characters) >= {"ANNA"}
    assert lines_of(script)["questions"] == []


def test_one_word_settles_that_words_are_words(script: Path) -> None:
    settled = lines_of(script, "--words", "paris")
    assert settled["questions"] == []
    assert settled["lines"][1]["text"] == "Paris: the city of light."  # type: ignore[index]


def test_a_name_cannot_be_both(script: Path) -> None:
    found = CliRunner().invoke(app, ["lines", str(script), "--confirm", "Paris", "--words", "paris"])
    assert found.exit_code == 2
    assert "both name paris" in found.stderr


def test_the_table_shows_places_rules_and_questions(script: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = CliRunner().invoke(app, ["lines", str(script), "--lang", "en"]).output
    for words in ("talk.srt:2", "written in capitals", "'Paris'?", "Who speaks? (1)", "Not spoken (3)", "talk.srt:14"):
        assert words in shown


def test_strict_refuses_a_file_of_which_words_are_left_out(script: Path) -> None:
    refused = CliRunner().invoke(app, ["lines", str(script), "--lang", "en", "--strict"])
    assert refused.exit_code == 3
    assert "talk.srt:14" in refused.stderr
    assert "talk.srt:10" in refused.stderr


@pytest.mark.parametrize("folder", [".", "..", "sub", "/"])
def test_a_folder_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    refused = CliRunner().invoke(app, ["lines", folder])
    assert refused.exit_code == 3
    assert "is a folder" in refused.stderr
