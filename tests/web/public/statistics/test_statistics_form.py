"""The form of a page of statistics keeps what was typed, with the error by its field."""

import re

import pytest

from tests.builders import World
from tests.pages import Client, get


def _input(html: str, name: str) -> str:
    found = re.search(rf'<input[^>]* name="{name}"[^>]*>', html)
    assert found is not None
    return " ".join(found.group().split())


@pytest.mark.parametrize(
    ("typed", "kind"),
    [("2040-01-01", "date"), ("abc", "text"), ("2016年底", "text"), ("2016-13-45", "text")],
)
def test_a_day_at_fault_stays_in_its_field(
    client: Client, world: World, typed: str, kind: str
) -> None:
    """A day to come stays a date; what is no day stays in a field of text, that can show it."""
    field = _input(get(client, f"/statistics?period=2016&as_of={typed}", 422).html, "as_of")
    assert f'value="{typed}"' in field and f'type="{kind}"' in field
    assert 'aria-invalid="true"' in field and "ask-as_of-error" in field


def test_a_day_that_was_read_stands_in_a_field_for_dates(client: Client, world: World) -> None:
    """The day asked for is shown as a date, and no day where none was asked for."""
    page = get(client, "/statistics?period=2016&as_of=2016-06-10")
    assert 'type="date" value="2016-06-10"' in _input(page.html, "as_of")
    assert 'type="date" value=""' in _input(get(client, "/statistics?period=2016").html, "as_of")


def test_a_name_that_nobody_bears_is_at_fault_where_it_was_typed(
    client: Client, world: World
) -> None:
    """The error is by the field of the name, which keeps it; the list beside is not at fault."""
    html = get(client, "/statistics?period=2016&with_name=没有这家", 422).html
    field = _input(html, "with_name")
    assert 'value="没有这家"' in field and 'aria-invalid="true"' in field
    assert 'id="ask-with_name-error"' in html and 'href="#ask-with_name"' in html
    assert 'id="ask-with-error"' not in html
    # Outside noscript, where those with script see it as well.
    assert "with_name" not in "".join(re.findall(r"<noscript>.*?</noscript>", html, re.S))


def test_a_name_that_several_bear_is_chosen_from_the_list(client: Client, world: World) -> None:
    """Where several organisations fit, the list that offers them has the error."""
    html = get(client, "/statistics?period=2016&with_name=临江区", 422).html
    assert 'id="ask-with-error"' in html and 'id="ask-with_name-error"' not in html
    assert 'value="临江区"' in _input(html, "with_name")
