"""What every test may ask for: a database of its own, the application on it, a small world."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade
from hypothesis import settings as hypothesis_settings
from jinja2 import StrictUndefined
from limits.errors import StorageError
from limits.storage import Storage
from limits.strategies import STRATEGIES
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.app import create_app, load_keys
from portal.config import Settings, load_settings
from portal.logs import set_up_logs
from portal.models import db
from portal.queries import synonyms
from portal.queries.archive import meaning, similar
from portal.queries.statistics import cache
from portal.web.core.safety import limiter
from portal.web.core.settings import keep_settings
from tests.builders import World, a_world
from tests.databases import EMPTY, ON_POSTGRES, WORLD, Postgres, Sqlite
from tests.pages import PASSWORD, Client, login

# How long an example takes says more about the machine than about the code.
hypothesis_settings.register_profile("letterbox", deadline=None)
hypothesis_settings.load_profile("letterbox")

CLOCK = datetime(2016, 6, 15, 2, 30, tzinfo=UTC)
"""A Wednesday morning in Shanghai; most tests happen then."""


Once = Callable[[str, Callable[[], object]], None]
LEFT_OUT = pytest.StashKey[int]()
"""How many tests the PostgreSQL run leaves out; with several processes, as one of them says."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of the PostgreSQL run what it says nothing about: the SQLite run has it."""
    if not ON_POSTGRES:
        return
    chosen = [
        item
        for item in items
        if "database" in getattr(item, "fixturenames", ())
        and item.get_closest_marker("any_database") is None
    ]
    kept = set(chosen)
    left_out = [item for item in items if item not in kept]
    items[:] = chosen
    config.hook.pytest_deselected(items=left_out)
    config.stash[LEFT_OUT] = len(left_out)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the controlling process how many tests were left out."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["left_out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take down what a process of the tests told at its end."""
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print how many tests were left out."""
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(
            f"{left_out} tests that no database changes left out on PostgreSQL"
        )


@pytest.fixture(scope="session", autouse=True)
def _own_environment() -> Iterator[None]:
    """Keep settings of the person who runs the tests out of them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("LETTERBOX_") and not name.startswith("LETTERBOX_TEST_"):
                patch.delenv(name)
        for name in ("DATABASE_URL", "PORT"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the secret keys of the test process."""
    settings = load_settings(instance=tmp_path_factory.mktemp("keys"))
    for name in ("session", "data", "code", "lookup", "record"):
        settings.key(name)
    return settings.instance / "keys"


@dataclass(frozen=True)
class Prepared:
    """What the tests of a process share."""

    database: Sqlite | Postgres
    app: Flask
    counts: Storage
    places: dict[str, int]
    people: dict[str, int]
    """Ids of the organisations and people of the world, by name."""


@pytest.fixture(scope="session")
def prepared(
    _own_environment: None,
    tmp_path_factory: pytest.TempPathFactory,
    keys: Path,
    password_hash: str,
) -> Iterator[Prepared]:
    """Migrate the database, make the application and found the world, once for the process."""
    folder = tmp_path_factory.mktemp("database")
    database = (Postgres if ON_POSTGRES else Sqlite)(folder)
    instance = folder / "instance"
    shutil.copytree(keys, instance / "keys")
    app = create_app(load_settings(instance=instance, database_url=database.address))
    counts = limiter.storage
    app.testing = True
    app.test_client_class = Client
    app.jinja_env.undefined = StrictUndefined
    with app.app_context():
        event.listen(db.engine, "connect", hurry)
        upgrade()
        db.engine.dispose()
        database.keep(EMPTY)
        world = a_world(db.session(), password_hash)
        db.session.remove()
        db.engine.dispose()
        database.keep(WORLD)
    yield Prepared(database, app, counts, world.places, world.people)
    database.stop()


def hurry(connection: Any, record: object) -> None:
    """Have SQLite not wait for the disk: what a power failure leaves is nothing to these tests."""
    if not ON_POSTGRES:
        connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def database(prepared: Prepared) -> Sqlite | Postgres:
    """The database the suite runs on, migrated once."""
    return prepared.database


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, tmp_path: Path, database: Sqlite | Postgres, keys: Path
) -> Settings:
    """Settings of an instance of its own; the database is empty but for the world, if asked for."""
    instance = tmp_path / "instance"
    shutil.copytree(keys, instance / "keys")
    database.renew(WORLD if "world" in request.fixturenames else EMPTY)
    # Most tests look at a page right after something changed.
    return load_settings(instance=instance, database_url=database.address, page_cache_seconds=0)


@pytest.fixture
def app(settings: Settings, prepared: Prepared) -> Iterator[Flask]:
    """The application of the process, turned to the test's instance.

    CSRF and limits are on, as they are in real life.
    """
    app = prepared.app
    keep_settings(app, settings)
    app.jinja_env.globals.update(settings=settings)
    # Logs go to where standard error is now; the rest belongs to the process, not to the application.
    set_up_logs(settings.log_level)
    load_keys(settings)
    limiter.enabled = settings.limits_enabled
    # An application of a test before has had the limits count in its own instance.
    limiter._storage, limiter._limiter = (
        prepared.counts,
        STRATEGIES["fixed-window"](prepared.counts),
    )
    # A test may begin with a database that is away.
    with suppress(StorageError):
        limiter.reset()
    cache._cache.clear()
    similar._KEPT.clear()
    meaning._KEPT_MEANS.clear()
    synonyms._kept.clear()
    yield app
    with app.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The database session of an application context that lasts as long as the test."""
    with app.app_context():
        yield db.session()
        db.session.rollback()


@pytest.fixture
def once(session: Session, database: Sqlite | Postgres) -> Once:
    """Fill the database by work that is done once for the process and then put in place again.

    ``once("module.what", work)`` finds the database empty or with the world, as the test asked for
    it, and leaves everything committed. A name stands for one content, so ``work`` must not depend
    on anything else.
    """

    def fill(name: str, work: Callable[[], object]) -> None:
        session.rollback()
        known = database.keeps(name)
        if not known:
            work()
            session.commit()
        for engine in db.engines.values():
            engine.dispose()
        if known:
            database.renew(name)
        else:
            database.keep(name)
        session.expire_all()
        cache._cache.clear()
        similar._KEPT.clear()
        meaning._KEPT_MEANS.clear()
        synonyms._kept.clear()

    return fill


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser without cookies."""
    client = app.test_client()
    assert isinstance(client, Client)
    return client


@pytest.fixture
def clock() -> datetime:
    """A fixed moment."""
    return CLOCK


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of the password everybody in the world has, by the scheme of the product.

    It is as cheap as argon2 can be, because a hash says what checking it costs: with the effort of
    real passwords each login of the suite would take a quarter of a second more.
    """
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@pytest.fixture
def world(session: Session, prepared: Prepared) -> World:
    """A small tree of organisations with a person for each duty."""
    return World(session, dict(prepared.places), dict(prepared.people))


@pytest.fixture
def staff(app: Flask, world: World) -> Callable[[str], Client]:
    """Return a browser in which a person of the world is logged in."""

    def enter(username: str) -> Client:
        client = app.test_client()
        assert isinstance(client, Client)
        login(client, username)
        return client

    return enter
