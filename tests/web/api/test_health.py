"""Live is not ready, and each fault has a field of its own."""

import shutil
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Settings
from portal.models import KeyRotation, OutboxRow, OutboxStatus, db
from portal.queries.office.health import VERDICT_AGE_MOST
from portal.services.archive.index_verdict import judge
from portal.services.core.unit import writing
from portal.web.core.clock import now
from tests.archive import bring_up_to_date, index_of, published
from tests.builders import START, World


def ready(client: FlaskClient, status: int = 200) -> dict[str, Any]:
    """Return what ``/readyz`` says."""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.get_json()
    assert isinstance(data, dict)
    return data


def judged(settings: Settings) -> None:
    """Do what the worker does: bring the index up to date and judge it."""
    judge(bring_up_to_date(settings), now())


def test_an_instance_in_order_is_ready(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """With everything indexed nothing is waiting and there is no fault."""
    published(session, world)
    judged(settings)
    said = ready(client)
    assert 0 <= said.pop("index_checked") < 60
    assert said == {
        "status": "ok",
        "faults": [],
        "database": True,
        "index": "ok",
        "index_count_difference": 0,
        "outbox_waiting": 0,
        "outbox_age": 0.0,
        "messages_waiting": 0,
        "dead_letters": 0,
        "rotation_left": 0,
    }


def test_a_missing_index_is_named_and_the_site_serves(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Without an index the site is degraded, not down."""
    published(session, world)
    judged(settings)
    shutil.rmtree(settings.index_folder)
    judge(index_of(settings), now())
    said = ready(client)
    assert (said["status"], said["faults"], said["index"]) == (
        "degraded",
        ["index"],
        "IndexMissing",
    )


def test_what_waits_is_counted(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """An entry that is not indexed yet shows as lag and as a waiting row."""
    judged(settings)
    published(session, world, now=now())
    with writing() as unit:
        unit.execute(sa.update(OutboxRow).values(created_at=now()))
    judge(index_of(settings), now())
    said = ready(client)
    assert (said["index_count_difference"], said["outbox_waiting"], said["faults"]) == (1, 1, [])


def test_a_worker_that_is_away_shows(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Rows that wait for minutes are a fault: nobody drains them."""
    judged(settings)
    published(session, world)
    with writing() as unit:
        unit.execute(sa.update(OutboxRow).values(created_at=now() - timedelta(minutes=5)))
    said = ready(client)
    assert said["faults"] == ["outbox"]
    assert said["outbox_age"] >= 300


def test_a_rotation_of_keys_shows(client: FlaskClient, session: Session) -> None:
    """The values that are still to be re-encrypted are counted, and are no fault."""
    with writing() as unit:
        unit.add(KeyRotation(prefix="2.aes.ea6b410b.", total=10, done=7, begun_at=START))
    said = ready(client)
    assert said["rotation_left"] == 3
    assert "rotation_left" not in said["faults"]


def test_dead_letters_show(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A row that was given up is a fault that a person must look at."""
    published(session, world)
    judged(settings)
    published(session, world)
    with writing() as unit:
        unit.execute(sa.update(OutboxRow).values(status=OutboxStatus.DEAD))
    said = ready(client)
    assert (said["faults"], said["dead_letters"], said["outbox_waiting"]) == (
        ["dead_letters"],
        1,
        0,
    )


def test_without_a_database_it_is_live_and_not_ready(settings: Settings) -> None:
    """A database that cannot be reached answers 503 at once, and the process is still alive."""
    away = settings.model_copy(
        update={"database_url": f"sqlite:///{settings.instance / 'nowhere' / 'letterbox.db'}"}
    )
    app: Flask = create_app(away)
    client = app.test_client()
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert ready(client, 503) == {
        "status": "unavailable",
        "faults": ["database"],
        "database": False,
    }


def test_a_verdict_that_is_old_or_missing_shows(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Before a worker has looked the index is unknown; minutes after it last did, it is away."""
    said = ready(client)
    assert (said["index"], said["index_checked"], said["faults"]) == ("unknown", None, ["worker"])
    judge(bring_up_to_date(settings), now() - timedelta(seconds=VERDICT_AGE_MOST + 1))
    said = ready(client)
    assert (said["status"], said["index"], said["faults"]) == ("degraded", "ok", ["worker"])


def test_asking_does_not_open_the_index(
    client: FlaskClient,
    session: Session,
    world: World,
    settings: Settings,
) -> None:
    """An answer costs two queries, however many entries there are, and no look at the index."""
    judged(settings)
    said: list[str] = []
    with client.application.app_context():
        engine = db.engine

    def note(*given: object) -> None:
        said.append(str(given[2]))

    sa.event.listen(engine, "before_cursor_execute", note)
    shutil.rmtree(settings.index_folder)
    assert ready(client)["index"] == "ok"
    sa.event.remove(engine, "before_cursor_execute", note)
    read = [each for each in said if each.startswith("SELECT") and "FROM" in each]
    assert len(read) == 3
    assert not any("archive_entry" in each for each in read)


def test_asking_is_limited(client: FlaskClient, world: World) -> None:
    """An address that asks without end is told to wait, and whether the process lives is free."""
    statuses = [client.get("/readyz").status_code for _ in range(121)]
    assert statuses == [200] * 120 + [429]
    assert client.get("/healthz").status_code == 200
