"""Organisations found by everyday words for what they do."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.organisations import OrganisationKind
from portal.domain.periods import civil_date
from portal.models import Organisation
from portal.queries.office.directory import (
    find_organisations,
    named_organisations,
    nearest_organisations,
)
from portal.queries.targets import find, named
from portal.services.office.organisations import create_organisation
from portal.tools.instance import enter_samples
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


CITY_OFFICES = {
    "医保": "市人力社保局",
    "医疗保险": "市人力社保局",
    "养老保险": "市人力社保局",
    "水费": "自来水公司",
    "水电费": "自来水公司",
    "人社局": "市人力社保局",
    "发改委": "市发展改革委",
    "住建委": "市城乡建委",
    "卫计委": "市卫生计生委",
    "城管局": "市市政委",
    "国土局": "市国土房管局",
    "教委": "市教委",
    "低保": "市民政局",
    "食品安全": "市食品药品监管局",
    "电梯坏了": "市质监局",
    "垃圾清运": "市市政委",
    "重庆市发改委": "市发展改革委",
    "市人社局": "市人力社保局",
    "渝北区教委": "渝北区教委",
    "北碚住建委": "北碚区城乡建委",
}
"""Everyday words and short names, with the member of the letterbox of 2016 that they mean."""


def test_everyday_words_find_the_members_of_the_letterbox(session: Session) -> None:
    """Among 2,405 organisations the office that a word means comes first in either search."""
    enter_samples(session, START)
    for words, name in CITY_OFFICES.items():
        for found in by_both(session, words):
            assert (words, session.get_one(Organisation, found[0]).short_name) == (words, name)


def test_a_place_before_a_short_name_keeps_other_places_out(session: Session, world: World) -> None:
    """A short name behind a place finds the office there alone, behind no place any of them."""
    city = founded(world, "e", "山城市教育委员会")
    for words in ("临江区教委", "临江教委", "临江区教育局"):
        assert by_both(session, words) == [[world["bureau"]]] * 2
    assert by_both(session, "山城市教委") == [[city]] * 2
    assert by_both(session, "教委") == [[world["bureau"], city]] * 2
    water = founded(world, "s", "山城市水务管理所")
    assert by_both(session, "水费") == [[world["water"], water]] * 2


def test_what_is_typed_and_sent_means_what_it_says(session: Session, world: World) -> None:
    """Short names and duties are offered, but none is taken for the name of an office."""
    medical = founded(world, "y", "山城市医疗保障局")
    today = civil_date(START)
    for words, meant in (
        ("医保", medical),
        ("临江区教委", world["bureau"]),
        ("教委", world["bureau"]),
    ):
        assert named_organisations(session, words, today) == []
        assert named(session, sa.true(), words) == []
        assert nearest_organisations(session, words, today)[0].id == meant
    assert [o.id for o in named(session, sa.true(), "醫療保障")] == [medical]
    assert [o.id for o in named_organisations(session, "醫療保障", today)] == [medical]


def test_civil_affairs_are_not_found_in_people_s_government(session: Session, world: World) -> None:
    """民政 across 人民政府 is no word: neither the district nor what is below it is found."""
    bureau = founded(world, "m", "山城市民政局")
    below = founded(world, "n", "临江区民政局", above="district")
    office = founded(world, "o", "山城市人民政府外事侨务办公室")
    for words in ("民政", "低保"):
        assert by_both(session, words) == [[bureau, below]] * 2
    for found in by_both(session, "人民政府"):
        assert {office, world["district"]} <= set(found)


def test_the_closest_of_the_words_meant_comes_first(session: Session, world: World) -> None:
    """Of two offices of one level 医保 finds that for medical insurance first, whichever is older."""
    general = founded(world, "r", "山城市人力资源和社会保障局")
    medical = founded(world, "y", "山城市医疗保障局")
    assert by_both(session, "医保") == [[medical, general]] * 2
