"""The application as a server process loads it."""

import pytest

from portal.app import served_app
from portal.config import Settings


def test_a_server_process_has_the_public_pages_ready(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before its first visitor a process has compiled what the public sees, index or no index."""
    monkeypatch.setenv("LETTERBOX_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_uri)
    assert not settings.index_folder.exists()
    app = served_app()
    assert app.jinja_env.cache is not None
    ready = {str(name) for _, name in app.jinja_env.cache}
    public = app.jinja_env.list_templates(filter_func=lambda name: name.startswith("public/"))
    assert public and set(public) <= ready
