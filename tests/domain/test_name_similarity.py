"""Names nearly remembered."""

import pytest

from portal.domain.name_similarity import name_similarity


@pytest.mark.parametrize(
    ("typed", "near", "far"),
    [
        ("临江区教委", "临江区教育委员会", "临江区石桥街道办事处"),
        ("城市管理委员会", "山城市城市管理局", "山城水务集团"),
        ("石桥街道办公室", "临江区石桥街道办事处", "临江区人民政府"),
    ],
)
def test_the_organisation_meant_is_nearer(typed: str, near: str, far: str) -> None:
    """A name written nearly right is more like the one meant than like another."""
    assert name_similarity(typed, near) > name_similarity(typed, far)


def test_the_same_name_is_the_nearest() -> None:
    """A name is alike itself, whatever the width of its letters and its blanks."""
    assert name_similarity("ＡＢ 局", "ab局") == 1


@pytest.mark.parametrize(("one", "other"), [("", "水务集团"), ("　", "水务集团"), ("甲乙", "丙丁")])
def test_nothing_in_common(one: str, other: str) -> None:
    """Names without a common character, or nothing typed, are not alike at all."""
    assert name_similarity(one, other) == 0
