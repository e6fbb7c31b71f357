"""Opening a letter with number and code: what is said, what is not, and how often."""

from datetime import date, datetime

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Settings
from portal.domain.letters.numbers import format_number
from portal.models import Letter, db
from portal.services.core.unit import writing
from portal.web.core.guards.challenge import FIELD, offer, offered
from tests.builders import World
from tests.challenges import challenge_of, solution, solved
from tests.pages import Client, Page, get, post
from tests.web.public.citizens import TITLE, open_letter, receipt

UNKNOWN = format_number(date(2016, 6, 1), 99)


def attempt(client: FlaskClient, number: str, code: str, status: int | None = 422) -> Page:
    """Try to open a letter."""
    return post(client, "/track", {"number": number, "query_code": code}, status=status)


def said(page: Page) -> str:
    """Return what the error summary says."""
    return page.html.split("data-error-summary", 1)[1].split("</ul>", 1)[0]


def test_number_and_code_open_the_letter(client: FlaskClient, world: World) -> None:
    """A citizen with number and code sees the letter."""
    assert TITLE in open_letter(client, *receipt(client)).text


@pytest.mark.parametrize("style", [str.lower, lambda c: c.replace("-", " "), lambda c: f" {c} "])
def test_a_code_may_be_typed_carelessly(client: FlaskClient, world: World, style: object) -> None:
    """Small letters and blanks in a code do not matter, nor do dashes in a number."""
    number, code = receipt(client)
    assert callable(style)
    assert TITLE in open_letter(client, number.replace("-", ""), style(code)).text


@pytest.mark.parametrize("place", ["number", "query_code"])
@pytest.mark.parametrize("other", ["", "x"])
def test_what_the_receipt_copies_is_understood(
    client: FlaskClient, world: World, place: str, other: str
) -> None:
    """The line that the receipt copies opens the letter from either field."""
    line = "信件编号 {}，查询码 {}".format(*receipt(client))
    typed = {"number": other, "query_code": other} | {place: line}
    assert TITLE in post(client, "/track", typed, follow=True).text


def test_a_wrong_check_digit_is_said_at_the_number(client: FlaskClient, world: World) -> None:
    """A typing error in the number is recognised and said at its field, the rest kept."""
    number, code = receipt(client)
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    page = attempt(client, wrong, code)
    assert 'href="#number"' in said(page)
    assert "可能输错" in said(page)
    assert page.form("/track").fields["number"] == [wrong]


@pytest.mark.parametrize("number", ["hello", "20161399-00001-9", "１", "9" * 500, "\x00"])
def test_what_is_no_number_is_said(client: FlaskClient, world: World, number: str) -> None:
    """Anything that cannot be a letter number is refused at its field."""
    assert 'href="#number"' in said(attempt(client, number, "7K2M-9QXT-4BN8R"))


def test_empty_fields_are_said(client: FlaskClient, world: World) -> None:
    """A form without number and code asks for both."""
    words = said(attempt(client, "", ""))
    assert 'href="#number"' in words
    assert 'href="#query_code"' in words


def test_a_wrong_code_is_answered_like_an_unknown_number(client: FlaskClient, world: World) -> None:
    """Nobody learns from the answer whether a number exists."""
    number, _ = receipt(client)
    wrong = attempt(client, number, "7K2M-9QXT-4BN8R")
    unknown = attempt(client, UNKNOWN, "7K2M-9QXT-4BN8R")
    assert said(wrong) == said(unknown)
    assert "对不上" in said(wrong)


def test_the_code_of_another_letter_opens_nothing(client: FlaskClient, world: World) -> None:
    """A code opens its own letter only."""
    first, _ = receipt(client)
    _, code = receipt(client, text="另一封信")
    assert "对不上" in said(attempt(client, first, code))


@pytest.mark.parametrize("code", ["", "0" * 13, "7K2M-9QXT-4BN8R"])
def test_a_letter_without_a_code_opens_with_none(
    client: FlaskClient, session: Session, world: World, code: str
) -> None:
    """A letter taken over from another system has no code, and no code opens it."""
    number, _ = receipt(client.application.test_client())
    with writing() as unit:
        unit.scalars(sa.select(Letter).where(Letter.number == number)).one().code_hash = None
    attempt(client, number, code)
    get(client, f"/letters/{number}", 404)


def test_a_link_may_bring_the_number(client: FlaskClient, world: World) -> None:
    """A link with a number fills it in."""
    assert get(client, f"/track?number={UNKNOWN}").form("/track").fields["number"] == [UNKNOWN]


def test_leaving_closes_the_letter(client: FlaskClient, world: World) -> None:
    """A citizen who leaves the letter needs the code again on this computer."""
    number, code = receipt(client)
    open_letter(client, number, code)
    post(client, "/track/leave", page=f"/letters/{number}")
    get(client, f"/letters/{number}", 404)


@pytest.fixture
def strict(settings: Settings, world: World) -> Flask:
    """The application with two wrong codes an hour."""
    app = create_app(settings.model_copy(update={"track_limit": "2 per hour"}))
    app.testing = True
    app.test_client_class = Client
    return app


def test_guessing_ends(strict: Flask) -> None:
    """After too many wrong codes even the right one waits; the number stays typed."""
    client = strict.test_client()
    number, code = receipt(client)
    for _ in range(2):
        attempt(client, number, "7K2M-9QXT-4BN8R")
    page = attempt(client, number, code, 429)
    assert int(page.response.headers["Retry-After"]) > 0
    assert page.form("/track").fields["number"] == [number]
    close(strict)


def test_guessing_elsewhere_does_not_lock_the_owner_out(strict: Flask) -> None:
    """Wrong codes from other addresses leave the owner of the letter free to open it."""
    client = strict.test_client()
    number, code = receipt(client)
    form = get(client, "/track").form("/track")
    for last in (1, 1, 1, 2, 2, 2):
        client.post(
            "/track",
            data={**form.hidden, "number": number, "query_code": "7K2M"},
            environ_base={"REMOTE_ADDR": f"203.0.113.{last}"},
        )
    assert TITLE in open_letter(client, number, code).text
    close(strict)


def test_a_challenge_lets_the_owner_in(strict: Flask) -> None:
    """Where the limit is used up, a solved challenge opens the letter, once for each solution."""
    client = strict.test_client()
    number, code = receipt(client)
    for _ in range(2):
        attempt(client, number, "7K2M-9QXT-4BN8R")
    page = attempt(client, number, code, 429)
    solution = solved(page)
    typed = {"number": number, "query_code": "7K2M-9QXT-4BN8R", FIELD: solution}
    assert post(client, "/track", typed, status=422).status == 422
    page = post(client, "/track", typed, status=429)
    typed = {"number": number, "query_code": code, FIELD: solved(page)}
    assert TITLE in post(client, "/track", typed, follow=True).text
    close(strict)


def test_a_challenge_comes_before_the_limit(strict: Flask) -> None:
    """Half of the tries used up, the page asks the browser to compute; before it does not."""
    client = strict.test_client()
    number, _ = receipt(client)
    assert challenge_of(get(client, "/track")) is None
    assert challenge_of(attempt(client, number, "7K2M-9QXT-4BN8R")) is not None
    assert challenge_of(get(client, "/track")) is not None
    close(strict)


@pytest.mark.parametrize("sent", ["", "x", "e30=", "bnVsbA==", "W10=", "A" * 3000])
def test_what_is_no_solution_lets_nobody_in(strict: Flask, sent: str) -> None:
    """A solution that is none, is damaged or belongs to nothing is like none."""
    client = strict.test_client()
    number, code = receipt(client)
    for _ in range(2):
        attempt(client, number, "7K2M-9QXT-4BN8R")
    typed = {"number": number, "query_code": code, FIELD: sent}
    post(client, "/track", typed, status=429)
    close(strict)


def test_a_solution_is_good_for_its_address_and_purpose(strict: Flask) -> None:
    """A solution made for another address, another form or by another server opens nothing."""
    client = strict.test_client()
    number, code = receipt(client)
    form = get(client, "/track").form("/track").hidden
    for _ in range(2):
        attempt(client, number, "7K2M-9QXT-4BN8R")
    page = attempt(client, number, code, 429)
    given = challenge_of(page)
    assert given is not None
    typed = {**form, "number": number, "query_code": code}
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    for _ in range(2):
        client.post("/track", data={**typed, "query_code": "7K2M"}, environ_base=elsewhere)
    answer = client.post("/track", data={**typed, FIELD: solution(given)}, environ_base=elsewhere)
    assert answer.status_code == 429
    forged = {**given, "signature": "0" * 64}
    assert client.post("/track", data={**typed, FIELD: solution(forged)}).status_code == 429
    with strict.test_request_context():
        offer("submit", 0)
        other = offered()
    assert other is not None
    assert client.post("/track", data={**typed, FIELD: solution(other)}).status_code == 429
    assert client.post("/track", data={**typed, FIELD: solution(given)}).status_code == 302
    close(strict)


def test_the_wait_grows(strict: Flask, clock: datetime) -> None:
    """Used up again within a day, the tries come back after twice the time, then after four times."""
    client = strict.test_client()
    with time_machine.travel(clock, tick=False) as travel:
        number, _ = receipt(client)
        waits = []
        for _ in range(3):
            for _ in range(2):
                attempt(client, number, "7K2M-9QXT-4BN8R")
            page = attempt(client, number, "7K2M-9QXT-4BN8R", 429)
            waits.append(int(page.response.headers["Retry-After"]))
            travel.shift(waits[-1] - 1)
            attempt(client, number, "7K2M-9QXT-4BN8R", 429)
            travel.shift(1)
    assert waits == [3600, 7200, 14400]
    close(strict)


def test_right_codes_are_not_counted(strict: Flask) -> None:
    """A citizen may open a letter any number of times."""
    client = strict.test_client()
    number, code = receipt(client)
    for _ in range(4):
        open_letter(client, number, code)
    close(strict)


def close(app: Flask) -> None:
    """Give the connections of an application of the test's own back."""
    with app.app_context():
        db.engine.dispose()


def test_number_and_code_are_checked_together(client: FlaskClient) -> None:
    """A wrong number and a missing code are said at once, and no text is claimed to be kept."""
    page = attempt(client, "abc", "")
    assert page.html.count('class="field__error"') == 2
    assert "没有查到" in page.html
    assert "不必重写" not in page.html
