"""Staff accounts through the real application."""

import re

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.access import SYSTEM, Role
from portal.models import User
from portal.queries.office.grants import waiting_grants
from portal.services.core.sessions import begin_staff_session
from portal.services.core.unit import writing
from portal.services.office import users
from tests.builders import START, World
from tests.pages import Client, get, login, post
from tests.web.admin.conftest import Staff
from tests.world import a_person

PASSWORD = re.compile(r"\b[a-z2-9]{4}(?:-[a-z2-9]{4}){3}\b")
NEW = "/admin/people/new"
GRANTS = "/admin/people/requests"


def user(session: Session, username: str) -> User:
    """Return the account as the database has it now."""
    session.rollback()
    return session.scalars(sa.select(User).where(User.username == username)).one()


def a_colleague(world: World, **changes: str) -> dict[str, str]:
    """Return what creates an account."""
    given = {"username": "wangmin", "name": "王敏", "role": "handler"}
    return {**given, "organisation": str(world["city"]), **changes}


def test_a_new_account_gets_a_password_that_works_once_shown(
    app: Flask, session: Session, admin: Client, world: World
) -> None:
    """The password is on the page that answers, lets in to change it, and is never shown again."""
    page = post(admin, NEW, a_colleague(world), status=200)
    found = PASSWORD.search(page.text)
    assert found
    made = user(session, "wangmin")
    assert made.grants == []
    login(app.test_client(), "wangmin", found.group())
    assert not PASSWORD.search(get(admin, f"/admin/people/{made.id}").text)


def test_a_taken_user_name_is_said_at_its_field(admin: Client, world: World) -> None:
    """A user name in use is refused and the rest of the form stays."""
    page = post(admin, NEW, a_colleague(world, username="city_handler"), status=422)
    assert "username-error" in page.ids
    fields = page.form(NEW).fields
    assert (fields["name"], fields["role"]) == (["王敏"], ["handler"])


def test_an_empty_form_names_every_field(admin: Client, world: World) -> None:
    """Each field that is missing gets its own sentence."""
    page = post(admin, NEW, {}, status=422)
    assert {"username-error", "name-error", "role-error", "organisation-error"} <= set(page.ids)


def test_roles_are_given_and_taken(
    session: Session, admin: Client, staff: Staff, world: World, password_hash: str
) -> None:
    """A role is asked for by one administrator, consented to by another, and taken away at once."""
    a_person(world, "second", password_hash, (Role.ADMINISTRATOR, "office"))
    person = f"/admin/people/{world.people['city_handler']}"
    post(
        admin,
        f"{person}/grants",
        {"role": "reviewer", "organisation": str(world["water"])},
        page=person,
    )
    assert {g.role for g in user(session, "city_handler").grants} == {Role.HANDLER}
    (waits,) = waiting_grants(session)
    assert "等待同意：审核人 · 山城水务集团" in get(admin, person).text
    decision = f"/admin/people/requests/{waits.id}/approve"
    own = get(admin, GRANTS).form(decision.replace("approve", "withdraw")).hidden
    assert admin.post(decision, data=own).status_code == 403
    other = staff("second")
    assert "1 个角色申请等待同意" in get(other, "/admin/people").text
    post(other, decision, page=GRANTS)
    assert "已同意" in get(other, GRANTS).text
    held = user(session, "city_handler").grants
    assert {g.role for g in held} == {Role.HANDLER, Role.REVIEWER}
    away = next(g.id for g in held if g.role is Role.REVIEWER)
    post(admin, f"{person}/grants/{away}/remove", page=person)
    assert {g.role for g in user(session, "city_handler").grants} == {Role.HANDLER}


def test_auditing_and_administering_stay_apart(admin: Client, world: World) -> None:
    """Nobody is given the auditor's role beside the administrator's."""
    person = f"/admin/people/{world.people['office_administrator']}"
    sent = {"role": "auditor", "organisation": str(world["office"])}
    page = post(admin, f"{person}/grants", sent, page=person, status=422)
    assert "系统管理、业务办理和审计的角色不能由同一人担任" in page.text


def test_who_is_alone_reads_what_to_do(
    admin: Client, staff: Staff, world: World, password_hash: str
) -> None:
    """Where nobody could consent the page names the command; with a second administrator not."""
    assert "letterbox user grant" in get(admin, GRANTS).text
    a_person(world, "second", password_hash, (Role.ADMINISTRATOR, "office"))
    assert "letterbox user grant" not in get(admin, GRANTS).text


def test_a_request_is_refused_or_withdrawn(
    session: Session, admin: Client, staff: Staff, world: World, password_hash: str
) -> None:
    """Another administrator refuses, who asked withdraws; the role is not held in either case."""
    a_person(world, "second", password_hash, (Role.ADMINISTRATOR, "office"))
    person = f"/admin/people/{world.people['city_handler']}"
    sent = {"role": "reviewer", "organisation": str(world["water"])}
    for browser, what in ((staff("second"), "refuse"), (admin, "withdraw")):
        post(admin, f"{person}/grants", sent, page=person)
        (waits,) = waiting_grants(session)
        post(browser, f"/admin/people/requests/{waits.id}/{what}", page=GRANTS)
        session.rollback()
        assert list(waiting_grants(session)) == []
    assert {g.role for g in user(session, "city_handler").grants} == {Role.HANDLER}


def test_the_last_administrator_keeps_the_role(
    session: Session, admin: Client, world: World
) -> None:
    """The last administrator can neither be disabled nor lose the role."""
    person = f"/admin/people/{world.people['office_administrator']}"
    grant = user(session, "office_administrator").grants[0].id
    assert (
        "没有执行" in post(admin, f"{person}/grants/{grant}/remove", page=person, status=409).text
    )
    assert "没有执行" in post(admin, f"{person}/disable", page=person, status=409).text
    assert user(session, "office_administrator").grants


def test_a_disabled_account_is_out_at_once(
    session: Session, staff: Staff, admin: Client, world: World
) -> None:
    """Disabling ends the sessions of an account; enabling lets it in again."""
    colleague = staff("city_handler")
    person = f"/admin/people/{world.people['city_handler']}"
    post(admin, f"{person}/disable", page=person)
    assert colleague.get("/console/").status_code == 302
    assert "已停用" in get(admin, person).text
    post(admin, f"{person}/enable", page=person)
    assert not user(session, "city_handler").disabled


def test_a_new_password_ends_the_old_one(app: Flask, admin: Client, world: World) -> None:
    """After a reset of an account that was never used the shown password lets in, and is to be changed."""
    made = users.create_user("li.si", "李四", "a long password", [], SYSTEM, START)
    person = f"/admin/people/{made}"
    page = post(admin, f"{person}/password", page=person, status=200)
    found = PASSWORD.search(page.text)
    assert found
    login(app.test_client(), "li.si", found.group())
    assert "本人登录后必须先改掉" in get(admin, person).text


def test_who_works_keeps_the_own_password(admin: Client, world: World) -> None:
    """The page offers no password for an account in use, and one that is asked for is refused."""
    person = f"/admin/people/{world.people['city_handler']}"
    page = get(admin, person)
    assert f"{person}/password" not in [form.action for form in page.forms]
    assert "letterbox user password" in page.text
    token = page.form(f"{person}/disable").hidden
    assert admin.post(f"{person}/password", data=token).status_code == 409


def test_a_second_administrator_consents_to_the_removal_of_a_factor(
    session: Session, admin: Client, staff: Staff, world: World, password_hash: str
) -> None:
    """One asks on the page of the person, who asked may not consent, another does."""
    a_person(world, "second", password_hash, (Role.ADMINISTRATOR, "office"))
    with writing() as unit:
        unit.get_one(User, world.people["city_handler"]).totp_secret = "SECRET"
    person = f"/admin/people/{world.people['city_handler']}"
    asked = post(admin, f"{person}/factor", page=person, follow=True)
    assert f"{person}/factor" not in [form.action for form in asked.forms]
    assert user(session, "city_handler").totp_secret is not None
    other = staff("second")
    assert "同意取消两步验证" in get(other, person).text
    post(other, f"{person}/factor", page=person)
    assert user(session, "city_handler").totp_secret is None


def test_the_list_narrows(admin: Client, world: World) -> None:
    """People are found by name, role, state, and organisation with what is below it."""
    assert "共 1 个账号" in get(admin, "/admin/people?q=water_handler").text
    text = get(admin, f"/admin/people?role=dispatcher&organisation={world['district']}").text
    assert "共 3 个账号" in text
    assert "没有符合条件的账号" in get(admin, "/admin/people?state=disabled").text


def test_an_unknown_account_is_not_found(admin: Client, world: World) -> None:
    """Numbers of no account, huge ones too, answer 404."""
    for number in (99999, 10**30):
        get(admin, f"/admin/people/{number}", status=404)


def test_who_consents_sees_the_first_login(admin: Client, session: Session, world: World) -> None:
    """Beside a request stand time and address at which the account was first used, if it ever was."""
    person = f"/admin/people/{world.people['city_handler']}"
    sent = {"role": "reviewer", "organisation": str(world["city"])}
    post(admin, f"{person}/grants", sent, page=person)
    assert "没有记录" in get(admin, GRANTS).text
    for address in ("203.0.113.7", "198.51.100.2"):
        begin_staff_session(world.people["city_handler"], address, address, "", START)
    text = get(admin, GRANTS).text
    assert "203.0.113.7" in text and "198.51.100.2" not in text
