"""One mutant, tried: a forked process in which one module is another, and the tests of a room run until one fails.

The parent imports the libraries once and never the package, so a trial costs the package's own import and the tests up
to the first failure. A trial is bounded by processor time, not by the clock, and by memory: what never ends or eats
all memory counts as noticed.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parent.parent.parent
PROCESSOR_S = 120
MEMORY_BYTES = 6 << 30
LIBRARIES = (
    *("numpy", "scipy.signal", "scipy.ndimage", "soundfile", "soxr", "pyloudnorm", "pydantic", "hypothesis"),
    *("hypothesis.strategies", "pytest", "_pytest.assertion.rewrite", "opentimelineio", "pysubs2", "imageio_ffmpeg"),
    *("python_stretch", "ffmpeg", "av", "platformdirs", "tomlkit", "jinja2", "rich", "yaml", "charset_normalizer"),
)


class Outcome(StrEnum):
    KILLED = "killed"
    """A test failed, or the tests did not come to an end."""
    SURVIVED = "survived"
    """All tests passed."""


def import_libraries() -> None:
    """Load what every trial needs. Raises `RuntimeError` if the package itself came along."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in LIBRARIES:
        importlib.import_module(name)
    if any(name.startswith("indextts_post") for name in sys.modules):
        raise RuntimeError("the package was imported before it could be changed")


def module_name(path: Path) -> str:
    """`indextts_post/plan/options.py` → `indextts_post.plan.options`."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tried(path: Path | None, source: str, tests: Sequence[str]) -> Outcome:
    """Run `tests` with the module at `path` (below `ROOT`) as `source` says; None leaves everything as it is."""
    child = os.fork()
    if child == 0:
        os._exit(_in_child(path, source, tests))
    _, status = os.waitpid(child, 0)
    return Outcome.SURVIVED if os.waitstatus_to_exitcode(status) == 0 else Outcome.KILLED


def _in_child(path: Path | None, source: str, tests: Sequence[str]) -> int:
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        os.chdir(ROOT)
        sys.path.insert(0, str(ROOT))
        if path is not None:
            sys.meta_path.insert(0, _Changed(module_name(path), ROOT / path, source))
        if "MUTANTS_VERBOSE" not in os.environ:
            _silence()
        return _tests_pass(tests)
    except BaseException:  # noqa: BLE001  whatever a changed programme throws, it was noticed
        traceback.print_exc()
        return 70


def _silence() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


def _tests_pass(tests: Sequence[str]) -> int:
    """0 where all pass. Hypothesis draws the same examples every time, and does not look for the smallest failure."""
    import pytest
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutants",
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        # Plain assertions: pytest can rewrite none in modules that were loaded before it started, and warns of it.
        arguments = ["-x", "-q", "--no-header", "--tb=line", "--assert=plain", "-p", "no:cacheprovider"]
        return int(pytest.main([*arguments, f"--basetemp={folder}/pytest", *tests], plugins=[_QuickFirst()]))


class _QuickFirst:
    """A pytest plugin: what computes one answer runs before what tries hundreds of examples."""

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items.sort(key=lambda item: (item.get_closest_marker("slow") is not None, hasattr(item.obj, "hypothesis")))


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module from changed source; everything else is found as usual."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self._name = name
        self._path = path
        self._source = source

    def find_spec(self, name: str, path: object = None, target: object = None) -> importlib.machinery.ModuleSpec | None:
        if name != self._name:
            return None
        package = [str(self._path.parent)] if self._path.name == "__init__.py" else None
        return importlib.util.spec_from_file_location(name, self._path, loader=self, submodule_search_locations=package)  # type: ignore[arg-type]

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self._source, str(self._path), "exec"), module.__dict__)
