"""What is hidden is hidden everywhere a stranger can look, and what is withdrawn is gone."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.disclosure.requests import DisclosureState
from portal.domain.letters.states import Publication, RefusalReason, State
from portal.models import ArchiveEntry
from portal.services.archive import publication
from portal.services.archive.indexing import rebuild
from portal.services.archive.open_data import Publisher, refresh
from search_index.analysis import term_number
from tests.archive import LATER, bring_up_to_date, entry_of, found, published, withdraw
from tests.builders import Walk, World, a_letter, a_walk
from tests.disclosure import DISCLOSED, a_request
from tests.web.public.crawling import crawl

TITLE = "来信人欧阳明慧13812345678反映路灯"
TEXT = (
    "我叫欧阳明慧，手机１３６９８７６５４３２，也可打023-63851234。\n"
    "身份证号11010519491231002X，车牌渝A8K356，邮箱minghui.ouyang@example.com。\n"
    "银行卡号6222021234567890128，护照E12345678，QQ号273498165，微信号ouyang_mh88。\n"
    "家住渝中区解放碑街道民权路28号3单元1202室，楼下的路灯坏了两个星期。"
)
REPLY = "欧阳明慧您好，已按您留的138-1234-5678与您联系，渝A8K356停放处的路灯已经修好。"
CANARIES = (
    "欧阳明慧",
    "13812345678",
    "138-1234-5678",
    "13698765432",
    "１３６９８７６５４３２",
    "63851234",
    "11010519491231002X",
    "渝A8K356",
    "minghui.ouyang",
    "6222021234567890128",
    "E12345678",
    "273498165",
    "ouyang_mh88",
    "民权路28号",
    "1202室",
)
PRIVATE = ("紫藤苑幼儿园", "白鹭湾码头", "青松岭车站", "乌桕湾菜场", "内部说法甲", "内部说法乙")


def a_seeded(session: Session, world: World) -> Walk:
    """Publish a letter full of personal data, by the real services."""
    walk = a_walk(
        session,
        world,
        title=TITLE,
        text=TEXT,
        name="欧阳明慧",
        phone="13812345678",
        email="minghui.ouyang@example.com",
    )
    walk.accept()
    walk.ask_signoff(REPLY)
    walk.sign()
    walk.step(publication.propose, "city_handler", PRIVATE[4])
    walk.publish()
    return walk


PUBLISHER = Publisher("山城市公开信箱", "http://127.0.0.1:8000", "https://licence.example/")
SEARCHES = (
    "/archive?q=路灯",
    "/en/archive?q=路灯",
    "/archive/similar?text=楼下的路灯坏了两个星期，请尽快维修",
    "/en/archive/similar?text=楼下的路灯坏了两个星期，请尽快维修",
    "/api/v1/search?q=路灯",
    "/api/v1/entries?per_page=100",
    "/api/v1/entries?updated_since=2000-01-01",
    "/archive/feed.atom?q=路灯",
)
OPEN311 = ("/open311/v2/requests.json", "/open311/v2/requests.xml")


def the_unpublished(session: Session, world: World) -> None:
    """Letters beside it that are not public, each with a word of its own."""
    a_letter(session, world, State.IN_PROGRESS, title=PRIVATE[0])
    a_letter(session, world, publication=Publication.PROPOSED, text=f"{PRIVATE[1]}的路灯坏了。")
    a_letter(session, world, publication=Publication.UNPUBLISHED, title=f"{PRIVATE[2]}的路灯")
    refused = a_walk(session, world, text=f"{PRIVATE[3]}的路灯坏了很久。")
    refused.accept()
    refused.ask_signoff()
    refused.sign()
    refused.propose()
    refused.step(publication.refuse, "city_reviewer", RefusalReason.PRIVACY, PRIVATE[5])


def test_a_stranger_finds_no_personal_data(
    app: Flask, client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """No page, feed, answer of the open data or fragment shows a word that identifies anybody."""
    entry = entry_of(session, a_seeded(session, world).letter)
    the_unpublished(session, world)
    bring_up_to_date(settings)
    refresh(settings.open_data_folder, PUBLISHER, datetime.now(UTC))
    seen = crawl(app, client, *SEARCHES, *OPEN311)
    for address in (
        f"/archive/{entry.id}",
        f"/api/v1/entries/{entry.id}",
        "/archive/feed.atom",
        "/sitemap/1.xml",
        "/readyz",
        f"/archive/{entry.id}/feed.atom",
        "/open-data/2016/entries.csv",
        "/open-data/2016/entries.jsonl",
        "/open-data/2016/figures.csv",
        "/open-data/2016/refusals.csv",
        "/open-data/2016/record.csv",
        "/statistics/data.csv",
        "/statistics/record.json",
        f"/en/archive/{entry.id}",
        "/en/statistics",
        *SEARCHES,
        *OPEN311,
    ):
        assert address in seen
    assert "楼下的路灯坏了两个星期" in seen[f"/archive/{entry.id}"]
    assert leaks(seen, *CANARIES, *PRIVATE) == []


def leaks(seen: dict[str, str], *words: str) -> list[tuple[str, str]]:
    """Return address and word wherever one of ``words`` is in an answer."""
    return [(address, word) for address, said in seen.items() for word in words if word in said]


REQUESTED: dict[str, Any] = {
    "title": "蓝楹路改造的经费支出",
    "description": "柳絮巷三号院的项目、金额和验收材料。",
    "document_number": "渝蓝楹函〔2016〕27号",
    "applicant": "司徒望舒",
    "identity": "11010519491231002X",
    "phone": "13698765432",
    "email": "wangshu.situ@example.com",
    "address": "民权路28号3单元1202室",
}
"""A request for disclosure in which every word is found nowhere else."""
OF_REQUESTS = ("蓝楹", "柳絮巷", *list(REQUESTED.values())[3:], DISCLOSED.text)


def test_requests_for_disclosure_are_never_public(
    app: Flask, client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A request in any state, with its answer and its number, is on no public page in any language."""
    published(session, world)
    numbers = [a_request(session, world, state, **REQUESTED).number for state in DisclosureState]
    bring_up_to_date(settings)
    refresh(settings.open_data_folder, PUBLISHER, datetime.now(UTC))
    searches = [
        f"{page}={word}"
        for page in ("/archive?q", "/en/archive?q", "/api/v1/search?q", "/archive/similar?text")
        for word in ("蓝楹路改造", "柳絮巷", "司徒望舒")
    ]
    seen = crawl(app, client, *searches, *OPEN311)
    assert {*searches, "/disclosure", "/en/disclosure"} <= seen.keys()
    # A page of results repeats the words that it was asked for, and no others.
    told = [(at, word) for at, word in leaks(seen, *OF_REQUESTS) if word not in unquote(at)]
    assert told == leaks(seen, *numbers) == []
    index = bring_up_to_date(settings)
    assert [word for word in OF_REQUESTS if found(index, f'"{word}"')] == []


def test_personal_data_cannot_be_searched(
    session: Session, world: World, settings: Settings
) -> None:
    """The index knows none of the words that were hidden."""
    a_seeded(session, world)
    the_unpublished(session, world)
    index = bring_up_to_date(settings)
    assert [w for w in (*CANARIES, *PRIVATE) if found(index, f'"{w}"')] == []


def terms_in(held: bytes) -> set[str]:
    """Return those of the words of these tests whose numbers as terms are in ``held``."""
    words = ("路灯", "明慧", "13812345678", "ouyang", "8k356")
    return {word for word in words if term_number(word).to_bytes(8, "little") in held}


def test_the_files_of_the_index_hold_no_personal_data(
    session: Session, world: World, settings: Settings
) -> None:
    """No file of the index holds a hidden word."""
    a_seeded(session, world)
    bring_up_to_date(settings)
    held = b"".join(p.read_bytes() for p in settings.index_folder.rglob("*") if p.is_file())
    assert "路灯" in terms_in(held)
    assert terms_in(held) & {"明慧", "13812345678", "ouyang", "8k356"} == set()
    assert [w for w in ("明慧", "13812345678", "ouyang", "8k356") if w.encode() in held] == []


def test_a_withdrawn_entry_is_gone_everywhere(
    app: Flask, client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """After a withdrawal its words are nowhere, not after an optimisation, not after a rebuild."""
    entry = entry_of(session, a_seeded(session, world).letter)
    index = bring_up_to_date(settings)
    refresh(settings.open_data_folder, PUBLISHER, datetime.now(UTC))
    withdraw(session, world, session.get_one(ArchiveEntry, entry.id))
    entry_id = entry.id
    steps = (
        lambda: None,
        lambda: bring_up_to_date(settings),
        index.optimise,
        lambda: rebuild(index),
    )
    assert client.get("/open-data/2016/entries.csv").status_code == 503
    refresh(settings.open_data_folder, PUBLISHER, LATER)
    for step in steps:
        step()
        seen = crawl(
            app,
            client,
            f"/archive/{entry_id}",
            "/archive?q=路灯",
            "/api/v1/search?q=路灯",
            *OPEN311,
        )
        assert [a for a, answer in seen.items() if "楼下的" in answer] == []
    assert found(index, "路灯") == []
    assert client.get(f"/archive/{entry_id}").status_code == 410
    assert client.get(f"/api/v1/entries/{entry_id}").status_code == 410


def test_an_answer_kept_by_a_reader_is_no_longer_valid(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A copy of feed or data that a cache holds is refused as outdated after a withdrawal."""
    walk = a_seeded(session, world)
    entry = entry_of(session, walk.letter)
    for address in ("/archive/feed.atom", "/api/v1/entries", f"/api/v1/entries/{entry.id}"):
        first = client.get(address)
        assert first.headers["Cache-Control"] == "public, no-cache"
        again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
    tags = {a: client.get(a).headers["ETag"] for a in ("/archive/feed.atom", "/api/v1/entries")}
    withdraw(session, world, entry)
    for address, tag in tags.items():
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200
