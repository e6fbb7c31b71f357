"""A row that cannot become a letter is told with the column at fault."""

from datetime import UTC, date, datetime

import pytest

from portal.adapters.csv_reader import CsvRow
from portal.domain.letters.kinds import DEFAULT_KIND, Kind
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


@pytest.mark.parametrize("word", ["投诉", "投訴", "complaint", "Complaint", "COMPLAINT"])
def test_a_kind_is_known_by_any_of_its_words(word: str) -> None:
    """The word of a kind is taken in either script and in English, in small or capital letters."""
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
        (
            {"received_at": "5/3/2016"},
            "received_at '5/3/2016' may be the month or the day first; say which with "
            "--date-format, such as %d/%m/%Y",
        ),
        (
            {"received_at": "0000-00-00 00:00:00"},
            "received_at is empty; give --default-date to take such rows over",
        ),
        ({"received_at": "#REF!"}, "received_at #REF! is an error of a spreadsheet, not a value"),
        ({"replied_at": "#REF!"}, "replied_at #REF! is an error of a spreadsheet, not a value"),
        ({"id": "#REF!"}, "id #REF! is an error of a spreadsheet, not a value"),
        ({"phone": "#REF!"}, "phone #REF! is an error of a spreadsheet, not a value"),
        ({"id": "7" * 101}, "id has 101 characters; at most 100 are kept"),
        ({"phone": "7" * 51}, "phone has 51 characters; at most 50 are kept"),
        ({"category": "类" * 33}, "category has 33 characters; at most 32 are kept"),
        (
            {"kind": "意见" * 11},
            "kind '意见意见意见意见意见意见意见意见意见意见' is not known; it is one of "
            f"{', '.join(kind.label for kind in Kind)}, or give --kind",
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


@pytest.mark.parametrize(
    "change",
    [
        {"title": "题" * 100},
        {"text": "文" * 50_000},
        {"reply": "文" * 50_000},
        {"email": "a" * 254},
        {"id": "7" * 100},
        {"phone": "7" * 50},
        {"category": "类" * 32},
        {"name": "#REF!"},
        {"received_at": "1990-01-01"},
        {"received_at": "2016-12-01 08:00", "replied_at": "2016-12-01 08:00"},
    ],
)
def test_a_row_at_a_limit_is_taken(change: dict[str, str]) -> None:
    """The longest cells, the oldest day and this very moment are within the limits."""
    assert read_row(a_row(**change), COLUMNS, Defaults(), NOW).key


def test_a_reply_of_the_same_day_comes_after_its_letter() -> None:
    """A reply that is given a day alone is not earlier than the letter of that day."""
    letter = read_row(a_row(replied_at="2016-06-01"), COLUMNS, Defaults(), NOW)
    assert letter.replied_at == letter.received_at == datetime(2016, 6, 1, 1, tzinfo=UTC)


def test_defaults_hold_where_a_row_says_nothing() -> None:
    """The default day serves letter and reply, the default kind also a row with an unknown word."""
    defaults = Defaults(kind=Kind.HELP, day=date(2016, 6, 3))
    row = a_row(kind="闲谈", received_at="0000-00-00", replied_at=" ")
    letter = read_row(row, COLUMNS, defaults, NOW)
    assert letter.kind is Kind.HELP
    assert letter.received_at == letter.replied_at == datetime(2016, 6, 2, 16, tzinfo=UTC)
    assert read_row(a_row(kind=""), COLUMNS, Defaults(), NOW).kind is DEFAULT_KIND
    assert read_row(a_row(kind="咨询"), COLUMNS, defaults, NOW).kind is Kind.CONSULTATION


def test_the_form_of_dates_holds_for_letter_and_reply() -> None:
    """Both dates of a row are read by the forms that are given."""
    row = a_row(received_at="5/6/2016", replied_at="6/6/2016")
    letter = read_row(row, COLUMNS, Defaults(date_formats=("%d/%m/%Y",)), NOW)
    assert letter.received_at == datetime(2016, 6, 4, 16, tzinfo=UTC)
    assert letter.replied_at == datetime(2016, 6, 5, 16, tzinfo=UTC)


def test_an_id_tells_letters_apart_within_its_source() -> None:
    """With an id nothing else counts, and without one title, text and moment do."""

    def key(source: str = "import", **change: str) -> str:
        return read_row(a_row(**change), COLUMNS, Defaults(source=source), NOW).key

    assert key() == key(title="路灯又坏了", received_at="2016-06-02")
    assert len({key(), key(id="8"), key(source="12345")}) == 3
    day = "2016-06-02"
    assert key(id="") == key(id="", name="无名") == key(id="", received_at=" 2016-06-01 09:00 ")
    assert len({key(id=""), key(id="", title="题"), key(id="", received_at=day)}) == 3


def test_cells_are_cleaned_of_their_wrapping() -> None:
    """Markup, formulas and blanks around the values of a row are no part of them."""
    row = a_row(
        kind='="投诉"',
        title="<b>路灯</b> 坏了",
        text="<p>请修。</p><p>谢谢</p>",
        organisation='="城管局"| |公安&amp;消防',
        phone='="02363151234"',
        name="NULL",
        reply="已修。<br>再见",
    )
    letter = read_row(row, COLUMNS, Defaults(), NOW)
    assert (letter.title, letter.text) == ("路灯 坏了", "请修。\n\n谢谢")
    assert letter.places == ("城管局", "公安&消防")
    assert (letter.phone, letter.name, letter.reply) == ("02363151234", None, "已修。\n再见")


def test_a_row_that_could_not_be_read_keeps_its_problem() -> None:
    """What the reader of the file found wrong is the reason."""
    row = CsvRow(2, (), problem="the row is cut off")
    with pytest.raises(RowFault, match="^the row is cut off$"):
        read_row(row, COLUMNS, Defaults(), NOW)
