"""Errors are answered with pages, or with plain words where no page can be made."""

import logging

import pytest
import sqlalchemy as sa

from portal.domain.letters.states import DeclineReason
from portal.web.core.safety import LARGEST_REQUEST, LARGEST_TEXTS
from tests.builders import World
from tests.pages import Client, get, post
from tests.web.public.citizens import TEXT, send


def no_connection(*_given: object) -> None:
    """Fail as the pool does whose connections are all in use."""
    raise sa.exc.TimeoutError("QueuePool limit of size 2 overflow 0 reached")


def test_a_request_too_large_is_answered_with_a_page(client: Client) -> None:
    """A form beyond the largest size gets the page that says so, in the style of the site."""
    page = post(client, "/write", {"text": "字" * (LARGEST_TEXTS // 9 + 1)}, status=413)
    assert "内容太大了" in page.title
    assert "请缩短文字" in page.text


def test_what_was_typed_into_a_form_too_large_is_shown(client: Client) -> None:
    """A text that no route takes comes back whole, to be copied and cut."""
    text = "字" * (LARGEST_REQUEST // 9 + 1)
    page = post(client, "/site-notice", {"text": text}, status=413)
    assert text in page.html


@pytest.mark.parametrize("path", ["/", "/write", "/static/css/site.css", "/nowhere"])
def test_an_unknown_host_is_refused_in_plain_words(
    client: Client, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    """A host name that is not ours gets a plain 400, and no traceback is logged."""
    response = client.get(path, headers={"Host": "evil.example"})
    assert (response.status_code, response.mimetype) == (400, "text/plain")
    assert "Unknown host name" in response.text
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_an_expired_form_carries_everything_but_secrets(client: Client) -> None:
    """Choices with a code come back in the expired form; the query code of a letter does not."""
    typed = {"code": str(DeclineReason.LITIGATION), "query_code": "7K2M9QXT4BN8R"}
    response = client.post("/track", data=typed)
    assert response.status_code == 400
    assert 'name="code" value="litigation"' in response.text
    assert "7K2M9QXT4BN8R" not in response.text


def test_a_letter_that_gets_no_number_is_kept_in_its_form(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no connection is free to number a letter, the form comes back with all that was typed."""
    monkeypatch.setattr("portal.services.letters.submission.next_number", no_connection)
    page = send(client, status=503)
    assert "您填写的内容没有丢失" in page.text
    assert TEXT in page.html


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("/archive", "portal.web.public.archive.entries.search_archive"),
        ("/api/v1/entries", "portal.web.api.v1.list_entries"),
    ],
)
def test_a_page_without_a_connection_asks_to_come_back(
    client: Client, world: World, monkeypatch: pytest.MonkeyPatch, path: str, read: str
) -> None:
    """Where every connection is in use, pages and open data answer 503 and not 500."""
    monkeypatch.setattr(read, no_connection)
    get(client, path, 503)
