"""The application factory: settings in, a Flask application out."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from portal.config import SOURCE_ROOT, Settings, load_settings
from portal.logs import set_up_logs
from portal.models import Cipher, db, prepare_engine
from portal.web.admin import admin_blueprints
from portal.web.api import api_blueprints
from portal.web.console import console_blueprints
from portal.web.public import public_blueprints
from portal.web.shared.failures import set_up_failures
from portal.web.shared.language import set_up_language
from portal.web.shared.people import set_up_people
from portal.web.shared.safety import protect

PACKAGE = Path(__file__).resolve().parent
MIGRATIONS = PACKAGE / "migrations"
migrate = Migrate(render_as_batch=True, compare_type=True)


def create_app(settings: Settings | None = None) -> Flask:
    """Return the portal for ``settings`` (read from the environment where none are given)."""
    settings = settings or load_settings()
    set_up_logs(settings.log_level)
    installed = PACKAGE / "templates"
    templates = installed if installed.is_dir() else SOURCE_ROOT / "templates"
    app = Flask(
        "portal", template_folder=str(templates), static_folder=str(PACKAGE / "static"),
        instance_path=str(settings.instance),
    )  # fmt: skip
    app.extensions["letterbox"] = settings
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.config.update(
        SQLALCHEMY_DATABASE_URI=settings.database_uri,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": not settings.database_uri.startswith("sqlite")},
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    Cipher.load([settings.key("data")])
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS))
    with app.app_context():
        prepare_engine(db.engine)
    protect(app, settings)
    set_up_people(app)
    set_up_language(app, str(PACKAGE / "translations"))
    set_up_failures(app)
    app.jinja_env.globals.update(settings=settings)
    for blueprint in (
        *public_blueprints, *console_blueprints, *admin_blueprints, *api_blueprints,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
    return app
