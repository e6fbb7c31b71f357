"""What every text goes through before it is kept."""

import pytest

from portal.domain.errors import InvalidInput
from portal.services.core.typed_text import clean, required


@pytest.mark.parametrize(
    "text",
    [
        "\u200b\u200c\u200d",
        "\u3164",
        "\u115f\u1160",
        "\u2800\u2800",
        "\ufe0f",
        "\U000e0100",
        "\u200b\ufe0f\u200d",
        "\u2066\u2069",
        "\u034f",
        "\u00ad \u3000",
        "\U000e0041",
    ],
)
def test_text_that_shows_nothing_is_empty(text: str) -> None:
    """Characters without a shape of their own do not pass as a letter."""
    with pytest.raises(InvalidInput):
        required("text", text, 100)


@pytest.mark.parametrize("mark", ["\u202e", "\u202d", "\u2067", "\u200f", "\u061c", "\ufeff"])
def test_the_direction_of_writing_cannot_be_turned(mark: str) -> None:
    """Marks that make a reader see another order of characters are gone."""
    assert clean(f"退款{mark}001元") == "退款001元"


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧", "❤️‍🔥", "👍🏽", "👩🏽‍⚕️", "☎️", "🏳️‍🌈"])
def test_emoji_stay_whole(emoji: str) -> None:
    """What joins and colours an emoji stays inside it."""
    assert clean(f"谢谢{emoji}！") == f"谢谢{emoji}！"


def test_a_joiner_between_letters_goes() -> None:
    """A joiner that joins no emoji would only hide a word from the search."""
    assert clean("路\u200d灯") == "路灯"


def test_rare_forms_of_a_name_stay() -> None:
    """The selector that draws a rare form of a character stays behind it."""
    assert clean("葛\U000e0100先生") == "葛\U000e0100先生"


def test_line_ends_are_one() -> None:
    """Every kind of line end becomes one, and more than one empty line are one."""
    assert clean("a\r\nb\rc\u2028d\n\n\n\n\te ") == "a\nb\nc\nd\n\n e"


def test_one_line_has_no_line_ends() -> None:
    """A title is one line, with single spaces."""
    assert clean(" 路灯\n\u3164坏了 ", lines=False) == "路灯 坏了"


@pytest.mark.parametrize(
    ("kept_before", "since"),
    [("\ue81e", "\u9fb4"), ("\ue864", "\u9fbb"), ("\ue816", "\U00020087"), ("\ue7c7", "\u1e3f")],
)
def test_characters_of_names_get_their_places(kept_before: str, since: str) -> None:
    """Characters that GB18030-2022 moved out of the private area are found where they are now."""
    assert clean(f"李{kept_before}华") == f"李{since}华"


def test_private_characters_are_kept() -> None:
    """A character that only the sender's own font knows stays part of the name."""
    assert clean("王\ue000明\U000f0001") == "王\ue000明\U000f0001"


def test_the_bytes_of_rare_names_are_read() -> None:
    """GB18030 bytes for rare characters, as Python decodes them, become characters with a name."""
    rare = bytes.fromhex("fe51 fe52 fe53 fe59 fe61 fe66 fe67 fe6c fe6d fe76 fe7e fe90 fe91 fea0")
    kept = clean(rare.decode("gb18030"))
    assert len(kept) == 14
    assert not any("\ue000" <= char <= "\uf8ff" for char in kept)
    assert kept[3:5] == "\u9fb4\u9fb5"
