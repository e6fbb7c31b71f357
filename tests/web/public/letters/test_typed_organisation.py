"""An organisation typed by name, as people without script do."""

from collections.abc import Callable
from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import Organisation
from portal.services.core.unit import writing
from tests.builders import World
from tests.pages import Client, Page, get, read
from tests.web.public.citizens import TEXT, letters, preview, send

CHOICE = "organisation_meant"


def offered(page: Page) -> list[str]:
    """Return the values that the page offers for the organisation meant."""
    parts = page.html.split(f'name="{CHOICE}" value="')[1:]
    return [part.split('"', 1)[0] for part in parts]


@pytest.mark.parametrize("words", ["临江区石桥街道办事处", "石桥街道", "临江区 石桥"])
def test_a_name_that_fits_one_is_taken(
    client: FlaskClient, session: Session, world: World, words: str
) -> None:
    """A name, or a part that only one organisation bears, names the organisation."""
    assert "临江区石桥街道办事处" in preview(client, organisation_words=words).text
    send(client, organisation_words=words)
    assert letters(session)[0].organisation_id == world["township"]


def test_the_preview_carries_what_was_understood(client: FlaskClient, world: World) -> None:
    """The preview hands the organisation on by its number."""
    page = preview(client, organisation_words="石桥街道")
    assert page.form("/write").hidden["organisation"] == str(world["township"])


def test_a_name_nobody_bears_is_never_sent_to_the_office(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A name that fits nothing is said at its field, with the nearest names to choose from."""
    page = send(client, status=422, organisation_words="临江区教委", consent="y")
    assert letters(session) == []
    assert page.text.count("没有叫“临江区教委”的单位") == 2
    assert 'href="#organisation_words"' in page.html
    assert offered(page)[0] == str(world["bureau"])
    assert offered(page)[-1] == "unknown"
    fields = page.form("/write").fields
    assert (fields["organisation_words"], fields["text"]) == (["临江区教委"], [TEXT])
    assert fields["consent"] == ["y"]


@pytest.mark.parametrize("words", ["警察", "派出所", "户口"])
def test_a_duty_is_no_name(client: FlaskClient, session: Session, world: World, words: str) -> None:
    """What an office does is offered first and asked about, also where one office alone does it."""
    page = send(client, status=422, organisation_words=words)
    assert letters(session) == []
    assert offered(page)[0] == str(world["police"])
    send(client, organisation_words=words, organisation_meant=offered(page)[0])
    assert letters(session)[0].organisation_id == world["police"]


def test_a_nearest_name_is_chosen(client: FlaskClient, session: Session, world: World) -> None:
    """What is chosen among the nearest names is where the letter goes."""
    send(client, organisation_words="临江区教委", organisation_meant=str(world["bureau"]))
    assert letters(session)[0].organisation_id == world["bureau"]


def test_not_knowing_is_chosen(client: FlaskClient, session: Session, world: World) -> None:
    """Who says not to know among the choices writes to the letterbox office."""
    send(client, organisation_words="临江区教委", organisation_meant="unknown")
    (letter,) = letters(session)
    assert letter.organisation_id == world["office"]
    assert letter.organisation_words == "临江区教委"


def test_several_that_fit_are_offered(client: FlaskClient, session: Session, world: World) -> None:
    """A part of several names guesses none of them."""
    page = send(client, status=422, organisation_words="山城市")
    assert "不止一个" in page.text
    assert {str(world["city"]), str(world["police"])} <= set(offered(page))
    assert letters(session) == []


def test_other_words_ask_again(client: FlaskClient, session: Session, world: World) -> None:
    """A choice made for earlier words does not stand for other words."""
    send(client, organisation_words="水务集团", organisation_meant=str(world["bureau"]))
    assert letters(session)[0].organisation_id == world["water"]


def test_list_and_name_must_agree(client: FlaskClient, session: Session, world: World) -> None:
    """A name beside another choice from the list is asked about; the same one is not."""
    page = send(
        client, status=422, organisation=str(world["police"]), organisation_words="水务集团"
    )
    assert "不是同一个" in page.text
    assert letters(session) == []
    send(client, organisation=str(world["water"]), organisation_words="水务集团")
    assert letters(session)[0].organisation_id == world["water"]


def test_a_closed_organisation_is_not_understood(
    client: FlaskClient, session: Session, world: World
) -> None:
    """An organisation that takes no letters is neither taken nor offered."""
    with writing() as unit:
        unit.get_one(Organisation, world["water"]).closed_on = date(2016, 5, 1)
    page = send(client, status=422, organisation_words="山城水务集团")
    assert str(world["water"]) not in offered(page)


def test_words_that_are_too_long_come_back(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A name longer than any comes back with a word why."""
    page = send(client, status=422, organisation_words="长" * 61)
    assert page.form("/write").fields["organisation_words"] == ["长" * 61]
    assert 'href="#organisation_words"' in page.html
    assert letters(session) == []


@pytest.mark.parametrize("words", ["气象台", "%", "_", "'", "😀", "a<b>c"])
def test_words_like_no_name_go_to_the_dispatcher(
    client: FlaskClient,
    staff: Callable[[str], Client],
    session: Session,
    world: World,
    words: str,
) -> None:
    """Where no organisation is called anything like it, the words go along to the office."""
    shown = preview(client, organisation_words=words)
    assert words in shown.text and "没有找到" in shown.text
    form = shown.form("/write").hidden
    assert client.post("/write", data={**form, "step": "send"}).status_code == 302
    (letter,) = letters(session)
    assert (letter.organisation_id, letter.organisation_words) == (world["office"], words)
    dispatcher = staff("office_dispatcher")
    assert f"来信人写的单位：{words}" in get(dispatcher, "/console/").text
    assert words in get(dispatcher, f"/console/letters/{letter.number}").text


def test_words_stand_in_the_form_that_is_edited(client: FlaskClient, world: World) -> None:
    """Going back from the preview keeps the words and the choice of no organisation."""
    looked = preview(client, organisation_words="临江区教委", organisation_meant="unknown")
    form = looked.form("/write").hidden
    page = read(client.post("/write", data={**form, "step": "edit"}, follow_redirects=True))
    fields = page.form("/write").fields
    assert fields["organisation_words"] == ["临江区教委"]
    assert fields["organisation_meant"] == ["unknown"]


def test_a_chosen_organisation_leaves_no_words(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Words that were understood are no words for the dispatcher."""
    send(client, organisation_words="石桥街道")
    assert letters(session)[0].organisation_words is None


def test_a_forged_choice_is_not_taken(client: FlaskClient, session: Session, world: World) -> None:
    """A choice that was not offered counts as none."""
    for forged in ("999999", "x", str(world["office"])):
        send(client, status=422, organisation_words="临江区教委", organisation_meant=forged)
    assert letters(session) == []
