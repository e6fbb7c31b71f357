"""Writers side by side: on PostgreSQL none waits for another, and figures stay exact."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.access import Actor
from portal.domain.errors import LetterboxError, Unavailable
from portal.domain.events import Axis
from portal.domain.letters.states import DeclineReason, Publication, State
from portal.domain.periods import Period
from portal.domain.statistics.rates import Figures
from portal.models import ArchiveEntry, Event, Letter, RateChange, RateFact, db
from portal.queries.statistics.cache import cube, month_versions
from portal.queries.statistics.filters import Question
from portal.services.archive import publication
from portal.services.archive.deflection import deflect
from portal.services.core.facts import derive_touched, rebuild
from portal.services.core.handing_in import Receipt
from portal.services.core.unit import writing
from portal.services.letters import handling, replying, submission
from portal.services.statistics.precompute import fold, refresh
from tests.builders import HOUR, START, Walk, World, a_letter, a_walk, new_letter, send
from tests.databases import ON_POSTGRES
from tests.disclosure import file_request
from tests.queries.statistics.histories import Life, counted
from tests.threads import at_once

YEAR = Question(Period(2016), Period(2016).ends_at)
LATER = START + timedelta(days=400)
PATIENCE = "1s"
"""How long a statement here waits for a lock before it fails."""
Job = Callable[[], object]
Value = TypeVar("Value")

on_postgres = pytest.mark.skipif(not ON_POSTGRES, reason="SQLite has one writer at a time")


@pytest.fixture
def session(app: Flask, session: Session) -> Iterator[Session]:
    """A session like all others of the application, which do not wait long for locks."""

    def be_impatient(connection: Any, record: object) -> None:
        connection.execute(f"SET lock_timeout = '{PATIENCE}'")
        connection.commit()

    if ON_POSTGRES:
        for engine in db.engines.values():
            sa.event.listen(engine, "connect", be_impatient)
            engine.dispose()
    yield session
    for engine in db.engines.values():
        engine.dispose()


def figures(session: Session) -> Figures:
    """Return the figures of the year, cached where they may be."""
    session.rollback()
    return cube(session, YEAR).total


def recounted(session: Session) -> Figures:
    """Return the figures of the year by going through all events; punctuality is not judged."""
    session.rollback()
    lives = [
        Life(letter.kind, letter.category, list(events_of(session, letter)))
        for letter in session.scalars(sa.select(Letter))
    ]
    return counted(lives, YEAR)


def events_of(session: Session, letter: Letter) -> Iterator[Event]:
    """Return the events of a letter in the order of their happening."""
    counted_axes = Event.axis.in_((Axis.HANDLING, Axis.PUBLICATION))
    query = sa.select(Event).where(Event.letter_id == letter.id, counted_axes)
    yield from session.scalars(query.order_by(Event.occurred_at, Event.id))


def plain(found: Figures) -> Figures:
    """Return ``found`` without what the recount does not judge."""
    return replace(found, on_time=0)


def a_new_letter(session: Session, world: World) -> Job:
    """Prepare the sending of a letter."""
    new = new_letter(world["city"])
    return lambda: send(new)


def an_acceptance(session: Session, world: World) -> Job:
    """Prepare the acceptance of a letter."""
    letter_id, version, actor = a_walk(session, world).by("city_dispatcher")
    return lambda: handling.accept(letter_id, version, actor, START)


def a_dispatch(session: Session, world: World) -> Job:
    """Prepare the dispatch of a letter."""
    letter_id, version, actor = a_walk(session, world, None).by("office_dispatcher")
    city = world["city"]
    return lambda: handling.dispatch(letter_id, version, city, "请办理", actor, START)


def a_signature(session: Session, world: World) -> Job:
    """Prepare the signing of a reply."""
    letter = a_letter(session, world, State.AWAITING_SIGNOFF)
    letter_id, version, actor = Walk(session, world, letter.id, START).by("city_reviewer")
    return lambda: replying.sign(letter_id, version, actor, START + 9 * HOUR)


def a_refusal(session: Session, world: World) -> Job:
    """Prepare that a letter is declined."""
    letter_id, version, actor = a_walk(session, world).by("city_dispatcher")
    reason = DeclineReason.LITIGATION
    return lambda: handling.decline(letter_id, version, reason, "已进入诉讼程序", actor, START)


def a_rating(session: Session, world: World) -> Job:
    """Prepare the rating of a closed letter."""
    letter_id = a_letter(session, world, State.CLOSED).id
    return lambda: submission.rate(letter_id, 5, 4, "", START + 9 * HOUR)


def a_publication(session: Session, world: World) -> Job:
    """Prepare that a proposed letter is published."""
    letter = a_letter(session, world, publication=Publication.PROPOSED)
    walk = Walk(session, world, letter.id, START + 9 * HOUR)
    publish: list[Job] = []

    def hold(letter_id: int, version: int, proposal: int, actor: Any, now: Any) -> None:
        publish.append(lambda: publication.publish(letter_id, version, proposal, actor, now))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.builders.publication.publish", hold)
        walk.publish()
    return publish[0]


def a_disclosure_request(session: Session, world: World) -> Job:
    """Prepare the filing of a request for disclosure."""
    return lambda: file_request(world)


def a_deflection(session: Session, world: World) -> Job:
    """Prepare that a reader finds an answer instead of writing."""
    letter = a_letter(session, world, publication=Publication.PUBLISHED)
    query = sa.select(ArchiveEntry.id).where(ArchiveEntry.letter_id == letter.id)
    entry_id = session.scalars(query).one()
    return lambda: deflect(entry_id, f"reader {entry_id}", START)


PREPARE = (
    *(a_new_letter, an_acceptance, a_dispatch, a_signature, a_refusal),
    *(a_rating, a_publication, a_disclosure_request, a_deflection),
)


def test_one_form_sent_twenty_times_at_once_is_one_letter(
    app: Flask, session: Session, world: World
) -> None:
    """Whoever sends a form again and again gets one number, in every answer the same."""
    new = new_letter(world["city"])
    session.rollback()
    sent = at_once(app, [partial(send, new, START, token="one form")] * 20)
    numbers = {each.number if isinstance(each, Receipt) else repr(each) for each in sent}
    assert session.scalars(sa.select(Letter.number)).all() == list(numbers)


@on_postgres
@pytest.mark.parametrize("prepare", PREPARE, ids=lambda each: each.__name__)
def test_the_same_is_done_twice_side_by_side(
    app: Flask,
    session: Session,
    world: World,
    prepare: Callable[[Session, World], Job],
) -> None:
    """What is ready to be committed keeps nobody from committing the same on the same day."""
    first, second = prepare(session, world), prepare(session, world)
    events = sa.select(sa.func.count()).select_from(Event)
    before = session.scalar(events) or 0
    with writing() as unit:
        first()
        derive_touched(unit)
        seen = unit.scalar(events) or 0
        with app.app_context():
            second()
    session.rollback()
    assert session.scalar(events) == before + 2 * (seen - before)
    assert plain(figures(session)) == recounted(session)


@on_postgres
def test_letters_of_one_moment_get_numbers_of_their_own(
    app: Flask, session: Session, world: World
) -> None:
    """The number of a letter that is not kept in the end is not given out again."""
    new = new_letter(world["city"])
    with pytest.raises(LookupError), writing():
        lost = send(new).number
        with app.app_context():
            second = send(new).number
        raise LookupError
    third = send(new).number
    sequences = [int(number.split("-")[1]) for number in (lost, second, third)]
    assert sequences == [1, 2, 3]
    assert session.scalars(sa.select(Letter.number).order_by(Letter.id)).all() == [second, third]


@on_postgres
def test_every_set_of_commits_has_a_version_of_its_own(
    app: Flask, session: Session, world: World
) -> None:
    """Cached figures are right at once, whichever of two units has committed; folding changes none."""
    new = new_letter(world["city"])
    send(new)

    def look() -> tuple[int, int]:
        with app.app_context():
            return cube(db.session(), YEAR).total.received, month_versions(db.session())[201606]

    seen = [look()]
    with writing() as unit:
        send(new)
        derive_touched(unit)
        seen.append(look())
        with app.app_context():
            send(new)
            seen.append(look())
            # The change of the first unit has the lower id and must not be lost.
            assert fold(db.session()) == 2
        seen.append(look())
    seen.append(look())
    assert fold(session) == 1
    seen.append(look())
    assert [received for received, _version in seen] == [1, 1, 2, 2, 3, 3]
    assert len({version for _received, version in seen}) == 3
    assert session.scalar(sa.select(RateChange.id)) is None


def test_a_unit_that_fails_leaves_version_and_figures(session: Session, world: World) -> None:
    """Figures that were read inside a unit that is undone are not given to anybody later."""
    new = new_letter(world["city"])
    send(new)
    before = month_versions(session)
    with pytest.raises(LookupError), writing() as unit:
        send(new)
        derive_touched(unit)
        assert cube(unit, YEAR).total.received == 2
        raise LookupError
    assert figures(session).received == 1
    assert month_versions(session) == before


@pytest.mark.parametrize("folded", [False, True])
def test_figures_are_right_after_every_event(session: Session, world: World, folded: bool) -> None:
    """A figure cached before an event is not shown after it, whether the worker has been there."""
    new = new_letter(world["city"])
    for number in range(1, 4):
        send(new)
        if folded:
            refresh(LATER, most=3)
        assert figures(session).received == number
        versions = month_versions(session)
        if not folded:
            fold(session)
        assert month_versions(session) == versions
        assert figures(session).received == number


def patiently(work: Callable[[], Value]) -> Value:
    """Return what ``work`` returns, trying again where a busy SQLite makes it give up."""
    while True:
        try:
            return work()
        except Unavailable:
            db.session.rollback()


ACTS = ("accept", "decline", "withdraw", "ask")


def act(letter_id: int, name: str, people: dict[str, Actor]) -> None:
    """Do something to a letter, whatever state it is in."""
    version = db.session.get_one(Letter, letter_id).version
    db.session.rollback()
    match name:
        case "accept":
            handling.accept(letter_id, version, people["dispatcher"], START)
        case "decline":
            why = (DeclineReason.LITIGATION, "已进入诉讼程序")
            handling.decline(letter_id, version, *why, people["dispatcher"], START)
        case "withdraw":
            submission.withdraw(letter_id, START)
        case "ask":
            handling.ask_citizen(letter_id, version, "请问是几号楼？", people["handler"], START)


@pytest.mark.parametrize("seed", [1, 2])
def test_figures_are_exact_after_many_writers(
    app: Flask, session: Session, world: World, seed: int
) -> None:
    """Letters written, handled and counted side by side give the figures that the events say."""
    new = new_letter(world["city"])
    people = {duty: world.actor(f"city_{duty}") for duty in ("dispatcher", "handler")}
    ids = [send(new).id for _ in range(8)]
    session.rollback()

    def write(chance: random.Random) -> None:
        for _ in range(8):
            letter_id = chance.choice([chance.choice(ids), patiently(lambda: send(new)).id])
            name = chance.choice(ACTS)
            try:
                patiently(partial(act, letter_id, name, people))
            except LetterboxError:
                db.session.rollback()

    def count() -> None:
        for _ in range(8):
            figures(db.session())
            patiently(lambda: refresh(LATER, most=4))

    jobs = [partial(write, random.Random(f"{seed} {number}")) for number in range(5)]
    assert at_once(app, [*jobs, count, count]) == [None] * 7
    shown, told = figures(session), recounted(session)
    assert plain(shown) == told and told.received > 20 and told.declined and told.withdrawn
    fold(session)
    assert figures(session) == shown
    columns = [c for c in RateFact.__table__.columns if c.name != "id"]
    rows = sa.select(*columns).order_by(*columns)
    derived = session.execute(rows).all()
    with writing() as unit:
        rebuild(unit)
    assert session.execute(rows).all() == derived
