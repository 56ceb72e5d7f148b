"""Where shared reference files lie, and what a test needs to be run at all."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
