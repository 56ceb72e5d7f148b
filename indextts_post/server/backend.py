"""All that the routes share: the open projects, the queue, who listens, what may be touched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from anyio import to_thread

from indextts_post.errors import DubsyncError
from indextts_post.server.gate import Address
from indextts_post.server.hub import Hub
from indextts_post.server.jobs import Jobs
from indextts_post.server.known import KnownProjects
from indextts_post.server.made_media import MadeMedia
from indextts_post.server.openings import Opening
from indextts_post.server.options import ServeOptions
from indextts_post.server.projects import OpenProject
from indextts_post.server.refusals import unknown
from indextts_post.server.roots import Roots
from indextts_post.server.session import Session
from indextts_post.server.workshop import Workshop


@dataclass
class Backend:
    """State of one server; lives in its event loop."""

    options: ServeOptions
    session: Session
    address: Address
    roots: Roots
    known: KnownProjects
    hub: Hub
    workshop: Workshop
    jobs: Jobs
    media: MadeMedia
    projects: dict[str, OpenProject] = field(default_factory=dict)
    opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    port: int = 0
    first: Opening | None = None
    trouble: BaseException | None = None
    stop: Callable[[], None] = lambda: None

    def watched(self, task: asyncio.Task[None]) -> None:
        """A watcher that ends by a bug takes the server with it: half a server would only be silent."""
        if not task.cancelled() and task.exception() is not None:
            self.trouble = task.exception()
            self.stop()

    @property
    def cookie_name(self) -> str:
        """Cookies do not know ports: two servers on one machine need two names."""
        return f"dubsync_{self.port}"

    def begin_with(self, first: Opening | None) -> None:
        """The project the server was started for: opened first, its folder for the dub allowed wherever it lies."""
        self.first = first
        if first is not None:
            self.roots.add(first.out)

    async def open(self, known: Opening) -> tuple[OpenProject, bool]:
        """Open a project, or give the one that is open; True where it is new here.

        Every path in `known` was checked before. Raises the errors of reading it.
        """
        async with self.opening:
            if known.id in self.projects:
                return self.projects[known.id], False
            project = await to_thread.run_sync(OpenProject, known, self.options.dub)
            await self.jobs.take_in(project)
            await to_thread.run_sync(self.known.remember, known)
            self.projects[known.id] = project
        self.jobs.plan_soon(project)
        return project, True

    async def project(self, project_id: str) -> OpenProject:
        """An open project, looked at again where it is time to; one that was open before a restart is opened.

        Raises `RefusedError` (404) where there is none.
        """
        project = self.projects.get(project_id)
        if project is None:
            project = await self._from_before(project_id)
        elif project.needs_look():
            await self.look(project)
        return project

    async def look(self, project: OpenProject) -> None:
        """Look whether somebody else has changed its files; all listeners hear of it."""
        if await to_thread.run_sync(project.look):
            self.jobs.tell_lines(project, project.lines)
            self.jobs.plan_soon(project)

    async def _from_before(self, project_id: str) -> OpenProject:
        for known in await to_thread.run_sync(self.known.all):
            if known.id == project_id and self._may_open(known):
                return (await self.open(known))[0]
        raise unknown(f"no project is called {project_id[:100]!r}.")

    def _may_open(self, known: Opening) -> bool:
        paths = (known.path, known.out, known.cast, known.video, known.background, known.subtitles)
        return known.path.exists() and all(self.roots.holds(path) for path in paths if path is not None)

    async def open_from_before(self, most: int = 20) -> None:
        """Open `first`, and what was open when the server went; what cannot be opened any more stays closed.

        Raises the errors of reading `first`: a server that was started for it and cannot read it is no use.
        """
        if self.first is not None:
            await self.open(self.first)
        before = (await to_thread.run_sync(self.known.all))[-most:]
        for known in reversed(before):
            if self._may_open(known):
                try:
                    await self.open(known)
                except DubsyncError:
                    continue

    async def close(self) -> None:
        await self.media.stop()
        await self.workshop.stop()
        for project in self.projects.values():
            project.close()


def backend_of(options: ServeOptions, session: Session) -> Backend:
    """A backend with a worker process of its own."""
    hub = Hub()
    workshop = Workshop(options.state_dir / "worker.log")
    return Backend(
        options=options,
        session=session,
        address=Address(),
        roots=Roots((*options.roots, options.uploads)),
        known=KnownProjects(options.state_dir),
        hub=hub,
        workshop=workshop,
        jobs=Jobs(workshop, hub, options.dub),
        media=MadeMedia(hub),
    )
