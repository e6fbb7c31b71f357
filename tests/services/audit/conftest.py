"""A letterbox with a chain: events, reads, and the functions with which tests go at them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.events import ActorKind, ReadAction
from portal.domain.letters.states import State
from portal.models import AuditKeys
from portal.queries.audit.check import Verdict, verify
from portal.services.audit.reads import Read, record_reads
from portal.services.audit.sealing import ensure_chain, seal
from portal.services.core.unit import writing
from tests.builders import START, World, a_letter

NOW = START + timedelta(days=1)

Tamper = Callable[..., None]


def seal_all(batch: int = 1_000) -> None:
    """Seal until nothing is left."""
    while seal(NOW, batch):
        pass


def look(person: int, letter_id: int, minutes: int = 0, session_id: int = 1) -> None:
    """Record that a person reads a letter."""
    actor = Actor(ActorKind.STAFF, person, address="203.0.113.1", session_id=session_id)
    at = START + timedelta(minutes=minutes)
    record_reads([Read(actor, ReadAction.READ_LETTER, at, letter_id)])


def search_for(words: str, person: int = 7) -> None:
    """Record that a person searches for ``words``."""
    actor = Actor(ActorKind.STAFF, person, address="203.0.113.1", session_id=1)
    record_reads([Read(actor, ReadAction.SEARCH_LETTERS, START, detail=words)])


@pytest.fixture
def chained(session: Session, world: World) -> Session:
    """A session on a database with two closed letters and three reads, all of them sealed."""
    ensure_chain(START)
    first, second = a_letter(session, world, State.CLOSED), a_letter(session, world, State.CLOSED)
    for minutes, letter in ((0, first.id), (1, second.id), (10, first.id)):
        look(world.people["city_handler"], letter, minutes)
    seal_all()
    session.rollback()
    return session


@pytest.fixture
def tamper(session: Session) -> Tamper:
    """Run a statement behind the back of the letterbox."""

    def run(statement: str, **values: object) -> None:
        with writing() as unit:
            unit.execute(sa.text(statement), values)
        session.rollback()

    return run


@pytest.fixture
def verdict(session: Session) -> Callable[..., Verdict]:
    """Verify the chain, with heads that were noted before."""

    def check(*expected: tuple[int, bytes]) -> Verdict:
        session.rollback()
        found = verify(session, AuditKeys.loaded(), NOW, expected)
        session.rollback()
        return found

    return check
