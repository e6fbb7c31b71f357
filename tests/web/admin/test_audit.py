"""The audit trail through the real application: filters, pages, CSV."""

import csv
import io
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.events import ReadAction
from portal.domain.letters.states import State
from portal.models import ReadEvent
from portal.services.core.sessions import begin_staff_session, end_other_sessions
from portal.services.core.unit import writing
from portal.services.letters import submission
from portal.services.office.organisations import rename
from tests.builders import START, World, a_letter, a_walk
from tests.pages import Client, get
from tests.world import a_person

PRIVATE = "我家住梧桐小区3栋，答复没有说清楚，请重新办理。"


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    """Return the exported trail as rows by column."""
    answer = client.get(f"/admin/audit.csv?{query}")
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_trail_of_a_letter(session: Session, auditor: Client, world: World) -> None:
    """Everything that happened to a letter is found by its number, however it is typed."""
    letter = a_letter(session, world, State.CLOSED)
    a_letter(session, world)
    found = rows(auditor, f"number={letter.number}")
    assert {row["信件编号"] for row in found} == {letter.number}
    assert [row["操作"] for row in found][-1] == "寄出信件"
    assert "签发答复" in get(auditor, f"/admin/audit?number={letter.number}").text


def test_the_trail_narrows_by_person_action_axis_and_day(
    session: Session, auditor: Client, world: World
) -> None:
    """Each filter leaves only what fits it."""
    a_letter(session, world, State.CLOSED)
    assert {row["用户名"] for row in rows(auditor, "person=city_reviewer")} == {"city_reviewer"}
    assert {row["操作"] for row in rows(auditor, "action=sign")} == {"签发答复"}
    assert {row["类别"] for row in rows(auditor, "axis=administration")} == {"管理与登录"}
    assert {row["记录时间"][:10] for row in rows(auditor, "first=2016-06-15&last=2016-06-15")} == {
        "2016-06-15"
    }
    assert rows(auditor, "first=2017-01-01") == []


def test_the_auditor_reads_no_words_of_letters(
    session: Session, auditor: Client, world: World
) -> None:
    """What a citizen wrote, also as the reason of a redo, is not in the trail."""
    walk = a_walk(session, world, "city")
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    letter = walk.letter
    submission.ask_redo(letter.id, PRIVATE, walk.now)
    title, text = letter.title, letter.text
    page = get(auditor, "/admin/audit").text
    export = auditor.get("/admin/audit.csv").get_data(as_text=True)
    for place in (page, export):
        assert "申请重办" in place
        assert not [
            word for word in (PRIVATE, title, text, "周晓兰", "13900000001") if word in place
        ]


def test_formulas_are_defused(session: Session, auditor: Client, world: World) -> None:
    """A reason that begins like a formula does not run in a spreadsheet."""
    name = "=HYPERLINK(1)"
    rename(world["water"], name, "", world.actor("office_administrator"), START)
    exported = rows(auditor, "action=rename_organisation")
    assert [row["单位"] for row in exported] == [f"'{name}"]


def test_what_cannot_be_read_is_left_out(auditor: Client, world: World) -> None:
    """Senseless filters and pages never fail."""
    for query in ("axis=x&action=y&first=heute", "last=9999-12-31", "page=1000000000", "page=-1"):
        assert "操作日志" in get(auditor, f"/admin/audit?{query}").text
    assert "没有符合条件的记录" in get(auditor, "/admin/audit?number=20160601-99999-9").text


def test_pages_hold_the_trail_once(session: Session, auditor: Client, world: World) -> None:
    """Every row is on exactly one page, in the order of the export, which holds them all."""
    for _ in range(4):
        a_letter(session, world, State.CLOSED)
    whole = [(row["记录时间"][:16], row["操作"]) for row in rows(auditor, "last=2016-06-14")]
    assert len(whole) > 20
    address, shown = "/admin/audit?last=2016-06-14", list[str]()
    while address:
        page = get(auditor, address)
        assert page.status == 200
        shown += re.findall(r'<td data-label="操作">\s*<span>([^<]+)<', page.html)
        address = next(
            (a for a in page.links if a.startswith("/admin/audit?") and "before=" in a), ""
        )
    assert shown == [action for _time, action in whole]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("first=2016-13-45", "first"),
        ("last=tomorrow", "last"),
        ("axis=x", "axis"),
        ("action=fly", "action"),
    ],
)
def test_a_filter_that_cannot_be_read_widens_no_export(
    auditor: Client, query: str, named: str
) -> None:
    """A file is refused with the name of the filter at fault rather than filled with more."""
    answer = auditor.get(f"/admin/audit.csv?person=city_reviewer&{query}")
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert answer.get_data(as_text=True).startswith(f"{named}: ")


def test_the_auditor_sees_accounts_with_several_duties(
    auditor: Client, world: World, password_hash: str
) -> None:
    """An account whose roles exclude each other is named above the trail."""
    assert "不相容的角色" not in get(auditor, "/admin/audit").text
    a_person(world, "both", password_hash, (Role.ADMINISTRATOR, "office"), (Role.HANDLER, "city"))
    assert (
        "both（both）：管理员 · 山城市公开信箱办公室、经办人" in get(auditor, "/admin/audit").text
    )


def test_reads_are_in_the_trail(
    session: Session, auditor: Client, staff: Callable[[str], Client], world: World
) -> None:
    """Who read which letter, from which address and in which session, is found by each of them."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    get(staff("city_handler"), f"/console/letters/{letter.number}")
    session.rollback()
    row = session.scalars(sa.select(ReadEvent)).one()
    person = "city_handler"
    for query in (
        f"number={letter.number}&axis=reading",
        f"person={person}&action=read_letter",
        "address=127.0.0.1&action=read_letter",
        "action=read_letter",
    ):
        (found,) = rows(auditor, query)
        assert (found["操作"], found["信件编号"], found["用户名"]) == (
            "查看信件",
            letter.number,
            person,
        )
        assert (found["网络地址"], found["会话"]) == ("127.0.0.1", str(row.session_id))
    assert rows(auditor, "action=read_letter&address=203.0.113.9") == []
    assert f"127.0.0.1 · 会话 {row.session_id}" in get(auditor, "/admin/audit").text


def test_words_of_searches_are_for_auditors(
    session: Session, auditor: Client, staff: Callable[[str], Client], world: World
) -> None:
    """Auditors see what was searched for, also beside a row that cannot be decrypted; others have no trail."""
    for words in ("路灯", "周晓兰"):
        get(staff("city_handler"), f"/console/?q={words}")
    session.rollback()
    with writing() as unit:
        first = sa.select(sa.func.min(ReadEvent.id)).scalar_subquery()
        edit = sa.update(ReadEvent).where(ReadEvent.id == first)
        unit.execute(edit.values(detail=sa.type_coerce("x", sa.Text)))
    assert "周晓兰" in get(auditor, "/admin/audit").text
    assert {row["说明"] for row in rows(auditor, "action=search_letters")} == {
        "x",
        "q=周晓兰; found=0",
    }
    for person in ("city_handler", "office_administrator"):
        assert staff(person).get("/admin/audit.csv").status_code == 403


def test_the_auditor_is_in_the_trail(auditor: Client, session: Session, world: World) -> None:
    """Looking at the trail and downloading it are recorded, with the filters."""
    get(auditor, "/admin/audit?person=city_handler")
    rows(auditor, "axis=handling")
    session.rollback()
    found = [(row.action, row.detail) for row in session.scalars(sa.select(ReadEvent))]
    assert found == [
        (ReadAction.READ_TRAIL, "person=city_handler"),
        (ReadAction.EXPORT_TRAIL, "axis=handling"),
    ]


def test_subjects_are_named(session: Session, auditor: Client, world: World) -> None:
    """Accounts have names instead of codes, sessions and others their word."""
    begin_staff_session(world.people["city_handler"], "key", "203.0.113.1", "", START, login=True)
    page = get(auditor, "/admin/audit?action=login&person=city_handler")
    assert "city handler（city_handler）" in page.text
    assert "user:" not in page.text


def test_the_other_sessions_are_named(session: Session, auditor: Client, world: World) -> None:
    """Who ended all other sessions is shown in words, without a sign for them."""
    begin_staff_session(world.people["city_handler"], "key", "203.0.113.1", "", START, login=True)
    end_other_sessions(world.actor("city_handler"), START)
    page = get(auditor, "/admin/audit?person=city_handler")
    assert "其他所有会话" in page.text
    assert "*" not in page.text


def test_letters_lead_to_their_page_for_who_may_read_them(
    session: Session,
    auditor: Client,
    world: World,
    password_hash: str,
    staff: Callable[[str], Client],
) -> None:
    """An auditor reads no letters, so there is nothing to click."""
    letter = a_letter(session, world)
    assert f"/console/letters/{letter.number}" not in get(auditor, "/admin/audit").links
    a_person(world, "both", password_hash, (Role.AUDITOR, "office"), (Role.DISPATCHER, "office"))
    assert f"/console/letters/{letter.number}" in get(staff("both"), "/admin/audit").links


@pytest.mark.parametrize(
    "mark", ["x", "event-1", "event-1-99999999999999999999", "read-0--5", "fly-1-1"]
)
def test_a_place_that_is_none_shows_the_trail(auditor: Client, mark: str) -> None:
    """Whatever stands in the address is no crash."""
    assert get(auditor, f"/admin/audit?before={mark}").status == 200
