import contextlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from search_index import errors
from search_index.embedded import whoosh_engine
from search_index.embedded.schema import COLUMNS
from search_index.embedded.segment import Segment
from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import SearchRequest, Upsert
from search_index.errors import IndexDamaged, IndexMissing, IndexOutdated, IndexUnwritable
from tests.search_index.builders import document, engine_with, found, nothing


def files(directory: Path, suffix: str) -> list[Path]:
    """Return the files of the current generation that end in ``suffix``."""
    current = (directory / "current").read_text()
    return sorted((directory / current).glob(f"*{suffix}"))


def truncate(suffix: str) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        for path in files(directory, suffix):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    return damage


def overwrite(suffix: str) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        for path in files(directory, suffix):
            path.write_bytes(b"\x80\xff\x00spam" * (path.stat().st_size // 7 + 1))

    return damage


def remove(suffix: str) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        for path in files(directory, suffix):
            path.unlink()

    return damage


def empty(suffix: str) -> Callable[[Path], None]:
    def damage(directory: Path) -> None:
        for path in files(directory, suffix):
            path.write_bytes(b"")

    return damage


def scribble_pointer(directory: Path) -> None:
    (directory / "current").write_bytes(b"\xff../../etc")


def point_outside(directory: Path) -> None:
    (directory / "current").write_text("../../etc")


def lose_generation(directory: Path) -> None:
    (directory / "current").write_text("generation-99")


DAMAGES = {
    f"{how.__name__} {suffix}": how(suffix)
    for how in (truncate, overwrite, remove, empty)
    for suffix in (".toc", ".trm", ".pst", "entry_id.col", "stamp.json")
} | {
    "pointer scribbled over": scribble_pointer,
    "pointer to another folder": point_outside,
    "generation lost": lose_generation,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_of_any_kind_has_one_name_and_heals_by_a_rebuild(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    """A damaged file is found by a thorough check, breaks no search, and is mended by a rebuild."""
    engine_with(tmp_path, *(document(n) for n in range(1, 31)))
    damage(tmp_path / "index")
    engine = WhooshEngine(tmp_path / "index")
    with pytest.raises(IndexDamaged, match="rebuild it"):
        engine.check(thorough=True)
    with contextlib.suppress(IndexDamaged):
        engine.search(SearchRequest("公积金提取"))
    engine.rebuild([document(5)], replay=nothing)
    engine.check()
    assert found(engine, "供暖") == [5]


@pytest.mark.parametrize("suffix", [".toc", ".trm", "entry_id.col", "stamp.json"])
def test_damage_of_what_every_search_needs_is_found_by_a_quick_check(
    tmp_path: Path, suffix: str
) -> None:
    """A check that takes no time finds the damage that would break every search."""
    engine_with(tmp_path, *(document(n) for n in range(1, 31)))
    overwrite(suffix)(tmp_path / "index")
    engine = WhooshEngine(tmp_path / "index")
    with pytest.raises(IndexDamaged):
        engine.check()
    with pytest.raises(IndexDamaged):
        engine.search(SearchRequest("公积金提取"))


def test_damage_is_noticed_when_publishing(tmp_path: Path) -> None:
    """A change to a damaged index raises IndexDamaged instead of an error of the files."""
    engine = engine_with(tmp_path, document(1))
    overwrite(".toc")(tmp_path / "index")
    with pytest.raises(IndexDamaged):
        engine.apply([Upsert(document(2))])


def test_an_index_of_another_analyzer_is_outdated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An index whose terms would be cut otherwise today asks for a rebuild."""
    engine_with(tmp_path, document(1))
    monkeypatch.setattr(whoosh_engine, "ANALYZER_VERSION", "another")
    engine = WhooshEngine(tmp_path / "index")
    with pytest.raises(IndexOutdated, match="another"):
        engine.check()
    with pytest.raises(IndexOutdated):
        engine.search(SearchRequest("供暖"))
    with pytest.raises(IndexOutdated):
        engine.apply([Upsert(document(5))])
    engine.rebuild([document(1)], replay=nothing)
    engine.check()


def test_the_stamp_names_analyzer_and_schema(tmp_path: Path) -> None:
    """The stamp of an index can be read by a person."""
    engine_with(tmp_path, document(1))
    (stamp,) = files(tmp_path / "index", "stamp.json")
    assert set(json.loads(stamp.read_text())) == {"analyzer", "schema", "byte order"}


def test_a_missing_index_is_no_damage(tmp_path: Path) -> None:
    """A directory without an index says that it is to be built."""
    with pytest.raises(IndexMissing, match="build it"):
        WhooshEngine(tmp_path / "none").check()


def test_a_full_disk_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that finds no room says so, and the index stays as it was."""
    engine = engine_with(tmp_path, document(1))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whoosh_engine, "sync", full)
    with pytest.raises(IndexUnwritable, match="No space left"):
        engine.apply([Upsert(document(5))])
    engine.check()


def test_the_errors_are_those_drawn_in_the_docstring() -> None:
    """The tree of errors names every error of the module."""
    public = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.SearchIndexError)
    }
    drawn = re.findall(r"^(?:[├└]── )?(\w+Error|Index\w+)", errors.__doc__, re.MULTILINE)
    assert set(drawn) == public


def test_columns_that_do_not_fit_their_checksum_name_their_entry() -> None:
    """A value changed on the disk is told with the entry it belongs to."""
    values = dict(
        zip((*COLUMNS, "seal"), (7, 1, 736_000, b"help", b"1,2", b"", 0, b"", 0), strict=True)
    )
    reader: Any = SimpleNamespace(
        segment=lambda: SimpleNamespace(segment_id=lambda: "x"),
        doc_count_all=lambda: 1,
        column_reader=lambda name: [values[name]],
    )
    with pytest.raises(ValueError, match="entry 7 do not fit their checksum"):
        Segment(reader)
