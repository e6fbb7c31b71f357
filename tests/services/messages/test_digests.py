"""The messages of the morning: once a working day for each person, with what is theirs."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.letters.states import State
from portal.domain.messages.occasions import Frequency, Occasion
from portal.domain.messages.states import Channel, MessageState
from portal.domain.periods import Period
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.rates import Basis
from portal.models import Letter, RoleGrant
from portal.queries.statistics.count import count
from portal.queries.statistics.filters import Question
from portal.services.core.unit import writing
from portal.services.messages.announcing import Outlets
from portal.services.messages.digests import write_digests
from tests.builders import START, World, a_letter
from tests.peers import MailServer, mail_server
from tests.services.messages.post import (
    MAIL_ONLY,
    composer,
    mail_channel,
    messages,
    send_mail,
    staff_mail,
    told,
)
from tests.threads import at_once

HOUR = 8
MORNING = datetime(2016, 6, 2, 0, 30, tzinfo=UTC)
"""Half past eight on the day after letters came, a Thursday."""
DAY = timedelta(days=1)


def facts(session: Session, occasion: Occasion) -> list[Any]:
    """Return what the messages of ``occasion`` count or list, oldest first."""
    found = [each for each in messages(session) if each.occasion is occasion]
    return [json.loads(each.facts or "{}") for each in found]


def due(letter: Letter, moment: datetime) -> str:
    """Make ``letter`` due on the day of ``moment``; return its number."""
    with writing() as unit:
        unit.get_one(Letter, letter.id).due_on = moment.date()
    return letter.number


def mornings(now: datetime, outlets: Outlets = MAIL_ONLY) -> int:
    """Write the messages of a morning; return for how many people."""
    return write_digests(outlets, HOUR, now)


def test_what_turns_yellow_and_red_is_told_once(session: Session, world: World) -> None:
    """A letter is named on the first morning on which it is due soon, and when it is overdue."""
    staff_mail(world, "city_handler")
    soon = due(a_letter(session, world, State.IN_PROGRESS), MORNING + DAY)
    due(a_letter(session, world, State.IN_PROGRESS), MORNING + 20 * DAY)
    due(a_letter(session, world, State.IN_PROGRESS, place="police"), MORNING + DAY)
    for day in range(8):
        mornings(MORNING + day * DAY)
    due_on = (MORNING + DAY).date().isoformat()
    assert told(session) == [
        ("city_handler", Occasion.DUE_SOON),
        ("city_handler", Occasion.OVERDUE),
    ]
    assert facts(session, Occasion.DUE_SOON) == [{"letters": [[soon, due_on]]}]
    assert facts(session, Occasion.OVERDUE) == [{"letters": [[soon, due_on]]}]
    at = [each.created_at for each in messages(session)]
    assert at == [MORNING, MORNING + 4 * DAY]  # Monday; the weekend has no morning


def test_a_digest_counts_what_waits(session: Session, world: World) -> None:
    """Whoever put an occasion into the digest gets the numbers each morning, and no list."""
    staff_mail(world, "city_handler", due_soon=Frequency.DAILY, overdue=Frequency.NEVER)
    due(a_letter(session, world, State.IN_PROGRESS), MORNING + DAY)
    due(a_letter(session, world, State.IN_PROGRESS), MORNING - DAY)
    a_letter(session, world, State.IN_PROGRESS)
    mornings(MORNING)
    mornings(MORNING + DAY)
    assert told(session) == [("city_handler", Occasion.DAILY)] * 2
    first = {"figures": {"todo": 3, "due_soon": 1, "overdue": 1}}
    assert facts(session, Occasion.DAILY)[0] == first


def test_nothing_that_waits_is_no_message(session: Session, world: World) -> None:
    """An empty digest is not sent."""
    staff_mail(world, "city_handler", new_work=Frequency.DAILY)
    assert mornings(MORNING) == 1
    assert told(session) == []


@pytest.mark.parametrize(
    ("moment", "outlets"),
    [
        (MORNING - timedelta(hours=1), MAIL_ONLY),
        (MORNING + 2 * DAY, MAIL_ONLY),
        (MORNING, Outlets(frozenset({Channel.SMS}))),
    ],
)
def test_no_morning_no_messages(
    session: Session, world: World, moment: datetime, outlets: Outlets
) -> None:
    """Before the hour, on a Saturday and without mail nothing is written, nor noted as written."""
    staff_mail(world, "city_handler", new_work=Frequency.DAILY)
    a_letter(session, world, State.IN_PROGRESS)
    assert mornings(moment, outlets) == 0
    assert messages(session) == []


def test_workers_that_begin_at_once_write_each_message_once(
    app: Flask, session: Session, world: World
) -> None:
    """Two workers, and one started again, write one digest for a person and a day."""
    staff_mail(world, "city_handler", new_work=Frequency.DAILY)
    a_letter(session, world, State.IN_PROGRESS)
    session.rollback()
    at_once(app, [lambda: mornings(MORNING)] * 2)
    assert mornings(MORNING + timedelta(hours=1)) == 0
    assert told(session) == [("city_handler", Occasion.DAILY)]


def test_supervisors_get_the_week_as_the_statistics_count_it(
    session: Session, world: World
) -> None:
    """On Monday morning come the figures of the week before, of what the person supervises."""
    names = ("district_supervisor", "office_supervisor", "city_handler")
    for name in names:
        staff_mail(world, name)
    a_letter(session, world, State.CLOSED, place="bureau")
    a_letter(session, world, State.IN_PROGRESS, place="city")
    due(a_letter(session, world, State.IN_PROGRESS, place="city"), START)
    monday = datetime(2016, 6, 6, 1, 0, tzinfo=UTC)
    for day in range(3):
        mornings(monday + day * DAY)
    weekly = [(who, what) for who, what in told(session) if what is Occasion.WEEKLY]
    assert weekly == [(name, Occasion.WEEKLY) for name in names[:2]]
    district, office = (each["figures"] for each in facts(session, Occasion.WEEKLY))
    assert (district["received"], district["closed"], district["late"]) == (1, 1, 0)
    week = Period(2016, week=22)
    whole = count(session, Question(week, as_of(week, monday).before, Basis.PERIOD))
    totals = [
        sum(getattr(f, name) for f in whole.by_organisation.values())
        for name in ("received", "closed", "on_time", "published")
    ]
    assert [office[name] for name in ("received", "closed", "on_time", "published")] == totals
    assert (office["received"], office["late"]) == (3, 1)


def test_who_lost_the_role_gets_no_figures(
    session: Session, world: World, settings: Settings
) -> None:
    """What waits to be sent is dropped where its reader supervises nothing any more."""
    staff_mail(world, "district_supervisor")
    mornings(MORNING)
    assert told(session) == [("district_supervisor", Occasion.WEEKLY)]
    with writing() as unit:
        gone = RoleGrant.user_id == world.people["district_supervisor"]
        unit.execute(sa.delete(RoleGrant).where(gone))
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), MORNING)
        assert server.mails == []
    assert messages(session)[0].state is MessageState.DROPPED


def test_a_digest_reads_well(session: Session, world: World, settings: Settings) -> None:
    """The mail has one line for each number and leads to the inbox."""
    staff_mail(world, "city_handler", new_work=Frequency.DAILY)
    a_letter(session, world, State.IN_PROGRESS)
    mornings(MORNING)
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), MORNING)
        (mail,) = server.mails
    part = mail.get_body(("plain",))
    assert part is not None
    assert "待我处理：1\n" in part.get_content().replace("\r\n", "\n")
    assert "https://letters.example/console/\n" in part.get_content().replace("\r\n", "\n")
