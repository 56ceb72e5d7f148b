"""The table as the command lines show it, and what it costs to import it."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
import typer.main

from indextts_post.cli.app import app
from indextts_post.options import OPTIONS, Option, Surface, options_for

COMMANDS = {"dub": Surface.DUB, "plan": Surface.DUB, "lint": Surface.DUB, "cast": Surface.CAST, "serve": Surface.SERVE}


def parameters(command: str) -> dict[str, Any]:
    group: Any = typer.main.get_command(app)
    return {parameter.name: parameter for parameter in group.commands[command].params}


@pytest.mark.parametrize(("command", "surface"), COMMANDS.items())
def test_a_command_takes_every_option_of_its_surface(command: str, surface: Surface) -> None:
    found = parameters(command)
    for option in options_for(surface):
        assert f"--{option.name}" in found[option.key].opts, option.name


def test_no_option_is_called_as_another() -> None:
    names = Counter(name for option in OPTIONS for name in (option.name, *option.aliases))
    assert max(names.values()) == 1
    assert [option.key for option in OPTIONS] == [option.name.replace("-", "_") for option in OPTIONS]


def test_importing_the_table_imports_no_room() -> None:
    heavy = ("torch", "numpy", "pydantic", "typer", "scipy", "opentimelineio", "indextts_post.timeline")
    code = f"import sys, indextts_post.options; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_an_option_says_what_it_does_and_where_it_goes(option: Option) -> None:
    assert option.help.endswith(".")
    assert option.fields
    assert option.surfaces
