"""Puts this folder on the import path, so that `from parity import load_case` works in every import mode."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
