"""What a job remembers that is not a record of a stage: changes of lines, jobs of the server, what hosts placed.

One SQLite database a job, `<out>/job/state.sqlite`, read by the command line and by the server alike.
"""

from indextts_post.state.changes import (
    LineChange,
    LineEdit,
    applied,
    bump_revision,
    change_of,
    edits_of,
    keep_change,
    line_revisions,
    read_changes,
    revision,
    store_change,
)
from indextts_post.state.database import STATE, opened, recall, remember
from indextts_post.state.fields import (
    EDITABLE,
    EditableField,
    EmotionShape,
    FieldKind,
    Level,
    Mode,
    Name,
    Pace,
    Sync,
    Words,
)
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
    "EDITABLE",
    "STATE",
    "EditableField",
    "EmotionShape",
    "FieldKind",
    "Level",
    "LineChange",
    "LineEdit",
    "LineTakes",
    "Mode",
    "Name",
    "OpenBook",
    "Pace",
    "Sync",
    "TakeBook",
    "WantedTake",
    "Words",
    "applied",
    "bump_revision",
    "change_of",
    "edits_of",
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
