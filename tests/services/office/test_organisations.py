"""The tree of organisations: what founding, renaming, moving and closing leave, and refuse."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.errors import InvalidInput, NotFound, NotPermitted
from portal.domain.events import RecordAction
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action, State
from portal.domain.organisations import OrganisationKind
from portal.models import DisclosureRequest, Event, Letter, Organisation, OrganisationVersion
from portal.queries.office.open_work import open_work
from portal.services.core.unit import writing
from portal.services.office import organisations
from portal.services.office.organisations import NewOrganisation
from tests.builders import START, World, a_letter
from tests.disclosure import a_request

LATER = START + timedelta(days=30)
DAY = date(2016, 6, 20)
DEPARTMENT = OrganisationKind.MUNICIPAL_DEPARTMENT
NOWHERE = 999_999


def admin(world: World) -> Actor:
    """Return the administrator of the whole tree."""
    return world.actor("office_administrator")


def versions(session: Session, organisation_id: int) -> list[tuple[object, ...]]:
    """Return name, parent and days of validity of each version, the first one first."""
    row = OrganisationVersion
    query = sa.select(row.name, row.parent_id, row.valid_from, row.valid_to)
    chosen = query.where(row.organisation_id == organisation_id).order_by(row.id)
    return [tuple(each) for each in session.execute(chosen)]


def said(session: Session, action: RecordAction) -> list[tuple[object, ...]]:
    """Return organisation, subject, reason, actor and moment of each event of ``action``."""
    query = sa.select(
        Event.organisation_id, Event.subject, Event.reason, Event.actor_id, Event.occurred_at
    )
    found = query.where(Event.action == action).order_by(Event.id)
    return [tuple(each) for each in session.execute(found)]


def test_a_founded_organisation_stands_below_its_superior(session: Session, world: World) -> None:
    """It has its place in the tree, its first version and an event with its name."""
    made = organisations.create_organisation(
        " park.1 ",
        " 公园管理处 ",
        DEPARTMENT,
        world["city"],
        admin(world),
        LATER,
        short_name=" 公园处 ",
        founded_on=DAY,
    )
    found, city = session.get_one(Organisation, made), world.organisation("city")
    assert (found.code, found.name, found.short_name) == ("park.1", "公园管理处", "公园处")
    assert (found.kind, found.level, found.parent_id) == (DEPARTMENT, city.level + 1, city.id)
    assert (found.path, found.founded_on) == (f"{city.path}{made}/", DAY)
    assert versions(session, made) == [("公园管理处", city.id, DAY, None)]
    who = admin(world).user_id
    event = (made, "organisation:park.1", "公园管理处", who, LATER)
    assert said(session, RecordAction.CREATE_ORGANISATION)[-1] == event


@pytest.mark.parametrize(
    ("code", "name", "parent", "field"),
    [
        ("", "公园", "city", "code"),
        ("公园", "公园", "city", "code"),
        ("-park", "公园", "city", "code"),
        ("p" * 65, "公园", "city", "code"),
        ("city", "公园", "city", "code"),
        ("park", " ", "city", "name"),
        ("park", "长" * 101, "city", "name"),
        ("park", "公园", None, "parent"),
        ("park", "公园", "nowhere", "parent"),
    ],
)
def test_what_cannot_be_founded_names_its_field(
    session: Session, world: World, code: str, name: str, parent: str | None, field: str
) -> None:
    """A code in use or of other characters, no name, a second top and no superior are refused."""
    above = world.places.get(parent, NOWHERE) if parent else None
    before = session.scalar(sa.select(sa.func.count(Organisation.id)))
    session.rollback()
    with pytest.raises(InvalidInput) as error:
        organisations.create_organisation(code, name, DEPARTMENT, above, admin(world), LATER)
    assert error.value.field == field
    assert session.scalar(sa.select(sa.func.count(Organisation.id))) == before


def test_a_table_may_name_superiors_in_any_order(session: Session, world: World) -> None:
    """Rows wait for their superiors; codes that are there already stay as they are."""
    rows = [
        NewOrganisation("lamp", "路灯所", DEPARTMENT, "light"),
        NewOrganisation("light", "照明处", DEPARTMENT, "city"),
        NewOrganisation("city", "另一个名称", DEPARTMENT, "office"),
    ]
    assert organisations.add_organisations(rows, admin(world), LATER) == 2
    by_code = {each.code: each for each in session.scalars(sa.select(Organisation))}
    assert by_code["lamp"].parent_id == by_code["light"].id
    assert by_code["lamp"].path.startswith(by_code["light"].path)
    assert by_code["city"].name == "山城市城市管理局"


def test_a_table_with_an_unknown_superior_founds_nothing(session: Session, world: World) -> None:
    """The code of the row whose superior is nowhere is named, and no other row is founded."""
    rows = [
        NewOrganisation("light", "照明处", DEPARTMENT, "city"),
        NewOrganisation("lamp", "路灯所", DEPARTMENT, "nowhere"),
    ]
    with pytest.raises(InvalidInput) as error:
        organisations.add_organisations(rows, admin(world), LATER)
    assert error.value.field == "lamp"
    session.rollback()
    assert session.scalar(sa.select(Organisation.id).where(Organisation.code == "light")) is None


def test_another_name_counts_from_its_day(session: Session, world: World) -> None:
    """The old name stays for the days before; the event says from what to what, and when."""
    before = world.organisation("city").name
    organisations.rename(world["city"], "城管局", "城管", admin(world), LATER, DAY)
    session.rollback()
    city = world.organisation("city")
    assert (city.name, city.short_name) == ("城管局", "城管")
    above = city.parent_id
    assert versions(session, city.id) == [(before, above, None, DAY), ("城管局", above, DAY, None)]
    reason = said(session, RecordAction.RENAME_ORGANISATION)[-1][2]
    assert reason == f"{before} → 城管局 ({DAY})"


def test_a_short_name_alone_begins_no_version(session: Session, world: World) -> None:
    """Figures show names in full, so that another short name changes none of them."""
    name = world.organisation("city").name
    session.rollback()
    organisations.rename(world["city"], name, "城管", admin(world), LATER)
    session.rollback()
    assert world.organisation("city").short_name == "城管"
    assert len(versions(session, world["city"])) == 1


def test_the_same_name_is_no_change(session: Session, world: World) -> None:
    """Renaming to what an organisation is called already is refused."""
    city = world.organisation("city")
    name, short = city.name, city.short_name
    session.rollback()
    with pytest.raises(InvalidInput) as error:
        organisations.rename(world["city"], name, short, admin(world), LATER)
    assert error.value.field == "name"


def test_a_move_takes_along_what_is_below(session: Session, world: World) -> None:
    """Paths and levels below follow, the old superior stays for the days before."""
    old, level = world.organisation("bureau").parent_id, world.organisation("bureau").level
    session.rollback()
    organisations.move(world["district"], world["city"], admin(world), LATER, DAY)
    session.rollback()
    district, bureau = world.organisation("district"), world.organisation("bureau")
    city = world.organisation("city")
    assert (district.parent_id, district.path) == (city.id, f"{city.path}{district.id}/")
    assert (bureau.parent_id, bureau.path) == (old, f"{district.path}{bureau.id}/")
    assert (district.level, bureau.level) == (city.level + 1, level + 1)
    name = district.name
    first, second = versions(session, district.id)
    assert (first[1], first[3], second) == (world["office"], DAY, (name, city.id, DAY, None))
    reason = said(session, RecordAction.MOVE_ORGANISATION)[-1][2]
    assert reason == f"{world.organisation('office').name} → {city.name} ({DAY})"


@pytest.mark.parametrize(
    ("moved", "under"),
    [
        ("office", "city"),
        ("city", "nowhere"),
        ("district", "district"),
        ("district", "bureau"),
        ("bureau", "district"),
    ],
)
def test_what_cannot_be_moved_stays(session: Session, world: World, moved: str, under: str) -> None:
    """The top, a superior that is not there, a ring and no change at all are refused."""
    path = world.organisation(moved).path
    session.rollback()
    with pytest.raises(InvalidInput) as error:
        to_id = world.places.get(under, NOWHERE)
        organisations.move(world[moved], to_id, admin(world), LATER)
    assert error.value.field == "parent"
    session.rollback()
    assert world.organisation(moved).path == path


def test_a_closed_organisation_names_who_took_over(session: Session, world: World) -> None:
    """It has its last day, its successor, an ended version and an event; nothing changes it."""
    organisations.close(world["water"], world["city"], admin(world), LATER, DAY)
    session.rollback()
    water, city = world.organisation("water"), world.organisation("city")
    assert (water.active, water.closed_on, water.successor_id) == (False, DAY, city.id)
    assert versions(session, water.id)[-1][3] == DAY
    reason = said(session, RecordAction.CLOSE_ORGANISATION)[-1][2]
    assert reason == f"{water.name} → {city.name} ({DAY})"
    changes: list[Callable[[], object]] = [
        lambda: organisations.rename(water.id, "水厂", "", admin(world), LATER),
        lambda: organisations.move(water.id, city.id, admin(world), LATER),
        lambda: organisations.close(water.id, None, admin(world), LATER),
    ]
    for change in changes:
        with pytest.raises(InvalidInput) as error:
            change()
        assert error.value.field == "organisation"
    for founding in (
        lambda: organisations.create_organisation(
            "pipe", "管网所", DEPARTMENT, world["water"], admin(world), LATER
        ),
        lambda: organisations.move(world["police"], world["water"], admin(world), LATER),
    ):
        with pytest.raises(InvalidInput) as error:
            founding()
        assert error.value.field == "parent"


@pytest.mark.parametrize(
    ("place", "successor", "field"),
    [
        ("office", None, "organisation"),
        ("district", None, "organisation"),
        ("city", None, "organisation"),
        ("water", "water", "successor"),
        ("water", "nowhere", "successor"),
    ],
)
def test_what_is_in_use_is_not_closed(
    session: Session, world: World, place: str, successor: str | None, field: str
) -> None:
    """The top, who has others below or letters open, and one that succeeds itself stay open."""
    a_letter(session, world, State.IN_PROGRESS)
    after = world.places.get(successor, NOWHERE) if successor else None
    with pytest.raises(InvalidInput) as error:
        organisations.close(world[place], after, admin(world), LATER)
    assert error.value.field == field
    session.rollback()
    assert world.organisation(place).active


def test_a_successor_takes_over_what_is_open(session: Session, world: World) -> None:
    """Open letters and requests move with an event each, states and due dates stay."""
    sent = a_letter(session, world, State.DISPATCHED)
    held = a_letter(session, world, State.AWAITING_SIGNOFF)
    closed = a_letter(session, world, State.CLOSED)
    asked = a_request(session, world, place="city")
    before = {i.id: (i.state, i.due_on) for i in (sent, held)}
    work = open_work(session, world.organisation("city"))
    assert (work.letters, work.requests) == (2, 1)
    assert {number for number, *_ in work.listed_letters} == {sent.number, held.number}
    organisations.close(world["city"], world["police"], admin(world), LATER)
    session.expire_all()
    for letter in (sent, held):
        assert letter.organisation_id == world["police"]
        assert before[letter.id] == (letter.state, letter.due_on)
        last = session.scalars(
            sa.select(Event).where(Event.letter_id == letter.id).order_by(Event.id.desc())
        ).first()
        assert last is not None
        assert (last.action, last.to_organisation_id) == (Action.HAND_OVER, world["police"])
    assert closed.organisation_id == world["city"]
    assert session.get_one(DisclosureRequest, asked.id).organisation_id == world["police"]
    assert not open_work(session, world.organisation("city")).any


def test_a_report_is_not_handed_over_to_whom_it_accuses(session: Session, world: World) -> None:
    """A letter that accuses the successor goes to the organisation above the accused."""
    letter = a_letter(session, world, kind=Kind.WRONGDOING, place="office")
    with writing() as unit:
        moved = unit.get_one(Letter, letter.id)
        moved.organisation_id, moved.accused_id = world["city"], world["bureau"]
    organisations.close(world["city"], world["bureau"], admin(world), LATER)
    session.expire_all()
    assert letter.organisation_id == world["district"]


def test_the_tree_is_the_administrators(session: Session, world: World) -> None:
    """A dispatcher changes nothing in the tree, and what is not there is not found."""
    with pytest.raises(NotPermitted):
        organisations.rename(world["city"], "城管局", "", world.actor("office_dispatcher"), LATER)
    with pytest.raises(NotFound):
        organisations.rename(NOWHERE, "城管局", "", admin(world), LATER)
