"""The commands for takes: listed, chosen by hand, and left to the last run again."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from indextts_post.job import job_of
from indextts_post.state import read_book
from indextts_post.takes import listed, promote, release
from indextts_post.timebase import SAMPLE_RATE


def takes_list(line: str, job: Path) -> None:
    """Print the takes of a line, or of all lines where none is named."""
    folder = job_of(job)
    book = read_book(folder.state)
    shown = Table("line", "take", "in use", "length", "voice", "text", box=None, pad_edge=False)
    for line_id in [line] if line else sorted(book.lines):
        for row in listed(book, line_id, folder.takes):
            length = f"{row.samples / SAMPLE_RATE:.2f} s" if row.there else "gone"
            shown.add_row(line_id, str(row.number), "*" if row.in_use else "", length, row.voice, row.text)
    Console().print(shown)


def takes_promote(line: str, number: int, job: Path) -> None:
    folder = job_of(job)
    row = promote(folder.state, folder.takes, line, number)
    sys.stdout.write(f"{line}: take {row.number} ({row.voice}) is used from now on; dub again to place it.\n")


def takes_release(line: str, job: Path) -> None:
    folder = job_of(job)
    release(folder.state, line)
    sys.stdout.write(f"{line}: its newest take is used again.\n")
