"""The demo is a whole instance, set up by the real services; real data is left alone."""

import logging
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from sqlalchemy.orm import Session

from portal.app import create_app, ensure_database
from portal.cli import main
from portal.config import Settings, load_settings
from portal.domain.access import Role
from portal.domain.errors import ActionNotAllowed
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Source, State
from portal.models import (
    ArchiveEntry,
    DeflectedLetter,
    DisclosureRequest,
    Event,
    Letter,
    Organisation,
    RateFact,
    RoleGrant,
    User,
    db,
)
from portal.services.office.accounts import log_in
from portal.tools.demo.run import set_up_demo
from portal.tools.demo.staff import ACCOUNTS, PASSWORD
from portal.tools.samples.letters import sample_letters
from tests.builders import CODE_KEY, World
from tests.conftest import Once
from tests.databases import Postgres, Sqlite

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def silent(done: int, total: int) -> None:
    """Show no progress."""


@pytest.fixture
def demo(app: Flask, once: Once) -> None:
    """An instance with the demo in it."""

    def set_up() -> None:
        ensure_database(app, NOW)
        size = set_up_demo(CODE_KEY, NOW, silent)
        assert size is not None and size.letters == len(sample_letters())

    once(f"{__name__}.demo", set_up)


@pytest.mark.slow
def test_every_letter_gets_where_it_shall(demo: None, session: Session, settings: Settings) -> None:
    """Each demo letter ends in the state and publication its file says, by demo people only."""
    kept = {letter.title: letter for letter in session.scalars(sa.select(Letter))}
    for sample in sample_letters():
        letter = kept[sample.title]
        assert (letter.state, letter.publication, letter.close_reason, letter.source) == (
            sample.state,
            sample.publication,
            sample.close_reason,
            Source.DEMO,
        ), sample.key
        returned, accused = sample.state is State.RETURNED, sample.kind is Kind.WRONGDOING
        if not returned and not accused:
            assert letter.organisation.code == sample.organisation, sample.key
    moments = session.scalars(sa.select(Event.occurred_at).where(Event.letter_id.is_not(None)))
    assert max(moments) <= NOW
    published = sum(sample.publication == "published" for sample in sample_letters())
    live = session.scalars(sa.select(ArchiveEntry.id).where(ArchiveEntry.unpublished_at.is_(None)))
    assert len(live.all()) == published >= 200

    # Everybody can log in, every role is there, and there are two reviewers.
    roles = Counter(account.role for account in ACCOUNTS)
    assert roles == {role: 2 if role is Role.REVIEWER else 1 for role in Role}
    for account in ACCOUNTS:
        user = session.scalars(sa.select(User).where(User.username == account.username)).one()
        assert {grant.role for grant in user.grants} == {account.role}
    first = ACCOUNTS[0].username
    assert log_in(first, PASSWORD, NOW) > 0

    # A second run changes nothing.
    assert set_up_demo(CODE_KEY, NOW, silent) is None
    environment = {
        "LETTERBOX_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_uri,
    }
    said = CliRunner().invoke(main, ["demo"], env=environment).stdout
    # The command sends logs to the output of the runner, which is closed by now.
    logging.getLogger().handlers.clear()
    organisations = session.scalar(sa.select(sa.func.count(Organisation.id)))
    assert f"already here: {organisations:,} organisations" in said
    assert f" {len(sample_letters()):,} letters, {published:,} published." in said
    assert [account.username for account in ACCOUNTS if account.username not in said] == []
    session.rollback()
    assert session.scalar(sa.select(sa.func.count(Letter.id))) == len(sample_letters())


@pytest.mark.slow
def test_an_interrupted_demo_is_completed_by_the_next_run(
    demo: None,
    session: Session,
    settings: Settings,
    database: Sqlite | Postgres,
    tmp_path: Path,
) -> None:
    """A run after two interrupted ones, hours later, leaves what one whole run leaves."""
    whole = contents(session)
    session.rollback()
    db.engine.dispose()
    address = database.fresh(tmp_path)
    again = create_app(load_settings(instance=settings.instance, database_url=address))
    with again.app_context():
        ensure_database(again, NOW)
        for hours, last in ((0, 250), (5, 1030)):
            with pytest.raises(KeyboardInterrupt):
                set_up_demo(CODE_KEY, NOW + timedelta(hours=hours), interrupting(last))
            kept = db.session.scalar(sa.select(sa.func.count(Letter.id)))
            assert kept is not None and 0 < kept < len(sample_letters())
        assert set_up_demo(CODE_KEY, NOW + timedelta(hours=9), silent) is not None
        assert contents(db.session()) == whole
        assert set_up_demo(CODE_KEY, NOW, silent) is None
        db.session.remove()
        db.engine.dispose()


def interrupting(last: int) -> Callable[[int, int], None]:
    """Return a progress that ends the run at the action ``last``."""

    reached = 0

    def show(done: int, total: int) -> None:
        nonlocal reached
        reached += done
        if reached == last:
            raise KeyboardInterrupt

    return show


def contents(session: Session) -> dict[str, Counter[object]]:
    """Return what a reader sees of letters, events, requests and deflected letters, counted.

    Without the numbers of letters: PostgreSQL leaves those of an interrupted batch unused.
    """
    event = sa.select(Letter.form_key, Event.action, Event.to_state, Event.occurred_at)
    return {
        "letters": Counter(session.execute(sa.select(Letter.form_key, Letter.title, Letter.state))),
        "events": Counter(session.execute(event.join(Letter, Event.letter_id == Letter.id))),
        "people": Counter(session.execute(sa.select(User.username, User.created_at))),
        "requests": Counter(
            session.execute(sa.select(DisclosureRequest.number, DisclosureRequest.state))
        ),
        "deflected": Counter(
            session.execute(sa.select(DeflectedLetter.occurred_at, DeflectedLetter.kind))
        ),
        "facts": Counter(session.execute(sa.select(RateFact.received_at, RateFact.closed_from))),
    }


def test_an_instance_with_people_is_left_alone(session: Session, world: World) -> None:
    """A letterbox with data of its own refuses the demo and keeps what it has."""
    with pytest.raises(ActionNotAllowed):
        set_up_demo(CODE_KEY, NOW, silent)
    assert session.scalar(sa.select(sa.func.count(Organisation.id))) == len(world.places)
    assert session.scalar(sa.select(sa.func.count(RoleGrant.id))) == len(world.people)
