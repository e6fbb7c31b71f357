"""The demo tree of organisations holds what Chongqing's letterbox had in 2016."""

from __future__ import annotations

from collections import Counter

import pytest

from portal.domain.organisations import OrganisationKind
from portal.tools.samples.organisations import ROOT_CODE, SampleOrganisation, sample_organisations


@pytest.fixture(scope="module")
def tree() -> dict[str, SampleOrganisation]:
    """Every organisation by its code."""
    return {organisation.code: organisation for organisation in sample_organisations()}


@pytest.mark.parametrize(
    ("kind", "level", "count"),
    [
        (OrganisationKind.CITY_OFFICE, 0, 1),
        (OrganisationKind.MUNICIPAL_DEPARTMENT, 1, 59),
        (OrganisationKind.DISTRICT_GOVERNMENT, 1, 38),
        (OrganisationKind.KEY_ENTERPRISE, 1, 12),
        (OrganisationKind.TOWNSHIP, 2, 1031),
    ],
)
def test_counts(kind: OrganisationKind, level: int, count: int) -> None:
    """Each kind of member occurs as often as in 2016, all on the same level."""
    levels = Counter(o.level for o in sample_organisations() if o.kind is kind)
    assert levels == {level: count}


def test_codes_are_unique_ascii() -> None:
    """A code names one organisation and can be typed on any keyboard."""
    codes = [o.code for o in sample_organisations()]
    assert len(codes) == len(set(codes))
    assert all(code.isascii() and code == code.strip() and code for code in codes)


def test_parents_come_first() -> None:
    """A loader that reads from the top always knows the parent already."""
    seen: set[str] = set()
    for organisation in sample_organisations():
        if organisation.code == ROOT_CODE:
            assert organisation.parent_code is None
        else:
            assert organisation.parent_code in seen, organisation
        seen.add(organisation.code)


def test_levels_follow_the_tree(tree: dict[str, SampleOrganisation]) -> None:
    """An organisation stands exactly one level below its parent, three at most below the root."""
    for organisation in tree.values():
        if organisation.parent_code is not None:
            assert organisation.level == tree[organisation.parent_code].level + 1, organisation
        assert 0 <= organisation.level <= 3


@pytest.mark.parametrize("field", ["name", "short_name"])
def test_siblings_are_told_apart(field: str) -> None:
    """No two organisations under one parent share a name or a short name."""
    counts = Counter((o.parent_code, getattr(o, field)) for o in sample_organisations())
    assert [key for key, count in counts.items() if count > 1] == []


def test_every_district_has_departments_and_townships() -> None:
    """A citizen of any district or county finds its departments and their own township."""
    kinds = Counter((o.parent_code, o.kind) for o in sample_organisations())
    for district in sample_organisations():
        if district.kind is OrganisationKind.DISTRICT_GOVERNMENT:
            assert kinds[district.code, OrganisationKind.DISTRICT_DEPARTMENT] >= 12
            assert kinds[district.code, OrganisationKind.TOWNSHIP] >= 1
