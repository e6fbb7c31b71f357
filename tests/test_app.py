"""The application as a server process loads it."""

import pytest
from sqlalchemy.orm import Session

from portal.app import served_app
from portal.config import Settings
from search_index.embedded.whoosh_engine import WhooshEngine
from tests.archive import bring_up_to_date, published
from tests.builders import World


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


def test_a_server_process_has_the_words_that_may_be_meant_ready(
    session: Session, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first search that finds nothing does not wait for the table of words to offer instead."""
    monkeypatch.setenv("LETTERBOX_INSTANCE", str(settings.instance))
    monkeypatch.setenv("DATABASE_URL", settings.database_uri)
    published(session, world)
    index = bring_up_to_date(settings)
    session.rollback()
    assert isinstance(index, WhooshEngine)

    def is_ready() -> bool:
        return index._kept is not None and "vocabulary" in vars(index._kept.snapshot)

    assert not is_ready()
    served_app()
    assert is_ready()
