"""Errors are answered with pages, or with plain words where no page can be made."""

import logging

import pytest

from portal.domain.letters.states import DeclineReason
from portal.web.core.safety import LARGEST_REQUEST
from tests.pages import Client, post


def test_a_request_too_large_is_answered_with_a_page(client: Client) -> None:
    """A form beyond the largest size gets the page that says so, in the style of the site."""
    page = post(client, "/write", {"text": "字" * (LARGEST_REQUEST // 3 + 1)}, status=413)
    assert "内容太大了" in page.title
    assert "请缩短文字" in page.text


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
