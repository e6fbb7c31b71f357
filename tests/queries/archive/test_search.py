"""Searching the archive: the same answers with an index and without one."""

import shutil
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from portal.adapters.archive_index import ParsedQuery
from portal.config import Settings
from portal.domain.letters.kinds import Kind
from portal.domain.whole_numbers import ID_MAX
from portal.models import ArchiveEntry
from portal.queries.archive.search import (
    Found,
    known_organisation,
    organisations_to_choose,
    search_archive,
)
from portal.queries.archive.table import ArchiveQuery, archive_entry, entries_by_id, list_entries
from tests.archive import bring_up_to_date, index_of, published, withdraw
from tests.builders import World

LAMP = {"title": "路灯坏了", "text": "小区门口的路灯坏了两个星期。"}
SCHOOL = {"title": "小学招生", "text": "请问石桥小学今年的招生范围。", "kind": Kind.HELP}
WATER = {"title": "水费太高", "text": "这个月的水费比上个月高了一倍。", "kind": Kind.COMPLAINT}


@pytest.fixture(params=["index", "table"])
def three(
    request: pytest.FixtureRequest, session: Session, world: World, settings: Settings
) -> dict[str, int]:
    """Three entries of three places, searched with and without the index."""
    ids = {
        "lamp": published(session, world, place="city", **LAMP).id,
        "school": published(session, world, place="bureau", **SCHOOL).id,
        "water": published(session, world, place="water", **WATER).id,
    }
    bring_up_to_date(settings)
    if request.param == "table":
        shutil.rmtree(settings.index_folder)
    return ids


def search(session: Session, settings: Settings, asked: ArchiveQuery, per_page: int = 20) -> Found:
    """Search in a transaction of its own."""
    session.rollback()
    return search_archive(session, index_of(settings), asked, per_page)


def ids(found: Found) -> list[int]:
    """Return the ids of the entries found."""
    return [entry.id for entry in found.entries]


def test_words_are_found(session: Session, settings: Settings, three: dict[str, int]) -> None:
    """A word of title, letter or reply finds its entry."""
    assert ids(search(session, settings, ArchiveQuery("招生"))) == [three["school"]]
    assert set(ids(search(session, settings, ArchiveQuery("安排维修")))) == set(three.values())


def test_a_blank_search_shows_all(
    session: Session, settings: Settings, three: dict[str, int]
) -> None:
    """Without words everything public is listed, the newest first, with its counts."""
    found = search(session, settings, ArchiveQuery())
    assert ids(found) == sorted(three.values(), reverse=True)
    assert found.total == 3
    assert found.facets.kinds == {"consultation": 1, "help": 1, "complaint": 1}
    assert found.facets.years == {2016: 3}


def test_an_organisation_covers_its_subtree(
    session: Session, world: World, settings: Settings, three: dict[str, int]
) -> None:
    """A district finds the answers of its bureau, and the root finds all."""
    district = search(session, settings, ArchiveQuery(organisation_id=world["district"]))
    assert ids(district) == [three["school"]]
    assert search(session, settings, ArchiveQuery(organisation_id=world["office"])).total == 3


def test_filters_narrow(session: Session, settings: Settings, three: dict[str, int]) -> None:
    """Kind and year narrow the hits; a facet counts without its own filter."""
    found = search(session, settings, ArchiveQuery(kind=Kind.HELP))
    assert ids(found) == [three["school"]]
    assert sum(found.facets.kinds.values()) == 3
    assert search(session, settings, ArchiveQuery(year=2015)).total == 0


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("機旁", "lamp"),
        ("ＡＴＭ", "lamp"),
        ("atm机", "lamp"),
        ("招", "school"),
        ("小学 -水费", "school"),
        ("水费 NOT 小学", "water"),
        ("开通线路", "lines"),
        ("開通線路", "lines"),
        ("台", "lines"),
        ("臺", "lines"),
    ],
)
def test_other_characters_and_exclusions_count_alike(
    session: Session,
    world: World,
    settings: Settings,
    three: dict[str, int],
    typed: str,
    key: str,
) -> None:
    """Traditional characters, width, case, one character and exclusion, with and without the index."""
    indexed = settings.index_folder.exists()
    three["lines"] = published(session, world, title="開通線路", text="臺階旁邊").id
    session.get_one(ArchiveEntry, three["lamp"]).text = "Atm机旁的路灯"
    session.get_one(ArchiveEntry, three["lamp"]).revision += 1
    session.commit()
    if indexed:
        shutil.rmtree(settings.index_folder)
        bring_up_to_date(settings)
    found = search(session, settings, ArchiveQuery(typed))
    assert (ids(found), found.degraded) == ([three[key]], not indexed)


def test_counts_of_organisations_add_up(
    session: Session, world: World, settings: Settings, three: dict[str, int]
) -> None:
    """An entry counts for the answering organisation and for each above it."""
    counts = search(session, settings, ArchiveQuery()).facets.organisations
    assert counts[world["office"]] == 3
    assert counts[world["district"]] == counts[world["bureau"]] == 1


def test_a_page_beyond_the_end_is_the_last(
    session: Session, settings: Settings, three: dict[str, int]
) -> None:
    """Page 10^9 shows the last page there is."""
    found = search(session, settings, ArchiveQuery(page=10**9), per_page=2)
    assert (found.page, found.pages, len(found.entries)) == (2, 2, 1)


def test_signs_alone_find_nothing(
    session: Session, settings: Settings, three: dict[str, int]
) -> None:
    """A query without a word finds nothing instead of everything."""
    found = search(session, settings, ArchiveQuery("？？*"))
    assert (found.total, found.understood) == (0, ())


def test_a_withdrawn_entry_is_not_found(
    session: Session, world: World, settings: Settings, three: dict[str, int]
) -> None:
    """A withdrawn entry is gone at once, although the index has not been told yet."""
    withdraw(session, world, session.get_one(ArchiveEntry, three["lamp"]))
    assert three["lamp"] not in ids(search(session, settings, ArchiveQuery("路灯坏了")))
    assert three["lamp"] not in ids(search(session, settings, ArchiveQuery()))


def test_some_of_the_words_are_better_than_nothing(
    session: Session, world: World, settings: Settings
) -> None:
    """Where no entry holds all words, those that hold some are shown and it is said."""
    lamp = published(session, world, **LAMP)
    bring_up_to_date(settings)
    found = search(session, settings, ArchiveQuery("路灯 火星"))
    assert (ids(found), found.partial) == ([lamp.id], True)


def test_organisations_are_offered_by_level(session: Session, world: World) -> None:
    """Members of level 1 are offered first, below a chosen one its own subordinates."""
    counts = {world["office"]: 9, world["city"]: 2, world["district"]: 7, world["bureau"]: 7}
    offered = organisations_to_choose(session, counts, None)
    assert [(o.id, n) for o, n in offered] == [(world["district"], 7), (world["city"], 2)]
    below = organisations_to_choose(session, counts, world.organisation("district"))
    assert [o.id for o, _ in below] == [world["bureau"]]


@pytest.mark.parametrize("number", [None, 0, -1, 2**31, ID_MAX])
def test_unknown_organisations_are_none(session: Session, world: World, number: int | None) -> None:
    """A number that no organisation has is like none."""
    assert known_organisation(session, number) is None


def test_the_largest_id_is_no_entry(session: Session) -> None:
    """The largest id that an address lets through is answered like an unknown one."""
    assert archive_entry(session, ID_MAX) is None


def test_lists_are_public_alone(session: Session, world: World) -> None:
    """Neither the list nor a look-up by id shows a withdrawn entry."""
    entry = published(session, world)
    withdraw(session, world, entry)
    session.rollback()
    assert list_entries(session, ArchiveQuery(), 20).entries == []
    assert entries_by_id(session, [entry.id]) == {}


def test_likewise_signs_of_the_database_are_ordinary(session: Session, world: World) -> None:
    """The signs % and _ stand for themselves in a search of the table."""
    published(session, world, text="这个月涨价了，请问为什么？")
    asked = replace(ArchiveQuery(), page=1)
    assert list_entries(session, asked, 20, ParsedQuery(terms=("%",))).total == 0
    assert list_entries(session, asked, 20, ParsedQuery(terms=("_",))).total == 0
