"""Acting in the name of an organisation below is named in history and audit, not outside."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import State
from portal.models import Event
from portal.queries.audit.trail import AuditQuery, audit_trail
from portal.queries.letters.timeline import history
from portal.services.letters import handling
from tests.builders import START, World, a_letter


def test_a_superior_in_the_name_of_another_is_named(session: Session, world: World) -> None:
    """Accepted by the office's dispatcher, a letter of the bureau says who acted for it."""
    letter = a_letter(session, world, State.SUBMITTED, place="bureau")
    actor = world.actor("office_dispatcher")
    handling.accept(letter.id, letter.version, actor, START)
    session.rollback()
    event = session.scalars(sa.select(Event).order_by(Event.id.desc()).limit(1)).one()
    assert (event.organisation_id, event.acting_organisation_id) == (
        world["bureau"],
        world["office"],
    )
    office = world.organisation("office").name
    assert history(session, letter)[-1].acting == office
    assert next(audit_trail(session, AuditQuery())).acting_organisation == office


def test_who_acts_at_home_is_not(session: Session, world: World) -> None:
    """The bureau's own dispatcher acts in no other name."""
    letter = a_letter(session, world, State.SUBMITTED, place="bureau")
    handling.accept(letter.id, letter.version, world.actor("bureau_dispatcher"), START)
    session.rollback()
    assert history(session, letter)[-1].acting == ""
    assert next(audit_trail(session, AuditQuery())).acting_organisation == ""
