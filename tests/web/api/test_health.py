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
from portal.models import OutboxRow, OutboxStatus
from portal.services.core.unit import writing
from portal.web.core.clock import now
from tests.archive import bring_up_to_date, published
from tests.builders import World


def ready(client: FlaskClient, status: int = 200) -> dict[str, Any]:
    """Return what ``/readyz`` says."""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.get_json()
    assert isinstance(data, dict)
    return data


def test_an_instance_in_order_is_ready(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """With everything indexed nothing is waiting and there is no fault."""
    published(session, world)
    bring_up_to_date(settings)
    assert ready(client) == {
        "status": "ok",
        "faults": [],
        "database": True,
        "index": "ok",
        "index_count_difference": 0,
        "outbox_waiting": 0,
        "outbox_age": 0.0,
        "dead_letters": 0,
    }


def test_a_missing_index_is_named_and_the_site_serves(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Without an index the site is degraded, not down."""
    published(session, world)
    bring_up_to_date(settings)
    shutil.rmtree(settings.index_folder)
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
    bring_up_to_date(settings)
    published(session, world, now=now())
    with writing() as unit:
        unit.execute(sa.update(OutboxRow).values(created_at=now()))
    said = ready(client)
    assert (said["index_count_difference"], said["outbox_waiting"], said["faults"]) == (1, 1, [])


def test_a_worker_that_is_away_shows(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Rows that wait for minutes are a fault: nobody drains them."""
    bring_up_to_date(settings)
    published(session, world)
    with writing() as unit:
        unit.execute(sa.update(OutboxRow).values(created_at=now() - timedelta(minutes=5)))
    said = ready(client)
    assert said["faults"] == ["outbox"]
    assert said["outbox_age"] >= 300


def test_dead_letters_show(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A row that was given up is a fault that a person must look at."""
    published(session, world)
    bring_up_to_date(settings)
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
