"""The command line: options become `Settings`, records become tables. No logic of dubbing lives here.

`run` is the entry point. Nothing heavy is imported before a command needs it: `dubsync --help` answers at once.
"""

from indextts_post.cli.app import run

__all__ = ["run"]
