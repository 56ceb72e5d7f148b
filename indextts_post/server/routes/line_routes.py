"""Lines: read, changed, read aloud on paper; their takes."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Header
from starlette.responses import Response

from indextts_post.cast import find_lexicon, reading_of
from indextts_post.server.projects import OpenProject
from indextts_post.server.refusals import RefusedError
from indextts_post.server.routes.answers import ERRORS, Project, Server, ready, sound_or_film
from indextts_post.server.shapes import LinePatch, LineShape, LinesShape, ReadingShape, TakesShape
from indextts_post.server.views import take_json

router = APIRouter(prefix="/projects/{project}/lines", responses=ERRORS)
WAV = "audio/wav"


@router.get("", response_model=LinesShape)
async def lines(project: Project, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """All lines as they now are. Send the `ETag` back as `If-None-Match` and get 304 while nothing has changed."""
    if if_none_match == project.etag:
        return Response(status_code=304, headers={"etag": project.etag, "cache-control": "no-cache"})
    return ready(project.lines_body, etag=project.etag)


@router.get("/{line}", response_model=LineShape)
async def one_line(project: Project, line: str) -> Response:
    return ready(project.line_body(line))


@router.patch("/{line}", response_model=LineShape)
async def change_line(
    project: Project, backend: Server, line: str, body: LinePatch, if_match: Annotated[str | None, Header()] = None
) -> Response:
    """Change a line; null takes a change back. With `If-Match: <revision>`, only if nobody changed it since."""
    said = body.named()
    backend.roots.check_recordings(said, project.opening.cast.parent)
    changed = await to_thread.run_sync(partial(project.patch, line, said, _revision(if_match)))
    backend.jobs.tell_lines(project, [line])
    backend.jobs.plan_soon(project)
    return ready(changed)


def _revision(if_match: str | None) -> int | None:
    if if_match is None or if_match.strip() == "*":
        return None
    text = if_match.strip().strip('"').partition("-")[0]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise RefusedError(400, "if-match", f"If-Match must be a revision, not {if_match[:40]!r}.")
    return int(text)


@router.get("/{line}/reading", response_model=ReadingShape)
async def reading(project: Project, line: str) -> dict[str, Any]:
    """How the line is read, word by word; a doubtful word has others."""
    return await to_thread.run_sync(_reading, project, line)


def _reading(project: OpenProject, line_id: str) -> dict[str, Any]:
    line = project.known(line_id)
    found = reading_of(line.text, line.language, find_lexicon(project.opening.cast.parent))
    words = [
        {"text": w.text, "reading": w.spoken or w.reading, "doubtful": w.doubtful, "others": list(w.alternatives)}
        for w in found.words
    ]
    return {"spoken": found.spoken, "words": words}


@router.get("/{line}/takes", response_model=TakesShape)
async def takes(project: Project, line: str) -> dict[str, Any]:
    """All takes of a line, oldest first; a number never changes."""
    rows = await to_thread.run_sync(project.takes_of, line)
    base = f"/v1/projects/{project.id}/lines/{line}"
    return {"takes": [take_json(row, base) for row in rows]}


@router.post("/{line}/takes/release", response_model=LineShape)
async def release(project: Project, backend: Server, line: str) -> Response:
    """Use the newest take again."""
    return await _chosen(backend, project, line, partial(project.release, line))


@router.post("/{line}/takes/{number}/promote", response_model=LineShape)
async def promote(project: Project, backend: Server, line: str, number: int) -> Response:
    """Use this take from now on; the next mix places it."""
    return await _chosen(backend, project, line, partial(project.promote, line, number))


async def _chosen(backend: Server, project: OpenProject, line: str, choose: Any) -> Response:
    body = await to_thread.run_sync(choose)
    backend.jobs.tell_lines(project, [line])
    return ready(body)


@router.get("/{line}/takes/{number}/audio", response_class=Response)
async def take_audio(project: Project, backend: Server, line: str, number: int) -> Response:
    """The take as it was spoken, at the engine's own rate."""
    path = await to_thread.run_sync(project.take_file, line, number)
    return sound_or_film(backend, path, WAV)


@router.get("/{line}/audio", response_class=Response)
async def line_audio(project: Project, backend: Server, line: str) -> Response:
    """The line's file exactly as it stands in the timeline: 48 kHz, 24 bit, from `plan.start_sample` on."""
    project.known(line)
    return sound_or_film(backend, project.folder.fitted / f"{line}.wav", WAV)
