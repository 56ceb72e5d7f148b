"""`cast.toml` is read as a whole, and every mistake is found at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from indextts_post.cast import Character, read_cast, write_cast
from indextts_post.errors import CastError
from indextts_post.timeline import SyncClass


def written(folder: Path, text: str) -> Path:
    path = folder / "cast.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_cast_says_who_sounds_how(tmp_path: Path) -> None:
    cast = read_cast(
        written(
            tmp_path,
            """
[defaults]
language = "zh"

[characters."林雨"]
voice = "zf_xiaoxiao"
aliases = ["LIN YU", "小雨"]
gain_db = -2
emotion = {angry = 0.7}
intensity = 0.5
sync = "lip"
""",
        )
    )
    found = cast.find("lin yu")
    assert found is not None
    assert (found.name, found.voice, found.gain_db, found.sync) == ("林雨", "zf_xiaoxiao", -2.0, SyncClass.LIP)
    assert (dict(found.emotion.values), found.emotion.intensity) == ({"angry": 0.7}, 0.5)
    assert cast.find("nobody") is None
    assert cast.language == "zh"


def test_every_mistake_is_reported_at_once_with_its_line(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        """[characters.Ben]
voice = 7
gain = 3
intensity = 3
emotion = {furious = 1}

[characters.Ann]
aliases = ["ben"]
sync = "tight"
""",
    )
    with pytest.raises(CastError) as caught:
        read_cast(path)
    rows = str(caught.value).splitlines()
    assert [row.split(":")[1] for row in rows] == ["3", "2", "4", "5", "9", "8"]
    assert "'furious' is not one of happy, angry" in str(caught.value)
    assert "must lie between 0 and 1, not 3" in str(caught.value)
    assert "'ben' already belongs to Ben" in str(caught.value)


def test_broken_toml_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(CastError, match=r"cast\.toml: not valid TOML"):
        read_cast(written(tmp_path, "[characters.Ben\n"))


def test_a_written_cast_reads_back(tmp_path: Path) -> None:
    path = tmp_path / "cast.toml"
    write_cast(path, [Character("Mara O'Neil", voice="af_heart", language="en"), Character("陈默", voice="zm")], "en")
    cast = read_cast(path)
    assert cast.language == "en"
    assert {name: c.voice for name, c in cast.characters.items()} == {"Mara O'Neil": "af_heart", "陈默": "zm"}
