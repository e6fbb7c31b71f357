"""Letters received by the way in which they came."""

from datetime import timedelta

from sqlalchemy.orm import Session

from portal.domain.letters.states import Source
from portal.domain.periods import Period
from portal.domain.statistics.rates import Basis
from portal.queries.statistics.cache import channels
from portal.queries.statistics.filters import Question
from portal.services.letters.submission import register, withdraw
from tests.builders import CODE_KEY, HOUR, START, World, new_letter, send


def test_the_channels_add_up_to_what_was_received(session: Session, world: World) -> None:
    """Each letter counts once under the way it came, in its period and place, unless withdrawn."""
    actor, city = world.actor("city_dispatcher"), new_letter(world["city"])
    register(city, Source.TELEPHONE, "1", CODE_KEY, actor, START)
    register(city, Source.TELEPHONE, "2", CODE_KEY, actor, START)
    register(city, Source.PAPER, "3", CODE_KEY, actor, START - timedelta(days=400))
    send(city)
    send(new_letter(world["police"]))
    withdraw(send(city).id, START + HOUR)
    period = Period(START.year)
    before = START + timedelta(days=30)
    whole = Question(period, before, Basis.PERIOD)
    assert channels(session, whole) == {Source.TELEPHONE: 2, Source.WEB: 2}
    here = Question(period, before, organisations=frozenset({world["city"]}))
    assert channels(session, here) == {Source.TELEPHONE: 2, Source.WEB: 1}
