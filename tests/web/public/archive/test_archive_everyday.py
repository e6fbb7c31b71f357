"""What people type, from the page to the entry that they look for."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from tests.archive import bring_up_to_date, published
from tests.builders import World
from tests.pages import get


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("噪音", "工地噪声扰民"),
        ("噪声", "工地噪音扰民"),
        ("退休金", "养老金何时发放"),
        ("养老金", "退休金何时发放"),
        ("最低生活保障", "低保怎样申请"),
        ("社会保险", "社保怎样补缴"),
        ("公積金", "公积金怎样提取"),
        ("公积金", "公積金怎樣提取"),
        ("路燈", "路灯不亮"),
        ("醫保報銷", "医保报销比例"),
        ("開通公交線路", "开通公交线路"),
        ("开通公交线路", "開通公交線路"),
        ("wifi", "广场Wi-Fi连不上"),
        ("WiFi", "广场Wi-Fi连不上"),
        ("ｗｉｆｉ", "广场Wi-Fi连不上"),
        ("小孩上学", "孩子入学要哪些材料"),
        ("2016年", "路灯不亮"),
        ("👍", "办得好👍"),
        ("灯", "路灯不亮"),
        ("公积金 -贷款", "公积金怎样提取"),
    ],
)
def test_the_entry_is_on_the_page(
    client: FlaskClient,
    session: Session,
    world: World,
    settings: Settings,
    typed: str,
    title: str,
) -> None:
    """Everyday words, other characters, years and signs find what is meant, with all words."""
    wanted = published(session, world, title=title, text="请问。").id
    other = published(session, world, title="公积金贷款利率", text="请问。").id
    bring_up_to_date(settings)
    page = get(client, "/archive", query_string={"q": typed})
    assert f"/archive/{wanted}" in page.links
    if "-" in typed:
        assert f"/archive/{other}" not in page.links
