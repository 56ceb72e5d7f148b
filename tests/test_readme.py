"""What the README tells people to type exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from indextts_post.cli.app import app

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
MAKEFILE = (Path(__file__).parent.parent / "Makefile").read_text(encoding="utf-8")
COMMANDS = typer.main.get_command(app)


def typed() -> list[str]:
    """Every `dubsync …` of an indented block or a code span, without its comment."""
    blocks = [row.partition("#")[0].strip() for row in README.splitlines() if row.startswith("    dubsync ")]
    spans = re.findall(r"`(dubsync [^`]+)`", README)
    return sorted({*blocks, *spans})


@pytest.mark.parametrize("line", typed())
def test_every_command_of_the_readme_is_known_with_its_options(line: str) -> None:
    words = line.split()[1:]
    command = COMMANDS
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]  # type: ignore[attr-defined]
    if command is COMMANDS and words and not words[0].startswith("--"):
        assert "." in words[0] or words[0] == "FILE", f"{words[0]} is neither a command nor a file"
        command = COMMANDS.commands["dub"]  # type: ignore[attr-defined]
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {
        "--help"
    }
    assert {word for word in words if word.startswith("--")} <= options


def test_every_make_target_of_the_readme_exists() -> None:
    for target in re.findall(r"make ([a-z][a-z0-9-]+)", README):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def test_every_linked_file_exists() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (Path(__file__).parent.parent / link).exists(), link
