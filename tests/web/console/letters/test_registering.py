"""Letters that come by telephone, on paper, at a counter or from another hotline."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.errors import InvalidInput, NotPermitted
from portal.domain.events import ActorKind
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Source
from portal.models import Event, Letter, RateFact
from portal.services.letters.submission import register
from tests.builders import CODE_KEY, START, World, new_letter
from tests.pages import Client, get, post
from tests.web.public.citizens import open_letter, value

PAGE = "/console/register"


def told(world: World, **changes: Any) -> dict[str, Any]:
    """What a member of staff writes down of a call."""
    fields = {
        "source": "telephone",
        "organisation": str(world["city"]),
        "kind": "complaint",
        "title": "小区门口的路灯不亮",
        "text": "来电反映：小区门口的路灯坏了两个星期。",
        "name": "周晓兰",
    }
    return {**fields, **changes}


def test_a_call_becomes_a_letter_with_a_receipt(
    staff: Callable[[str], Client], client: Client, session: Session, world: World
) -> None:
    """Number and code of the receipt open the letter for its sender; the way it came is kept."""
    browser = staff("city_dispatcher")
    page = post(browser, PAGE, told(world), page=PAGE, follow=True)
    number, code = value(page, "receipt-number"), value(page, "receipt-code")
    letter = session.scalars(sa.select(Letter)).one()
    assert (letter.number, letter.source) == (number, Source.TELEPHONE)
    assert (letter.sender_phone, letter.sender_email) == (None, None)
    assert code not in get(browser, f"/console/letters/{number}/receipt").text
    assert letter.title in open_letter(client, number, code).text
    assert "收到方式 电话" in get(browser, f"/console/letters/{number}").text.replace("\n", " ")


def test_the_letter_is_the_senders_and_says_who_wrote_it_down(
    session: Session, world: World
) -> None:
    """Registering is no first response of the office; the history names the person."""
    actor = world.actor("city_dispatcher")
    new = new_letter(world["city"], phone="")
    receipt = register(new, Source.PAPER, "a form", CODE_KEY, actor, START)
    event = session.scalars(sa.select(Event).where(Event.letter_id == receipt.id)).one()
    assert (event.actor_kind, event.actor_id) == (ActorKind.CITIZEN, actor.user_id)
    fact = session.scalars(sa.select(RateFact).where(RateFact.letter_id == receipt.id)).one()
    assert (fact.opening, fact.response_at) == (True, None)


def test_only_who_accepts_letters_there_registers_them(session: Session, world: World) -> None:
    """Neither a handler nor a dispatcher of another place does, and nobody registers a report."""
    new = new_letter(world["city"])
    for who in ("city_handler", "police_dispatcher"):
        with pytest.raises(NotPermitted):
            register(new, Source.COUNTER, "a form", CODE_KEY, world.actor(who), START)
    report = new_letter(world["city"], kind=Kind.WRONGDOING)
    with pytest.raises(InvalidInput) as refused:
        own = world.actor("city_dispatcher")
        register(report, Source.COUNTER, "a form", CODE_KEY, own, START)
    assert refused.value.field == "kind"


def test_an_incomplete_letter_comes_back(staff: Callable[[str], Client], world: World) -> None:
    """What is missing is named by its field and nothing that was typed is lost."""
    browser = staff("city_dispatcher")
    page = post(browser, PAGE, told(world, source="", title=""), page=PAGE, status=422)
    assert "怎样收到的" in page.text and "请写一个标题" in page.text
    assert "来电反映：小区门口的路灯坏了两个星期。" in page.html


def test_the_inbox_is_narrowed_by_the_way_letters_came(
    staff: Callable[[str], Client], session: Session, world: World
) -> None:
    """A filter lists the letters of one channel."""
    actor = world.actor("city_dispatcher")
    called = register(new_letter(world["city"]), Source.TELEPHONE, "1", CODE_KEY, actor, START)
    written = register(new_letter(world["city"]), Source.PAPER, "2", CODE_KEY, actor, START)
    listed = get(staff("city_dispatcher"), "/console/?queue=all&source=telephone").text
    assert called.number in listed and written.number not in listed
