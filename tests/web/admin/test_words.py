"""The page of synonyms, through the real application."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.words.shipped import shipped_by_key
from portal.models import WordGroupRow
from tests.archive import bring_up_to_date, published
from tests.builders import World
from tests.pages import Client, get, post

PAGE, NEW = "/admin/words", "/admin/words/new"
SHIPPED = next(key for key, (_, group) in shipped_by_key().items() if "低保" in group.words)
TYPED = {"topic": "transport", "words": "轮滑场 旱冰场", "narrower": "", "active": "y"}


def test_a_group_is_added_and_searched(
    admin: Client, client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """What is saved is listed first, and the next search goes by it."""
    entry = published(session, world, title="溜冰太吵", text="每晚溜冰太吵。").id
    bring_up_to_date(settings)
    assert f"/archive/{entry}" not in get(client, "/archive?q=轮滑").links
    page = post(admin, NEW, TYPED | {"words": "轮滑 溜冰"}, follow=True)
    assert "同义词已保存" in page.text
    assert "轮滑 溜冰" in page.text
    assert f"/archive/{entry}" in get(client, "/archive?q=轮滑").links


def test_errors_stand_by_their_field_and_nothing_typed_is_lost(admin: Client, world: World) -> None:
    """A word that stands twice is named; what was typed is still there."""
    page = post(admin, NEW, TYPED | {"words": "轮滑场 輪滑場"}, status=422)
    assert "words-error" in page.ids
    assert "“輪滑場”写了两次" in page.text
    assert 'value="轮滑场 輪滑場"' in page.html
    assert "topic-error" in post(admin, NEW, TYPED | {"topic": ""}, status=422).ids


def test_a_shipped_group_is_switched_off(admin: Client, session: Session, world: World) -> None:
    """Without the tick it is off, listed as changed, with what was shipped on its page."""
    address = f"{PAGE}/{SHIPPED}"
    form = next(form for form in get(admin, address).forms if form.action == address)
    words = " ".join(shipped_by_key()[SHIPPED][1].words)
    sent = {"words": "低保 低保金", "narrower": "", "version": form.hidden["version"]}
    page = post(admin, address, sent, follow=True)
    assert "已停用" in page.text
    assert f"随系统提供的是：{words}" in get(admin, address).text
    session.rollback()
    assert session.query(WordGroupRow).one().active is False


def test_a_change_meanwhile_is_shown(admin: Client, world: World) -> None:
    """Who was second sees what holds now and what they typed, and may save again."""
    address = f"{PAGE}/{SHIPPED}"
    first = {"words": "低保 低保金", "narrower": "", "active": "y", "version": "0"}
    post(admin, address, first)
    page = post(admin, address, first | {"words": "低保 特困"}, status=409)
    assert "现在是：低保 低保金" in page.text
    assert 'value="低保 特困"' in page.html
    form = next(form for form in page.forms if form.action == address)
    assert form.hidden["version"] == "1"
    post(admin, address, first | {"words": "低保 特困", "version": "1"})
    for forged in ("", "x", "9" * 30):
        post(admin, address, first | {"version": forged}, status=409)


@pytest.mark.parametrize("key", ["0", "99", "s123", "x" * 200, "%00"])
def test_a_group_that_is_not_there(admin: Client, world: World, key: str) -> None:
    """An unknown key is not found."""
    assert admin.get(f"{PAGE}/{key}").status_code == 404


def test_the_list_is_narrowed(admin: Client, world: World) -> None:
    """By words, topic and what was changed; an unknown topic narrows nothing."""
    assert "低保" in get(admin, f"{PAGE}?q=低保").text
    assert "没有这样的词" in get(admin, f"{PAGE}?changed=1").text
    assert f"共 {len(shipped_by_key())} 组" in get(admin, f"{PAGE}?topic=nothing&page=2").text
    assert "Synonyms" in get(admin, f"/en{PAGE}").text


def test_the_audit_trail_names_the_words(admin: Client, auditor: Client, world: World) -> None:
    """The trail has who changed which words."""
    post(admin, NEW, TYPED)
    text = get(auditor, "/admin/audit").text
    assert "修改同义词" in text
    assert "轮滑场 旱冰场" in text
    assert auditor.get(PAGE).status_code == 403
