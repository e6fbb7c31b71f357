"""The office on a fixed Wednesday morning, and people of it already logged in."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine

from tests.pages import Client

Staff = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _morning(clock: datetime) -> Iterator[None]:
    """Hold the clock of the web, so that due dates say the same every day."""
    with time_machine.travel(clock, tick=False):
        yield
