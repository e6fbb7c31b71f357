"""Organisations found by everyday words for what they do."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.organisations import OrganisationKind
from portal.domain.periods import civil_date
from portal.queries.office.directory import find_organisations
from portal.queries.targets import find
from portal.services.office.organisations import create_organisation
from tests.builders import START, World


def founded(world: World, code: str, name: str) -> int:
    """Found an organisation below the office."""
    actor = world.actor("office_administrator")
    kind = OrganisationKind.MUNICIPAL_DEPARTMENT
    return create_organisation(code, name, kind, world["office"], actor, START)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("医保", "山城市医疗保障局"),
        ("公积金", "山城市住房公积金管理中心"),
        ("上学", "山城市教育委员会"),
        ("養老金", "山城市人力资源和社会保障局"),
    ],
)
def test_a_word_for_a_duty_finds_the_organisation(
    session: Session, world: World, typed: str, name: str
) -> None:
    """The picker of staff and the directory of citizens find it, in any characters."""
    wanted = founded(world, "x", name)
    assert wanted in [each.id for each in find(session, sa.true(), typed)]
    assert wanted in [each.id for each in find_organisations(session, typed, civil_date(START))]
