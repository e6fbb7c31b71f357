"""What stands in a cell, freed of what spreadsheets, old databases and web editors put around it.

Nothing a person wrote is left out: tags become paragraphs and lists, a link keeps its address, and
:func:`fault` names what a spreadsheet has done to a ruined value.
"""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

_NOTHING = frozenset({"null", "(null)", "\\n", "none", "nan", "n/a", "#n/a", "<null>", "nil"})
"""How databases and spreadsheets write that there is no value, in lower case."""
_ERROR = re.compile(r"#(?:VALUE|REF|NAME|DIV/0|NUM|NULL)[!?]|#{3,}")
_SHORTENED = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{1,2}")
_FORMULA = re.compile(r'="([^"]*)"')
_DECIMAL = re.compile(r"(\d+)\.0+")
_ESCAPED_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_\n?")
"""How workbooks write a control character in a text."""
_ESCAPED_LINE = re.compile(r"\\r\\n|\\n(?![A-Za-z0-9])")
_TAG = re.compile(
    r"</?(?:p|br|div|span|a|ul|ol|li|strong|b|em|i|u|font|table|tbody|tr|td|th|h[1-6]|img|hr|pre"
    r"|blockquote|center|section|article|style|script|html|body|o:p|st1:\w+)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ESCAPED_TAG = re.compile(r"\s*&lt;(?:p|div|br|span|table|ul|ol)\b.*?&gt;", re.I | re.S)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#\d{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_PARAGRAPHS = frozenset(
    {"p", "div", "ul", "ol", "table", "blockquote", "pre", "hr", "center", "section", "article"}
    | {f"h{level}" for level in range(1, 7)}
)
_UNSEEN = frozenset({"style", "script", "head", "title"})
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
_AROUND_LINES = re.compile(r" *\n *")


def text_of(cell: str) -> str:
    """Return the text of several lines that ``cell`` holds, without markup and escapes."""
    text = _value(cell)
    text = _ESCAPED_CHARACTER.sub(_character, text)
    if "\n" not in text:
        text = _ESCAPED_LINE.sub("\n", text)
    if _ESCAPED_TAG.match(text):
        text = unescape(text)
    if _TAG.search(text):
        return _without_markup(text)
    return _ENTITY.sub(lambda found: unescape(found[0]), text)


def short_of(cell: str) -> str:
    """Return the number, address or name that ``cell`` holds."""
    text = _value(cell)
    if wrapped := _FORMULA.fullmatch(text):
        text = wrapped[1]
    text = _ENTITY.sub(lambda found: unescape(found[0]), text).removeprefix("'")
    if decimal := _DECIMAL.fullmatch(text):
        return decimal[1]
    return text


def fault(cell: str) -> str:
    """Return what a spreadsheet has done to the value in ``cell``, or ``""``."""
    text = cell.strip()
    if _SHORTENED.fullmatch(text):
        return (
            f"{text} was shortened by a spreadsheet; in the system it comes from, save the file "
            "again, or set the column to text before the file is opened"
        )
    if _ERROR.fullmatch(text):
        return f"{text[:20]} is an error of a spreadsheet, not a value"
    return ""


def _value(cell: str) -> str:
    text = cell.strip()
    return "" if text.lower() in _NOTHING else text


def _character(found: re.Match[str]) -> str:
    char = chr(int(found[1], 16))
    if char in "\r\n":
        return "\n"
    return (char if char.isprintable() else " ") + "\n" * found[0].endswith("\n")


def _without_markup(text: str) -> str:
    parser = _Text()
    parser.feed(text)
    parser.close()
    return parser.text()


class _Text(HTMLParser):
    """What a reader would see of a piece of HTML, paragraph by paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._lists: list[int | None] = []
        self._links: list[tuple[str, int]] = []
        self._hidden = 0

    def text(self) -> str:
        """Return the text; a line break within a paragraph is one line end, between them two."""
        whole = _AROUND_LINES.sub("\n", "".join(self._parts))
        return re.sub(r"\n{3,}", "\n\n", whole).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a paragraph, line, list or link."""
        given = dict(attrs)
        if tag in _UNSEEN:
            self._hidden += 1
        elif tag == "br":
            self._parts.append("\n")
        elif tag == "li":
            number = self._lists[-1] if self._lists else None
            if number is not None:
                self._lists[-1] = number + 1
            self._parts.append("\n· " if number is None else f"\n{number}. ")
        elif tag in ("td", "th"):
            self._parts.append(" ")
        elif tag == "tr":
            self._parts.append("\n")
        elif tag in _PARAGRAPHS:
            self._parts.append("\n\n")
        if tag in ("ul", "ol"):
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "a":
            self._links.append((given.get("href") or "", len(self._parts)))
        elif tag == "img" and given.get("alt"):
            self._parts.append(f"[{given['alt']}]")

    def handle_endtag(self, tag: str) -> None:
        """End what :meth:`handle_starttag` began; a link's address follows its words."""
        if tag in _UNSEEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag in _PARAGRAPHS:
            self._parts.append("\n\n")
        if tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif tag == "a" and self._links:
            address, begins = self._links.pop()
            words = "".join(self._parts[begins:]).strip()
            shown = address.removeprefix("mailto:")
            if address.startswith(("http:", "https:", "mailto:")) and shown != words:
                self._parts.append(f"（{shown}）")

    def handle_data(self, data: str) -> None:
        """Keep words; blanks and line ends of the source are single spaces."""
        if not self._hidden:
            self._parts.append(_SPACES.sub(" ", data))
