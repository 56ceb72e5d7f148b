"""Takes nothing; gives the folder of the built timeline page, or words for the user where it has not been built.

The page is TypeScript in `src/`, built by `build.py` into plain files in `dist/`. It talks to the server through the
same API as every other client and knows nothing of dubbing.
"""

from __future__ import annotations

from pathlib import Path

HOW_TO_BUILD = (
    "The timeline page has not been built. Build it with: python -m indextts_post.server.page.build "
    "(or `make page` in a clone), then load this page again."
)


def page_folder() -> Path | None:
    """Folder to serve at `/`, with `index.html` in it; None where the page has not been built (say `HOW_TO_BUILD`)."""
    folder = Path(__file__).parent / "dist"
    return folder if (folder / "index.html").is_file() else None
