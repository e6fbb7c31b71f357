"""The deadline rules through the real application: whose they are, who follows them, edits."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.models import DeadlineRuleRow
from tests.builders import World, a_letter
from tests.pages import Client, get, post, read

RULES = "/admin/deadline-rules"
NEW = {
    "organisation": "",
    "code": "letter_complaint",
    "days": "5",
    "unit": "working",
    "extension_days": "5",
    "source": "市政府办公室通知",
    "valid_from": "2016-07-01",
}


def test_rules_name_their_sources(admin: Client, world: World) -> None:
    """Each rule is listed with its versions, their source and which one is in force."""
    text = get(admin, RULES).text
    assert "咨询来信的答复" in text
    assert "国办发〔2014〕57号" in text
    assert "执行中" in text


def test_only_rules_that_are_followed_are_shown(admin: Client, world: World) -> None:
    """The page lists the kinds of letters and the two rules for disclosure requests."""
    links = [link for link in get(admin, RULES).links if "/new?code=" in link]
    assert len(links) == len(Kind) + 2


def test_the_page_counts_the_open_letters(session: Session, admin: Client, world: World) -> None:
    """Beside each rule stands how many open letters follow it now."""
    for _ in range(2):
        a_letter(session, world, kind=Kind.HELP)
    assert "2 件" in get(admin, RULES).text


def test_a_rule_to_come_is_added_changed_and_taken_back(
    session: Session, admin: Client, world: World
) -> None:
    """A version that begins later is listed as such and may be edited until it begins."""
    page = post(admin, f"{RULES}/new", NEW, follow=True)
    assert "未生效" in page.text
    row = session.scalars(sa.select(DeadlineRuleRow)).one()
    assert (row.code, row.days, row.valid_from) == ("letter_complaint", 5, date(2016, 7, 1))
    form = get(admin, f"{RULES}/{row.id}").form(f"{RULES}/{row.id}")
    assert (form.fields["days"], form.fields["source"]) == (["5"], ["市政府办公室通知"])
    post(admin, f"{RULES}/{row.id}", {**NEW, "days": "6"}, follow=True)
    session.rollback()
    assert session.get_one(DeadlineRuleRow, row.id).days == 6
    post(admin, f"{RULES}/{row.id}/remove", page=RULES)
    session.rollback()
    assert session.scalar(sa.select(DeadlineRuleRow)) is None


def test_an_organisation_gets_a_rule_of_its_own(
    session: Session, admin: Client, world: World
) -> None:
    """A rule for letters of any kind is chosen for an organisation, and the page says whose."""
    sent = {**NEW, "organisation": str(world["district"]), "code": "letter"}
    page = post(admin, f"{RULES}/new", sent, follow=True)
    assert "各类来信的答复" in page.text
    assert "临江区人民政府及其下属单位收到的" in page.text
    row = session.scalars(sa.select(DeadlineRuleRow)).one()
    assert (row.organisation_id, row.code) == (world["district"], "letter")


def test_what_has_begun_is_ended_and_not_changed(
    session: Session, admin: Client, world: World
) -> None:
    """A rule in force has a button that ends it; its page of changes does not exist."""
    row = DeadlineRuleRow(
        code="letter_help",
        days=3,
        unit="working",
        extension_days=0,
        source="通知",
        valid_from=date(2016, 1, 1),
    )
    session.add(row)
    session.commit()
    get(admin, f"{RULES}/{row.id}", status=404)
    assert "停止执行" in get(admin, RULES).text
    sent = get(admin, RULES).form(f"{RULES}/{row.id}/remove").hidden
    page = post(admin, f"{RULES}/{row.id}/remove", page=RULES, follow=True)
    assert "停止执行" not in page.text
    again = read(admin.post(f"{RULES}/{row.id}/remove", data=sent))
    assert again.status == 409
    assert "这条时限已经停止执行" in again.text


def test_the_form_begins_from_what_holds(admin: Client, world: World) -> None:
    """Setting another rule starts from the present figures."""
    address = f"{RULES}/new"
    form = get(admin, f"{address}?code=letter_consultation").form(address)
    assert (form.fields["days"], form.fields["extension_days"]) == (["7"], ["8"])


def test_wrong_rules_are_said_at_their_fields(
    session: Session, admin: Client, world: World
) -> None:
    """What is missing, past, in the wrong order or not for the organisation is said there."""
    address = f"{RULES}/new"
    page = post(admin, address, {**NEW, "valid_from": "2016-06-15", "source": "通知"}, status=422)
    assert "valid_from-error" in page.ids
    assert page.form(address).fields["source"] == ["通知"]
    district = str(world["district"])
    for change, field in (
        ({"days": "0"}, "days"),
        ({"days": "五"}, "days"),
        ({"valid_to": "2016-06-30"}, "valid_to"),
        ({"organisation": "999"}, "organisation"),
        ({"code": "letter"}, "code"),
        ({"organisation": district, "code": "disclosure"}, "code"),
    ):
        page = post(admin, address, {**NEW, **change}, status=422)
        assert f"{field}-error" in page.ids, change
    assert session.scalar(sa.select(DeadlineRuleRow)) is None
