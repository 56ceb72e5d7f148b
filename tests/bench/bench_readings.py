"""How many sentences are read right, by level, with pypinyin alone and with our rules.

python tests/bench/bench_readings.py [--write docs/pronunciation.md]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "cast"))

from readings import GOLDEN, Sentence, pieces, sentences, table

from indextts_post.cast.pronunciation.notation import HAN
from indextts_post.cast.pronunciation.numbers import written_out
from indextts_post.cast.pronunciation.polyphones import plain_readings
from indextts_post.cast.pronunciation.reading import reading_of

BEGIN, END = "<!-- made by tests/bench/bench_readings.py -->", "<!-- end -->"
LEVELS = {
    "plain": "plain sentences",
    "hard": "hard ones: names, several readings in a sentence",
    "held": "written after the first rules",
    "unseen": "never tuned on",
}


def plain_right(sentence: Sentence) -> bool:
    """Whether jieba's words, read by pypinyin alone, give all that is expected."""
    places = [at for at, char in enumerate(sentence.text) if HAN.match(char)]
    read = dict(zip(places, plain_readings(sentence.text), strict=True))
    return all(read[at] == wanted for at, wanted in sentence.expected.items())


def report() -> Iterator[str]:
    files = ("polyphones.tsv", "polyphones_unseen.tsv")
    known = [s for name in files for s in sentences((GOLDEN / name).read_text(encoding="utf-8"))]
    yield "| sentences | number | pypinyin and jieba alone | with our rules | with marks | wrong, but listed by lint |"
    yield "|---|---|---|---|---|---|"
    for level, title in LEVELS.items():
        yield _row(title, [s for s in known if s.level == level])
    yield _row("all but those never tuned on", [s for s in known if s.level != "unseen"])
    yield ""
    yield "| spoken as the table has it | cases | right |"
    yield "|---|---|---|"
    for name, title in (("numbers_zh.tsv", "Chinese numbers"), ("numbers_en.tsv", "English numbers")):
        rows = table(name)
        right = sum(written_out(written, name[-6:-4]) == spoken for written, spoken in rows)
        yield f"| {title} | {len(rows)} | {right} |"
    rows = table("mixed_zh.tsv")
    yield f"| mixed lines | {len(rows)} | {sum(pieces(written) == spoken for written, spoken in rows)} |"
    yield ""
    yield "Read wrong without a mark:"
    yield ""
    for sentence in known:
        misses = sentence.misses(reading_of(sentence.text, "zh"))
        if misses:
            yield f"- {sentence.text} ({'; '.join(dict.fromkeys(misses))})"


def _row(title: str, group: Sequence[Sentence]) -> str:
    alone = sum(map(plain_right, group))
    wrong = [s for s in group if s.misses(reading_of(s.text, "zh"))]
    marked = sum(not s.misses(reading_of(s.notation, "zh")) for s in group)
    listed = sum(bool(reading_of(s.text, "zh").doubtful) for s in wrong)
    shares = " | ".join(_share(right, len(group)) for right in (alone, len(group) - len(wrong), marked))
    return f"| {title} | {len(group)} | {shares} | {listed} of {len(wrong)} |"


def _share(right: int, of: int) -> str:
    return f"{right} ({100 * right / of:.1f} %)"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="page whose marked part is replaced")
    arguments = parser.parse_args()
    made = "\n".join(report())
    if arguments.write:
        page = arguments.write.read_text(encoding="utf-8")
        head, rest = page.split(BEGIN)
        arguments.write.write_text(f"{head}{BEGIN}\n\n{made}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")
    sys.stdout.write(made + "\n")


if __name__ == "__main__":
    main()
