"""What stands in a cell is kept apart from what other programs put around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.services.importing.cells import fault, short_of, text_of


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<p>您好：</p>&nbsp;路灯坏了。<br/>请修。", "您好：\n\n路灯坏了。\n请修。"),
        ("<div>一</div><div>二</div>", "一\n\n二"),
        ("<ul><li>甲</li><li>乙</li></ul>", "· 甲\n· 乙"),
        ("<ol>\n<li>甲</li>\n<li>乙</li>\n</ol>", "1. 甲\n2. 乙"),
        (
            '见<a href="http://a.example/x?a=1&amp;b=2">公告</a>。',
            "见公告（http://a.example/x?a=1&b=2）。",
        ),
        ('<a href="http://a.example/">http://a.example/</a>', "http://a.example/"),
        ("<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>", "甲 乙\n丙"),
        ("&lt;p&gt;您好&lt;/p&gt;&lt;p&gt;再见&lt;/p&gt;", "您好\n\n再见"),
        ("<style>p {color: red}</style><p>正文<o:p></o:p></p>", "正文"),
        ("<!--[if gte mso 9]><xml>x</xml><![endif]--><p>正文</p>", "正文"),
        ("噪声&gt;60分贝&#40;夜间&#41;", "噪声>60分贝(夜间)"),
        ("第一段\\r\\n第二段\\n第三段", "第一段\n第二段\n第三段"),
        ("第一段_x000D_\n第二段", "第一段\n第二段"),
        ("NULL", ""),
        ("\\N", ""),
    ],
)
def test_markup_becomes_paragraphs(cell: str, text: str) -> None:
    """Tags, entities and escapes become what a reader of the old page saw."""
    assert text_of(cell) == text


@pytest.mark.parametrize(
    "cell",
    [
        "噪声<60分贝，夜间>40",
        "AT&T 与 R&D",
        "<http://a.example>",
        "C:\\new\\files",
        "a < b",
        "&unknown",
    ],
)
def test_signs_of_a_person_stay(cell: str) -> None:
    """What only looks like markup is left as it was written."""
    assert text_of(cell) == cell


@given(st.text(alphabet="路灯坏了请修，。：（）0123456789\n", min_size=1))
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    """A text without markup is not changed, but for blanks at its ends."""
    assert text_of(text) == text.strip()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('="02363151234"', "02363151234"),
        ("'02363151234", "02363151234"),
        ("13800000000.0", "13800000000"),
        ("(null)", ""),
        ("A-12.0.1", "A-12.0.1"),
    ],
)
def test_the_wrapping_of_numbers_goes(cell: str, value: str) -> None:
    """What a spreadsheet or a program put around a number to keep it is taken off."""
    assert short_of(cell) == value


@pytest.mark.parametrize("cell", ["2.01605E+13", "1.38123e+10", "5E+15", "#REF!", "########"])
def test_a_ruined_value_is_told(cell: str) -> None:
    """A number cut short by a spreadsheet and its signs of errors are no values."""
    assert fault(cell)


@pytest.mark.parametrize("cell", ["20160503000012", "A-1E5", "#12", "12.5", "", "E+13"])
def test_other_values_are_not_ruined(cell: str) -> None:
    """Ids with letters, decimals and empty cells are left alone."""
    assert not fault(cell)
