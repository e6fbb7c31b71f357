"""The register of refusals counts the letters that the measure of refusals counts."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from portal.domain.letters.states import Publication, RefusalReason
from portal.domain.periods import Period
from portal.domain.statistics.as_of import as_of
from portal.queries.statistics.cache import detail, tree_on
from portal.queries.statistics.filters import Question
from portal.queries.statistics.refusals import register
from portal.services.archive import publication
from tests.builders import HOUR, START, World, a_letter

NOW = datetime(2017, 2, 1, tzinfo=UTC)
YEAR = Period(2016)
PLACES = {"city": 2, "township": 6, "district": 1}


@pytest.fixture(autouse=True)
def refused(session: Session, world: World) -> None:
    """Letters of June that were refused publication, at three organisations."""
    for place, count in PLACES.items():
        for _ in range(count):
            a_letter(session, world, place=place, publication=Publication.REFUSED)


def test_lines_add_up_to_the_measure(session: Session) -> None:
    """Period by period, total and reasons are those of the statistics."""
    for text in ("2016", "2016-06", "2016Q3", "2015"):
        period = Period.parse(text)
        found = register(session, period, as_of(period, NOW))
        counted = detail(session, Question(period, as_of(period, NOW).before)).refusals
        assert found.total == sum(counted.values())
        assert found.reasons == {reason: n for reason, n in counted.items() if n}


def test_organisations_count_with_what_is_below_them(session: Session, world: World) -> None:
    """A township counts for its district, as in the statistics of the district."""
    found = register(session, YEAR, as_of(YEAR, NOW))
    assert found.organisations == {world["city"]: 2, world["district"]: 7}
    assert found.months == {201606: 9}
    tree = tree_on(session, as_of(YEAR, NOW).day)
    for i, count in found.organisations.items():
        asked = Question(YEAR, as_of(YEAR, NOW).before, organisations=frozenset(tree.subtree(i)))
        assert sum(detail(session, asked).refusals.values()) == count


def test_a_letter_leaves_the_register_when_it_is_proposed_again(
    session: Session, world: World
) -> None:
    """What is kept of the register goes with the next event; an earlier day still has the letter."""
    assert register(session, YEAR, as_of(YEAR, NOW)).total == 9
    letter = a_letter(session, world, place="city", publication=Publication.REFUSED)
    assert register(session, YEAR, as_of(YEAR, NOW)).total == 10
    then = START + HOUR * 24 * 10
    actor = world.actor("city_handler")
    publication.propose(letter.id, letter.version, "", actor, then)
    assert register(session, YEAR, as_of(YEAR, NOW)).total == 9
    before = as_of(YEAR, NOW, datetime(2016, 6, 8, tzinfo=UTC).date())
    assert register(session, YEAR, before).total == 10
    assert Counter(register(session, YEAR, before).reasons) == {RefusalReason.NO_VALUE: 10}
