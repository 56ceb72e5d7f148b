"""Health, session, and projects: opened from a path, read, listed; their characters and voices."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from anyio import to_thread
from fastapi import APIRouter
from starlette.responses import Response

from indextts_post import __version__
from indextts_post.export import TARGETS
from indextts_post.server.backend import Backend
from indextts_post.server.openings import Opening, opening
from indextts_post.server.projects import OpenProject
from indextts_post.server.roots import Roots
from indextts_post.server.routes.answers import ERRORS, Project, Server
from indextts_post.server.session import API
from indextts_post.server.shapes import (
    CharacterPatch,
    CharacterShape,
    CharactersShape,
    FormatsShape,
    Health,
    OpenBody,
    ProjectShape,
    ProjectsShape,
    VoicesShape,
)
from indextts_post.server.views import character_json
from indextts_post.synthesis import EngineOptions, offered
from indextts_post.timebase import SAMPLE_RATE

router = APIRouter(responses=ERRORS)


@router.get("/health", response_model=Health)
async def health() -> dict[str, Any]:
    """Is somebody there, and does he speak our version? The only address that needs no token."""
    return {"name": "dubsync", "version": __version__, "api": API}


@router.post("/session", status_code=204)
async def session(backend: Server) -> Response:
    """A cookie for what the page cannot send a header with: sound, film and pictures of sound."""
    answer = Response(status_code=204)
    answer.set_cookie(
        backend.cookie_name,
        backend.session.cookie,
        httponly=True,
        samesite="strict",
        secure=backend.options.tls_cert is not None,
        path="/v1/",
    )
    return answer


@router.get("/projects", response_model=ProjectsShape)
async def projects(backend: Server) -> dict[str, Any]:
    """All projects that are open."""
    return {"projects": [project_json(backend, project) for project in backend.projects.values()]}


@router.post("/projects", status_code=201, response_model=ProjectShape)
async def open_project(body: OpenBody, backend: Server) -> dict[str, Any]:
    """Open a timeline or subtitle file that lies on this machine; a second time gives the same project."""
    known = checked_opening(body, backend.roots, backend.options.engine)
    project, _ = await backend.open(known)
    return project_json(backend, project)


@router.get("/projects/{project}", response_model=ProjectShape)
async def one_project(project: Project, backend: Server) -> dict[str, Any]:
    return project_json(backend, project)


@router.get("/projects/{project}/characters", response_model=CharactersShape)
async def characters(project: Project) -> dict[str, Any]:
    counts = project.line_counts()
    return {"characters": [character_json(c, counts[c.name]) for c in project.result.cast.characters]}


@router.patch("/projects/{project}/characters/{name}", response_model=CharacterShape)
async def change_character(project: Project, backend: Server, name: str, body: CharacterPatch) -> dict[str, Any]:
    """Change an entry of `cast.toml`, comments and all else in it stay; null takes a key out."""
    said = body.named()
    backend.roots.check_recordings(said, project.opening.cast.parent)
    await to_thread.run_sync(project.change_character, name, said)
    backend.jobs.tell_lines(project, project.lines)
    backend.jobs.plan_soon(project)
    known = next(c for c in project.result.cast.characters if c.is_called(name))
    return character_json(known, project.line_counts()[known.name])


@router.get("/voices", response_model=VoicesShape)
async def voices(backend: Server, engine: str = "", language: str = "") -> dict[str, Any]:
    """Voices of an engine, best of each language first."""
    models = backend.options.dub.get("models")
    options = EngineOptions(models_dir=Path(str(models)) if models else None)
    found = await to_thread.run_sync(offered, engine or backend.options.engine, options)
    return {"voices": [asdict(voice) for voice in found if not language or voice.language in (language, "")]}


@router.get("/formats", response_model=FormatsShape)
async def formats() -> dict[str, Any]:
    """What a job's `targets` may name."""
    return {"formats": [{"name": name, "title": target.words} for name, target in TARGETS.items()]}


def checked_opening(body: OpenBody, roots: Roots, engine: str) -> Opening:
    """Every path of the request, checked; and those that follow from it."""

    def path(text: str | None) -> Any:
        return None if text is None else roots.allowed(text)

    known = opening(
        roots.allowed(body.path),
        out=path(body.out),
        cast=path(body.cast),
        video=path(body.video),
        background=path(body.background),
        subtitles=path(body.subtitles),
        language=body.lang or "",
        engine=body.engine or engine,
    )
    for derived in (known.out, known.cast):
        roots.allowed(str(derived))
    return known


def project_json(backend: Backend, project: OpenProject) -> dict[str, Any]:
    timeline, known = project.result.timeline, project.opening
    base = f"/v1/projects/{project.id}"
    film = project.film
    shown = film is not None and film.video is not None and backend.roots.holds(film.path)
    state = backend.media.film_state(project) if shown else ""
    folder = project.folder
    return {
        "id": project.id,
        "name": timeline.name,
        "path": str(known.path),
        "out": str(known.out),
        "rate": {
            "num": timeline.rate.fps.numerator,
            "den": timeline.rate.fps.denominator,
            "drop_frame": timeline.rate.drop_frame,
        },
        "start_frame": timeline.start_frame,
        "frame_count": timeline.frame_count,
        "sample_rate": SAMPLE_RATE,
        "language": project.result.cast.language,
        "engine": known.engine,
        "characters": [character.name for character in project.result.cast.characters],
        "film": {"url": f"{base}/media/film", "playable": state == "ready", "state": state} if shown else None,
        "has": {
            "original": bool(shown and film and film.audio),
            "background": known.background is not None,
            "mix": (folder.mix / "mix.wav").is_file(),
            "dialogue": (folder.mix / "stems" / "DX.wav").is_file(),
        },
        "revision": project.revision,
        "notices": [notice for notice in project.notices if not notice["line"]],
    }
