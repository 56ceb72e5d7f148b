"""The commands for what comes after a dub: its takes, its exports looked at again, and a changed cut."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from indextts_post.errors import LinesLeftOverError
from indextts_post.export import TARGETS, verify_export
from indextts_post.job import JobFolder, default_out, job_of
from indextts_post.reconform import Fate, table
from indextts_post.recut import carry, recut
from indextts_post.state import read_book
from indextts_post.takes import listed, promote, release
from indextts_post.timebase import SAMPLE_RATE
from indextts_post.timeline import ReadOptions


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


def verify(file: Path, job: Path | None) -> None:
    """Say what differs. Raises `LinesLeftOverError` where anything does."""
    folder = JobFolder(job) if job else job_of(file)
    result = verify_export(file, folder.export)
    for difference in result.differences:
        sys.stdout.write(f"{difference}\n")
    if not result.ok:
        raise LinesLeftOverError(f"{file}: {len(result.differences)} things are not as planned.")
    sys.stdout.write(f"{file}: {result.lines} lines are as planned.\n")


def reconform(old: Path, new: Path, out: Path | None, job: Path | None, *, dry_run: bool, overwrite: bool) -> None:
    """Carry the lines of `old` into `new` and say what became of each."""
    old_job = JobFolder(job or default_out(old))
    found, before, after = recut(old_job, new, ReadOptions(lines_required=False))
    headings = ("what", "line", "who", "was at", "is at", "frames", "known by", "why")
    shown = Table(*headings, box=None, pad_edge=False)
    for row in table(found, before, after):
        shown.add_row(*row)
    console = Console()
    console.print(shown)
    console.print(", ".join(f"{found.count(fate)} {fate}" for fate in Fate))
    if not dry_run:
        folder = carry(found, old_job, new, out or default_out(new), overwrite=overwrite)
        console.print(f"Ready in {folder.out}. Now dub {new}: only what changed is spoken.", highlight=False)


def formats() -> None:
    shown = Table("format", "for", box=None, pad_edge=False)
    for name, target in TARGETS.items():
        shown.add_row(name, target.words)
    Console().print(shown)
