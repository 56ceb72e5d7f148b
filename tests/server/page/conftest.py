"""The built page, and a fresh tab of the browser for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock
from page_sources import builder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def built_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's files, built from the sources as they are now."""
    if not builder.is_built():
        if not builder.has_npm():
            pytest.skip("the page is not built and there is no npm to build it (make page)")
        with FileLock(tmp_path_factory.getbasetemp().parent / "page.lock"):
            if not builder.is_built():
                builder.build()
    return builder.output_of()


@pytest.fixture
def page(browser: Browser, built_page: Path) -> Iterator[Page]:
    """A fresh tab of 1440 × 900; an exception in the page fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    tab = context.new_page()
    tab.set_default_timeout(120_000)
    thrown: list[str] = []
    tab.on("pageerror", lambda error: thrown.append(str(error)))
    yield tab
    context.close()
    assert not thrown, thrown
