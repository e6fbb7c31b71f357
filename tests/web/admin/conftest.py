"""The office on a fixed Wednesday morning, and people of it already logged in."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask

from tests.builders import World
from tests.pages import Client, login

Staff = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _morning(clock: datetime) -> Iterator[None]:
    """Hold the clock of the web, so that "today" is the same every day."""
    with time_machine.travel(clock, tick=False):
        yield


@pytest.fixture
def staff(app: Flask, world: World) -> Staff:
    """Return a browser in which a person of the world is logged in."""

    def enter(username: str) -> Client:
        client = app.test_client()
        assert isinstance(client, Client)
        login(client, username)
        return client

    return enter


@pytest.fixture
def admin(staff: Staff) -> Client:
    """A browser in which the administrator is logged in."""
    return staff("office_administrator")


@pytest.fixture
def auditor(staff: Staff) -> Client:
    """A browser in which the auditor is logged in."""
    return staff("office_auditor")
