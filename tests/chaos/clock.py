"""A clock that is put back by an hour under a running server."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from portal.domain.letters.states import Source
from portal.models import Letter
from tests.chaos.citizen import Citizen
from tests.chaos.instance import Instance, Writers, losses
from tests.chaos.steps import AT_LEAST, Row, cost
from tests.servers import ROOT

BACK = timedelta(hours=1)
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
    back = datetime.now(timezone.utc) - timedelta(hours=1)
    time_machine.travel(back, tick=True).start()


def _begin():
    if not _shifted:
        threading.Thread(target=_watch, daemon=True).start()


# A process that is forked off has none of the threads of the other.
os.register_at_fork(after_in_child=_begin)
_begin()
"""
"""Goes before every program of Python: once the file is there its clock shows an hour less."""


def put_back(folder: Path) -> Row:
    """Put the clock back while eight people write and a citizen has the form open."""
    instance = Instance(folder)
    shift, place = folder / "shift", folder / "programs"
    place.mkdir()
    (place / "sitecustomize.py").write_text(SHIFTED, encoding="utf-8")
    variables = {
        "FAULTS_CLOCK": str(shift),
        "PYTHONPATH": os.pathsep.join((str(place), str(ROOT))),
    }
    with instance.serving(**variables) as server:
        writers, citizen, other = (
            Writers(instance, server),
            Citizen(server.address),
            Citizen(server.address),
        )
        citizen.begin()
        writers.wait_for_more(AT_LEAST)
        shift.touch()
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
