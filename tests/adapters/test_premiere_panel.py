"""The Premiere panel: its types against Adobe's, its steps against a host as strict as the real one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ADAPTER = Path(__file__).parent.parent.parent / "adapters" / "premiere"
SUITE = Path(__file__).parent / "premiere"
TYPES = Path("node_modules") / "@adobe" / "premierepro" / "src" / "premierepro.d.ts"
NODE, NPM = shutil.which("node"), shutil.which("npm")
SOURCES = shutil.ignore_patterns("node_modules")

pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the adapter with the packages its lock file names."""
    if NPM is None:
        pytest.skip("npm is not installed")
    folder = tmp_path_factory.mktemp("premiere") / "adapter"
    shutil.copytree(ADAPTER, folder, ignore=SOURCES)
    command = [NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"the packages cannot be had: {done.stderr.strip()[-200:]}")
    return folder


@pytest.mark.slow
def test_the_panel_keeps_to_the_types_adobe_publishes(checked: Path) -> None:
    done = subprocess.run(["npx", "tsc", "-p", "."], cwd=checked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_the_type_check_notices_what_is_not_there(checked: Path) -> None:
    """A check that cannot fail is none: a misspelt call, a browser's object and an unlocked type are found."""
    wrong = checked / "panel" / "src" / "wrong.js"
    wrong.write_text(
        'const ppro = require("premierepro");\n'
        "module.exports = () => [ppro.TickTime.createWithTicks(5), new TextDecoder(), ppro.Sequencer];\n"
    )
    done = subprocess.run(["npx", "tsc", "-p", "."], cwd=checked, capture_output=True, text=True, check=False)
    wrong.unlink()
    assert done.returncode != 0
    assert [word for word in ("number", "TextDecoder", "Sequencer") if word not in done.stdout] == []


@pytest.mark.slow
def test_the_panel_does_its_steps(checked: Path) -> None:
    names = [str(path) for path in sorted(SUITE.glob("*.test.mjs"))]
    environment = {**os.environ, "PREMIERE_TYPES": str(checked / TYPES)}
    assert NODE is not None
    command = [NODE, "--test", "--test-reporter", "tap", *names]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert int(re.findall(r"^# pass (\d+)$", done.stdout, re.MULTILINE)[0]) > 50
    assert re.findall(r"^# skipped (\d+)$", done.stdout, re.MULTILINE) == ["0"]
