"""Organisations found by everyday words for what they do."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.organisations import OrganisationKind
from portal.domain.periods import civil_date
from portal.models import Organisation
from portal.queries.office.directory import find_organisations
from portal.queries.targets import find
from portal.services.office.organisations import create_organisation
from tests.builders import START, World


def founded(world: World, code: str, name: str, duties: str = "", above: str = "office") -> int:
    """Found an organisation below another, with what it does."""
    actor = world.actor("office_administrator")
    kind = OrganisationKind.MUNICIPAL_DEPARTMENT
    if above != "office":
        kind = OrganisationKind.DISTRICT_DEPARTMENT
    made = create_organisation(code, name, kind, world[above], actor, START)
    world.session.get_one(Organisation, made).duties = duties
    world.session.commit()
    return made


def by_both(session: Session, words: str) -> list[list[int]]:
    """Return what the picker of staff and the directory of citizens find."""
    return [
        [each.id for each in find(session, sa.true(), words)],
        [each.id for each in find_organisations(session, words, civil_date(START))],
    ]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("医保", "山城市医疗保障局"),
        ("公积金", "山城市住房公积金管理中心"),
        ("上学", "山城市教育委员会"),
        ("養老金", "山城市人力资源和社会保障局"),
        ("养老保险金医保", "山城市医疗保障局"),
        ("医保报销", "山城市医疗保障局"),
        ("退休费", "山城市人力资源和社会保障局"),
    ],
)
def test_a_word_for_a_duty_finds_the_organisation(
    session: Session, world: World, typed: str, name: str
) -> None:
    """The picker of staff and the directory of citizens find it, in any characters."""
    wanted = founded(world, "x", name)
    for found in by_both(session, typed):
        assert wanted in found


def test_what_an_organisation_does_finds_it(session: Session, world: World) -> None:
    """A word of its duties, or a synonym of one, finds it behind those that have it in their name."""
    bureau = founded(world, "a", "山城市档案馆", "保管档案，开展家谱查询和路灯档案利用。")
    named = founded(world, "b", "家谱研究室")
    for found in by_both(session, "家谱"):
        assert found == [named, bureau]
    assert by_both(session, "家譜 档案") == [[bureau]] * 2
    pool = founded(world, "c", "文体中心", "管理泳池。")
    for found in by_both(session, "游泳池"):
        assert found == [pool]
    assert by_both(session, "谱") == [[named]] * 2


def test_each_step_of_the_order(session: Session, world: World) -> None:
    """Exact name, beginning, part, what the word stands for, duties, superior; staff before all but the first."""
    steps = [
        founded(world, "a", "医保"),
        founded(world, "b", "医保中心"),
        founded(world, "c", "山城市医保中心"),
        founded(world, "d", "山城市医疗保障局"),
        founded(world, "e", "山城市便民中心", "办理医保登记。"),
    ]
    for found in by_both(session, "医保"):
        assert found == steps
    world.session.get_one(Organisation, world["water"]).duties = "代收医保费。"
    session.commit()
    staffed = world["water"]
    for found in by_both(session, "医保"):
        assert found == [steps[0], staffed, *steps[1:]]


def test_the_bureau_is_not_lost_among_its_stations(session: Session, world: World) -> None:
    """公安 finds the bureau first, however many stations have the word in their name."""
    for number in range(25):
        founded(world, f"s{number}", f"公安{number}所", above="police")
    for found in by_both(session, "公安"):
        assert found[0] == world["police"]
        assert len(found) == 20


def test_a_hotline_without_staff_comes_last(session: Session, world: World) -> None:
    """Whom letters reach stands before whom they do not."""
    hotline = founded(world, "h", "公积金热线")
    centre = world["water"]
    world.session.get_one(Organisation, centre).name = "山城市住房公积金管理中心"
    session.commit()
    for found in by_both(session, "公积金"):
        assert found == [centre, hotline]
