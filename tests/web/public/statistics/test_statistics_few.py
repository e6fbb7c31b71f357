"""What few citizens said, and why few letters were refused, is not told to everybody."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.letters.states import State
from portal.services.letters import submission
from tests.builders import HOUR, START, World, a_letter
from tests.pages import Client, get, login

ADDRESS = "/statistics/city?period=2016"
FEW = "不足 5 件，不公布"
UNLISTED = "不分列原因"
Said = Callable[[int], None]


@pytest.fixture
def said(session: Session, world: World) -> Iterator[Said]:
    """Let so many citizens rate their letters, and as many be declined."""

    def say(count: int) -> None:
        for _ in range(count):
            letter = a_letter(session, world, State.CLOSED)
            submission.rate(letter.id, 1, 2, "", START + HOUR * 50)
            a_letter(session, world, State.DECLINED)

    with time_machine.travel(datetime.fromisoformat("2017-02-01T03:00:00+00:00"), tick=False):
        yield say


@pytest.mark.parametrize(("count", "told"), [(4, False), (5, True)])
def test_ratings_and_reasons_rest_on_five_letters(
    client: Client, said: Said, count: int, told: bool
) -> None:
    """Four ratings and four reasons are left out of page and data; five are told."""
    said(count)
    page = get(client, ADDRESS)
    assert ("1.00 分" in page.text, FEW in page.text) == (told, not told)
    assert ("litigation" in page.html or "诉讼" in page.text, UNLISTED in page.text) == (
        told,
        not told,
    )
    beyond = client.get("/statistics/data.json?period=2016&organisation=city").get_json()["beyond"]
    names = [] if told else ["attitude", "declines", "efficiency"]
    assert beyond["withheld"] == names and [n for n in beyond if beyond[n] is None] == names
    text = client.get("/statistics/data.csv?period=2016&organisation=city").get_data()
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert [r["row"] for r in rows if r["table"] == "withheld"] == names
    assert {r["table"] for r in rows} >= {"attitude", "declines"} or not told
    assert not {r["table"] for r in rows} & set(names)


def test_a_comparison_leaves_them_out_too(client: Client, said: Said) -> None:
    """Beside another year, four ratings have no mean either."""
    said(4)
    page = get(client, f"{ADDRESS}&compare=2015")
    assert "服务态度平均分" in page.text and "1.00" not in page.text


def test_the_office_sees_what_few_said(app: Flask, client: Client, said: Said) -> None:
    """In the console every rating counts: it leads to its letter anyway."""
    said(1)
    login(client, "city_supervisor")
    page = get(client, "/console/statistics?period=2016")
    assert "1.00 分" in page.text and FEW not in page.text and UNLISTED not in page.text
