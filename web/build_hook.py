"""Build the timeline page while the package is installed or packed, so that users need no Node.js of their own.

An install never fails because of the page: everything else works without it, and the server says how to build it.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_SOURCES = "web"


class PageBuildHook(BuildHookInterface[Any]):
    """Hatchling's hook: asks for Node.js where there is none, then builds what is missing or older than its sources."""

    def dependencies(self) -> list[str]:
        builder = self._builder()
        return [] if builder.is_built(self._web) or builder.has_npm() else [builder.NODE_PACKAGE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        builder = self._builder()
        if not builder.is_built(self._web):
            try:
                builder.build(self._web)
            except builder.PageNotBuiltError as problem:
                self._warn(str(problem))
        # The built page is not in git, and hatchling leaves out what git ignores unless it is named.
        output = builder.output_of(self._web).relative_to(self.root)
        build_data["artifacts"].append(f"/{output.as_posix()}/**")

    @property
    def _web(self) -> Path:
        return Path(self.root) / _SOURCES

    def _builder(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location("dubsync_page_build", self._web / "build.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    def _warn(self, problem: str) -> None:
        text = (
            "The timeline page of `dubsync serve` was NOT built; everything else is installed.\n"
            f"{problem}\n"
            "Build it later with: python web/build.py"
        )
        rule = "*" * 72
        sys.stderr.write(f"\n{rule}\n{text}\n{rule}\n\n")
        self.app.display_warning(text)
