"""The supervisor's day."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.domain.letters.states import State
from portal.services.letters import cooperation, handling
from tests.builders import World, a_letter, a_walk
from tests.conftest import CLOCK
from tests.pages import get
from tests.web.console.conftest import Staff

LONG_AGO = CLOCK - timedelta(days=40)


def test_day_counts_what_presses_by_organisation(
    staff: Staff, session: Session, world: World
) -> None:
    """Letters of a township fall under its district, and the totals are the sums."""
    a_letter(session, world, State.IN_PROGRESS, place="township", now=LONG_AGO)
    a_letter(session, world, State.IN_PROGRESS, place="district", now=LONG_AGO)
    a_letter(session, world, State.IN_PROGRESS, place="city", now=LONG_AGO)
    text = get(staff("office_supervisor"), "/console/day").text
    assert "合计 3" in text
    assert "临江区人民政府 2" in text
    assert "山城市城市管理局 1" in text


def test_day_leads_down_the_tree(staff: Staff, session: Session, world: World) -> None:
    """A district opens into its own letters and those of what is below."""
    a_letter(session, world, State.IN_PROGRESS, place="township", now=LONG_AGO)
    a_letter(session, world, State.IN_PROGRESS, place="district", now=LONG_AGO)
    client = staff("office_supervisor")
    page = get(client, f"/console/day?organisation={world['district']}")
    assert "临江区人民政府（本级） 1" in page.text
    assert "临江区石桥街道办事处 1" in page.text
    assert f"/console/?queue=overdue&organisation={world['district']}&level=own" in page.links


def test_every_count_leads_to_as_many_letters(staff: Staff, session: Session, world: World) -> None:
    """The list behind a count has exactly that many rows."""
    for place in ("township", "district", "city"):
        a_letter(session, world, State.IN_PROGRESS, place=place, now=LONG_AGO)
        a_letter(session, world, State.DISPATCHED, place=place, now=LONG_AGO)
    walk = a_walk(session, world, now=LONG_AGO)
    walk.accept()
    walk.step(cooperation.request_extension, "city_handler", 3, "需要现场核实")
    walk.step(handling.supervise, "city_supervisor", "群众多次反映")
    client = staff("office_supervisor")
    page = get(client, "/console/day")
    counted = [link for link in page.links if link.startswith("/console/?queue=")]
    assert len(counted) >= 9
    shown = page.html
    for link in counted:
        total = shown.split(link.replace("&", "&amp;") + '"', 1)[1].split(">", 1)[1].split("<")[0]
        assert f"共 {total} 件" in get(client, link).text, link


def test_day_shows_the_most_overdue_letters(staff: Staff, session: Session, world: World) -> None:
    """The letters that are late longest are one click away."""
    number = a_letter(session, world, State.IN_PROGRESS, now=LONG_AGO).number
    assert f"/console/letters/{number}" in get(staff("office_supervisor"), "/console/day").links


def test_day_is_the_own_subtree_only(staff: Staff, session: Session, world: World) -> None:
    """A district's supervisor sees the district, and another organisation is not found."""
    a_letter(session, world, State.IN_PROGRESS, place="city", now=LONG_AGO)
    a_letter(session, world, State.IN_PROGRESS, place="township", now=LONG_AGO)
    client = staff("district_supervisor")
    page = get(client, "/console/day")
    assert "合计 1" in page.text
    assert "城市管理局" not in page.text
    get(client, f"/console/day?organisation={world['city']}", 404)
    get(client, "/console/day?organisation=abc", 404)


def test_quiet_day_says_so(staff: Staff) -> None:
    """Nothing pressing is said in words."""
    assert "今天没有需要督促的信件" in get(staff("office_supervisor"), "/console/day").text


def test_day_belongs_to_supervisors(staff: Staff) -> None:
    """Other duties have no supervisor's day, and no link to one."""
    client = staff("city_handler")
    get(client, "/console/day", 403)
    assert "/console/day" not in get(client, "/console/").links


def test_units_without_overdue_letters_are_folded(
    staff: Staff, session: Session, world: World
) -> None:
    """The longest overdue letters come first, and a unit that is late with nothing is folded."""
    number = a_letter(session, world, State.IN_PROGRESS, place="district", now=LONG_AGO).number
    walk = a_walk(session, world, now=CLOCK - timedelta(days=1))
    walk.accept()
    walk.step(handling.supervise, "city_supervisor", "群众多次反映")
    html = get(staff("office_supervisor"), "/console/day").html
    order = (number, "合计", "临江区人民政府", '<details class="action--other"', "山城市城市管理局")
    places = [html.rindex(words) for words in order]
    assert places == sorted(places)


def test_a_sudden_rise_leads_to_its_letters(staff: Staff, session: Session, world: World) -> None:
    """Five letters with the same word in a week stand on the page, and lead to those five."""
    for number in range(5):
        recent = CLOCK - timedelta(days=1, hours=number)
        a_letter(session, world, place="city", now=recent, title=f"路灯 {number}")
    a_letter(
        session, world, place="city", now=CLOCK - timedelta(days=1), title="树倒了", text="树倒了。"
    )
    client = staff("office_supervisor")
    page = get(client, "/console/day")
    assert "来信突然增多" in page.text
    link = next(link for link in page.links if "received_from" in link)
    assert "共 5 件" in get(client, link).text
    assert "来信突然增多" not in get(staff("district_supervisor"), "/console/day").text
