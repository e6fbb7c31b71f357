"""The console's statistics: within reach only, every figure with its letters."""

from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.orm import Session

from portal.domain.letters import State
from tests.builders import World, a_letter, a_published
from tests.pages import get
from tests.web.console.conftest import Staff


@pytest.fixture(autouse=True)
def letters(session: Session, world: World) -> None:
    """Two letters of the district's township, one of the city department."""
    a_published(session, world, place="township")
    a_letter(session, world, State.IN_PROGRESS, place="township")
    a_letter(session, world, State.CLOSED, place="city")


def test_people_see_their_own_branch(staff: Staff) -> None:
    """A district's supervisor sees the district with what is below it."""
    page = get(staff("district_supervisor"), "/console/statistics?period=2016")
    assert "临江区人民政府" in page.title and "办结 1 ÷ 除以 收到 2" in page.text


def test_a_handler_sees_the_own_unit_only(staff: Staff) -> None:
    """A handler's reach does not include what is below the own organisation."""
    page = get(staff("district_handler"), "/console/statistics?period=2016")
    assert "本级" in page.text and "收到 0 件" in page.text


@pytest.mark.parametrize("code", ["city", "office", "nowhere"])
def test_others_are_out_of_reach(staff: Staff, code: str) -> None:
    """The figures of another branch, of the one above, and of nobody are not found alike."""
    get(staff("district_supervisor"), f"/console/statistics?organisation={code}", 404)


def test_who_may_not_read_rates_is_refused(staff: Staff) -> None:
    """An administrator by that role alone has no statistics."""
    get(staff("office_administrator"), "/console/statistics", 403)
    get(staff("office_administrator"), "/console/statistics/letters", 403)


def test_every_figure_leads_to_its_letters(staff: Staff) -> None:
    """Each linked figure, of all and of each organisation, opens exactly so many letters."""
    client = staff("office_supervisor")
    page = get(client, "/console/statistics?period=2016")
    links = [link for link in page.links if link.startswith("/console/statistics/letters")]
    counts: dict[str, int] = {}
    below: Counter[str] = Counter()
    for link in links:
        found = get(client, link)
        rows = [a for a in found.links if a.startswith("/console/letters/")]
        words = parse_qs(urlsplit(link).query)
        if "organisation" in words:
            below[words["measure"][0]] += len(set(rows))
        else:
            counts[words["measure"][0]] = len(set(rows))
    assert counts == below == {"received": 3, "closed": 2, "published": 1}


def test_the_own_letters_stand_apart_from_those_below(
    staff: Staff, session: Session, world: World
) -> None:
    """The link of 本级 opens the organisation's own letters without those below it."""
    a_letter(session, world, State.IN_PROGRESS, place="district")
    client = staff("office_supervisor")
    page = get(client, "/console/statistics?period=2016&organisation=district")
    (own,) = [a for a in page.links if "own=1" in a and "measure=received" in a]
    found = get(client, own)
    assert len({a for a in found.links if a.startswith("/console/letters/")}) == 1


def test_letters_out_of_sight_are_counted_but_not_listed(staff: Staff, session: Session) -> None:
    """A reader of rates without sight of a letter sees that it counts, not what it says."""
    page = get(
        staff("district_handler"),
        "/console/statistics/letters?period=2016&measure=received",
    )
    assert "没有您可以查看的信件" in page.text


def test_an_unknown_measure_is_not_found(staff: Staff) -> None:
    """A measure that is not counted has no letters."""
    client = staff("office_supervisor")
    get(client, "/console/statistics/letters?measure=secrets", 404)


def test_quality_is_told_with_its_counts(staff: Staff) -> None:
    """Durations, hops and ratings stand with the number of letters they rest on."""
    page = get(staff("office_supervisor"), "/console/statistics?period=2016")
    assert "办结用时中位数" in page.text and "服务态度平均分" in page.text
