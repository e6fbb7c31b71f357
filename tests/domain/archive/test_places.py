"""The place of a public entry: whose office answered, or the one district that its texts name."""

import pytest

from portal.domain.archive.places import place_name, place_of

DISTRICTS = {5: "渝北区", 6: "江津区", 7: "江津", 8: "城口县"}


@pytest.mark.parametrize(
    ("organisation", "place"),
    [
        ("渝北区人民政府", "渝北区"),
        ("城口县政府", "城口县"),
        ("两江新区管理委员会", "两江新区"),
        ("万盛经开区管委会", "万盛经开区"),
        ("重庆高新区", "重庆高新区"),
        ("人民政府", "人民政府"),
    ],
)
def test_the_place_of_a_government(organisation: str, place: str) -> None:
    """What governs goes from the name, unless nothing would be left."""
    assert place_name(organisation) == place


@pytest.mark.parametrize(
    ("path", "title", "text", "place"),
    [
        ("/1/5/50/", "江津区的路灯", "", 5),
        ("/1/9/", "渝北区的路灯", "江津区", 5),
        ("/1/9/", "路灯不亮", "在渝北区人和街道", 5),
        ("/1/9/", "江津区的路灯", "", 6),
        ("/1/9/", "江津的路灯", "", 7),
        ("/1/9/", "渝北区和城口县", "渝北区", None),
        ("/1/9/", "路灯", "从渝北区到城口县", None),
        ("/1/9/", "路灯", "不亮", None),
    ],
)
def test_the_place_of_an_entry(path: str, title: str, text: str, place: int | None) -> None:
    """The office before the title, the title before the text; several places are none."""
    assert place_of(path, title, text, DISTRICTS) == place
