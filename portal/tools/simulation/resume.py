"""Resuming a simulation that was interrupted.

Letters are written in batches, each of which is either stored or not. The same specification
generates the same letters, so that a simulation goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.errors import N_, ActionNotAllowed
from portal.domain.events import RecordAction
from portal.domain.letters.kinds import Kind
from portal.models import Event, Letter
from portal.services.core.acting import record
from portal.tools.instance import must_be_empty
from portal.tools.simulation.specification import Specification
from portal.tools.simulation.texts import Wording


class OtherSimulation(ActionNotAllowed):
    """The instance holds the beginning of another simulation, started with ``options``."""

    said = N_("这里有一次没有完成的模拟，请用相同的选项继续，或另设一个空的数据目录。")

    def __init__(self, options: str) -> None:
        super().__init__()
        self.options = options


class CompleteSimulation(ActionNotAllowed):
    """The instance holds this very simulation, complete."""

    said = N_("这里已有同样的模拟数据。")


def digest_of(specification: Specification, corpus: Sequence[tuple[Kind | None, Wording]]) -> str:
    """Return the digest that identifies a simulation by its specification and its texts."""
    return sha256(repr((specification, list(corpus))).encode()).hexdigest()[:32]


def resumable(session: Session, digest: str) -> bool:
    """Return whether the instance holds the beginning of the simulation ``digest``.

    Raises :class:`OtherSimulation`, :class:`CompleteSimulation`, or
    :class:`~portal.domain.errors.ActionNotAllowed` where the instance is otherwise in use.
    """
    begun = _last(session, RecordAction.BEGIN_SIMULATION)
    if begun is None:
        must_be_empty(session)
        return False
    same, ended = begun.subject == _subject(digest), _last(session, RecordAction.END_SIMULATION)
    if ended is not None:
        if same:
            raise CompleteSimulation
        must_be_empty(session)
    if not same:
        raise OtherSimulation(begun.reason or "")
    return True


def unfinished(session: Session) -> str | None:
    """Return the options of the simulation that was interrupted here; ``None`` without one."""
    begun = _last(session, RecordAction.BEGIN_SIMULATION)
    ended = _last(session, RecordAction.END_SIMULATION)
    return None if begun is None or ended is not None else begun.reason or ""


def begin(session: Session, digest: str, specification: Specification, now: datetime) -> None:
    """Record that a simulation has begun, with its options."""
    _record(session, RecordAction.BEGIN_SIMULATION, digest, now, options_of(specification))


def end(session: Session, digest: str, now: datetime) -> None:
    """Record that the simulation is complete."""
    _record(session, RecordAction.END_SIMULATION, digest, now)


def options_of(specification: Specification) -> str:
    """Return the options of the command that ask for ``specification``."""
    first, last = min(specification.years), max(specification.years)
    years = f"--year {first}" if first == last else f"--years {first}-{last}"
    requests = (
        f" --disclosure {','.join(map(str, specification.disclosure))}"
        if specification.disclosure
        else ""
    )
    return (
        f"{years} --received {specification.received} --closed {specification.closed} "
        f"--published {specification.published} --seed {specification.seed}{requests}"
    )


def check_last(session: Session, letter_id: int, number: str, title: str) -> None:
    """Raise :class:`ActionNotAllowed` where another letter is stored than the generated one.

    That happens when somebody else has written here, or another version of the program began.
    """
    letter = session.get(Letter, letter_id)
    if letter is None or (letter.number, letter.title) != (number, title):
        raise ActionNotAllowed(N_("这里的信件与模拟不符，无法继续；请另设一个空的数据目录。"))


def _last(session: Session, action: RecordAction) -> Event | None:
    query = sa.select(Event).where(Event.action == action, Event.subject.is_not(None))
    return session.scalar(query.order_by(Event.id.desc()).limit(1))


def _subject(digest: str) -> str:
    return f"simulation:{digest}"


def _record(
    session: Session, action: RecordAction, digest: str, now: datetime, reason: str | None = None
) -> None:
    subject = _subject(digest)
    record(session, action, SYSTEM, now, subject=subject, reason=reason)
