"""The page's sources and the module that builds them, which lie beside the package and not in it."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[3]
WEB = ROOT / "web"


def module_at(path: Path) -> ModuleType:
    """A Python file outside every package, as a module named after it."""
    spec = importlib.util.spec_from_file_location(f"web_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


builder = module_at(WEB / "build.py")
