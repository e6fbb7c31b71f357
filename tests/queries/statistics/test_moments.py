"""Durations, hops, ratings and reasons at the very moments of events, and the letters behind."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from sqlalchemy.orm import Session

from portal.domain.letters.states import Publication, RefusalReason, State
from portal.domain.periods import Period
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import Basis
from portal.queries.statistics.cache import detail, tree_on
from portal.queries.statistics.drilldown import Counted, letters_of
from portal.queries.statistics.filters import Question
from portal.services.archive import publication
from portal.services.letters import handling, submission
from tests.builders import HOUR, START, Walk, World, a_letter, a_walk
from tests.conftest import Once
from tests.queries.statistics.recount import LetterHistory, histories, recounted

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
MIDNIGHT = datetime(2016, 6, 1, 16, tzinfo=UTC)
"""The first moment of 2 June 2016 in Shanghai."""
NEW_YEARS_EVE = datetime(2015, 12, 31, 3, tzinfo=UTC)


def returned_and_rated(session: Session, world: World) -> Walk:
    """A letter that goes to the wrong office, comes back, is answered elsewhere and rated."""
    walk = a_walk(session, world, None)
    walk.step(handling.dispatch, "office_dispatcher", world["city"], "请办理")
    walk.step(handling.return_letter, "city_dispatcher", "不属于本单位职责")
    walk.step(handling.dispatch, "office_dispatcher", world["police"], "请办理")
    walk.step(handling.sign_for, "police_handler")
    walk.now += 6 * DAY
    walk.ask_signoff()
    walk.sign()
    walk.now += HOUR
    submission.rate(walk.letter_id, 5, 3, "", walk.now)
    return walk


def refused_twice_and_redone(session: Session, world: World) -> Walk:
    """A letter refused publication, proposed again, refused again, and then handled again."""
    letter = a_letter(session, world, publication=Publication.REFUSED)
    walk = Walk(session, world, letter.id, START + 2 * DAY)
    walk.propose()
    walk.step(publication.refuse, "city_reviewer", RefusalReason.THIRD_PARTY, "第三方提出异议")
    walk.now += 3 * DAY
    submission.ask_redo(walk.letter_id, "路灯仍然不亮，请重新办理。", walk.now)
    walk.now += 2 * DAY
    walk.ask_signoff("您好，路灯已经换新。")
    walk.sign()
    return walk


def closed_in_the_next_year(session: Session, world: World) -> Walk:
    """A letter received on the last day of 2015 and closed in 2016."""
    walk = a_walk(session, world, "water", NEW_YEARS_EVE)
    walk.accept()
    walk.now += 6 * DAY
    walk.ask_signoff()
    walk.sign()
    return walk


def withdrawn_after_a_question(session: Session, world: World) -> Walk:
    """A letter that its sender takes back after the office has asked something."""
    walk = a_walk(session, world, "police")
    walk.step(handling.ask_citizen, "police_dispatcher", "请问是几号楼门口的路灯？")
    walk.now += DAY
    submission.supplement(walk.letter_id, "三号楼。", walk.now)
    walk.now += DAY
    submission.withdraw(walk.letter_id, walk.now)
    return walk


@pytest.fixture
def told(session: Session, world: World, once: Once) -> list[LetterHistory]:
    """Letters on most ways that a letter can go, by real services."""
    once(f"{__name__}.told", lambda: bring_in(session, world))
    return histories(session)


def bring_in(session: Session, world: World) -> None:
    """Lead each letter along its way."""
    returned_and_rated(session, world)
    refused_twice_and_redone(session, world)
    closed_in_the_next_year(session, world)
    a_letter(session, world, State.DECLINED, place="water")
    withdrawn_after_a_question(session, world)
    a_letter(session, world, State.MERGED, place="district")
    a_letter(session, world, State.CLOSED, place="township", now=MIDNIGHT)
    for scores, state in (((2, 4), Publication.UNPUBLISHED), ((4, 1), Publication.PUBLISHED)):
        letter = a_letter(session, world, publication=state, place="district", now=MIDNIGHT - TICK)
        submission.rate(letter.id, *scores, "", START + 3 * DAY)
    a_letter(session, world, State.AWAITING_CITIZEN, place="bureau")
    handling.close_unanswered(START + 60 * DAY)


def moments(told: list[LetterHistory]) -> list[datetime]:
    """Return the moment of each event, and the one right after it."""
    known = sorted({e.occurred_at for history in told for e in history.events})
    return [at + later for at in known for later in (timedelta(0), TICK)]


def test_measures_turn_exactly_with_the_events(session: Session, told: list[LetterHistory]) -> None:
    """Medians, hops, ratings and reasons equal a recount at each event and right after it."""
    seen: Counter[str] = Counter()
    for at in moments(told):
        asked = Question(Period(2016), at)
        counted = recounted(told, asked)
        assert detail(session, asked) == counted.detail, at
        seen.update(name for name, found in vars(counted).items() if found)
    assert {"responded", "answered", "rated", "refused", "declined", "hops"} <= set(seen)


@pytest.mark.parametrize("text", ["2016-06-01", "2016-06-02", "2016-W22", "2015Q4"])
def test_measures_keep_to_the_edges_of_their_period(
    session: Session, told: list[LetterHistory], text: str
) -> None:
    """A letter of the first moment of a day belongs to it, one of the moment before to the last."""
    for at in moments(told)[::3]:
        asked = Question(Period.parse(text), at)
        assert detail(session, asked) == recounted(told, asked).detail, at
    assert recounted(told, asked).received


def test_measures_belong_to_who_received_first(
    session: Session, world: World, told: list[LetterHistory]
) -> None:
    """Where a letter is answered plays no part: its days and scores count where it came in."""
    tree = tree_on(session, told[0].events[0].occurred_at.date())
    for place in ("office", "police", "district", "water"):
        below = frozenset(tree.subtree(world[place]) if place == "district" else [world[place]])
        for at in moments(told)[::5]:
            asked = Question(Period(2016), at, organisations=below)
            assert detail(session, asked) == recounted(told, asked).detail, (place, at)


@pytest.mark.parametrize(("basis", "view"), list(product(Basis, View)))
def test_the_letters_behind_are_those_of_the_measures(
    session: Session, world: World, told: list[LetterHistory], basis: Basis, view: View
) -> None:
    """On whatever basis and view a page stands, the lists hold the letters received, to the tick.

    The letter of 2015 that was closed in 2016 and the one that another office answered are the
    ones that would tell.
    """
    for organisations in (None, frozenset({world["police"], world["water"]})):
        for at in [*moments(told)[1::4], START + 300 * DAY]:
            asked = Question(Period(2016), at, basis, view, organisations)
            counted = recounted(told, asked)
            for name in ("responded", "answered", "rated", "refused", "undecided"):
                ids = session.scalars(letters_of(asked, Counted(name)))
                assert sorted(ids) == sorted(getattr(counted, name)), (name, at)
    assert counted.undecided == [told[3].letter_id]


def test_the_letters_behind_turn_exactly_with_the_events(
    session: Session, told: list[LetterHistory]
) -> None:
    """At each event and right after it the lists hold the letters of a recount, reason by reason."""
    for at in moments(told):
        asked = Question(Period(2016), at)
        counted = recounted(told, asked)
        for name in ("responded", "answered", "rated", "refused", "undecided", "declined"):
            ids = session.scalars(letters_of(asked, Counted(name)))
            assert sorted(ids) == sorted(getattr(counted, name)), (name, at)
        for name in ("refused", "declined"):
            by_reason = getattr(counted, name)
            for reason in set(by_reason.values()):
                own = [i for i, code in by_reason.items() if code == reason]
                ids = session.scalars(letters_of(asked, Counted(name, reason)))
                assert sorted(ids) == sorted(own), (name, reason, at)


def test_a_list_of_days_holds_both_its_ends(session: Session, told: list[LetterHistory]) -> None:
    """Letters that took from so many to so many working days, the first and the last included."""
    asked = Question(Period(2016), START + 300 * DAY)
    counted = recounted(told, asked)
    for name in ("responded", "answered"):
        days = getattr(counted, name)
        for first, last in [(0, 0), (0, 2), (2, 2), (1, 4), (2, None), (5, None)]:
            own = [i for i, n in days.items() if first <= n and (last is None or n <= last)]
            ids = session.scalars(letters_of(asked, Counted(name, days=(first, last))))
            assert sorted(ids) == sorted(own), (name, first, last)


def test_the_recount_is_about_all_of_it(told: list[LetterHistory]) -> None:
    """The letters of this file have been everywhere that the measures speak of."""
    actions = {e.action for history in told for e in history.events}
    assert {"return", "redo", "refuse", "decline", "rate", "time_out", "merge"} <= actions
    whole = recounted(told, Question(Period(2016), START + 300 * DAY))
    assert max(whole.answered.values()) > 2 and whole.hops == 3
