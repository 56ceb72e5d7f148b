"""What a job remembers that is not a record of a stage: changes of lines, jobs of the server, what hosts placed.

One SQLite database a job, `<out>/job/state.sqlite`, read by the command line and by the server alike.
"""

from indextts_post.state.changes import (
    LineChange,
    applied,
    bump_revision,
    change_of,
    keep_change,
    line_revisions,
    read_changes,
    revision,
    store_change,
)
from indextts_post.state.database import STATE, opened, recall, remember
from indextts_post.state.take_book import (
    LineTakes,
    OpenBook,
    TakeBook,
    WantedTake,
    keep_wanted,
    read_book,
    read_wanted,
    revised,
)

__all__ = [
    "STATE",
    "LineChange",
    "LineTakes",
    "OpenBook",
    "TakeBook",
    "WantedTake",
    "applied",
    "bump_revision",
    "change_of",
    "keep_change",
    "keep_wanted",
    "line_revisions",
    "opened",
    "read_book",
    "read_changes",
    "read_wanted",
    "recall",
    "remember",
    "revised",
    "revision",
    "store_change",
]
