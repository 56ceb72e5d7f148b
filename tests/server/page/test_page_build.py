"""How the page is built: what counts as current, and what an install does where it cannot be built."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from indextts_post.server.page import build as builder

ROOT = Path(__file__).parents[3]


def hook_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("page_build_hook", builder.PAGE / "build_hook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Said:
    """Hatchling's voice, remembered."""

    def __init__(self) -> None:
        self.warnings: list[str] = []

    def display_warning(self, text: str) -> None:
        self.warnings.append(text)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A root with the page's sources in it, never built."""
    target = tmp_path / "indextts_post" / "server" / "page"
    shutil.copytree(builder.PAGE, target, ignore=shutil.ignore_patterns("node_modules", "dist", "__pycache__"))
    return tmp_path


def hook_for(root: Path, said: Said) -> Any:
    return hook_module().PageBuildHook(str(root), {}, None, None, "", "wheel", said)


def page_of(root: Path) -> Path:
    return root / "indextts_post" / "server" / "page"


def pretend_built(page: Path) -> None:
    (page / "dist").mkdir()
    (page / "dist" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (page / "dist" / "made-from.txt").write_text(builder.fingerprint(page), encoding="ascii")


def test_a_built_page_is_current_until_a_source_changes(clone: Path) -> None:
    page = page_of(clone)
    assert not builder.is_built(page)
    pretend_built(page)
    assert builder.is_built(page)
    with (page / "src" / "main.tsx").open("a", encoding="utf-8") as source:
        source.write("\n")
    assert not builder.is_built(page)


def test_dates_of_a_checkout_do_not_make_a_page_old(clone: Path) -> None:
    page = page_of(clone)
    pretend_built(page)
    for path in builder.source_files(page):
        path.touch()
    assert builder.is_built(page)


def test_the_hook_asks_for_node_only_where_it_must_build_and_has_none(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = hook_for(clone, Said())
    monkeypatch.setenv("PATH", str(clone))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert hook.dependencies() == [builder.NODE_PACKAGE]
    pretend_built(page_of(clone))
    assert hook.dependencies() == []


def test_an_install_without_a_registry_succeeds_and_says_loudly_how_to_build(
    clone: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (clone / "bin").mkdir()
    for name in ("node", "npm"):
        program = clone / "bin" / name
        program.write_text("#!/bin/sh\necho 'network unreachable' >&2\nexit 1\n", encoding="utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(clone / "bin"), prepend=":")
    said = Said()
    data: dict[str, Any] = {"artifacts": []}
    hook_for(clone, said).initialize("standard", data)
    assert "python -m indextts_post.server.page.build" in said.warnings[0]
    assert "network unreachable" in said.warnings[0]
    assert "NOT built" in capsys.readouterr().err
    assert not (page_of(clone) / "dist").exists()
    assert data["artifacts"] == ["/indextts_post/server/page/dist/**"]


def test_the_lock_file_names_every_package_with_its_hash_and_no_registry() -> None:
    text = (builder.PAGE / "package-lock.json").read_text(encoding="utf-8")
    packages = json.loads(text)["packages"]
    assert '"resolved"' not in text
    assert not re.search(r"https?://[^\"]*(registry|npmjs|mirror)", text)
    assert all("integrity" in entry for name, entry in packages.items() if name)


def test_every_package_of_the_page_is_under_a_permissive_licence() -> None:
    packages = json.loads((builder.PAGE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    licences = {entry["license"] for name, entry in packages.items() if name}
    assert licences <= {"MIT", "BSD-3-Clause", "Apache-2.0"}


@pytest.mark.slow
def test_the_page_is_built_from_a_clone_without_anything_else(clone: Path) -> None:
    if not builder.has_npm():
        pytest.skip("no npm on this machine")
    page = page_of(clone)
    done = subprocess.run(
        [sys.executable, str(page / "build.py")], capture_output=True, text=True, check=False, cwd=clone
    )
    if done.returncode and re.search("ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|longer than", done.stderr):
        pytest.skip("the npm registry cannot be reached from here")
    assert done.returncode == 0, done.stderr
    assert builder.is_built(page)
    assert {"index.html", "app.js", "app.css", "timecode.js"} <= {path.name for path in (page / "dist").iterdir()}
    assert not (page / "node_modules").exists()


def test_the_built_page_fetches_nothing_from_elsewhere(built_page: Path) -> None:
    for path in built_page.iterdir():
        if path.suffix in {".js", ".css", ".html"}:
            text = path.read_text(encoding="utf-8")
            assert not re.findall(r"(?:src|href)=\"https?:|url\(['\"]?https?:|import\(['\"]https?:|@import", text), (
                path.name
            )
