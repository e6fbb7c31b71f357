"""Following by mail: after a second yes, new public entries once a day, and nothing is kept afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchEngine, open_index
from portal.config import Settings
from portal.domain.errors import NotFound
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import UnpublishReason
from portal.domain.messages.links import sign
from portal.domain.messages.occasions import Occasion
from portal.domain.messages.states import MessageState
from portal.models import ArchiveEntry, Letter, Subscription
from portal.queries.archive.table import ArchiveQuery
from portal.services.archive import publication
from portal.services.archive.indexing import ensure_index
from portal.services.core.unit import writing
from portal.services.messages.composing import SUBSCRIPTION
from portal.services.messages.new_entries import read, write_subscribers, written
from portal.services.messages.subscriptions import (
    MOST,
    Followed,
    cancel_all,
    confirm,
    subscribe,
    sweep_unconfirmed,
)
from tests.builders import START, World, a_published
from tests.peers import MailServer, mail_server
from tests.services.messages.post import (
    KEY,
    MAIL_ONLY,
    composer,
    mail_channel,
    messages,
    send_mail,
)
from tests.threads import at_once

MAIL = "reader@mail.example"
BEFORE = START - timedelta(days=1)
NOON = datetime(2016, 6, 10, 4, 0, tzinfo=UTC)
"""After everything that the tests publish."""
EVERYTHING = Followed("/archive", search="{}")


@pytest.fixture
def index(settings: Settings) -> SearchEngine:
    """An empty index; only words that are searched need it."""
    found = open_index(settings)
    ensure_index(found)
    return found


def follow(session: Session, followed: Followed = EVERYTHING, now: datetime = BEFORE) -> str:
    """Subscribe and follow the link; return the key."""
    subscribe(MAIL, followed, "zh_CN", now)
    key = rows(session)[-1].key
    assert confirm(key, now)
    return key


def rows(session: Session) -> list[Subscription]:
    """Return every subscription, oldest first."""
    session.rollback()
    return list(session.scalars(sa.select(Subscription).order_by(Subscription.id)))


def written_of(session: Session) -> list[Occasion]:
    """Return what messages to subscribers are about, without those that ask to confirm."""
    found = [each.occasion for each in messages(session) if each.subscription_id]
    return [each for each in found if each is not Occasion.SUBSCRIBING]


def look(index: SearchEngine, now: datetime = NOON) -> int:
    """Write the messages of a day."""
    return write_subscribers(MAIL_ONLY, index, 8, now)


def mails(settings: Settings, now: datetime) -> list[str]:
    """Send what waits; return the texts of the mails."""
    with mail_server(MailServer()) as server:
        send_mail(mail_channel(server.port), composer(settings), now)
        parts = [mail.get_body(("plain",)) for mail in server.mails]
    return [part.get_content().replace("\r\n", "\n") for part in parts if part]


def test_nothing_is_sent_before_the_second_yes(
    session: Session, world: World, index: SearchEngine, settings: Settings
) -> None:
    """Until the link of the first mail was followed, that mail is the only one."""
    subscribe(MAIL, EVERYTHING, "zh_CN", BEFORE)
    a_published(session, world)
    assert look(index) == 0
    (text,) = mails(settings, NOON)
    key = rows(session)[0].key
    assert f"https://letters.example/subscriptions/{sign(KEY, SUBSCRIPTION, key)}" in text


def test_a_subscription_that_cannot_be_read_holds_up_no_other(
    session: Session, world: World, index: SearchEngine
) -> None:
    """The others get their mail on the day; it is looked at again on the next, and misses nothing."""
    key = follow(session)
    subscribe("other@mail.example", EVERYTHING, "zh_CN", BEFORE)
    assert confirm(rows(session)[-1].key, BEFORE)
    with writing() as unit:
        unit.scalars(sa.select(Subscription).where(Subscription.key == key)).one().wanted = "{"
    a_published(session, world)
    assert look(index) == 2
    assert written_of(session) == [Occasion.NEW_ENTRIES]
    assert look(index) == 0
    with writing() as unit:
        unit.scalars(sa.select(Subscription).where(Subscription.key == key)).one().wanted = "{}"
    look(index, NOON + timedelta(days=1))
    assert written_of(session) == [Occasion.NEW_ENTRIES] * 2


def test_new_entries_come_once_a_day_with_title_and_link(
    session: Session, world: World, index: SearchEngine, settings: Settings
) -> None:
    """Entries published since the last mail are named, and not again on the next day."""
    follow(session)
    mails(settings, BEFORE)
    a_published(session, world)
    entry = session.scalars(sa.select(ArchiveEntry)).one()
    assert [look(index), look(index), look(index, NOON + timedelta(days=1))] == [1, 0, 1]
    assert written_of(session) == [Occasion.NEW_ENTRIES]
    (text,) = mails(settings, NOON)
    assert f"{entry.title}\nhttps://letters.example/archive/{entry.id}\n" in text
    assert entry.reply not in text


@pytest.mark.parametrize(("place", "expected"), [("city", [Occasion.NEW_ENTRIES]), ("police", [])])
def test_an_organisation_brings_its_own_entries(
    session: Session, world: World, index: SearchEngine, place: str, expected: list[Occasion]
) -> None:
    """Who follows an organisation learns of its entries, and not of those of another one."""
    search = written(ArchiveQuery(organisation_id=world[place]))
    follow(session, Followed("/archive?organisation=1", search=search))
    a_published(session, world, place="city")
    look(index)
    assert written_of(session) == expected


def test_an_entry_withdrawn_meanwhile_is_not_named(
    session: Session, world: World, index: SearchEngine, settings: Settings
) -> None:
    """A mail that waits is dropped where nothing public is left to name."""
    follow(session)
    mails(settings, BEFORE)
    letter = a_published(session, world)
    look(index)
    withdraw(session, world, letter.id)
    assert mails(settings, NOON) == []
    assert messages(session)[-1].state is MessageState.DROPPED


def test_a_changed_entry_is_told_and_a_withdrawn_one_ends_it(
    session: Session, world: World, index: SearchEngine
) -> None:
    """Who follows an entry learns that it changed; once it is withdrawn the address is erased."""
    letter = a_published(session, world)
    entry = session.scalars(sa.select(ArchiveEntry)).one()
    follow(session, Followed(f"/archive/{entry.id}", entry.id), NOON - timedelta(days=2))
    look(index, NOON - timedelta(days=1))
    assert written_of(session) == []
    with writing() as unit:
        unit.get_one(ArchiveEntry, entry.id).updated_at = NOON - timedelta(hours=1)
    look(index)
    assert written_of(session) == [Occasion.ENTRY_CHANGED]
    withdraw(session, world, letter.id)
    look(index, NOON + timedelta(days=1))
    assert rows(session) == []
    with pytest.raises(NotFound):
        subscribe(MAIL, Followed(f"/archive/{entry.id}", entry.id), "zh_CN", NOON)


def withdraw(session: Session, world: World, letter_id: int) -> None:
    """Take a public entry down."""
    session.rollback()
    version = session.get_one(Letter, letter_id).version
    actor = world.actor("city_reviewer")
    publication.unpublish(letter_id, version, UnpublishReason.PRIVACY, "写了门牌号。", actor, NOON)


def test_the_address_is_encrypted_and_gone_with_the_subscription(
    session: Session, world: World
) -> None:
    """The database never holds the address in clear; cancelling and seven days without a yes erase it."""
    key = follow(session)
    raw = session.execute(sa.text("SELECT address, address_key, wanted FROM subscription")).one()
    assert not any(MAIL in each or "reader" in each for each in raw)
    cancel_all(key)
    assert rows(session) == []
    subscribe(MAIL, EVERYTHING, "zh_CN", BEFORE)
    assert sweep_unconfirmed(BEFORE + timedelta(days=7) - timedelta(seconds=1)) == 0
    assert sweep_unconfirmed(BEFORE + timedelta(days=7)) == 1


def test_what_nobody_confirms_makes_room_after_an_hour(session: Session, world: World) -> None:
    """Of twenty, the oldest unconfirmed one gives way; what is confirmed stays."""
    confirmed = follow(session, Followed("/archive", search='{"words": "0"}'))
    for number in range(1, MOST):
        moment = BEFORE + timedelta(seconds=number)
        subscribe(MAIL, Followed("/archive", search=f'{{"words": "{number}"}}'), "zh_CN", moment)
    subscribe(MAIL, EVERYTHING, "zh_CN", BEFORE + timedelta(hours=1))
    assert EVERYTHING.search not in [each.wanted for each in rows(session)]
    subscribe(MAIL, EVERYTHING, "zh_CN", BEFORE + timedelta(hours=1, seconds=1))
    kept = rows(session)
    assert len(kept) == MOST
    assert kept[0].key == confirmed
    assert '{"words": "1"}' not in [each.wanted for each in kept]
    assert EVERYTHING.search in [each.wanted for each in kept]


def test_the_same_thing_is_followed_once_and_twenty_at_most(session: Session, world: World) -> None:
    """A second request for the same thing sends nothing more, nor does one too many."""
    follow(session)
    subscribe(MAIL.upper(), EVERYTHING, "zh_CN", NOON)
    for number in range(MOST):
        search = written(ArchiveQuery(text=f"路灯 {number}"))
        subscribe(MAIL, Followed("/archive", search=search), "zh_CN", NOON)
    assert len(rows(session)) == MOST
    assert len(messages(session)) == MOST


def test_workers_at_once_write_one_mail(
    app: Flask, session: Session, world: World, index: SearchEngine
) -> None:
    """Two workers that begin together send one mail for a day."""
    follow(session)
    a_published(session, world)
    session.rollback()
    at_once(app, [lambda: look(index)] * 2)
    assert written_of(session) == [Occasion.NEW_ENTRIES]


def test_a_search_is_kept_as_it_was_asked() -> None:
    """Every filter comes back; page and order are no part of it."""
    asked = ArchiveQuery("路灯", 3, Kind.COMPLAINT, "交通", 4, None, 2016, exact=True)
    assert read(written(asked)) == asked
    paged = ArchiveQuery("路灯", page=4, by_date=True)
    assert read(written(paged)) == ArchiveQuery("路灯")
