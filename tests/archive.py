"""The archive in tests: publishing by the real services, and bringing the index up to date."""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchEngine, SearchRequest, open_index
from portal.config import Settings
from portal.domain.letters.states import UnpublishReason
from portal.models import INDEX, ArchiveEntry, Letter, OutboxRow
from portal.services.archive.indexing import drain, ensure_index
from portal.services.archive.publication import unpublish
from portal.services.messages.announcing import Outlets, announce
from tests.builders import World, a_published

LATER = datetime(2040, 1, 1, tzinfo=UTC)
"""After every moment at which a row may have to wait for its next attempt."""


def index_of(settings: Settings) -> SearchEngine:
    """Return the index of the instance."""
    return open_index(settings)


def bring_up_to_date(settings: Settings) -> SearchEngine:
    """Do what the worker does until nothing is left; return the index."""
    index = index_of(settings)
    ensure_index(index)
    while drain(index, LATER):
        pass
    return index


def entry_of(session: Session, letter: Letter) -> ArchiveEntry:
    """Return the archive entry of ``letter``."""
    return session.scalars(sa.select(ArchiveEntry).filter_by(letter_id=letter.id)).one()


def published(session: Session, world: World, **choices: object) -> ArchiveEntry:
    """Publish a letter, announce what happened to it to nobody, and return its entry."""
    entry = entry_of(session, a_published(session, world, **choices))
    while announce(Outlets(frozenset()), LATER):
        pass
    session.refresh(entry)
    return entry


def index_jobs(session: Session) -> list[OutboxRow]:
    """Return the jobs of the index in the outbox."""
    return list(session.scalars(sa.select(OutboxRow).where(OutboxRow.queue == INDEX)))


def withdraw(session: Session, world: World, entry: ArchiveEntry) -> None:
    """Withdraw ``entry`` from the web."""
    session.rollback()
    letter = session.get_one(Letter, entry.letter_id)
    reviewer = world.actor("city_reviewer")
    unpublish(letter.id, letter.version, UnpublishReason.PRIVACY, "来信人要求", reviewer, LATER)


def found(index: SearchEngine, text: str) -> list[int]:
    """Return the ids of the entries that the index finds."""
    return [hit.entry_id for hit in index.search(SearchRequest(text)).hits]


def generation(folder: Path) -> Path:
    """Return the folder of the generation that is searched."""
    return folder / (folder / "current").read_text().strip()
