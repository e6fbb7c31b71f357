import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from search_index.analysis import term_number
from search_index.embedded.generations import Generations
from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import Change, Delete, Document, SearchRequest, Upsert
from search_index.errors import IndexLocked, IndexMissing
from tests.search_index.builders import document, engine_with, found, nothing


def test_a_published_letter_is_found_at_once(tmp_path: Path) -> None:
    """An entry is found by the next search after it was applied."""
    engine = engine_with(tmp_path, document(1))
    engine.apply([Upsert(document(5))])
    assert found(engine, "供暖") == [5]


def test_another_engine_sees_what_was_published(tmp_path: Path) -> None:
    """A reader in another process, opened before, finds the new entry."""
    engine = engine_with(tmp_path, document(1))
    reader = WhooshEngine(tmp_path / "index")
    assert found(reader, "供暖") == []
    engine.apply([Upsert(document(5))])
    assert found(reader, "供暖") == [5]


def test_a_withdrawn_letter_never_comes_back(tmp_path: Path) -> None:
    """An entry that was withdrawn stays gone through further commits and optimising."""
    engine = engine_with(tmp_path, *(document(n) for n in range(1, 11)))
    engine.apply([Delete(5), Delete(10)])
    assert found(engine, "供暖") == []
    engine.apply([Upsert(document(11))])
    assert found(engine, "供暖") == []
    engine.optimise()
    assert found(engine, "供暖") == []
    assert engine.document_count() == 9


def test_optimising_leaves_no_trace_of_a_withdrawn_letter(tmp_path: Path) -> None:
    """No file of the index holds a word of the withdrawn entry once it is optimised."""
    engine = engine_with(tmp_path, document(1), document(2, text="qwertyasdf"))
    number = term_number("qwertyasdf").to_bytes(8, "little")

    def is_in_the_files() -> bool:
        files = [path for path in (tmp_path / "index").rglob("*") if path.is_file()]
        return any(number in path.read_bytes() for path in files)

    assert is_in_the_files()
    engine.apply([Delete(2)])
    engine.optimise()
    assert not is_in_the_files()


def test_a_correction_replaces_the_entry(tmp_path: Path) -> None:
    """A corrected entry is found by its new words only, once."""
    engine = engine_with(tmp_path, document(5))
    engine.apply([Upsert(document(5, revision=2, title="燃气", text="燃气", reply="燃气"))])
    assert found(engine, "供暖") == []
    assert found(engine, "燃气") == [5]
    assert engine.ids_and_revisions() == {5: 2}


def test_the_last_change_of_an_entry_counts(tmp_path: Path) -> None:
    """An entry published and withdrawn in one batch is not there, and the other way round."""
    engine = engine_with(tmp_path, document(1))
    engine.apply([Upsert(document(5)), Delete(5), Delete(1), Upsert(document(1, revision=3))])
    assert engine.ids_and_revisions() == {1: 3}


def test_withdrawing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    """A withdrawal that was already carried out may be repeated."""
    engine = engine_with(tmp_path, document(1))
    engine.apply([Delete(1), Delete(99)])
    engine.apply([Delete(1)])
    assert engine.document_count() == 0


def test_facets_forget_a_withdrawn_letter(tmp_path: Path) -> None:
    """The counts of a search leave a withdrawn entry out."""
    engine = engine_with(tmp_path, document(1), document(2, kind="投诉"))
    engine.apply([Delete(2)])
    assert engine.search(SearchRequest("")).facets.kinds == {"咨询": 1}
    assert engine.similar(document(2).text) == []


def test_a_document_without_a_valid_id_changes_nothing(tmp_path: Path) -> None:
    """A batch with an impossible document is refused as a whole."""
    engine = engine_with(tmp_path, document(1))
    with pytest.raises(ValueError, match="ids start at 1"):
        engine.apply([Delete(1), Upsert(document(5, entry_id=0))])
    assert engine.document_count() == 1


def test_an_empty_letter_can_be_indexed(tmp_path: Path) -> None:
    """An entry without any text is counted and found by an empty search."""
    engine = engine_with(tmp_path, document(1, title="", text="", reply=""))
    assert found(engine, "") == [1]


def test_nothing_can_be_applied_without_an_index(tmp_path: Path) -> None:
    """A change to an index that was never built says so."""
    with pytest.raises(IndexMissing, match="build it"):
        WhooshEngine(tmp_path / "none").apply([Delete(1)])


def test_the_directory_is_closed_to_others(tmp_path: Path) -> None:
    """Nobody but the owner may enter the directory, whose files are unpickled."""
    engine_with(tmp_path, document(1))
    for folder in (tmp_path / "index", *(tmp_path / "index").glob("generation-*")):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_writer_is_told_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change while another process writes is refused with the reason."""
    engine = engine_with(tmp_path, document(1))
    monkeypatch.setattr("search_index.embedded.whoosh_engine.LOCK_WAIT", 0.05)
    with (
        Generations(tmp_path / "index", {}).lock("write", 0),
        pytest.raises(IndexLocked, match="Another process"),
    ):
        engine.apply([Delete(1)])
    engine.apply([Delete(1)])
    assert engine.document_count() == 0


def test_a_rebuild_takes_what_was_published_meanwhile(tmp_path: Path) -> None:
    """Entries published, corrected and withdrawn during a rebuild are right after the swap."""
    engine = engine_with(tmp_path, document(1), document(2))

    def documents() -> Iterator[Document]:
        yield document(1)
        engine.apply([Upsert(document(5)), Delete(2)])
        assert found(engine, "供暖") == [5]
        yield document(2)

    def replay(indexed: dict[int, int]) -> list[Change]:
        assert indexed == {1: 1, 2: 1}
        return [Upsert(document(5)), Delete(2)]

    assert engine.rebuild(documents(), replay=replay) == 2
    assert engine.ids_and_revisions() == {1: 1, 5: 1}


def test_searches_never_come_back_empty_during_a_rebuild(tmp_path: Path) -> None:
    """A reader that searches all the time while the index is replaced finds the entry each time."""
    engine = engine_with(tmp_path, document(5))
    reader = WhooshEngine(tmp_path / "index")
    results: list[list[int]] = []
    done = threading.Event()

    def keep_searching() -> None:
        while not done.is_set():
            results.append(found(reader, "供暖"))

    searching = threading.Thread(target=keep_searching)
    searching.start()
    try:
        for _ in range(5):
            engine.rebuild([document(5)], replay=nothing)
    finally:
        done.set()
        searching.join()
    assert results
    assert all(result == [5] for result in results)


def test_a_failed_rebuild_leaves_the_old_index(tmp_path: Path) -> None:
    """A rebuild whose source breaks off keeps the index that is there, and can be repeated."""
    engine = engine_with(tmp_path, document(5))

    def broken() -> Iterator[Document]:
        yield document(1)
        raise ConnectionError("the database went away")

    with pytest.raises(ConnectionError):
        engine.rebuild(broken(), replay=nothing)
    assert found(engine, "供暖") == [5]
    assert engine.rebuild([document(1)], replay=nothing) == 1


def test_old_generations_are_swept(tmp_path: Path) -> None:
    """A rebuild leaves one generation on the disk."""
    engine = engine_with(tmp_path, document(1))
    engine.rebuild([document(2)], replay=nothing)
    assert len(list((tmp_path / "index").glob("generation-*"))) == 1


def test_an_empty_archive_has_an_index(tmp_path: Path) -> None:
    """An index of no documents answers every question."""
    engine = engine_with(tmp_path)
    engine.check()
    assert found(engine, "供暖") == []
    assert engine.similar("供暖不热") == []
    assert engine.document_count() == 0
    engine.optimise()
    engine.apply([Upsert(document(5))])
    assert found(engine, "供暖") == [5]


def test_looking_does_not_create_anything(tmp_path: Path) -> None:
    """A search without an index leaves no directory behind."""
    directory = Path(tmp_path / "none")
    with pytest.raises(IndexMissing):
        WhooshEngine(directory).search(SearchRequest("供暖"))
    assert not directory.exists()


class _Late(Generations):
    """A reader that looked at the pointer just before a rebuild swapped and swept."""

    looks = 0

    def _pointed(self) -> str:
        self.looks += 1
        return "generation-1" if self.looks == 1 else super()._pointed()


def test_a_reader_between_swap_and_sweep_takes_the_new_index(tmp_path: Path) -> None:
    """A generation swept between two looks is not damage: the reader looks again."""
    engine = engine_with(tmp_path, document(1))
    engine.rebuild([document(1), document(5)], replay=nothing)
    stamp = engine._generations._stamp
    assert not (tmp_path / "index" / "generation-1").exists()
    assert _Late(tmp_path / "index", stamp).current().name != "generation-1"


def test_each_commit_and_rebuild_is_told_from_every_other(tmp_path: Path) -> None:
    """What is kept for a commit is never taken for that of another, in whichever process."""
    engine = engine_with(tmp_path, document(1), document(2))
    seen = [engine.last_commit()]
    assert WhooshEngine(tmp_path / "index").last_commit() == engine.last_commit() == seen[0]
    engine.apply([Upsert(document(5))])
    seen.append(engine.last_commit())
    engine.apply([Delete(1)])
    seen.append(engine.last_commit())
    engine.rebuild([document(1)], replay=nothing)
    seen.append(engine.last_commit())
    assert len(set(seen)) == len(seen)
    assert WhooshEngine(tmp_path / "index").last_commit() == seen[-1]
    with pytest.raises(IndexMissing):
        WhooshEngine(tmp_path / "none").last_commit()


def test_the_counts_of_the_blank_page_change_with_a_commit(tmp_path: Path) -> None:
    """Facets that are kept for all entries are those of the last commit."""
    engine = engine_with(tmp_path, document(1), document(2, kind="投诉"))
    assert [engine.search(SearchRequest()).facets.kinds for _ in range(2)] == [
        {"咨询": 1, "投诉": 1}
    ] * 2
    engine.apply([Delete(2)])
    assert engine.search(SearchRequest()).facets.kinds == {"咨询": 1}
