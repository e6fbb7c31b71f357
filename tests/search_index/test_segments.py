from pathlib import Path

import pytest

from search_index.analysis import term_number
from search_index.embedded import whoosh_engine, writing
from search_index.engine import Delete, SearchRequest, Upsert
from tests.search_index.builders import document, engine_with, found


@pytest.fixture
def small_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a segment hold ten documents, so that a few dozen make several."""
    monkeypatch.setattr(whoosh_engine, "SEGMENT_DOCUMENTS", 10)
    monkeypatch.setattr(writing, "SEGMENT_DOCUMENTS", 10)


def segments(directory: Path) -> int:
    """Return the number of segments on the disk."""
    current = (directory / "current").read_text()
    return len(list((directory / current).glob("*.trm")))


@pytest.mark.usefixtures("small_segments")
def test_a_large_archive_lies_in_several_segments(tmp_path: Path) -> None:
    """A search over several segments finds, counts, orders and pages as over one."""
    engine = engine_with(tmp_path, *(document(n) for n in range(1, 36)))
    assert segments(tmp_path / "index") == 4
    page = engine.search(SearchRequest("供暖", per_page=4, page=2))
    assert (page.total, page.pages, len(page.hits)) == (7, 2, 3)
    assert page.facets.kinds == {"咨询": 7}
    assert found(engine, "", sort="date") == sorted(range(16, 36), reverse=True)
    assert len(engine.similar("供暖温度不够", limit=7)) == 7


@pytest.mark.usefixtures("small_segments")
def test_optimising_rewrites_what_holds_deleted_letters(tmp_path: Path) -> None:
    """Words of withdrawn entries leave the files whatever segment they were in."""
    documents = [
        document(n, text=f"uniqueword{n}x" if n % 7 == 0 else "普通来信") for n in range(1, 36)
    ]
    engine = engine_with(tmp_path, *documents)
    engine.apply([Delete(n) for n in range(7, 36, 7)])
    engine.optimise()
    files = [path for path in (tmp_path / "index").rglob("*") if path.is_file()]
    numbers = [term_number(f"uniqueword{n}x").to_bytes(8, "little") for n in range(7, 36, 7)]
    held = b"".join(path.read_bytes() for path in files)
    assert not any(number in held for number in numbers)
    assert engine.document_count() == 30
    engine.check(thorough=True)


@pytest.mark.parametrize(("rest", "groups", "left"), [(4, 1, 2), (5, 1, 2), (6, 0, 3)])
@pytest.mark.usefixtures("small_segments")
def test_optimising_joins_segments_of_up_to_half_the_size(
    tmp_path: Path, rest: int, groups: int, left: int
) -> None:
    """Of segments that may hold ten documents those of one to five are joined, larger ones stay."""
    engine = engine_with(tmp_path, *(document(n) for n in range(1, 11 + rest)))
    engine.apply([Upsert(document(99))])
    assert segments(tmp_path / "index") == 3
    assert engine.optimise() == groups
    assert segments(tmp_path / "index") == left
    assert engine.document_count() == 11 + rest


def test_many_small_commits_leave_few_segments(tmp_path: Path) -> None:
    """Publishing letters one by one does not let the segments grow without end."""
    engine = engine_with(tmp_path, document(1))
    for n in range(2, 61):
        engine.apply([Upsert(document(n))])
    assert segments(tmp_path / "index") <= 2 * writing.TIER
    assert engine.ids_and_revisions() == dict.fromkeys(range(1, 61), 1)
    assert engine.search(SearchRequest("供暖")).total == 12
