"""The authority asked for disclosure typed by name, as people without script do."""

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import DisclosureRequest
from tests.builders import World
from tests.disclosure import IDENTITY
from tests.pages import Page, get, post

FORM = "/disclosure/new"


def send(
    client: FlaskClient, words: str, status: int = 302, step: str = "send", **more: str
) -> Page:
    """Fill the form with an authority typed by name and send it."""
    fields = {
        "organisation_words": words,
        "title": "公厕改造清单",
        "description": "石桥街道的项目",
        "wished_form": "electronic",
        "delivery": "online",
        "applicant_kind": "citizen",
        "applicant": "周晓兰",
        "identity": IDENTITY,
        "phone": "13900000001",
        "step": step,
        **more,
    }
    return post(client, FORM, fields, status=status)


def asked(session: Session) -> list[int]:
    """Return which organisations were asked."""
    session.rollback()
    return list(session.scalars(sa.select(DisclosureRequest.organisation_id)))


@pytest.mark.parametrize("words", ["临江区石桥街道办事处", "石桥街道", "临江区 石桥"])
def test_a_name_that_fits_one_is_asked(
    client: FlaskClient, session: Session, world: World, words: str
) -> None:
    """A name, or a part that only one authority bears, is enough without the list."""
    page = get(client, send(client, words, 303, "preview").response.location or "")
    assert page.form(FORM).hidden["organisation"] == str(world["township"])
    send(client, words)
    assert asked(session) == [world["township"]]


def test_a_name_nobody_bears_offers_the_nearest(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Where no authority is called so the nearest are offered, nothing is filed, nothing lost."""
    page = send(client, "临江区教委", 422)
    assert asked(session) == []
    summary = page.html.split("data-error-summary", 1)[1].split("</ul>", 1)[0]
    assert 'href="#organisation_words"' in summary and 'href="#organisation"' not in summary
    fields = page.form(FORM).fields
    assert (fields["organisation_words"], fields["title"]) == (["临江区教委"], ["公厕改造清单"])
    assert f'name="organisation_meant" value="{world["bureau"]}"' in page.html
    assert 'value="unknown"' not in page.html
    send(client, "临江区教委", organisation_meant=str(world["bureau"]))
    assert asked(session) == [world["bureau"]]


def test_neither_chosen_nor_typed_is_said_at_the_list(client: FlaskClient, world: World) -> None:
    """Without a choice and without words the list is where the error stands."""
    page = send(client, "", 422)
    assert 'href="#organisation"' in page.html and "请选择向哪个行政机关申请" in page.text


def test_an_enterprise_typed_is_refused_with_the_way_to_go(
    client: FlaskClient, session: Session, world: World
) -> None:
    """An enterprise takes no requests, typed by name neither."""
    assert "主管部门" in send(client, "水务集团", 422).text
    assert asked(session) == []


@pytest.mark.parametrize("words", ["长" * 61, "%", "'", "😀", "<b>局</b>", "unknown"])
def test_odd_words_come_back(
    client: FlaskClient, session: Session, world: World, words: str
) -> None:
    """Words that name nothing come back with a word why, and what was typed."""
    page = send(client, words, 422, organisation_meant="unknown" if words == "'" else "")
    assert page.form(FORM).fields["title"] == ["公厕改造清单"]
    assert "data-error-summary" in page.html and asked(session) == []


def test_list_and_name_must_agree(client: FlaskClient, session: Session, world: World) -> None:
    """A name beside another choice from the list is asked about."""
    page = send(client, "石桥街道", 422, organisation=str(world["police"]))
    assert "不是同一个" in page.text and asked(session) == []
