"""`python -m indextts_post` is `dubsync`."""

from indextts_post.cli import run

run()
