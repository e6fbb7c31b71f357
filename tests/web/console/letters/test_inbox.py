"""The inbox: queues, counts, filters, search, paging."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Publication, State
from portal.models import db
from portal.services.letters import cooperation, handling
from tests.builders import HOUR, World, a_letter, a_walk
from tests.conftest import CLOCK
from tests.pages import Page, get
from tests.web.console.conftest import Staff

YESTERDAY = CLOCK - timedelta(days=1)


def rows(page: Page) -> list[str]:
    """Return the numbers of the letters listed, in order."""
    return [link.rsplit("/", 1)[1] for link in page.links if link.startswith("/console/letters/")]


def test_inbox_lists_what_waits_for_the_person(
    staff: Staff, session: Session, world: World
) -> None:
    """A handler's inbox begins with the letters in progress at the handler's organisation."""
    mine = a_letter(session, world, State.IN_PROGRESS).number
    a_letter(session, world, State.IN_PROGRESS, place="police")
    a_letter(session, world, State.SUBMITTED)
    page = get(staff("city_handler"), "/console/")
    assert rows(page) == [mine]


def test_inbox_hides_foreign_letters(staff: Staff, session: Session, world: World) -> None:
    """No queue of a handler holds a letter of another organisation."""
    a_letter(session, world, place="police")
    client = staff("city_handler")
    assert rows(get(client, "/console/?queue=all")) == []


@pytest.mark.parametrize(
    ("queue", "state", "publication"),
    [
        ("submitted", State.SUBMITTED, Publication.NOT_PROPOSED),
        ("dispatched", State.DISPATCHED, Publication.NOT_PROPOSED),
        ("in_progress", State.IN_PROGRESS, Publication.NOT_PROPOSED),
        ("signoff", State.AWAITING_SIGNOFF, Publication.NOT_PROPOSED),
        ("awaiting", State.AWAITING_CITIZEN, Publication.NOT_PROPOSED),
        ("closed", State.CLOSED, Publication.NOT_PROPOSED),
        ("publication", State.CLOSED, Publication.PROPOSED),
    ],
)
def test_queue_holds_the_letters_of_its_state(
    staff: Staff, session: Session, world: World, queue: str, state: State, publication: Publication
) -> None:
    """A queue lists the letters in its state and no others."""
    wanted = a_letter(session, world, state, publication).number
    other = State.IN_PROGRESS if state is not State.IN_PROGRESS else State.SUBMITTED
    a_letter(session, world, other)
    page = get(staff("city_dispatcher"), f"/console/?queue={queue}")
    assert rows(page) == [wanted]


def test_queue_of_returned_letters_is_the_dispatchers(
    staff: Staff, session: Session, world: World
) -> None:
    """A returned letter stands among what the office has to do."""
    number = a_letter(session, world, State.RETURNED).number
    client = staff("office_dispatcher")
    assert rows(get(client, "/console/?queue=returned")) == [number]
    assert rows(get(client, "/console/")) == [number]


def test_disputed_letter_waits_for_the_supervisor(
    staff: Staff, session: Session, world: World
) -> None:
    """After two returns the letter is the supervisor's to do, no longer the dispatcher's."""
    walk = a_walk(session, world, None)
    for place in ("city", "police"):
        walk.step(handling.dispatch, "office_dispatcher", world[place], "")
        walk.step(handling.return_letter, f"{place}_dispatcher", "不属于本单位职责")
    assert rows(get(staff("office_supervisor"), "/console/")) == [walk.letter.number]
    assert rows(get(staff("office_dispatcher"), "/console/")) == []


def test_queue_of_extensions_and_help(staff: Staff, session: Session, world: World) -> None:
    """An extension waits for the dispatcher, a request for help for the organisation asked."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(cooperation.request_extension, "city_handler", 3, "需要现场核实")
    walk.step(cooperation.invite, "city_handler", world["police"], "请提供监控")
    number = walk.letter.number
    assert rows(get(staff("city_dispatcher"), "/console/?queue=extension")) == [number]
    assert rows(get(staff("police_handler"), "/console/?queue=help")) == [number]
    assert rows(get(staff("police_handler"), "/console/")) == [number]


def test_queue_of_own_letters_follows_the_assignment(
    staff: Staff, session: Session, world: World
) -> None:
    """A letter assigned to a colleague is in his queue and no longer on everybody's desk."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(handling.assign, "city_dispatcher", world.people["city_handler2"])
    assert rows(get(staff("city_handler2"), "/console/?queue=mine")) == [walk.letter.number]
    assert rows(get(staff("city_handler2"), "/console/")) == [walk.letter.number]
    assert rows(get(staff("city_handler"), "/console/")) == []


def test_reviewer_is_not_asked_to_sign_the_own_reply(
    staff: Staff, session: Session, world: World
) -> None:
    """What waits for a signature is on the reviewer's desk, not on the author's."""
    number = a_letter(session, world, State.AWAITING_SIGNOFF).number
    assert rows(get(staff("city_reviewer"), "/console/")) == [number]
    assert rows(get(staff("city_handler"), "/console/")) == []


def test_counts_stand_beside_the_queues(staff: Staff, session: Session, world: World) -> None:
    """The number beside a queue is the number of rows in it."""
    for _ in range(3):
        a_letter(session, world, State.IN_PROGRESS)
    page = get(staff("city_handler"), "/console/")
    assert "办理中 3 件" in page.text
    assert "待审签 0 件" in page.text


def test_due_dates_are_told_in_working_days(staff: Staff, session: Session, world: World) -> None:
    """A letter due in the future, one due soon and one late each say so."""
    a_letter(session, world, now=YESTERDAY, title="昨天寄出")
    a_letter(session, world, now=CLOCK - timedelta(days=12), title="快要到期")
    a_letter(session, world, now=CLOCK - timedelta(days=30), title="早已超期")
    client = staff("city_dispatcher")
    page = get(client, "/console/?queue=all&sort=due")
    assert [word in page.text for word in ("还有 6 个工作日", "超期 ")] == [True, True]
    assert "早已超期" in get(client, "/console/?queue=overdue").text
    assert "昨天寄出" not in get(client, "/console/?queue=overdue").text


def test_letter_nobody_signed_for_is_marked_after_two_working_days(
    staff: Staff, session: Session, world: World
) -> None:
    """A letter dispatched a week ago is unsigned, one of this morning is not."""
    old = a_letter(session, world, State.DISPATCHED, now=CLOCK - timedelta(days=7)).number
    a_letter(session, world, State.DISPATCHED, now=CLOCK - 2 * HOUR)
    page = get(staff("office_supervisor"), "/console/?queue=unsigned")
    assert rows(page) == [old]


def test_filters_narrow_the_list(staff: Staff, session: Session, world: World) -> None:
    """Kind, words and dates in the address narrow the list, and say so as chips."""
    wanted = a_letter(session, world, kind=Kind.HELP, title="电梯困人求助").number
    a_letter(session, world, kind=Kind.COMPLAINT, title="电梯噪音")
    a_letter(session, world, kind=Kind.HELP, title="路灯")
    client = staff("city_handler")
    page = get(client, "/console/?queue=all&kind=help&q=电梯")
    assert rows(page) == [wanted]
    assert "类别：求助" in page.text
    assert rows(get(client, "/console/?queue=all&received_from=2016-06-02")) == []
    assert len(rows(get(client, "/console/?queue=all&received_to=2016-06-01"))) == 3


def test_filter_by_organisation_covers_its_subtree(
    staff: Staff, session: Session, world: World
) -> None:
    """Letters of a township are found under its district; the district itself can be singled out."""
    below = a_letter(session, world, place="township").number
    itself = a_letter(session, world, place="district").number
    client = staff("district_dispatcher")
    address = f"/console/?queue=all&organisation={world['district']}"
    assert set(rows(get(client, address))) == {below, itself}
    assert rows(get(client, address + "&level=own")) == [itself]


@pytest.mark.parametrize(
    "nonsense",
    [
        "kind=x",
        "organisation=99999",
        "organisation=abc",
        "received_from=gestern",
        "received_from=0001-01-01",
        "received_to=9999-12-31",
        "sort=x",
        "queue=x",
        "level=x",
    ],
)
def test_nonsense_in_the_address_is_left_out(
    staff: Staff, session: Session, world: World, nonsense: str
) -> None:
    """A filter that makes no sense is ignored; the page stands."""
    number = a_letter(session, world, State.IN_PROGRESS).number
    queue = "" if nonsense.startswith("queue") else "queue=all&"
    assert rows(get(staff("city_handler"), f"/console/?{queue}{nonsense}")) == [number]


@pytest.mark.parametrize(
    ("asked", "shown"), [("0", 1), ("-1", 1), ("1000000000", 2), ("9" * 40, 2), ("x", 1), ("2", 2)]
)
def test_pages_are_clamped(
    staff: Staff, session: Session, world: World, asked: str, shown: int
) -> None:
    """A page far out shows the nearest one there is."""
    for _ in range(21):
        a_walk(session, world)
    page = get(staff("city_dispatcher"), f"/console/?queue=all&page={asked}")
    assert f"第 {shown} / 2 页" in page.text
    assert len(rows(page)) == (20 if shown == 1 else 1)


def test_order_is_by_due_date_unless_asked_otherwise(
    staff: Staff, session: Session, world: World
) -> None:
    """What is due first comes first; the newest first on request."""
    late = a_letter(session, world, now=YESTERDAY).number
    early = a_letter(session, world, now=CLOCK - timedelta(days=9)).number
    client = staff("city_dispatcher")
    assert rows(get(client, "/console/")) == [early, late]
    assert rows(get(client, "/console/?sort=newest")) == [late, early]


def test_whole_number_leads_to_the_letter(staff: Staff, session: Session, world: World) -> None:
    """A number typed with blanks and full-width digits opens the letter at once."""
    number = a_letter(session, world).number
    typed = number.replace("-", " ").replace("2", "２")
    answer = staff("city_dispatcher").get("/console/", query_string={"q": typed})
    assert answer.location == f"/console/letters/{number}"


def test_wrong_check_digit_is_said(staff: Staff, session: Session, world: World) -> None:
    """A typing error in a number is recognised as such."""
    number = a_letter(session, world).number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    page = get(staff("city_dispatcher"), f"/console/?q={wrong}")
    assert "有一位数字可能输错" in page.text


def test_foreign_number_is_like_none(staff: Staff, session: Session, world: World) -> None:
    """The number of a letter out of sight and one that never was get the same words."""
    number = a_letter(session, world, place="police").number
    page = get(staff("city_dispatcher"), f"/console/?q={number}")
    assert "没有找到这封信，或它不在您的权限内。" in page.text
    assert rows(page) == []


def test_empty_queue_says_what_to_do(staff: Staff) -> None:
    """An empty desk offers what to look at instead."""
    page = get(staff("city_handler"), "/console/")
    assert "需要您处理的都处理完了" in page.text


def test_words_that_find_nothing_offer_a_wider_search(staff: Staff) -> None:
    """A search without result leads to all letters."""
    page = get(staff("city_handler"), "/console/?queue=overdue&q=独角兽")
    assert "没有符合条件的信件" in page.text
    assert "/console/?queue=all&q=%E7%8B%AC%E8%A7%92%E5%85%BD" in page.links


def test_wildcards_in_words_are_plain_characters(
    staff: Staff, session: Session, world: World
) -> None:
    """A per cent sign finds itself, not everything."""
    a_letter(session, world)
    wanted = a_letter(session, world, title="涨价 50%_是否合理").number
    client = staff("city_dispatcher")
    assert rows(get(client, "/console/?q=%25_")) == [wanted]


def test_list_never_reads_sender_or_text(staff: Staff, session: Session, world: World) -> None:
    """Neither the sender nor the letter's text stands on the list."""
    a_letter(
        session, world, name="欧阳明月", phone="13912345678", text="只在正文里的话，没有别处。"
    )
    html = get(staff("city_dispatcher"), "/console/").html
    assert all(secret not in html for secret in ("欧阳明月", "13912345678", "只在正文里"))


def test_letters_to_propose_lead_to_proposing(staff: Staff, session: Session, world: World) -> None:
    """The queue is listed with its count for who proposes, and its rows open the proposal."""
    number = a_letter(session, world, State.CLOSED).number
    page = get(staff("city_handler"), "/console/?queue=proposable")
    assert f"/console/letters/{number}/publication" in page.links
    assert "待提请公示 1 件" in page.text
    assert "待提请公示" not in get(staff("city_reviewer"), "/console/").text


def test_letters_to_propose_cost_as_many_queries_as_one(
    staff: Staff, session: Session, world: World
) -> None:
    """The number of queries does not grow with the letters on the page."""
    client = staff("city_handler")

    def queries() -> int:
        asked: list[object] = []

        def note(*args: object) -> None:
            asked.append(args[2])

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            get(client, "/console/?queue=proposable")
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len(asked)

    a_letter(session, world, State.CLOSED)
    # The first page of a session asks a little more.
    queries()
    one = queries()
    for _ in range(6):
        a_letter(session, world, State.CLOSED)
    assert queries() == one
