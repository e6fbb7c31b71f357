"""Letters that may repeat another are pointed out on its page, and merging unlike ones asks."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import State
from portal.models import Letter
from tests.builders import World, a_letter
from tests.pages import get, post
from tests.web.console.conftest import Staff


def test_a_near_copy_is_pointed_out_and_merged(
    staff: Staff, session: Session, world: World
) -> None:
    """The page of a letter names its copy with the degree and leads to the filled form."""
    first = a_letter(session, world, State.IN_PROGRESS).number
    number = a_letter(session, world).number
    client = staff("city_dispatcher")
    page = get(client, f"/console/letters/{number}")
    assert "内容相似 100%" in page.text
    assert "同一来信人" in page.text
    assert f"/console/letters/{number}?merge_into={first}#step-merge" in page.links
    url = f"/console/letters/{number}/merge"
    filled = get(client, f"/console/letters/{number}?merge_into={first}").form(url)
    assert filled.fields["parent_number"] == [first]
    assert "sure" not in filled.fields
    post(client, url, {"parent_number": first}, page=f"/console/letters/{number}")
    session.rollback()
    assert (
        session.scalars(sa.select(Letter.state).where(Letter.number == number)).one()
        is State.MERGED
    )


def test_merging_unlike_letters_asks(staff: Staff, session: Session, world: World) -> None:
    """The box is shown with what was typed; ticked, the letters are merged."""
    first = a_letter(session, world, title="烧烤摊扰民", text="楼下的烧烤摊油烟很大。").number
    number = a_letter(session, world, title="学区", text="请问梧桐小学今年的招生范围？").number
    client, url = staff("city_dispatcher"), f"/console/letters/{number}/merge"
    sent = {"parent_number": first, "reason": "同一人来信"}
    page = post(client, url, sent, page=f"/console/letters/{number}", status=422)
    form = page.form(url)
    assert "烧烤摊扰民" in page.text
    assert (form.fields["reason"], form.fields["sure"]) == (["同一人来信"], [])
    post(client, url, {**sent, "sure": "y"}, page=f"/console/letters/{number}")
    session.rollback()
    assert (
        session.scalars(sa.select(Letter.state).where(Letter.number == number)).one()
        is State.MERGED
    )
