"""The citizens' pages are tried at a fixed hour: what happens an hour later is still the same day."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

MORNING = datetime(2020, 6, 17, 2, 30, tzinfo=UTC)
"""A Wednesday in Shanghai, years after most of the letters that tests make."""


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=True):
        yield
