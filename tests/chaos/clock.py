"""A clock that is put back by an hour under a running server."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from portal.domain.letters.states import Source
from portal.domain.periods import civil_date, midnight
from portal.models import Letter
from tests.chaos.citizen import Citizen
from tests.chaos.instance import Instance, Writers, losses
from tests.chaos.steps import AT_LEAST, Row, cost
from tests.servers import ROOT

BACK = timedelta(hours=1)
BEFORE = timedelta(seconds=8)
"""How long before the end of the year the clock is put there."""
SHIFTED = """
import os
import threading
import time
from datetime import datetime, timedelta, timezone

import time_machine

_sleep, _shifted = time.sleep, False


def _watch():
    global _shifted
    while not os.path.exists(os.environ["FAULTS_CLOCK"]):
        _sleep(0.2)
    _shifted = True
    with open(os.environ["FAULTS_CLOCK"]) as file:
        seconds = float(file.read())
    time_machine.travel(datetime.now(timezone.utc) + timedelta(seconds=seconds), tick=True).start()


def _begin():
    if not _shifted:
        threading.Thread(target=_watch, daemon=True).start()


# A process that is forked off has none of the threads of the other.
os.register_at_fork(after_in_child=_begin)
_begin()
"""
"""Goes before every program of Python: once the file is there its clock goes by so many seconds."""


class Shift:
    """A clock of a server that can be put to another moment."""

    def __init__(self, folder: Path) -> None:
        self._file, place = folder / "shift", folder / "programs"
        place.mkdir()
        (place / "sitecustomize.py").write_text(SHIFTED, encoding="utf-8")
        self.variables = {
            "FAULTS_CLOCK": str(self._file),
            "PYTHONPATH": os.pathsep.join((str(place), str(ROOT))),
        }

    def by(self, span: timedelta) -> None:
        """Have the clock of every process show so much more from now on."""
        made = self._file.with_suffix(".made")
        made.write_text(str(span.total_seconds()))
        made.rename(self._file)


def put_back(folder: Path) -> Row:
    """Put the clock back while eight people write and a citizen has the form open."""
    instance, shift = Instance(folder), Shift(folder)
    with instance.serving(**shift.variables) as server:
        writers, citizen, other = (
            Writers(instance, server),
            Citizen(server.address),
            Citizen(server.address),
        )
        citizen.begin()
        writers.wait_for_more(AT_LEAST)
        shift.by(-BACK)
        between = datetime.now(UTC) - BACK / 2
        while not _before(instance, between):
            writers.wait_for_more(AT_LEAST)
        sent = citizen.send()
        other.begin()
        again = other.send()
        writers.wait_for_more(AT_LEAST)
        writers.stop()
        well, said = instance.wait_until_well()
    lost, doubled = losses(instance, writers)
    behind = _before(instance, between)
    figure = (
        f"{behind} letters with the time of an hour ago, refused {sum(writers.refused.values())}; "
        f"form opened before {sent.status}, after {again.status}: "
        f"{cost(lost, doubled, well, said)}"
    )
    good = not (lost or doubled or writers.refused) and well and sent.is_taken and again.is_taken
    return Row("clock put back an hour", figure, good)


def _before(instance: Instance, moment: datetime) -> int:
    """Return how many letters of programs were received before ``moment``."""
    with instance.session() as session:
        query = sa.select(sa.func.count()).where(
            Letter.source == Source.API, Letter.received_at < moment
        )
        return session.scalar(query) or 0


def year_ends(folder: Path) -> Row:
    """Have the year end in Shanghai while eight people write."""
    instance, shift = Instance(folder), Shift(folder)
    now = datetime.now(UTC)
    end = midnight(date(civil_date(now).year + 1, 1, 1))
    with instance.serving(**shift.variables) as server:
        writers = Writers(instance, server)
        writers.wait_for_more(AT_LEAST)
        shift.by(end - BEFORE - datetime.now(UTC))
        while not _since(instance, end):
            writers.wait_for_more(AT_LEAST)
        writers.wait_for_more(AT_LEAST)
        writers.stop()
    lost, doubled = losses(instance, writers)
    with instance.session() as session:
        rows = session.execute(
            sa.select(Letter.number, Letter.received_at, Letter.due_on).where(
                Letter.source == Source.API
            )
        ).all()
    days = [(number[:8], civil_date(at), due) for number, at, due in rows]
    wrong = sum(day != f"{on:%Y%m%d}" or due is None or due <= on for day, on, due in days)
    unique = len({number for number, _, _ in rows}) == len(rows)
    old = sum(end - timedelta(days=1) <= at < end for _, at, _ in rows)
    figure = (
        f"{old} letters on the last day, {_since(instance, end)} on the first; refused "
        f"{sum(writers.refused.values())}; numbers {'unique' if unique else 'DOUBLED'}, "
        f"{wrong} with the number or due date of another day: lost {lost}, doubled {doubled}"
    )
    return Row("year end", figure, bool(old) and unique and not (wrong or lost or doubled))


def _since(instance: Instance, moment: datetime) -> int:
    with instance.session() as session:
        query = sa.select(sa.func.count()).where(
            Letter.source == Source.API, Letter.received_at >= moment
        )
        return session.scalar(query) or 0
