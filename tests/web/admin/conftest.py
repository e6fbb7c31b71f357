"""The office on a fixed Wednesday morning, and people of it already logged in."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine

from tests.pages import Client

Staff = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _morning(clock: datetime) -> Iterator[None]:
    """Hold the clock of the web, so that "today" is the same every day."""
    with time_machine.travel(clock, tick=False):
        yield


@pytest.fixture
def admin(staff: Staff) -> Client:
    """A browser in which the administrator is logged in."""
    return staff("office_administrator")


@pytest.fixture
def auditor(staff: Staff) -> Client:
    """A browser in which the auditor is logged in."""
    return staff("office_auditor")
