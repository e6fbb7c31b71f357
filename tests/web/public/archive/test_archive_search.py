"""The results page: what was found, why, how to narrow it, and what to do with nothing."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.letters.kinds import Kind
from portal.models import db
from portal.services.archive.feedback import vote
from tests.archive import bring_up_to_date, published, withdraw
from tests.builders import START, World
from tests.pages import get
from tests.services.archive.test_indexing import DAMAGES

LAMP = {"title": "路灯坏了", "text": "梧桐小区门口的路灯坏了两个星期，晚上看不清路。"}


@pytest.fixture
def lamp(session: Session, world: World, settings: Settings) -> int:
    """An entry about a lamp, in the index."""
    entry_id = published(session, world, **LAMP).id
    bring_up_to_date(settings)
    return entry_id


def test_a_hit_says_what_and_who(client: FlaskClient, lamp: int) -> None:
    """A hit shows title, organisation, date, working days, question and answer with marks."""
    page = get(client, "/archive?q=路灯")
    assert f"/archive/{lamp}" in page.links
    assert "<mark>路灯</mark>坏了" in page.html
    for words in (
        "找到 1 件",
        "山城市城市管理局",
        "2016年6月1日 答复",
        "当日答复",
        "三日内恢复照明",
    ):
        assert words in page.text


def test_the_answer_is_shown_from_where_it_answers(client: FlaskClient, lamp: int) -> None:
    """The greeting of a reply is not what a hit shows of it."""
    page = get(client, "/archive?q=路灯")
    assert "您好，<mark>路灯</mark>已经安排" in page.html
    assert "答复" in page.text


def test_without_words_the_newest_come_first(
    client: FlaskClient, session: Session, world: World, settings: Settings, lamp: int
) -> None:
    """The page without a query lists what was answered last."""
    second = published(session, world).id
    bring_up_to_date(settings)
    page = get(client, "/archive")
    entries = [link for link in page.links if link in (f"/archive/{lamp}", f"/archive/{second}")]
    assert entries == [f"/archive/{second}", f"/archive/{lamp}"]
    assert "共 2 件" in page.text


def test_a_filter_is_a_chip_that_can_be_removed(
    client: FlaskClient, world: World, lamp: int
) -> None:
    """Filters in force are named, and each can be taken away alone."""
    page = get(client, f"/archive?q=路灯&organisation={world['city']}&kind=consultation&year=2016")
    assert "单位：山城市城市管理局" in page.text
    assert "类别：咨询" in page.text
    assert "答复年份：2016" in page.text
    without = [link for link in page.links if "kind=" not in link and "year=2016" in link]
    assert without


def test_facets_lead_to_hits(client: FlaskClient, world: World, lamp: int) -> None:
    """Each filter offered leads to a page with as many hits as it says."""
    page = get(client, "/archive?q=路灯")
    links = [link for link in page.links if link.startswith("/archive?q=") and "sort" not in link]
    assert len(links) >= 3
    for link in links:
        assert "找到 1 件" in get(client, link).text


@pytest.mark.parametrize("indexed", [True, False])
def test_a_topic_is_a_filter_with_or_without_the_index(
    client: FlaskClient, session: Session, world: World, settings: Settings, indexed: bool
) -> None:
    """The topic of a letter is offered with its count, narrows the hits and is a chip."""
    entries = [published(session, world, **text) for text in (LAMP, LAMP)]
    for entry, topic in zip(entries, ("城乡建设", "环境保护"), strict=True):
        entry.category = topic
    entry_id = entries[0].id
    session.commit()
    if indexed:
        bring_up_to_date(settings)
    address = next(link for link in get(client, "/archive?q=路灯").links if "topic=" in link)
    page = get(client, "/archive?q=路灯&topic=城乡建设")
    assert "找到 1 件" in page.text
    assert f"/archive/{entry_id}" in page.links
    assert "主题：城乡建设" in page.text
    assert "筛选（已选 1 项）" in page.text
    assert "找到 1 件" in get(client, address).text


@pytest.mark.parametrize("indexed", [True, False])
def test_a_topic_that_is_chosen_has_sub_topics(
    client: FlaskClient, session: Session, world: World, settings: Settings, indexed: bool
) -> None:
    """Under a topic its sub-topics are offered with counts; one narrows, is a chip and leads back."""
    titles = ("路灯坏了", "停车场的路灯太暗", "路灯下乱停车", "路灯旁的垃圾站", "路灯")
    topics = ("城乡建设",) * 4 + ("环境保护",)
    entries = [published(session, world, **(LAMP | {"title": title})) for title in titles]
    for entry, topic in zip(entries, topics, strict=True):
        entry.category = topic
    entries[2].title, entries[3].title = "小区里乱停车", "垃圾站臭"
    lamps, cars = sorted(entry.id for entry in entries[:2]), entries[2].id
    session.commit()
    if indexed:
        bring_up_to_date(settings)
    assert "细分主题" not in get(client, "/archive?q=路灯").text
    page = get(client, "/archive?q=路灯&topic=城乡建设")
    assert "找到 4 件" in page.text
    links = [unquote(link) for link in page.links]
    names = [link.split("城乡建设/")[1].split("&")[0] for link in links if "城乡建设/" in link]
    assert names == ["路灯照明", "停车", "垃圾环卫"]
    narrowed = get(client, "/archive?q=路灯&topic=城乡建设/路灯照明")
    assert "找到 2 件" in narrowed.text and "主题：城乡建设 › 路灯照明" in narrowed.text
    shown = {link for link in narrowed.links if re.fullmatch(r"/archive/\d+", link)}
    assert shown == {f"/archive/{i}" for i in lamps}
    for words in ("停车", "垃圾环卫", "环境保护"):
        assert words in narrowed.text
    other = get(client, "/archive?topic=城乡建设/停车")
    assert {link for link in other.links if re.fullmatch(r"/archive/\d+", link)} == {
        f"/archive/{cars}"
    }
    assert "Street lamps" in get(client, "/en/archive?topic=城乡建设").text
    assert "不是主题" not in get(client, "/archive?topic=城乡建设/不是主题").text


@pytest.mark.parametrize("indexed", [True, False])
def test_a_place_is_a_filter_with_or_without_the_index(
    client: FlaskClient, session: Session, world: World, settings: Settings, indexed: bool
) -> None:
    """An entry belongs to the district that answered it, or to the one that it names."""
    own = published(session, world, place="township", **LAMP)
    named = published(session, world, **(LAMP | {"title": "临江区的路灯不亮"}))
    published(session, world, **LAMP)
    if indexed:
        bring_up_to_date(settings)
    page = get(client, "/archive?q=路灯")
    address = next(link for link in page.links if "place=" in link)
    assert address.endswith(f"place={world['district']}")
    page = get(client, address)
    assert "找到 2 件" in page.text and "地区：临江区" in page.text
    assert {f"/archive/{own.id}", f"/archive/{named.id}"} <= set(page.links)


@pytest.mark.parametrize("indexed", [True, False])
def test_a_rating_is_a_filter_with_or_without_the_index(
    client: FlaskClient, session: Session, world: World, settings: Settings, indexed: bool
) -> None:
    """The fifth vote gives an entry its rating, in the index as soon as the worker has been there."""
    liked, mixed, few = (published(session, world, **LAMP) for _ in range(3))
    bring_up_to_date(settings)
    for entry, votes in ((liked, "yyyyn"), (mixed, "yynny"), (few, "yyyy")):
        for each in votes:
            vote(entry.id, helpful=each == "y", now=START)
    if indexed:
        bring_up_to_date(settings)
    else:
        shutil.rmtree(settings.index_folder)
    page = get(client, "/archive?q=路灯")
    assert "多数读者觉得有用" in page.text and "读者看法不一" in page.text
    assert "多数读者觉得没用" not in page.text
    page = get(client, "/archive?q=路灯&rating=helpful")
    assert "找到 1 件" in page.text and f"/archive/{liked.id}" in page.links
    assert "读者评价：多数读者觉得有用" in page.text
    assert "找到 1 件" in get(client, "/archive?q=路灯&rating=mixed").text


@pytest.mark.parametrize("query", ["place=999999", "place=x", "rating=best"])
def test_an_unknown_place_or_rating_is_left_out(client: FlaskClient, lamp: int, query: str) -> None:
    """What is no district and no rating does not narrow the archive."""
    assert "找到 1 件" in get(client, f"/archive?q=路灯&{query}").text


def test_an_unknown_topic_is_left_out(client: FlaskClient, lamp: int) -> None:
    """A topic that no entry has does not narrow the archive."""
    page = get(client, "/archive?q=路灯&topic=没有的主题")
    assert "找到 1 件" in page.text
    assert "主题：" not in page.text


def test_a_new_query_keeps_the_filters(client: FlaskClient, lamp: int) -> None:
    """Searching again stays within the filters chosen."""
    page = get(client, "/archive?q=路灯&kind=consultation&year=2016&sort=date")
    form = next(form for form in page.forms if form.action == "/archive")
    assert form.hidden == {"kind": "consultation", "year": "2016", "sort": "date"}


def test_nothing_found_says_what_was_understood(client: FlaskClient, lamp: int) -> None:
    """A search without hits says what was searched and leads on."""
    page = get(client, "/archive?q=火星移民局")
    assert "没有找到这样的公示件" in page.text
    assert "查的是：“火星”" in page.text
    assert "/write" in page.links


def test_filters_that_leave_nothing_can_be_dropped(client: FlaskClient, lamp: int) -> None:
    """Where the filters are to blame the page says how many hits there are without them."""
    page = get(client, "/archive?q=路灯&year=1999")
    assert "去掉筛选条件，有 1 件" in page.text


def test_hits_with_some_of_the_words_are_offered(client: FlaskClient, lamp: int) -> None:
    """Where no letter has all the words, those with some are shown and the page says so."""
    page = get(client, "/archive?q=路灯 火星")
    assert "没有同时包含“路灯”、“火星”的信件" in page.text
    assert f"/archive/{lamp}" in page.links


def test_an_empty_archive_says_so(client: FlaskClient, world: World, settings: Settings) -> None:
    """Before anything is published the page says what will be here."""
    bring_up_to_date(settings)
    assert "还没有公示件" in get(client, "/archive").text


@pytest.mark.parametrize("query", ["？？", "*", "%", '""', "()", "AND"])
def test_a_query_without_words_finds_nothing(client: FlaskClient, lamp: int, query: str) -> None:
    """Signs are no words: no error and no wild match."""
    page = get(client, "/archive", query_string={"q": query})
    assert f"/archive/{lamp}" not in page.links


def test_a_long_query_is_cut_and_it_is_said(client: FlaskClient, lamp: int) -> None:
    """A query of more than 200 characters is searched in part, with a notice."""
    page = get(client, "/archive", query_string={"q": "路灯" * 101})
    assert "查询的内容太长" in page.text
    assert f'value="{"路灯" * 100}"' in page.html


@pytest.mark.parametrize(
    "address",
    [
        "/archive?page=-5",
        "/archive?page=0",
        "/archive?page=1000000000",
        "/archive?page=" + "9" * 5000,
        "/archive?page=x&year=x&kind=x&organisation=x&sort=x",
        "/archive?organisation=99999999999&year=0",
        "/archive?organisation=" + "9" * 30,
        "/archive?kind=report' OR 1=1",
    ],
)
def test_an_address_out_of_range_is_mended(client: FlaskClient, lamp: int, address: str) -> None:
    """Values that mean nothing narrow nothing, and a page out of range is the nearest there is."""
    assert f"/archive/{lamp}" in get(client, address).links


def test_pages_lead_on(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """With more hits than a page holds, the second page shows the rest."""
    for _ in range(settings.page_size + 1):
        published(session, world, **LAMP)
    bring_up_to_date(settings)
    page = get(client, "/archive?q=路灯")
    onward = next(link for link in page.links if "page=2" in link)
    second = get(client, onward)
    assert "第 2 页" in second.title
    assert len([link for link in second.links if link.removeprefix("/archive/").isdigit()]) == 1


def test_a_page_of_letters_with_all_words_says_how_many_have_some(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """The number of pages counts letters with some of the words too, so the first page names them."""
    for _ in range(20):
        published(session, world, title="路灯坏了怎样报修", text="请问。")
    published(session, world, title="路灯几点亮", text="请问。")
    bring_up_to_date(settings)
    first = get(client, "/archive?q=路灯 报修").text
    assert "找到 20 件 另有 1 件包含部分词语 第 1 页，共 2 页" in " ".join(first.split())
    last = get(client, "/archive?q=路灯 报修&page=2").text
    assert last.count("另有 1 件包含部分词语") == 1


def test_a_withdrawn_entry_is_no_hit(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A withdrawn entry is gone from the page before the index knows."""
    entry = published(session, world, **LAMP)
    bring_up_to_date(settings)
    withdraw(session, world, entry)
    page = get(client, "/archive?q=路灯")
    assert f"/archive/{entry.id}" not in page.links
    assert "梧桐小区" not in page.text


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_index_leaves_the_search_up(
    client: FlaskClient, settings: Settings, lamp: int, damage: Callable[[Path], None]
) -> None:
    """Whatever happened to the index, the page finds the entry and says that it is a makeshift."""
    damage(settings.index_folder)
    page = get(client, "/archive?q=路灯")
    assert f"/archive/{lamp}" in page.links
    assert "<mark>路灯</mark>" in page.html
    assert "正在使用简易查询" in page.text


def test_the_notice_goes_with_the_damage(
    client: FlaskClient, settings: Settings, lamp: int
) -> None:
    """After the worker has rebuilt the index the page is as before."""
    shutil.rmtree(settings.index_folder)
    bring_up_to_date(settings)
    page = get(client, "/archive?q=路灯")
    assert "正在使用简易查询" not in page.text
    assert f"/archive/{lamp}" in page.links


def test_more_hits_ask_no_more_of_the_database(
    client: FlaskClient, session: Session, world: World, settings: Settings, lamp: int
) -> None:
    """The number of database queries does not grow with the number of hits."""
    asked = []

    def note(*of: object) -> None:
        asked.append(of[2])

    event.listen(db.engine, "before_cursor_execute", note)

    def count() -> int:
        get(client, "/archive?q=路灯")
        asked.clear()
        get(client, "/archive?q=路灯")
        return len(asked)

    with_one = count()
    for place in ("city", "water", "bureau"):
        published(session, world, place=place, **LAMP)
    published(session, world, kind=Kind.HELP, **LAMP)
    bring_up_to_date(settings)
    assert count() == with_one
    event.remove(db.engine, "before_cursor_execute", note)


def test_the_page_speaks_english(client: FlaskClient, lamp: int) -> None:
    """The page can be had in English; what people wrote stays as it is."""
    page = get(client, "/en/archive?q=路灯")
    assert page.lang == "en"
    assert "1 June 2016" in page.text
