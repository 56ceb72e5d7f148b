"""Write the OpenAPI document of the server, from which the page's types are generated.

    python -m indextts_post.server.openapi [FILE]

Without a file it goes to standard output. No server is started and no project is needed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from indextts_post.server.http.app import create_app
from indextts_post.server.http.session import Session
from indextts_post.server.options import ServeOptions


def openapi_document() -> dict[str, Any]:
    """The document that a running server gives at `/v1/openapi.json`."""
    gate, _ = create_app(ServeOptions(state_dir=Path()), Session())
    assert isinstance(gate.app, FastAPI)
    return gate.app.openapi()


def main() -> None:
    """Write the document where the first argument says, else to standard output."""
    text = json.dumps(openapi_document(), indent=1, ensure_ascii=False) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
