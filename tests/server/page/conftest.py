"""A real browser for the page's tests, and the built page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from indextts_post.server.page import build as builder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
)


def chromium() -> str:
    """Path of a Chromium or Chrome; skips the test where there is none."""
    named = os.environ.get("DUBSYNC_CHROMIUM", "")
    for name in (named, "chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name) if name else None
        if found:
            return found
    pytest.skip("no Chromium on this machine (apt-get install chromium, or name one in DUBSYNC_CHROMIUM)")


@pytest.fixture(scope="session")
def built_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's files, built from the sources as they are now."""
    if not builder.is_built():
        if not builder.has_npm():
            pytest.skip("the page is not built and there is no npm to build it (make page)")
        with FileLock(tmp_path_factory.getbasetemp().parent / "page.lock"):
            if not builder.is_built():
                builder.build()
    return builder.PAGE / "dist"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the package playwright")
    path = chromium()
    with sync_api.sync_playwright() as play:
        running = play.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, built_page: Path) -> Iterator[Page]:
    """A fresh tab of 1440 × 900; an exception in the page fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    tab = context.new_page()
    tab.set_default_timeout(15_000)
    thrown: list[str] = []
    tab.on("pageerror", lambda error: thrown.append(str(error)))
    yield tab
    context.close()
    assert not thrown, thrown
