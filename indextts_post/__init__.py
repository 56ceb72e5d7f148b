"""Dub a timeline: lines in, frame-exact speech on tracks out. `docs/ARCHITECTURE.md` draws the house."""

__version__ = "0.1.0"
