"""`make mutants`: do the tests notice when the code is wrong?

    python tests/mutants --known [--only WORD]        every change of known.toml, one after the other
    python tests/mutants --room plan [--sample 60]    a seeded sample of all mutants of a room; all without --sample

Prints one line for every mutant that no test noticed. Exit code 1 where one of the known list survived, or where a
room's share of noticed ones is under the goal.
"""

from __future__ import annotations

import argparse
import random
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from mutator import Mutant, mutants
from rooms import ROOMS, Room
from trial import ROOT, Outcome, import_libraries, tried

GOAL = 0.9
HERE = Path(__file__).parent


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def known(only: str) -> Iterator[tuple[str, Path, str, list[str]]]:
    """Name, file, changed source and tests of each change in known.toml. Raises `ValueError` for a stale entry."""
    for change in tomllib.loads((HERE / "known.toml").read_text(encoding="utf-8"))["change"]:
        path = Path(change["file"])
        source = (ROOT / path).read_text(encoding="utf-8")
        if source.count(change["before"]) != 1:
            raise ValueError(f"{path}: {change['before']!r} stands {source.count(change['before'])} times, not once")
        if only in change["name"] + change["file"]:
            yield change["name"], path, source.replace(change["before"], change["after"]), change["tests"]


def check_unchanged(name: str, tests: Sequence[str]) -> None:
    """Stop where tests fail without any change, for then they notice everything."""
    if tests and tried(None, "", tests) is not Outcome.SURVIVED:
        raise SystemExit(f"{name}: the tests fail without any change; run them first: pytest {' '.join(tests)}")


def try_known(only: str) -> int:
    """Number of changes that no test noticed."""
    survived, passing = 0, set[str]()
    for name, path, source, tests in known(only):
        check_unchanged(name, [test for test in tests if test not in passing])
        passing |= {*tests}
        outcome = tried(path, source, tests)
        survived += outcome is Outcome.SURVIVED
        say(f"{outcome:9} {path}: {name}")
    say(f"{survived} of the known changes survived")
    return survived


def all_mutants(room: Room) -> list[tuple[Path, Mutant]]:
    files = sorted(path for pattern in room.files for path in ROOT.glob(pattern))
    return [(path.relative_to(ROOT), m) for path in files for m in mutants(path.read_text(encoding="utf-8"))]


def explained() -> set[tuple[str, str, str]]:
    """Survivors that are no other programme, or that no test should notice: file, before, after."""
    listed = tomllib.loads((HERE / "survivors.toml").read_text(encoding="utf-8")).get("survivor", [])
    return {(one["file"], one["before"], one["after"]) for one in listed}


def try_room(name: str, sample: int | None, seed: int) -> float:
    """Share of a room's mutants (a seeded sample of them) that a test noticed."""
    room = ROOMS[name]
    everything = all_mutants(room)
    chosen = everything if not sample else random.Random(seed).sample(everything, min(sample, len(everything)))
    check_unchanged(name, room.tests)
    killed, reasons = 0, explained()
    for path, mutant in chosen:
        tests = room.tests_for(path.name)
        if tried(path, mutant.source, tests) is Outcome.KILLED:
            killed += 1
            continue
        why = "  (explained)" if (str(path), mutant.before, mutant.after) in reasons else ""
        say(f"survived  {path}:{mutant.line}: {mutant.before}  ->  {mutant.after}{why}")
    say(f"{name}: {killed} of {len(chosen)} noticed ({killed / len(chosen):.1%}); {len(everything)} mutants in all")
    return killed / len(chosen)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--known", action="store_true")
    parser.add_argument("--only", default="", help="of the known changes those whose name or file has this word")
    parser.add_argument("--room", action="append", choices=sorted(ROOMS), default=[])
    parser.add_argument("--sample", type=int, default=None)
    parser.add_argument("--seed", type=int, default=11)
    asked = parser.parse_args()
    import_libraries()
    survived = try_known(asked.only) if asked.known else 0
    shares = [try_room(name, asked.sample, asked.seed) for name in asked.room]
    return 1 if survived or any(share < GOAL for share in shares) else 0


if __name__ == "__main__":
    sys.exit(main())
