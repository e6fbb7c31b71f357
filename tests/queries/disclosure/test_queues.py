"""What the list of requests for disclosure finds."""

import pytest
from sqlalchemy.orm import Session

from portal.queries.disclosure.queues import RequestFilters, RequestQueue, request_page
from portal.queries.letters.queues import cutoffs
from portal.queries.rules import work_calendar
from tests.builders import World
from tests.disclosure import MONDAY, a_request


def found(session: Session, world: World, words: str) -> list[str]:
    """Return the titles of the requests that ``words`` find."""
    filters = RequestFilters(RequestQueue.ALL, words=words)
    at = cutoffs(work_calendar(session), MONDAY)
    page = request_page(session, world.actor("office_dispatcher"), filters, at, 50)
    return [row.title for row in page.rows]


@pytest.mark.parametrize("typed", ["{0}", "{1}", "{2}"], ids=["as shown", "small", "no dashes"])
def test_the_beginning_of_a_number_finds_its_request(
    session: Session, world: World, typed: str
) -> None:
    """A number may be cut short, in small letters and without dashes."""
    number = a_request(session, world, title="公厕改造").number
    other = a_request(session, world, title="路灯改造").number
    first = next(n for n, (a, b) in enumerate(zip(number, other, strict=True)) if a != b)
    begun = number[: first + 1]
    words = typed.format(begun, begun.lower(), begun.replace("-", ""))
    assert found(session, world, words) == ["公厕改造"]


def test_a_number_is_no_pattern(session: Session, world: World) -> None:
    """A per cent sign stands for itself, also behind the letters of a number."""
    number = a_request(session, world, document_number="").number
    assert found(session, world, number[:4])
    assert found(session, world, number[:3] + "%") == []
