"""The encoding of a file is judged by the sense of its text."""

from pathlib import Path

import pytest

from portal.adapters.csv_reader import CsvProblem, open_csv
from portal.adapters.encodings import EncodingProblem, recognise, spelled_out

SIMPLIFIED = "id,title,text\n1,路灯坏了,梧桐小区门口的路灯坏了两个星期，请尽快修好。\n"
TRADITIONAL = "id,title,text\n1,路燈壞了,梧桐小區門口的路燈壞了兩個星期，請儘快修好。\n"


@pytest.mark.parametrize(
    ("text", "written", "recognised"),
    [
        (SIMPLIFIED, "utf-8", "utf-8-sig"),
        (SIMPLIFIED, "utf-8-sig", "utf-8-sig"),
        (SIMPLIFIED, "gb18030", "gb18030"),
        (TRADITIONAL, "gb18030", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (SIMPLIFIED, "utf-16", "utf-16"),
        ("id,title\n1,lamp\n", "ascii", "utf-8-sig"),
    ],
)
def test_an_encoding_is_recognised(
    tmp_path: Path, text: str, written: str, recognised: str
) -> None:
    """A file is read in the encoding it was written in, with the same text."""
    file = tmp_path / "letters.csv"
    file.write_bytes(text.encode(written))
    assert recognise(file) == recognised
    with open_csv(file) as source:
        rows = [",".join(row.fields) for row in source.rows]
    assert [",".join(source.header), *rows] == text.split()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("id,件名\n1,街灯が壊れています", "shift_jis"),
        ("id,titre\n1,l'éclairage cassé à côté", "latin-1"),
    ],
)
def test_no_sense_is_no_encoding(tmp_path: Path, text: str, written: str) -> None:
    """Where the text makes no sense in any encoding, the reader asks for its name."""
    file = tmp_path / "letters.csv"
    file.write_bytes(text.encode(written))
    with pytest.raises(EncodingProblem, match="--encoding"):
        recognise(file)
    with open_csv(file, written) as source:
        assert [*source.header, *next(source.rows).fields] == text.replace("\n", ",").split(",")


def test_an_unknown_encoding_is_named(tmp_path: Path) -> None:
    """A name that is no encoding of text is refused with examples."""
    file = tmp_path / "letters.csv"
    file.write_text(SIMPLIFIED, "utf-8")
    for name in ("gb18031", "hex"):
        with pytest.raises(CsvProblem, match=name), open_csv(file, name):
            pass


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_damaged_character_costs_its_row(tmp_path: Path, encoding: str) -> None:
    """A character cut in two costs its own row, by line; the other rows are read."""
    rows = [f"{n},路灯坏了,桥头的路灯坏了三天，请派人来维修。\n" for n in range(1, 21)]
    damaged = rows[3].encode(encoding).replace("桥".encode(encoding), "桥".encode(encoding)[:1])
    file = tmp_path / "letters.csv"
    content = [row.encode(encoding) for row in ("id,title,text\n", *rows)]
    content[4] = damaged
    file.write_bytes(b"".join(content))
    with open_csv(file) as source:
        read = list(source.rows)
    assert len(read) == 20
    bad = [row for row in read if row.problem]
    assert {row.line for row in bad} <= {5}
    if encoding == "utf-8":
        # In GB18030 the next byte completes another character, and the text stays readable.
        assert "line 5" in bad[0].problem and "0xE6" in bad[0].problem


def test_a_damaged_byte_inside_a_text_of_lines_is_placed(tmp_path: Path) -> None:
    """The line that is named is the one with the byte, not the one its row begins on."""
    file = tmp_path / "letters.csv"
    file.write_bytes('id,title,text\n1,路灯,"第一行\n第'.encode() + b"\xe8" + '行"\n'.encode())
    with open_csv(file) as source:
        (row,) = source.rows
    assert (row.line, row.problem[:6]) == (2, "line 3")


def test_damaged_bytes_are_spelled_out() -> None:
    """A rejects file shows the byte that fits no character."""
    assert spelled_out(b"\xe4\xbd\xa0\xe5".decode("utf-8", "surrogateescape")) == "你\\xe5"


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"PK\x03\x04abc", "xlsx"), (b"\xd0\xcf\x11\xe0\xa1\xb1", "xls"), (b"%PDF-1", "PDF")],
)
def test_other_files_are_called_by_name(tmp_path: Path, content: bytes, word: str) -> None:
    """A workbook or a PDF is refused by its name, with what to do."""
    file = tmp_path / "letters.csv"
    file.write_bytes(content)
    with pytest.raises(CsvProblem, match=word), open_csv(file):
        pass


def test_the_separator_may_be_named_in_front(tmp_path: Path) -> None:
    """The line that names the separator for Excel is no header."""
    file = tmp_path / "letters.csv"
    file.write_text("sep=;\nid;title,text\n1;路灯, 井盖\n", "utf-8")
    with open_csv(file) as source:
        assert source.header == ("id", "title,text")
        assert [(row.line, row.fields) for row in source.rows] == [(3, ("1", "路灯, 井盖"))]


def test_empty_cells_beyond_the_last_column_are_ignored(tmp_path: Path) -> None:
    """Empty columns that a spreadsheet writes behind the last one do not spoil a row."""
    file = tmp_path / "letters.csv"
    file.write_text("id,title\n1,路灯,,\n2,井盖,多\n", "utf-8")
    with open_csv(file) as source:
        assert [(row.fields, bool(row.problem)) for row in source.rows] == [
            (("1", "路灯"), False),
            (("2", "井盖", "多"), True),
        ]
