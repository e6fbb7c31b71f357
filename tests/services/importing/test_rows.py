"""A row that cannot become a letter is told with the column at fault."""

from datetime import UTC, date, datetime

import pytest

from portal.adapters.csv_reader import CsvRow
from portal.domain.letters.kinds import Kind
from portal.services.importing.rows import Defaults, RowFault, read_row

NOW = datetime(2016, 12, 1, tzinfo=UTC)
GOOD = {
    "id": "7",
    "kind": "投诉",
    "title": "路灯坏了",
    "text": "请修。",
    "organisation": "城管局 | 公安局",
    "category": "交通运输",
    "name": "周晓兰",
    "phone": "13900000001",
    "email": "zhou@example.com",
    "received_at": "2016-06-01 09:00",
    "reply": "已修。",
    "replied_at": "2016-06-02 10:00",
}
COLUMNS = {name: place for place, name in enumerate(GOOD)}


def a_row(**change: str) -> CsvRow:
    """Return a row that can be taken over, some of its cells changed."""
    return CsvRow(2, tuple({**GOOD, **change}.values()))


@pytest.mark.parametrize("word", ["投诉", "complaint", "Complaint", "COMPLAINT"])
def test_a_kind_is_known_by_any_of_its_words(word: str) -> None:
    """The Chinese and the English word of a kind are taken, in small or capital letters."""
    assert read_row(a_row(kind=word), COLUMNS, Defaults(), NOW).kind is Kind.COMPLAINT


def test_a_file_may_hold_titles_and_texts_alone() -> None:
    """Without any other column a default date is enough, and the words tell letters apart."""
    columns, defaults = {"title": 0, "text": 1}, Defaults(day=date(2016, 6, 1))
    rows = [("一", "请修。"), ("一", "请修。"), ("二", "请修。"), ("一", "请快修。")]
    letters = [read_row(CsvRow(2, row), columns, defaults, NOW) for row in rows]
    assert letters[0].received_at == datetime(2016, 5, 31, 16, tzinfo=UTC)
    assert letters[0].key == letters[1].key
    assert len({each.key for each in letters}) == 3


def test_every_cell_arrives_in_its_place() -> None:
    """Each column of a good row is the part of the letter that it is called after."""
    letter = read_row(a_row(), COLUMNS, Defaults(), NOW)
    assert (letter.kind, letter.title, letter.text) == (Kind.COMPLAINT, "路灯坏了", "请修。")
    assert (letter.places, letter.category) == (("城管局", "公安局"), "交通运输")
    assert (letter.name, letter.phone, letter.email) == (
        "周晓兰",
        "13900000001",
        "zhou@example.com",
    )
    assert letter.received_at == datetime(2016, 6, 1, 1, tzinfo=UTC)
    assert (letter.reply, letter.replied_at) == ("已修。", datetime(2016, 6, 2, 2, tzinfo=UTC))


def test_empty_cells_are_no_values() -> None:
    """What a row leaves empty is not known of the letter."""
    empty = dict.fromkeys(("category", "name", "phone", "email", "reply", "replied_at"), " ")
    letter = read_row(a_row(**empty), COLUMNS, Defaults(), NOW)
    assert (letter.category, letter.name, letter.phone, letter.email) == (None,) * 4
    assert (letter.reply, letter.replied_at) == ("", None)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"title": " "}, "title is empty"),
        ({"title": "题" * 101}, "title has 101 characters; at most 100 are taken over"),
        ({"text": "\n"}, "text is empty"),
        ({"text": "文" * 50_001}, "text has 50001 characters; at most 50000 are taken over"),
        ({"reply": "文" * 50_001}, "reply has 50001 characters; at most 50000 are taken over"),
        ({"email": "a" * 255}, "email has 255 characters; at most 254 are kept"),
        (
            {"received_at": ""},
            "received_at is empty; give --default-date to take such rows over",
        ),
        (
            {"received_at": "昨天"},
            "received_at '昨天' is no date such as 2016-12-31 or 2016-12-31 09:30; "
            "give its form with --date-format, such as %y-%m-%d",
        ),
        (
            {"replied_at": "昨" * 40},
            f"replied_at '{'昨' * 30}' is no date such as 2016-12-31 or 2016-12-31 09:30; "
            "give its form with --date-format, such as %y-%m-%d",
        ),
        ({"received_at": "2017-01-01"}, "received_at 2017-01-01 is in the future"),
        ({"received_at": "1989-12-31"}, "received_at 1989-12-31 is before 1990"),
        ({"replied_at": ""}, "replied_at is empty; give --default-date to take such rows over"),
        ({"replied_at": "2016-05-31"}, "replied_at is before received_at"),
        ({"replied_at": "2017-01-01"}, "replied_at 2017-01-01 is in the future"),
    ],
)
def test_a_fault_names_its_column(change: dict[str, str], fault: str) -> None:
    """The reason says which column is at fault, and how to mend it."""
    with pytest.raises(RowFault) as caught:
        read_row(a_row(**change), COLUMNS, Defaults(), NOW)
    assert str(caught.value) == fault


def test_a_row_that_could_not_be_read_keeps_its_problem() -> None:
    """What the reader of the file found wrong is the reason."""
    row = CsvRow(2, (), problem="the row is cut off")
    with pytest.raises(RowFault, match="^the row is cut off$"):
        read_row(row, COLUMNS, Defaults(), NOW)
