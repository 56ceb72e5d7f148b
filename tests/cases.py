"""Small inputs with the right answer told beside them, kept outside the project; absent ones skip their test."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CASES = Path(os.environ.get("CASES_DIR") or Path(__file__).resolve().parents[2] / "shared/cases")


def case(name: str) -> Path:
    """A file or folder of the cases. Skips the test where it is not there."""
    path = CASES / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path
