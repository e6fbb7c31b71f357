"""What every test may ask for: a database of its own, the application on it, a small world."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade
from hypothesis import settings as hypothesis_settings
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Settings, load_settings
from portal.models import db
from portal.web.core.safety import limiter
from tests.builders import World, a_world
from tests.databases import ON_POSTGRES, Postgres, Sqlite
from tests.pages import PASSWORD, Client, login

# How long an example takes says more about the machine than about the code.
hypothesis_settings.register_profile("letterbox", deadline=None)
hypothesis_settings.load_profile("letterbox")

CLOCK = datetime(2016, 6, 15, 2, 30, tzinfo=UTC)
"""A Wednesday morning in Shanghai; most tests happen then."""


LEFT_OUT = pytest.StashKey[int]()
"""How many tests the PostgreSQL run leaves out; with several processes, as one of them says."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave tests that use no database out of the PostgreSQL run: the SQLite run has them."""
    if not ON_POSTGRES:
        return
    chosen = [item for item in items if "database" in getattr(item, "fixturenames", ())]
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
        terminalreporter.write_line(f"{left_out} tests without a database left out on PostgreSQL")


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
    for name in ("session", "data", "code"):
        settings.key(name)
    return settings.instance / "keys"


@pytest.fixture(scope="session")
def database(
    _own_environment: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sqlite | Postgres]:
    """The kind of database the suite runs on, migrated once."""
    folder = tmp_path_factory.mktemp("database")

    def migrate(address: str) -> None:
        app = create_app(load_settings(instance=folder, database_url=address))
        with app.app_context():
            upgrade()
            db.engine.dispose()

    kind = (Postgres if ON_POSTGRES else Sqlite)(folder, migrate)
    yield kind
    kind.stop()


@pytest.fixture
def settings(tmp_path: Path, database: Sqlite | Postgres, keys: Path) -> Settings:
    """Settings of an instance of its own with an empty, migrated database."""
    instance = tmp_path / "instance"
    instance.mkdir()
    shutil.copytree(keys, instance / "keys")
    return load_settings(instance=instance, database_url=database.fresh(instance))


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on an empty database; CSRF and limits are on, as they are in real life."""
    app = create_app(settings)
    app.testing = True
    app.test_client_class = Client
    # The counters of the limits belong to the process, not to the application.
    limiter.reset()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """The database session of an application context that lasts as long as the test."""
    with app.app_context():
        yield db.session()
        db.session.rollback()


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
def world(session: Session, password_hash: str) -> World:
    """A small tree of organisations with a person for each duty."""
    return a_world(session, password_hash)


@pytest.fixture
def staff(app: Flask, world: World) -> Callable[[str], Client]:
    """Return a browser in which a person of the world is logged in."""

    def enter(username: str) -> Client:
        client = app.test_client()
        assert isinstance(client, Client)
        login(client, username)
        return client

    return enter
