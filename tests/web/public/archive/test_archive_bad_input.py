"""Whatever is sent to a search: a clear page, the right status, and work that stays bounded."""

import json
from collections.abc import Sequence

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from search_index import query
from search_index.analysis import normalise
from search_index.embedded.snapshot import Numbers, Snapshot, Term
from tests.archive import bring_up_to_date, published
from tests.builders import World
from tests.pages import get, read

MOST_TERMS = 2_000
"""Terms of the index that a page may look up: those of 20 words with 12 alternatives each, a few
for each, and of a suggestion."""

FEED = "/archive/feed.atom"
TEXTS = {
    "a megabyte": "公积金" * 350_000,
    "a megabyte of blanks": " " * 1_000_000 + "路灯",
    "a megabyte of minus signs": "-" * 1_000_000,
    "many words": "".join(f"词{n} " for n in range(300_000)),
    "many brackets": "(" * 3_000,
    "many pairs of brackets": "(" * 1_500 + ")" * 1_500,
    "wildcards": "*a*",
    "wildcards alone": "*" * 200,
    "a range": "[a TO z]",
    "a field": "title:路灯 AND entry_id:[1 TO *]",
    "a pattern": "(a+)+$",
    "NULs": "路\x00灯\x00\x00",
    "NULs alone": "\x00" * 50,
    "marks from right to left": "\u202e路灯\u202c\u200f",
    "invisible characters": "\u200b\u200d\ufeff",
    "emoji": "\U0001f44d\U0001f3fd\u200d\U0001f525" * 40,
    "half an emoji": "\ud83d",
    "combining marks": "e" + "\u0301" * 199,
    "a ligature": "\ufdfa" * 200,
    "a script": "<script>alert(1)</script>",
    "an attribute": "\"><img src=x onerror=alert(1)>'",
    "SQL": "'; DROP TABLE archive_entry; --",
    "a condition": "%' OR 1=1 --",
    "a template": "{{ 7*7 }}{% debug %}${7*7}",
    "quotation marks": '"“”' * 60,
    "exclusions": "-a " * 60,
    "pinyin": "xianxianxianxianxianxianxian",
    "letters": "abcdefghij" * 20,
}


@pytest.fixture
def looked_up(
    session: Session, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> list[str]:
    """The terms that searches look up, of an archive with an entry."""
    published(session, world)
    bring_up_to_date(settings)
    names: list[str] = []
    terms, character = Snapshot.terms, Snapshot.with_character

    def count_terms(self: Snapshot, field: str, asked: Sequence[str]) -> dict[str, Term]:
        names.extend(asked)
        return terms(self, field, asked)

    def count_character(self: Snapshot, asked: str) -> Numbers:
        names.append(asked)
        return character(self, asked)

    monkeypatch.setattr(Snapshot, "terms", count_terms)
    monkeypatch.setattr(Snapshot, "with_character", count_character)
    return names


@pytest.fixture
def folded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of the texts that are read as queries."""
    lengths: list[int] = []

    def count(text: str) -> str:
        lengths.append(len(text))
        return normalise(text)

    monkeypatch.setattr(query, "normalise", count)
    return lengths


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("place", ["/archive", "/en/archive", FEED])
def test_any_text_is_searched_or_said_to_be_none(
    client: FlaskClient, looked_up: list[str], folded: list[int], place: str, text: str
) -> None:
    """Pages answer with 200, feeds with 404 to a query too long or empty; the work is bounded.

    Nothing typed becomes markup.
    """
    sent = text.encode("utf-8", "surrogatepass")
    answer = client.get(place, query_string={"q": sent})
    refused = place == FEED and (len(text) > query.MAX_CHARACTERS or not text.strip("\x00"))
    assert answer.status_code == (404 if refused else 200)
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "7*7" not in text or refused or "49" not in read(answer).text
    assert len(looked_up) <= MOST_TERMS
    assert max(folded, default=0) <= query.MAX_CHARACTERS


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_programs_are_told_what_is_too_long(
    client: FlaskClient, looked_up: list[str], folded: list[int], text: str
) -> None:
    """The interface takes 200 characters; more is 400 and names the parameter."""
    sent = text.encode("utf-8", "surrogatepass")
    answer = client.get("/api/v1/search", query_string={"q": sent})
    if len(text) > query.MAX_CHARACTERS:
        assert (answer.status_code, json.loads(answer.text)["parameter"]) == (400, "q")
        assert looked_up == []
    else:
        assert answer.status_code in (200, 400)
    assert len(looked_up) <= MOST_TERMS
    assert max(folded, default=0) <= query.MAX_CHARACTERS


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_draft_of_any_text_has_similar_letters_or_none(
    client: FlaskClient, looked_up: list[str], text: str
) -> None:
    """What is typed while a letter is written is read up to a limit."""
    sent = {"title": text[:500_000], "text": text[:500_000]}
    answer = client.post(
        "/archive/similar",
        data={k: v.encode("utf-8", "surrogatepass") for k, v in sent.items()},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code in (200, 400, 413)
    assert len(looked_up) <= MOST_TERMS


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/archive?q=路灯&page=1000000000", 200),
        ("/archive?q=路灯&page=" + "9" * 4_000, 200),
        ("/archive?q=路灯&kind=nothing&topic=nothing&year=99999&organisation=-1", 200),
        ("/archive?q=路灯&q=噪音&unknown=1&exact=7&sort=nothing", 200),
        ("/archive/feed.atom?q=路灯&page=1000000000", 404),
        ("/archive/feed.atom?kind=nothing", 404),
        ("/api/v1/search?q=路灯&page=1000000000", 404),
        ("/api/v1/search?q=路灯&page=" + "9" * 4_000, 400),
        ("/api/v1/search?q=路灯&kind=nothing", 400),
        ("/api/v1/search?q=路灯&topic=nothing", 404),
        ("/api/v1/search?q=路灯&unknown=1", 400),
        ("/api/v1/search?q=路灯&q=噪音", 400),
        ("/api/v1/search", 400),
        ("/api/v1/entries?cursor=forged", 400),
        ("/api/v1/entries?cursor=" + "A" * 10_000, 400),
        ("/api/v1/entries?cursor=%00%ff", 400),
        ("/archive/99999999999999999999", 404),
        ("/archive/-1", 404),
    ],
)
def test_values_out_of_range(
    client: FlaskClient, looked_up: list[str], address: str, status: int
) -> None:
    """Pages go to the nearest there is; programs are told by status."""
    assert client.get(address).status_code == status
    assert len(looked_up) <= MOST_TERMS


@pytest.mark.parametrize("header", ["Accept", "Accept-Language", "If-None-Match", "Range"])
@pytest.mark.parametrize(
    "value", ["", "*", "x" * 5_000, '"', 'W/"', "a/b;q=9,,;", "zh;q=\x7f", "é", "bytes=9-1,-"]
)
def test_headers_without_sense_change_nothing(
    client: FlaskClient, looked_up: list[str], header: str, value: str
) -> None:
    """The page comes as without them, or not again where * accepts any copy."""
    answer = client.get("/archive?q=路灯", headers={header: value})
    assert answer.status_code == (304 if (header, value) == ("If-None-Match", "*") else 200)
    program = client.get("/api/v1/search?q=路灯", headers={header: value})
    assert program.status_code in (200, 304, 406)


def test_the_page_says_that_it_did_not_understand(
    client: FlaskClient, looked_up: list[str]
) -> None:
    """Signs alone are no query, and the page says what would be one."""
    for text in ("(" * 150, "*", "\x00\x00?", "\u200b?"):
        assert "没有看懂要查什么" in get(client, "/archive", query_string={"q": text}).text
