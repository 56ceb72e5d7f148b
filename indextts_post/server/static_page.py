"""The page itself, which needs no token: it learns it from the address it was opened with, behind the `#`."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import FileResponse, HTMLResponse, Response

MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>dubsync</title>
<h1>The page is not built</h1>
<p>The server works, and programs can use it; only the page in the browser is missing from this copy of dubsync.</p>
<p>Install dubsync from a release, which has the page in it, or build it in a copy of the sources:
<code>make page</code>. Then load this again.</p></html>
"""
_FOREVER = {"cache-control": "public, max-age=31536000, immutable"}
_FRESH = {"cache-control": "no-cache"}


def page_file(folder: Path, path: str) -> Response:
    """A file of the built page; its first page for every address that is none. Built names hold a hash and stay."""
    index = folder / "index.html"
    if not index.is_file():
        return HTMLResponse(MISSING, 503 if path in ("", "index.html") else 404)
    wanted = (folder / path).resolve() if "\0" not in path else index
    if path and wanted.is_relative_to(folder.resolve()) and wanted.is_file():
        built = "assets" in Path(path).parts
        return FileResponse(wanted, headers=_FOREVER if built else _FRESH, stat_result=wanted.stat())
    if Path(path).suffix:
        return Response(status_code=404)
    return FileResponse(index, headers=_FRESH, stat_result=index.stat())
