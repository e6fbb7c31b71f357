"""``letterbox check`` finds what does not agree, names it, and ends with a status of its own."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.cli.checking import FAULTS_FOUND
from portal.config import Settings
from portal.domain.access import SYSTEM
from portal.domain.letters.states import Publication, State
from portal.models import OutboxRow
from portal.queries.figures import extension_faults, rating_faults, report_faults
from portal.services.audit.sealing import ensure_chain
from portal.services.letters import submission
from portal.services.letters.cooperation import decide_extension, request_extension
from portal.services.statistics.reports import keep_report
from tests.archive import bring_up_to_date, published
from tests.builders import START, World, a_letter
from tests.cli.conftest import Command, one_line
from tests.databases import ON_POSTGRES


def test_a_letterbox_with_letters_in_every_state_is_well(
    session: Session, world: World, settings: Settings, command: Command
) -> None:
    """Nothing is found where only the services have written, and the status is 0."""
    ensure_chain(START)
    for state in State:
        a_letter(session, world, state)
    for publication in Publication:
        a_letter(session, world, publication=publication)
    bring_up_to_date(settings)
    session.rollback()
    result = command("check")
    assert result.exit_code == 0, result.output
    assert result.stdout.count(" ok") == 15


def _state(session: Session) -> str:
    session.execute(sa.text("UPDATE letter SET state = 'in_progress'"))
    return "has state in_progress"


def _deleted_event(session: Session) -> str:
    session.execute(sa.text("DELETE FROM event WHERE action = 'propose'"))
    return "has action publish"


def _no_copy(session: Session) -> str:
    session.execute(sa.text("UPDATE archive_entry SET unpublished_at = published_at"))
    session.execute(sa.text("DELETE FROM outbox"))
    return "published, but not in the archive"


def _revision(session: Session) -> str:
    session.execute(sa.text("UPDATE archive_entry SET revision = revision + 1"))
    return "index and archive differ"


def _sender(session: Session) -> str:
    session.execute(sa.text("UPDATE letter SET sender_name = 'gAAAA'"))
    return "cannot be decrypted"


def _orphan(session: Session) -> str:
    off = "SET session_replication_role = replica" if ON_POSTGRES else "PRAGMA foreign_keys=OFF"
    session.connection().exec_driver_sql(off)
    session.execute(sa.text("UPDATE letter SET accused_id = 99999"))
    return "letter.accused_id: 1 rows refer to nothing"


def _given_up(session: Session) -> str:
    session.execute(
        sa.text("UPDATE outbox SET status = 'dead'")
        if session.scalar(sa.select(sa.func.count()).select_from(OutboxRow))
        else sa.text(
            "INSERT INTO outbox (entry_id, status, attempts, available_at, created_at)"
            " SELECT id, 'dead', 5, published_at, published_at FROM archive_entry"
        )
    )
    return "given up by the worker"


def _fact(session: Session) -> str:
    session.execute(sa.text("UPDATE rate_fact SET on_time = NOT on_time"))
    return "its figures are not what its events say"


def _lost_fact(session: Session) -> str:
    session.execute(sa.text("DELETE FROM rate_fact"))
    return "its figures are not what its events say"


def _category(session: Session) -> str:
    session.execute(sa.text("UPDATE letter SET category = 'other'"))
    return "its figures are not what its events say"


def _received(session: Session) -> str:
    elsewhere = "SELECT max(id) FROM organisation"
    session.execute(sa.text(f"UPDATE letter SET received_organisation_id = ({elsewhere})"))  # noqa: S608
    return "has received_organisation_id"


def _phone_of_another(session: Session) -> str:
    session.execute(sa.text("UPDATE letter SET sender_phone = sender_name"))
    return "name and contacts do not belong to it"


def _kind_and_figures(session: Session) -> str:
    session.execute(sa.text("UPDATE letter SET kind = 'thanks'"))
    session.execute(sa.text("UPDATE rate_fact SET kind = 'thanks'"))
    return "has kind thanks, its events lead to"


def _category_and_figures(session: Session) -> str:
    session.execute(sa.text("UPDATE letter SET category = 'other'"))
    session.execute(sa.text("UPDATE rate_fact SET category = 'other'"))
    return "has category other, its events lead to"


@pytest.mark.parametrize(
    "change",
    [
        *(_state, _deleted_event, _no_copy, _revision, _sender, _orphan, _given_up),
        *(
            _fact,
            _lost_fact,
            _category,
            _received,
            _phone_of_another,
            _kind_and_figures,
            _category_and_figures,
        ),
    ],
)
def test_what_was_changed_in_the_database_is_named(
    session: Session,
    world: World,
    settings: Settings,
    command: Command,
    change: Callable[[Session], str],
) -> None:
    """A change behind the services ends with status 3 and a line that says where."""
    published(session, world)
    bring_up_to_date(settings)
    session.rollback()
    if change is _orphan and not ON_POSTGRES:
        session.connection().exec_driver_sql("ROLLBACK")
        session.connection().exec_driver_sql("PRAGMA foreign_keys=OFF")
        session.connection().exec_driver_sql("BEGIN")
    said = change(session)
    session.commit()
    result = command("check")
    assert result.exit_code == 3, result.output
    assert said in result.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE extension SET days = days + 1", "its extension is not of 3 days any more"),
        ("UPDATE extension SET granted = NOT granted", "its extension is not of 3 days any more"),
        ("DELETE FROM extension", "its extension is not of 3 days any more"),
        (
            "UPDATE extension SET letter_id = (SELECT max(id) FROM letter)",
            "nobody has decided on its extension",
        ),
    ],
)
def test_bent_extensions_are_named(session: Session, world: World, change: str, said: str) -> None:
    """Days and decision of an extension are compared with the event, which the audit chain seals."""
    letter = a_letter(session, world, State.IN_PROGRESS)
    a_letter(session, world)
    handler, at = world.actor("city_handler"), START + timedelta(days=1)
    seen = letter.version
    request_extension(letter.id, seen, 3, "需要会商", handler, at)
    decider = world.actor("city_supervisor")
    decide_extension(letter.id, seen + 1, True, "", decider, at + timedelta(hours=1))
    session.rollback()
    assert extension_faults(session) == []
    session.execute(sa.text(change))
    assert said in " ".join(extension_faults(session))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE rating SET attitude = 5", "its rating is not 1/2 any more"),
        ("DELETE FROM rating", "its rating is gone"),
        ("UPDATE rating SET letter_id = (SELECT max(id) FROM letter)", "nobody has rated it"),
        ("UPDATE kept_report_file SET content = size", "is not what was kept"),
        ("UPDATE kept_report SET as_of = '2016-12-30'", "report:2016:2016-12-31"),
        ("DELETE FROM kept_report_file", "report:2016:2016-12-31"),
    ],
)
def test_bent_scores_and_reports_are_named(
    session: Session, world: World, command: Command, change: str, said: str
) -> None:
    """Scores and kept reports are compared with their events, which the audit chain seals."""
    rated = a_letter(session, world, State.CLOSED)
    submission.rate(rated.id, 1, 2, "", START + timedelta(days=9))
    a_letter(session, world, State.CLOSED)
    keep_report(2016, date(2016, 12, 31), "信箱", SYSTEM, datetime(2017, 1, 9, tzinfo=UTC))
    assert rating_faults(session) == report_faults(session) == []
    cast = "CAST(size AS text)::bytea" if ON_POSTGRES else "CAST(size AS blob)"
    session.execute(sa.text(change.replace("content = size", f"content = {cast}")))
    session.commit()
    result = command("check")
    assert result.exit_code == 3, result.output
    assert said in result.stdout


def test_a_missing_index_is_a_fault(session: Session, world: World, command: Command) -> None:
    """Without an index the check says what to look at."""
    published(session, world)
    session.rollback()
    result = command("check")
    assert result.exit_code == 3
    assert "IndexMissing" in result.stdout


def test_a_database_of_another_version_is_named(session: Session, command: Command) -> None:
    """Where the migrations are not those of this version, nothing else is looked at."""
    reached = session.scalars(sa.text("SELECT version_num FROM alembic_version")).one()
    change = sa.text("UPDATE alembic_version SET version_num = :to")
    session.execute(change, {"to": "word_group"})
    session.commit()
    try:
        result = command("check")
        assert result.exit_code == 3
        assert "the database is at word_group" in result.stdout
        assert "letters" not in result.stdout
    finally:
        session.execute(change, {"to": reached})
        session.commit()


def test_nothing_is_made_where_there_is_no_database(command: Command, settings: Settings) -> None:
    """An empty folder is no letterbox: status 1, and no key appears."""
    empty = settings.instance / "empty"
    result = command(
        "check", LETTERBOX_INSTANCE=str(empty), DATABASE_URL=f"sqlite:///{empty / 'letterbox.db'}"
    )
    assert result.exit_code == 1
    assert "no database" in one_line(result)
    assert not (empty / "keys").exists()


def test_a_scanner_that_is_away_is_named(
    session: Session, world: World, command: Command, tmp_path: Path
) -> None:
    """Where one is set."""
    gone = str(tmp_path / "clamd.ctl")
    found = command("check", LETTERBOX_SCANNER=gone)
    assert found.exit_code == FAULTS_FOUND
    assert f"{gone} does not answer" in found.stdout
