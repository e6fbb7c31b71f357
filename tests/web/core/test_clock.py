"""A clock that is put back, or runs behind that of another server, takes nothing from anybody."""

from datetime import datetime, timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from portal.config import Settings
from tests.builders import World
from tests.pages import Client, get, login, read
from tests.web.public.citizens import letters, open_letter, receipt, send, typed, written

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("back", [timedelta(seconds=2), HOUR])
def test_a_form_opened_before_is_taken(
    client: Client, session: Session, world: World, clock: datetime, back: timedelta
) -> None:
    """A letter begun before the clock went back is one letter, received by the clock as it is."""
    with time_machine.travel(clock, tick=False) as travel:
        form = written(client)
        travel.shift(-back)
        answer = client.post("/write", data={**form.hidden, **typed(), "step": "send"})
        assert answer.status_code == 302
        assert get(client, "/receipt").status == 200
    assert [letter.received_at for letter in letters(session)] == [clock - back]


def test_numbers_go_on_and_due_dates_are_those_of_the_day(
    client: Client, session: Session, world: World, clock: datetime
) -> None:
    """Letters before and after have numbers of their own and the same due date."""
    with time_machine.travel(clock, tick=False) as travel:
        send(client)
        travel.shift(-HOUR)
        send(client, title="另一处的路灯")
    first, second = letters(session)
    assert second.number > first.number
    assert second.due_on == first.due_on is not None


def test_sessions_go_on(client: Client, session: Session, world: World, clock: datetime) -> None:
    """Who is logged in stays so, and the letter that a citizen has opened stays open."""
    staff = client.application.test_client()
    assert isinstance(staff, Client)
    with time_machine.travel(clock, tick=False) as travel:
        number, code = receipt(client)
        open_letter(client, number, code)
        login(staff, "city_handler")
        travel.shift(-HOUR)
        assert staff.get("/account/").status_code == 200
        assert client.get(f"/letters/{number}").status_code == 200


def test_a_session_from_far_ahead_is_none(
    client: Client, world: World, clock: datetime, settings: Settings
) -> None:
    """A cookie that was signed further ahead than a session lasts is not believed."""
    with time_machine.travel(clock, tick=False) as travel:
        login(client, "city_handler")
        travel.shift(-timedelta(hours=settings.session_hours, seconds=1))
        assert client.get("/account/").status_code == 302


def test_who_waits_does_not_wait_for_the_clock(
    client: Client, world: World, clock: datetime
) -> None:
    """Who had to wait may try again before the clock is where it was."""
    with time_machine.travel(clock, tick=False) as travel:
        number, _code = receipt(client)
        wrong = {"number": number, "query_code": "0000000000000"}

        def tried() -> int:
            form = get(client, "/track").form("/track")
            return read(client.post("/track", data={**form.hidden, **wrong})).status

        assert [tried() for _ in range(11)] == [422] * 10 + [429]
        travel.shift(-HOUR)
        waited = timedelta()
        while tried() == 429:
            waited += timedelta(minutes=5)
            travel.shift(timedelta(minutes=5))
        assert waited < HOUR
