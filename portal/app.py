"""The application factory: settings in, a Flask application out."""

from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import Migrate, upgrade

from portal.adapters.archive_index import SearchIndexError, SearchRequest, open_index
from portal.adapters.data_ring import ring_of
from portal.adapters.embedding import open_embedder
from portal.adapters.processes import end_with
from portal.config import Settings, SettingsError, load_settings
from portal.domain.files.kinds import ACCEPT
from portal.domain.integrity.ciphers import Unsupported
from portal.domain.integrity.keys import CHECKED
from portal.instance_folder import SOURCE_ROOT
from portal.key_files import DATA, LOOKUP, UnusableKey
from portal.logs import set_up_logs
from portal.models import AuditKeys, Cipher, SenderKeys, db, prepare_engine
from portal.models.base import NUMBERS
from portal.services.audit.sealing import ensure_chain
from portal.services.keys.fitting import WrongKey, ensure_keys
from portal.services.office.setup import ensure_facts, ensure_office
from portal.web.admin import admin_blueprints
from portal.web.api import api_blueprints, set_up_interfaces, set_up_open311
from portal.web.console import console_blueprints
from portal.web.core.addresses import set_up_addresses
from portal.web.core.failures import set_up_failures
from portal.web.core.guards import challenge
from portal.web.core.language import set_up_language
from portal.web.core.people import set_up_people
from portal.web.core.rate_limits import tell_limit
from portal.web.core.reads import set_up_reads
from portal.web.core.safety import protect
from portal.web.core.settings import keep_settings, settings_of
from portal.web.delivery.caching import set_up_caching
from portal.web.delivery.static_files import set_up_static_files
from portal.web.public import public_blueprints

PACKAGE = Path(__file__).resolve().parent
MIGRATIONS = PACKAGE / "migrations"
_SETUP_LOCK = 0x7365747570
"""The number of the lock under which PostgreSQL is migrated by one process at a time."""
migrate = Migrate(render_as_batch=True, compare_type=True)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the portal for ``settings`` (read from the environment where none are given)."""
    settings = settings or load_settings()
    set_up_logs(settings.log_level)
    installed = PACKAGE / "templates"
    templates = installed if installed.is_dir() else SOURCE_ROOT / "templates"
    app = Flask(
        "portal",
        template_folder=str(templates),
        static_folder=None,
        instance_path=str(settings.instance),
    )
    keep_settings(app, settings)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_uri,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings.database_uri),
        SQLALCHEMY_BINDS=_binds(settings.database_uri),
    )
    load_keys(settings)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    with app.app_context():
        prepare_engine(db.engine)
    app.after_request(tell_limit)
    set_up_addresses(app)
    set_up_interfaces(app)
    set_up_open311(app)
    protect(app, settings)
    set_up_people(app)
    set_up_reads(app)
    set_up_language(app, str(PACKAGE / "translations"))
    set_up_failures(app)
    set_up_static_files(app)
    set_up_caching(app)
    app.jinja_env.globals.update(
        settings=settings, accepted_files=ACCEPT, challenge_offered=challenge.offered
    )
    for blueprint in (
        *public_blueprints,
        *console_blueprints,
        *admin_blueprints,
        *api_blueprints,
    ):
        app.register_blueprint(blueprint)
    return app


def load_keys(settings: Settings) -> None:
    """Load the keys of what is encrypted and looked up; raise ``SettingsError`` where they are unusable."""
    try:
        # The look-up key first: it may be one that is derived from a data key that is there already.
        SenderKeys.load(settings.key(LOOKUP))
        # The key of the query codes is never rotated: the audit chain outlives keys of data.
        AuditKeys.load([settings.key("code")])
        Cipher.load(ring_of(settings))
    except Unsupported as error:
        raise SettingsError(
            f"cipher: {error}; install a build that has them, or set aes"
        ) from error
    except UnusableKey as error:
        raise SettingsError(f"keys: {error}") from error


def served_app() -> Flask:
    """Return the portal with what a process's first visitor would wait for already loaded.

    That is the dictionary, the columns of the index, the words that may be meant by others and how they are
    read, the model of meaning if there is one, and the pages that the public sees. A process
    of a server ends with the one that started it.
    """
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        end_with(parent.pid)
    app = create_app()
    settings = settings_of(app)
    # An index that is missing or damaged is the worker's business; the site comes up without it.
    with contextlib.suppress(SearchIndexError):
        for text in ("公开信箱", "gongkai xinxiang"):
            open_index(settings).search(SearchRequest(text, suggest=True))
    if embedder := open_embedder(settings):
        embedder.query("公开信箱")
    for name in app.jinja_env.list_templates():
        if name.startswith(("layouts/", "components/", "public/")):
            app.jinja_env.get_template(name)
    return app


def _engine_options(uri: str) -> dict[str, Any]:
    # The parameters of a statement that fails are letters and names; they stay out of logs.
    options: dict[str, Any] = {"hide_parameters": True}
    if not uri.startswith("sqlite"):
        options.update(pool_pre_ping=True, connect_args={"connect_timeout": 10})
    return options


def _binds(uri: str) -> dict[str, str | dict[str, Any]]:
    """Return the connections beside the ordinary ones: on PostgreSQL those that number letters.

    A thread needs one for a moment while it holds an ordinary one, so they have a pool of their
    own, and two are enough for many threads.
    """
    if uri.startswith("sqlite"):
        return {}
    options = {"url": uri, "isolation_level": "AUTOCOMMIT", "pool_size": 2, "max_overflow": 0}
    return {NUMBERS: _engine_options(uri) | options}


@contextlib.contextmanager
def _in_turn(settings: Settings) -> Iterator[None]:
    """Keep others away that set up the same instance folder or the same PostgreSQL database."""
    with (settings.instance / ".setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if db.engine.dialect.name == "sqlite":
            yield
            return
        # The lock belongs to a connection of its own and ends with it, however that comes.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.select(sa.func.pg_advisory_lock(_SETUP_LOCK)))
            try:
                yield
            finally:
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_SETUP_LOCK)))


def _unfit(settings: Settings, error: WrongKey) -> str:
    """Return what is wrong with the keys and what to do."""
    hint = (
        "put the keys back that belong to it (keys.json of a backup), or set "
        "LETTERBOX_INSTANCE to the folder that has them"
    )
    given = settings.given_keys
    if error.key_id is not None:
        place = "LETTERBOX_KEYS lacks" if given.get(DATA) else f"{settings.keys_folder} lacks"
        return f"{place} the data key {error.key_id}, which this database needs; {hint}"
    place = (
        f"{error.name} in LETTERBOX_KEYS"
        if error.name in given
        else str(settings.keys_folder / f"{error.name}.key")
    )
    return f"{place} is not the key of this database; {hint}"


def ensure_database(app: Flask, now: datetime) -> None:
    """Migrate the database of ``app`` and found the letterbox office, where that is still to do.

    Processes that start together take turns, on all servers. Raises ``OperationalError`` where the
    database cannot be reached, alembic's ``CommandError`` where a newer version has migrated it,
    ``TooEarly`` where only the version before can, and ``SettingsError`` where a key is not that of
    the database.
    """
    settings = settings_of(app)
    with app.app_context(), _in_turn(settings):
        scripts = ScriptDirectory.from_config(migrate.get_config())
        with db.engine.connect() as connection:
            reached = set(MigrationContext.configure(connection).get_current_heads())
        if reached != set(scripts.get_heads()):
            upgrade()
            # Alembic's own logging configuration takes the place of ours.
            set_up_logs(settings.log_level)
        try:
            ensure_keys({name: settings.key(name) for name in CHECKED}, settings.data_keys)
        except WrongKey as error:
            raise SettingsError(f"keys: {_unfit(settings, error)}") from error
        ensure_chain(now)
        ensure_office(now)
        ensure_facts()
        db.engine.dispose()
