"""Searches find, count and page what a plain reading of the texts gives, whatever was written."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.engine import Change, Delete, Document, SearchRequest, Upsert
from tests.search_index.builders import document, engine_with

CHARACTERS = "供暖物业路灯"
texts = st.text(alphabet=CHARACTERS + "，", max_size=8)
phrases = st.text(alphabet=CHARACTERS, min_size=1, max_size=3)
documents = st.builds(
    lambda n, title, text, kind: document(n, title=title, text=text, reply="", kind=kind),
    st.integers(1, 9),
    texts,
    texts,
    st.sampled_from(["咨询", "投诉"]),
)
changes = st.one_of(st.builds(Upsert, documents), st.builds(Delete, st.integers(1, 9)))


def holds(entry: Document, phrase: str) -> bool:
    """Return whether a text of the entry has the characters of the phrase side by side."""
    return any(phrase in text for text in (entry.title, entry.text))


def left(commits: list[list[Change]]) -> dict[int, Document]:
    """Return the entries that the commits leave."""
    kept: dict[int, Document] = {}
    for change in (change for commit in commits for change in commit):
        if isinstance(change, Upsert):
            kept[change.document.entry_id] = change.document
        else:
            kept.pop(change.entry_id, None)
    return kept


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(changes, max_size=4), max_size=7), st.lists(phrases, min_size=1, max_size=3)
)
def test_a_search_equals_a_plain_reading(commits: list[list[Change]], asked: list[str]) -> None:
    """Of any entries, in any segments, those with all phrases are found, then those with some."""
    with TemporaryDirectory() as folder:
        engine = engine_with(Path(folder))
        for commit in commits:
            engine.apply(commit)
        kept = left(commits)
        query = " ".join(f'"{phrase}"' for phrase in asked)
        page = engine.search(SearchRequest(query))
        complete = {n for n, entry in kept.items() if all(holds(entry, p) for p in asked)}
        assert {hit.entry_id for hit in page.hits if hit.complete} == complete
        assert page.total == len(complete)
        some = {n for n, entry in kept.items() if any(holds(entry, p) for p in asked)}
        assert {hit.entry_id for hit in page.hits} - complete <= some
        assert bool(page.hits) == bool(some)
        any_of = engine.search(SearchRequest(query, match="any"))
        longer = [p for p in asked if len(p) > 1] or asked
        wanted = {n for n, entry in kept.items() if any(holds(entry, p) for p in longer)}
        assert {hit.entry_id for hit in any_of.hits} == wanted
        shown = complete or {hit.entry_id for hit in page.hits}
        kinds = [kept[n].kind for n in shown]
        assert page.facets.kinds == {kind: kinds.count(kind) for kind in set(kinds)}
