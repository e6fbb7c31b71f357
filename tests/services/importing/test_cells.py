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
        ("<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>", "甲 乙\n丙"),
        ("&lt;p&gt;您好&lt;/p&gt;&lt;p&gt;再见&lt;/p&gt;", "您好\n\n再见"),
        ("<style>p {color: red}</style><p>正文<o:p></o:p></p>", "正文"),
        ("<!--[if gte mso 9]><xml>x</xml><![endif]--><p>正文</p>", "正文"),
        ("噪声&gt;60分贝&#40;夜间&#41;", "噪声>60分贝(夜间)"),
        ("第一段\\r\\n第二段\\n第三段", "第一段\n第二段\n第三段"),
        ("第一段_x000D_\n第二段", "第一段\n第二段"),
        ("第一段_x000D_第二段_x000a_\n第三段", "第一段\n第二段\n第三段"),
        ("甲_x0009_乙_x0007_\n丙_x0041_", "甲 乙 \n丙A"),
        ("一\n二\\n三", "一\n二\\n三"),
        ("A&amp;B &#65;&#x41; &nosuch;", "A&B AA &nosuch;"),
        ("甲<br>乙<BR/>丙 <br> 丁", "甲\n乙\n丙\n丁"),
        ("<p>甲  乙\n丙</p>\n\n<p></p><p>丁</p>", "甲 乙 丙\n\n丁"),
        ("<h2>标题</h2>正文<hr>尾", "标题\n\n正文\n\n尾"),
        ("<p>a &lt;b&gt; c</p>", "a <b> c"),
        ("<table><tr><th>甲</th><td>乙</td></tr></table>", "甲 乙"),
        ("<ol><li>甲<ul><li>子</li></ul></li><li>乙</li></ol>", "1. 甲\n\n· 子\n\n2. 乙"),
        ("</ul><li>甲</li></ol><ul><li>乙</li></ul>", "· 甲\n\n· 乙"),
        ("<ol><li>甲</li></ol><li>乙</li>", "1. 甲\n\n· 乙"),
        ('<img src="x.png" alt="坏灯">照片<img src="y.png"/>两张', "[坏灯]照片两张"),
        ("<html><head><title>题</title></head><body>正文</body></html>", "正文"),
        ("<script>a()</script><p>正文</p></style><p>尾</p>", "正文\n\n尾"),
        ("NULL", ""),
        ("\\N", ""),
    ],
)
def test_markup_becomes_paragraphs(cell: str, text: str) -> None:
    """Tags, entities and escapes become what a reader of the old page saw."""
    assert text_of(cell) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<a href="https://a.example/x">公告</a>', "公告（https://a.example/x）"),
        ('<a href="http://a.example/">http://a.example/</a>', "http://a.example/"),
        ('<a href="mailto:a@b.example">来信</a>', "来信（a@b.example）"),
        ('<a href="mailto:a@b.example">a@b.example</a>', "a@b.example"),
        ('<a href="#top">顶部</a><a>无</a></a>', "顶部无"),
        ('<a name="x">甲</a><a href="http://b.example/">乙</a>', "甲乙（http://b.example/）"),
        (
            '<a href="http://b.example/">甲<a href="http://c.example/">乙</a>丙</a>',
            "甲乙（http://c.example/）丙（http://b.example/）",
        ),
    ],
)
def test_a_link_keeps_its_address(cell: str, text: str) -> None:
    """The address of a page or mailbox follows the words of a link that does not show it."""
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
        ('="12.0"', "12"),
        ('="a""b"', '="a""b"'),
        ("''x", "'x"),
        ("12.05", "12.05"),
        ("A&amp;B &lt;x&gt;", "A&B <x>"),
        ("(null)", ""),
        (" N/A ", ""),
        ("A-12.0.1", "A-12.0.1"),
    ],
)
def test_the_wrapping_of_numbers_goes(cell: str, value: str) -> None:
    """What a spreadsheet or a program put around a number to keep it is taken off."""
    assert short_of(cell) == value


@pytest.mark.parametrize("cell", ["2.01605E+13", " 1.38123e+10", "5E+15"])
def test_a_shortened_number_is_told(cell: str) -> None:
    """A number cut short by a spreadsheet is named, and how to get the whole one."""
    assert fault(cell) == (
        f"{cell.strip()} was shortened by a spreadsheet; in the system it comes from, save the file "
        "again, or set the column to text before the file is opened"
    )


@pytest.mark.parametrize("cell", ["#REF!", " #VALUE!", "#NUM!", "#NAME?", "#DIV/0!", "#" * 30])
def test_an_error_of_a_spreadsheet_is_told(cell: str) -> None:
    """Its signs of errors are no values; of a long one the beginning is shown."""
    assert fault(cell) == f"{cell.strip()[:20]} is an error of a spreadsheet, not a value"


@pytest.mark.parametrize("cell", ["20160503000012", "A-1E5", "#12", "12.5", "", "E+13"])
def test_other_values_are_not_ruined(cell: str) -> None:
    """Ids with letters, decimals and empty cells are left alone."""
    assert not fault(cell)
