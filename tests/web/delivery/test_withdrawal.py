"""What is withdrawn is gone from every address within five seconds, kept pages included."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from html import unescape
from unittest.mock import MagicMock, patch

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.config import Settings
from portal.models import ArchiveEntry
from portal.queries.archive.matters import matter_of
from portal.services.archive.matters import place_entries
from portal.services.archive.open_data import Publisher, refresh
from portal.web.core.clock import now
from portal.web.core.settings import keep_settings
from portal.web.delivery.caching import _PLACE, FRESH, MOST_KEPT
from portal.web.delivery.kept_pages import KeptPages
from tests.archive import LATER, bring_up_to_date, published, withdraw
from tests.builders import World
from tests.web.public.crawling import crawl

TITLE = "小区门口的路灯什么时候能修好呢"
KEEPS = 2
"""Seconds for which the process keeps a page; the rest of the five a proxy may."""
PUBLISHER = Publisher("山城市公开信箱", "http://127.0.0.1:8000", "https://licence.example/")
PAGES = (
    *("/", "/en/", "/archive", "/en/archive", "/archive?q=路灯", "/en/archive?q=路灯"),
    *("/archive?q=修好&year={year}", "/archive/{entry}", "/en/archive/{entry}", "/archive/{other}"),
    *("/hot", "/en/hot", "/hot/{matter}", "/en/hot/{matter}", "/organisations/{city}"),
)
"""Pages that hold the title of the entry."""
MACHINES = (
    *("/archive/feed.atom", "/archive/feed.atom?q=路灯", "/archive/feed.atom?organisation={city}"),
    *("/archive/{entry}/feed.atom", "/archive/similar?text=小区门口的路灯什么时候能修好，路灯坏了"),
    *("/api/v1/entries", "/api/v1/entries/{entry}", "/api/v1/search?q=路灯"),
    *("/open311/v2/requests.json", "/open311/v2/requests.xml"),
    *("/open311/v2/requests/{entry}.json", "/open311/v2/requests/{entry}.xml"),
    *("/open-data/{year}/entries.csv", "/open-data/{year}/entries.jsonl"),
)
"""Feeds and answers for programs that hold its title."""
NAMED = {
    "/sitemap/1.xml": "/archive/{entry}</loc>",
    "/open-data": "{digest}",
    "/en/open-data": "{digest}",
    "/open-data/catalog.jsonld": "{digest}",
}
"""What names it without its title: by its number, or by the checksum of a file with it."""
SAID = {**dict.fromkeys((*PAGES, *MACHINES), TITLE), **NAMED}


def work(settings: Settings, at: datetime) -> None:
    """Do what the worker does until nothing is left."""
    index = bring_up_to_date(settings)
    while place_entries(index):
        pass
    refresh(settings.open_data_folder, PUBLISHER, at)


@dataclass(frozen=True)
class Withdrawal:
    """An entry that is withdrawn while its pages are kept, and what stands in the addresses."""

    client: FlaskClient
    values: dict[str, object]
    happen: Callable[[], None]


@pytest.fixture
def withdrawal(
    app: Flask, client: FlaskClient, session: Session, world: World, settings: Settings
) -> Withdrawal:
    """Three answers about one matter, of which one can be withdrawn; pages are kept."""
    recent = now() - timedelta(days=9)
    other = published(session, world, now=recent)
    # The second of a matter is its centre, whose title is the matter's.
    entry = published(session, world, now=recent, title=TITLE)
    published(session, world, now=recent)
    work(settings, now())
    matter = matter_of(session, entry.id)
    assert matter is not None
    assert matter[1] == 3
    year = entry.answered_on.year
    values: dict[str, object] = {
        "entry": entry.id,
        "other": other.id,
        "matter": matter[0],
        "city": world["city"],
        "year": year,
        "digest": sha256(client.get(f"/open-data/{year}/entries.csv").data).hexdigest(),
    }
    keep_settings(app, settings.model_copy(update={"page_cache_seconds": KEEPS}))
    app.extensions[_PLACE] = KeptPages(MOST_KEPT)

    def happen() -> None:
        withdraw(session, world, session.get_one(ArchiveEntry, values["entry"]))
        work(settings, LATER)

    return Withdrawal(client, values, happen)


@pytest.fixture
def clock() -> Iterator[MagicMock]:
    """The clock of kept pages, which stands still."""
    with patch("portal.web.delivery.caching.monotonic", return_value=100.0) as standing:
        yield standing


@pytest.mark.parametrize(("address", "words"), SAID.items())
def test_what_is_withdrawn_is_gone_in_five_seconds(
    withdrawal: Withdrawal, clock: MagicMock, address: str, words: str
) -> None:
    """Its address says nothing of it once kept pages are made again, also to who has seen them."""
    path, words = address.format(**withdrawal.values), words.format(**withdrawal.values)
    first = withdrawal.client.get(path)
    assert first.status_code == 200
    assert words in said(first)
    kept_outside = first.cache_control.max_age or 0
    assert first.cache_control.no_cache or first.cache_control.no_store or kept_outside
    assert kept_outside + KEEPS <= FRESH
    withdrawal.happen()
    clock.return_value += KEEPS
    for headers in ({}, {"If-None-Match": first.headers.get("ETag", "")}):
        after = withdrawal.client.get(path, headers=headers)
        assert after.status_code in (200, 404, 410)
        assert words not in said(after)


def test_nothing_that_can_be_reached_says_it(
    app: Flask, withdrawal: Withdrawal, clock: MagicMock
) -> None:
    """Whoever opens every public address and follows all links finds its title no more."""
    more = [path.format(**withdrawal.values) for path in SAID]
    before = crawl(app, withdrawal.client, *more)
    pages = {path.format(**withdrawal.values) for path in PAGES}
    assert pages <= {path for path, text in before.items() if TITLE in unmarked(text)}
    withdrawal.happen()
    clock.return_value += KEEPS
    after = crawl(app, withdrawal.client, *more)
    assert set(more) <= after.keys()
    assert [path for path, text in after.items() if TITLE in unmarked(text)] == []


def said(answer: TestResponse) -> str:
    """Return what an answer says: words of a page without its marks, JSON without its escapes."""
    text = answer.get_data(as_text=True)
    if answer.is_json:
        return json.dumps(json.loads(text), ensure_ascii=False)
    return unmarked(text)


def unmarked(text: str) -> str:
    """Return a page without the marks that stand in words found."""
    return unescape(re.sub(r"</?mark>", "", text))
