"""Durations, hops, ratings and reasons, on letters walked by real services."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from portal.domain.letters.states import DeclineReason, Publication, RefusalReason, State
from portal.domain.periods import Period
from portal.domain.statistics.quality_measures import Detail, Durations, Mean
from portal.queries.statistics.cache import cube, detail
from portal.queries.statistics.filters import Question
from portal.services.archive import publication
from portal.services.letters import handling, submission
from tests.builders import HOUR, START, World, a_letter, a_walk

END = datetime(2016, 12, 31, 16, 0, tzinfo=UTC)
YEAR = Question(Period(2016), END)


def test_days_are_working_days_to_the_first_step_and_to_closing(
    session: Session, world: World
) -> None:
    """A letter accepted the same day and signed five working days later says 0 and 5."""
    walk = a_walk(session, world)
    walk.accept()
    walk.now = START + timedelta(days=7)
    walk.ask_signoff()
    walk.sign()
    found = detail(session, YEAR)
    assert found.response == Durations({0: 1}) and found.response.median == 0
    assert found.closing == Durations({5: 1}) and found.closing.p90 == 5


def test_every_hop_counts(session: Session, world: World) -> None:
    """A letter dispatched, returned and dispatched again has moved three times."""
    walk = a_walk(session, world, None)
    walk.step(handling.dispatch, "office_dispatcher", world["city"], "请办理")
    walk.step(handling.return_letter, "city_dispatcher", "不属于本单位职责")
    walk.step(handling.dispatch, "office_dispatcher", world["police"], "请办理")
    a_walk(session, world, "water")
    found = detail(session, YEAR)
    assert found.hops == Mean(2, 3) and found.hops.value == Fraction(3, 2)
    assert cube(session, YEAR).total.returned == 1


def test_ratings_are_exact_means_with_their_count(session: Session, world: World) -> None:
    """Two ratings of 5 and 4 give a mean of nine halves, of 2."""
    for scores in ((5, 3), (4, 2)):
        letter = a_letter(session, world, State.CLOSED)
        submission.rate(letter.id, *scores, "", START + HOUR * 50)
    found = detail(session, YEAR)
    assert found.attitude.value == Fraction(9, 2) and found.efficiency.value == Fraction(5, 2)
    assert found.attitude.count == 2


def test_reasons_count_while_their_state_lasts(session: Session, world: World) -> None:
    """A refusal counts by its reason until publication is proposed again."""
    a_letter(session, world, State.DECLINED)
    refused = a_letter(session, world, publication=Publication.REFUSED)
    before = detail(session, YEAR)
    assert before.refusals[RefusalReason.NO_VALUE] == 1 == sum(before.refusals.values())
    assert before.declines[DeclineReason.LITIGATION] == 1 == sum(before.declines.values())
    actor = world.actor("city_handler")
    publication.propose(refused.id, refused.version, "", actor, START + HOUR * 80)
    assert sum(detail(session, YEAR).refusals.values()) == 0


def test_a_refusal_counts_only_while_its_letter_is_closed(session: Session, world: World) -> None:
    """A letter in redo is not among the closed letters that were refused publication."""
    refused = a_letter(session, world, publication=Publication.REFUSED)
    submission.ask_redo(refused.id, "路灯仍然不亮，请重新办理。", START + HOUR * 90)
    assert sum(detail(session, YEAR).refusals.values()) == 0


def test_a_year_is_the_sum_of_its_months(session: Session, world: World) -> None:
    """Distributions, means and reasons of the months add up."""
    spring = START - timedelta(days=80)
    for now in (spring, START):
        a_letter(session, world, publication=Publication.REFUSED, now=now)
        a_letter(session, world, State.DECLINED, now=now)
    months = [detail(session, replace(YEAR, period=m)) for m in Period(2016).split("month")]
    whole = detail(session, YEAR)
    assert whole.closing.count == sum(month.closing.count for month in months) == 4
    assert whole.hops.count == sum(month.hops.count for month in months)
    assert sum(whole.declines.values()) == 2 == sum(whole.refusals.values())
    assert months[0] == Detail(refusals=months[0].refusals, declines=months[0].declines)


def test_a_category_has_its_own_measures(session: Session, world: World) -> None:
    """A question about a subject tells of its letters alone."""
    a_letter(session, world, State.CLOSED)
    assert detail(session, replace(YEAR, category="交通运输")).closing.count == 0
    assert detail(session, replace(YEAR, category="")).closing.count == 1


def test_without_letters_there_is_no_mean(session: Session, world: World) -> None:
    """A year without letters has neither median nor mean."""
    found = detail(session, YEAR)
    assert found.closing == Durations() and found.hops.value is None
