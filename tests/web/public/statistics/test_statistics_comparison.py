"""Two sides of a comparison whose differences are of the exact figures."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.domain.letters.states import State
from tests.builders import START, World, a_letter
from tests.pages import Client, get


def test_differences_are_said_to_be_exact(client: Client, session: Session, world: World) -> None:
    """66.67% against 33.33% differ by 33.33, not 33.34, and the page says why."""
    for at, closed in ((START, 2), (START - timedelta(days=365), 1)):
        for n in range(3):
            state = State.CLOSED if n < closed else State.IN_PROGRESS
            a_letter(session, world, state, place="city", now=at)
    page = get(client, "/statistics?period=2016&compare=2015")
    assert "办结率 66.67% 33.33% +33.33 个百分点" in page.text
    assert "增减按精确数计算，可能与显示的数相差 0.01" in page.text
