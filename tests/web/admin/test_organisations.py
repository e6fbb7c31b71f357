"""The tree of organisations through the real application."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.events import RecordAction
from portal.models import Event, Organisation, OrganisationVersion
from portal.queries.statistics.cache import tree_on
from tests.builders import World, a_letter
from tests.pages import Client, get, post


def place(session: Session, code: str) -> Organisation:
    """Return the organisation as the database has it now."""
    session.rollback()
    return session.scalars(sa.select(Organisation).where(Organisation.code == code)).one()


def versions(session: Session, world: World, code: str) -> list[OrganisationVersion]:
    """Return the versions of an organisation, the oldest first."""
    session.rollback()
    return list(world.organisation(code).versions)


def test_the_table_follows_the_tree(admin: Client, world: World) -> None:
    """What is below an organisation stands right after it."""
    text = get(admin, "/admin/organisations").text
    district = text.index("临江区人民政府")
    assert district < text.index("临江区教育委员会") < text.index("山城水务集团")


def test_the_table_finds_by_name_code_and_superior(admin: Client, world: World) -> None:
    """Words narrow the table by name, code and superior; all of them must fit."""
    assert "共 1 个单位" in get(admin, "/admin/organisations?q=水务").text
    assert "山城水务集团" in get(admin, "/admin/organisations?q=water").text
    assert "共 1 个单位" in get(admin, "/admin/organisations?q=临江 石桥").text
    assert "没有符合条件的单位" in get(admin, "/admin/organisations?q=火星").text


def test_a_page_far_out_is_the_last(admin: Client, world: World) -> None:
    """A page number beyond the end, negative or senseless shows a page there is."""
    for page in ("1000000000", "-3", "abc", "9" * 40):
        assert "共 7 个单位" in get(admin, f"/admin/organisations?page={page}").text


def test_an_organisation_is_founded(session: Session, admin: Client, world: World) -> None:
    """A new organisation has code, superior and the day from which it counts."""
    sent = {
        "name": "临江区水利局",
        "short_name": "区水利局",
        "code": "shuili",
        "kind": "district_department",
        "parent": str(world["district"]),
        "founded_on": "2016-05-01",
    }
    answer = post(admin, "/admin/organisations/new", sent, follow=True)
    assert "临江区水利局" in answer.text
    made = place(session, "shuili")
    assert (made.parent_id, made.founded_on) == (world["district"], date(2016, 5, 1))


def test_a_form_with_errors_keeps_what_was_typed(admin: Client, world: World) -> None:
    """A code in use is said at its field and nothing else typed is lost."""
    sent = {
        "name": "临江区水利局",
        "code": "water",
        "kind": "district_department",
        "parent": str(world["district"]),
    }
    page = post(admin, "/admin/organisations/new", sent, status=422)
    assert "code-error" in page.ids
    form = page.form("/admin/organisations/new")
    assert form.fields["name"] == ["临江区水利局"]
    assert form.fields["parent"] == [str(world["district"])]


def test_a_forged_superior_is_refused(admin: Client, world: World) -> None:
    """An organisation that does not exist is refused at the field."""
    sent = {"name": "新单位", "code": "new", "kind": "township", "parent": "99999"}
    page = post(admin, "/admin/organisations/new", sent, status=422)
    assert "parent-error" in page.ids
    assert "没有这个单位" in page.text


def test_a_rename_counts_from_its_day(session: Session, admin: Client, world: World) -> None:
    """A rename may take effect on an earlier day; the old name holds until then."""
    url = f"/admin/organisations/{world['city']}/rename"
    post(admin, url, {"name": "山城市城市管理委员会", "on": "2016-06-01"})
    old, new = versions(session, world, "city")
    assert (old.name, old.valid_to) == ("山城市城市管理局", date(2016, 6, 1))
    assert (new.name, new.valid_from) == ("山城市城市管理委员会", date(2016, 6, 1))


def test_a_day_to_come_is_refused(session: Session, admin: Client, world: World) -> None:
    """A change cannot take effect in the future, nor before the change before it."""
    url = f"/admin/organisations/{world['city']}/rename"
    page = post(admin, url, {"name": "新名称", "on": "2016-06-16"}, status=422)
    assert "on-error" in page.ids
    post(admin, url, {"name": "新名称", "on": "2016-06-10"})
    page = post(admin, url, {"name": "更新的名称", "on": "2016-06-09"}, status=422)
    assert "on-error" in page.ids
    assert place(session, "city").name == "新名称"


def test_a_move_takes_all_below_along(session: Session, admin: Client, world: World) -> None:
    """An organisation moves under another superior, and not below itself."""
    url = f"/admin/organisations/{world['township']}/move"
    post(admin, url, {"parent": str(world["city"])})
    assert place(session, "township").path.startswith(place(session, "city").path)
    url = f"/admin/organisations/{world['district']}/move"
    page = post(admin, url, {"parent": str(world["bureau"])}, status=422)
    assert "parent-error" in page.ids


def test_a_move_never_makes_a_ring_of_the_past(
    session: Session, admin: Client, world: World
) -> None:
    """Nothing moves under what was below it on that day, though it no longer is."""
    post(
        admin,
        f"/admin/organisations/{world['township']}/move",
        {"parent": str(world["city"]), "on": "2016-06-10"},
    )
    url = f"/admin/organisations/{world['district']}/move"
    page = post(admin, url, {"parent": str(world["township"]), "on": "2016-06-09"}, status=422)
    assert "on-error" in page.ids
    post(admin, url, {"parent": str(world["township"]), "on": "2016-06-10"})
    assert place(session, "district").parent_id == world["township"]


@pytest.mark.parametrize("day", ["", "2016-06-01"])
def test_the_last_change_of_a_day_shows_at_once(
    session: Session, admin: Client, world: World, day: str
) -> None:
    """A name or a place corrected on the day of its change is the one that statistics know."""
    city, url = world["city"], f"/admin/organisations/{world['city']}"
    for name, parent in (("山城市城管局", "district"), ("山城市城市管理委员会", "police")):
        post(admin, f"{url}/rename", {"name": name, "on": day})
        post(admin, f"{url}/move", {"parent": str(world[parent]), "on": day})
        assert name in get(admin, "/statistics/city").text
        session.rollback()
        assert tree_on(session, date(2016, 6, 15)).nodes[city].parent_id == world[parent]
    assert len(versions(session, world, "city")) == 2


def test_closing_names_the_successor(session: Session, admin: Client, world: World) -> None:
    """A closed organisation says since when and who took over."""
    url = f"/admin/organisations/{world['water']}/close"
    page = post(admin, url, {"successor": str(world["city"])}, follow=True)
    assert "2016年6月15日 停用" in page.text
    closed = place(session, "water")
    assert (closed.closed_on, closed.successor_id) == (date(2016, 6, 15), world["city"])
    assert "山城水务集团" not in get(admin, "/admin/organisations").text
    assert "山城水务集团" in get(admin, "/admin/organisations?closed=y").text


def test_closing_waits_for_open_letters(session: Session, admin: Client, world: World) -> None:
    """Without a successor it stays open: the page says why, and lists what is open, untitled."""
    letter = a_letter(session, world, place="water")
    page = post(admin, f"/admin/organisations/{world['water']}/close", status=422)
    assert "还有没办结的信件" in page.text
    assert f"{letter.number} · 待受理 · 期限" in page.text
    assert letter.title not in page.text
    assert place(session, "water").active


def test_closing_hands_open_letters_over(session: Session, admin: Client, world: World) -> None:
    """With a successor what the page has listed is theirs."""
    letter = a_letter(session, world, place="water")
    url = f"/admin/organisations/{world['water']}/close"
    assert letter.number in get(admin, url).text
    post(admin, url, {"successor": str(world["city"])}, follow=True)
    session.rollback()
    assert letter.organisation_id == world["city"]


def test_an_unknown_organisation_is_not_found(admin: Client, world: World) -> None:
    """Numbers of no organisation, huge ones too, answer 404."""
    for number in (99999, 10**30):
        get(admin, f"/admin/organisations/{number}", status=404)
        get(admin, f"/admin/organisations/{number}/move", status=404)


def test_the_picker_finds_organisations_in_use(admin: Client, world: World) -> None:
    """The picker is given id, name and way down the tree."""
    items = admin.get("/admin/organisations.json?q=石桥").get_json()["items"]
    assert [item["id"] for item in items] == [world["township"]]


def test_an_office_says_how_it_is_reached(session: Session, admin: Client, world: World) -> None:
    """Duties, address, telephone and hours are kept, shown and recorded with what was before."""
    url = f"/admin/organisations/{world['city']}/office"
    sent = {
        "duties": "路灯、市容",
        "address": "山城市临江路1号",
        "telephone": "023-63151234",
        "hours": "工作日9:00—17:30",
    }
    post(admin, url, sent)
    shown = get(admin, f"/admin/organisations/{world['city']}")
    assert all(value in shown.text for value in sent.values())
    post(admin, url, sent | {"telephone": "023-63155678"})
    said = sa.select(Event.reason).where(Event.action == RecordAction.DESCRIBE_ORGANISATION)
    *_, last = session.scalars(said.order_by(Event.id))
    assert last == "023-63151234 → 023-63155678"
    page = post(admin, url, sent | {"address": "一" * 201}, status=422)
    assert "address-error" in page.ids
