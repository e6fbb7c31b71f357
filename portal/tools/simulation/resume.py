"""What a simulation leaves behind, so that one that was broken off can be taken up again.

Letters are written in batches, each of which is either in the house or not. A simulation of the
same wish tells the same letters, so the one that was broken off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM
from portal.domain.errors import N_, ActionNotAllowed
from portal.domain.events import Axis, RecordAction
from portal.domain.letters.kinds import Kind
from portal.models import Event, Letter
from portal.services.core.acting import record
from portal.tools.organisation_tree import must_be_empty
from portal.tools.simulation.specification import Wish
from portal.tools.simulation.texts import Wording


class OtherSimulation(ActionNotAllowed):
    """The house holds the beginning of another simulation; ``wish`` says of which."""

    def __init__(self, wish: str) -> None:
        super().__init__(
            N_("这里有一次没有完成的模拟，请用相同的选项继续，或另设一个空的数据目录。")
        )
        self.wish = wish


class CompleteSimulation(ActionNotAllowed):
    """The house holds this very simulation, complete."""

    def __init__(self) -> None:
        super().__init__(N_("这里已有同样的模拟数据。"))


def mark_of(wish: Wish, corpus: Sequence[tuple[Kind | None, Wording]]) -> str:
    """Return what tells simulations apart: the same for the same wish and the same texts."""
    return sha256(repr((wish, list(corpus))).encode()).hexdigest()[:32]


def broken_off(session: Session, mark: str) -> bool:
    """Tell whether the house holds the beginning of the simulation ``mark``.

    Raises :class:`OtherSimulation`, :class:`CompleteSimulation`, or
    :class:`~portal.domain.errors.ActionNotAllowed` where the house is otherwise in use.
    """
    begun = _last(session, RecordAction.BEGIN_SIMULATION)
    if begun is None:
        must_be_empty(session)
        return False
    same, ended = begun.subject == _subject(mark), _last(session, RecordAction.END_SIMULATION)
    if ended is not None:
        if same:
            raise CompleteSimulation
        must_be_empty(session)
    if not same:
        raise OtherSimulation(begun.reason or "")
    return True


def unfinished(session: Session) -> str | None:
    """Return the options of the simulation whose beginning the house holds; None without one."""
    begun = _last(session, RecordAction.BEGIN_SIMULATION)
    ended = _last(session, RecordAction.END_SIMULATION)
    return None if begun is None or ended is not None else begun.reason or ""


def begin(session: Session, mark: str, wish: Wish, now: datetime) -> None:
    """Leave the mark that a simulation has begun, with what it was asked for."""
    _mark(session, RecordAction.BEGIN_SIMULATION, mark, now, options_of(wish))


def end(session: Session, mark: str, now: datetime) -> None:
    """Leave the mark that it is complete."""
    _mark(session, RecordAction.END_SIMULATION, mark, now)


def options_of(wish: Wish) -> str:
    """Return the options of the command that ask for ``wish``."""
    first, last = min(wish.years), max(wish.years)
    years = f"--year {first}" if first == last else f"--years {first}-{last}"
    requests = f" --disclosure {','.join(map(str, wish.disclosure))}" if wish.disclosure else ""
    return (
        f"{years} --received {wish.received} --closed {wish.closed} "
        f"--published {wish.published} --seed {wish.seed}{requests}"
    )


def written(session: Session) -> int:
    """Return how many letters are in the house."""
    return session.scalar(sa.select(sa.func.count()).select_from(Letter)) or 0


def check_last(session: Session, letter_id: int, number: str, title: str) -> None:
    """Raise :class:`ActionNotAllowed` where the house has another letter than the one told now.

    So it is when somebody else has written here, or when another version of the program began.
    """
    letter = session.get(Letter, letter_id)
    if letter is None or (letter.number, letter.title) != (number, title):
        raise ActionNotAllowed(N_("这里的信件与模拟不符，无法继续；请另设一个空的数据目录。"))


def _last(session: Session, action: RecordAction) -> Event | None:
    query = sa.select(Event).where(Event.action == action, Event.subject.is_not(None))
    return session.scalar(query.order_by(Event.id.desc()).limit(1))


def _subject(mark: str) -> str:
    return f"simulation:{mark}"


def _mark(
    session: Session, action: RecordAction, mark: str, now: datetime, reason: str | None = None
) -> None:
    subject = _subject(mark)
    record(session, action, Axis.ADMINISTRATION, SYSTEM, now, subject=subject, reason=reason)
