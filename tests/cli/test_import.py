"""Letters of other systems come in whole, once, and bad rows are reported and kept."""

import csv
import re
import resource
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchRequest, open_index
from portal.config import Settings
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import ConsentBasis, Publication, Source, State
from portal.models import ArchiveEntry, Event, Letter, OutboxRow
from tests.builders import World
from tests.cli.conftest import Command, one_line
from tests.cli.letters import city_row, portal_row, write

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "letters"


def letters(session: Session) -> list[Letter]:
    """Return every letter, oldest first."""
    session.rollback()
    return list(session.scalars(sa.select(Letter).order_by(Letter.id)))


def rejects(settings: Settings, name: str = "letters") -> list[dict[str, str]]:
    """Return the rows of the rejects file."""
    path = settings.instance / "imports" / f"{name}.rejects.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_an_answered_letter_arrives_closed(
    command: Command, session: Session, tmp_path: Path
) -> None:
    """A message board's row becomes a closed letter with its dates, sender and reply."""
    result = command("import", write(tmp_path / "letters.csv", [portal_row()]))
    assert result.exit_code == 0, result.output
    (letter,) = letters(session)
    assert (letter.state, letter.source, letter.sender_name) == (
        State.CLOSED,
        Source.IMPORT,
        "A0001",
    )
    assert letter.received_at == datetime(2019, 4, 25, 1, 32, 9, tzinfo=UTC)
    assert letter.closed_at == datetime(2019, 5, 10, 6, 56, 53, tzinfo=UTC)
    assert letter.number.startswith("20190425-00001-")
    assert letter.answer is not None and letter.answer.text == "您好，路灯已经修好，感谢您的来信。"
    assert letter.consent_basis is ConsentBasis.NONE
    assert letter.code_hash is None


def test_an_unanswered_letter_waits(command: Command, session: Session, tmp_path: Path) -> None:
    """A row without a reply becomes a letter that waits for acceptance, with its due date."""
    rows = [portal_row(reply="", replied_at="")]
    assert command("import", write(tmp_path / "letters.csv", rows)).exit_code == 0
    (letter,) = letters(session)
    assert (letter.state, letter.closed_at, letter.replies) == (State.SUBMITTED, None, [])
    assert letter.due_on is not None


def test_departments_are_looked_up(
    command: Command, session: Session, world: World, tmp_path: Path
) -> None:
    """The first department known by name holds the letter; unknown ones go to the office."""
    rows = [city_row(1), city_row(2, departments="无此单位")]
    result = command("import", write(tmp_path / "letters.csv", rows))
    first, second = letters(session)
    assert (first.organisation_id, second.organisation_id) == (world["city"], world["office"])
    assert first.kind is Kind.SUGGESTION
    assert "无此单位 (1 letters)" in result.stderr


def test_the_office_can_be_replaced(
    command: Command, session: Session, world: World, tmp_path: Path
) -> None:
    """--organisation holds what has no organisation of its own."""
    file = write(tmp_path / "letters.csv", [portal_row()])
    assert command("import", file, "--organisation", "district").exit_code == 0
    assert letters(session)[0].organisation_id == world["district"]


def test_a_second_run_adds_nothing(command: Command, session: Session, tmp_path: Path) -> None:
    """The same file again, with or without the ids of rows, adds no letter."""
    without = [{k: v for k, v in portal_row(i).items() if k != "id"} for i in (1, 2)]
    for row in without:
        del row["letter_no"]
    for rows in ([portal_row(1), portal_row(2)], without):
        file = write(tmp_path / "letters.csv", rows)
        assert "added           2 " in command("import", file).stdout
        again = command("import", file).stdout
        assert "added           0 " in again and "known already   2" in again
    assert len(letters(session)) == 4


def test_another_letter_under_a_known_id_is_rejected(
    command: Command, session: Session, tmp_path: Path
) -> None:
    """Two systems that count from one do not lose letters to each other."""
    command("import", write(tmp_path / "a.csv", [portal_row()]))
    other = write(tmp_path / "b.csv", [portal_row(title="另一个系统的第一封")])
    assert "--source" in command("import", other).stderr
    assert "added           1 " in command("import", other, "--source", "board").stdout
    assert len(letters(session)) == 2


def test_bad_rows_are_reported_and_kept(
    command: Command, session: Session, settings: Settings, tmp_path: Path
) -> None:
    """Each bad row is reported with line and reason and written out; the good ones are taken over."""
    rows = [
        portal_row(1),
        portal_row(2, title=""),
        portal_row(3, title="长" * 101),
        portal_row(4, content="两行\n的内容", asked_at="昨天"),
        portal_row(5, asked_at=""),
        portal_row(6, replied_at="2018-01-01 00:00:00"),
        portal_row(7, asked_at="2999-01-01 00:00:00"),
        portal_row(8, content=" \u3000\n "),
        portal_row(9),
    ]
    result = command("import", write(tmp_path / "letters.csv", rows))
    assert result.exit_code == 0
    assert [letter.title[-2:] for letter in letters(session)] == ["1封", "9封"]
    bad = rejects(settings)
    assert [row["rejected_line"] for row in bad] == ["3", "4", "5", "7", "8", "9", "10"]
    reasons = [row["rejected_reason"] for row in bad]
    for reason, words in zip(
        reasons,
        (
            "title is empty",
            "title has 101 characters",
            "'昨天' is no date",
            "--default-date",
            "replied_at is before received_at",
            "is in the future",
            "text is empty",
        ),
        strict=True,
    ):
        assert words in reason
        assert reason in result.stderr
    assert bad[2]["content"] == "两行\n的内容"


def test_rejects_can_be_mended_and_imported(
    command: Command, session: Session, settings: Settings, tmp_path: Path
) -> None:
    """The rejects file is itself a file that can be imported."""
    command("import", write(tmp_path / "letters.csv", [portal_row(asked_at="")]))
    path = settings.instance / "imports" / "letters.rejects.csv"
    result = command("import", path, "--default-date", "2019-05-01")
    assert "added           1 " in result.stdout, result.output


def test_a_default_date_serves_both(command: Command, session: Session, tmp_path: Path) -> None:
    """--default-date stands for the dates of letter and reply that a row lacks."""
    rows = [city_row(asked_on="", replied_on="")]
    file = write(tmp_path / "letters.csv", rows)
    assert command("import", file, "--default-date", "2022-03-04").exit_code == 0
    (letter,) = letters(session)
    assert letter.received_at == letter.closed_at == datetime(2022, 3, 3, 16, tzinfo=UTC)


def test_a_dry_run_writes_nothing(
    command: Command, session: Session, settings: Settings, tmp_path: Path
) -> None:
    """--dry-run says what would happen and leaves the database alone."""
    file = write(tmp_path / "letters.csv", [portal_row(1), portal_row(2, title="")])
    result = command("import", file, "--dry-run", "--publish")
    assert "would be added      1 " in result.stdout
    assert letters(session) == []
    assert not (settings.instance / "imports").exists()
    asked = tmp_path / "bad.csv"
    command("import", file, "--dry-run", "--rejects", asked)
    assert "title is empty" in asked.read_text(encoding="utf-8-sig")


def test_gb18030_is_read(command: Command, session: Session, tmp_path: Path) -> None:
    """A file from a Chinese spreadsheet is recognised by its bytes."""
    command(
        "import", write(tmp_path / "letters.csv", [portal_row(title="䶮字也要认得")], "gb18030")
    )
    assert letters(session)[0].title == "䶮字也要认得"


def test_a_byte_order_mark_is_no_part_of_a_name(
    command: Command, session: Session, tmp_path: Path
) -> None:
    """A byte order mark before the first column is harmless."""
    command("import", write(tmp_path / "letters.csv", [portal_row()], "utf-8-sig"))
    assert len(letters(session)) == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"title,text\n\x80\xff\xfe,\x81", "--encoding"),
        (b"title,text\n\x00,b", "NUL"),
        (b"", "empty"),
        (b"title,title\na,b", "twice"),
        (b"subject,author\na,b", "no column for text"),
        (b"author,rank\na,b", "no column for title and text"),
    ],
)
def test_an_unreadable_file_is_refused_by_name(
    command: Command, session: Session, tmp_path: Path, content: bytes, words: str
) -> None:
    """A file that cannot be read ends with status 2 and one line that says why."""
    file = tmp_path / "letters.csv"
    file.write_bytes(content)
    result = command("import", file)
    assert result.exit_code == 2
    assert "letters.csv" in one_line(result) and words in one_line(result)
    assert letters(session) == []


def test_rows_of_another_width_are_rejected(
    command: Command, session: Session, settings: Settings, tmp_path: Path
) -> None:
    """Too few or too many fields and a quote that is never closed spoil their own row only."""
    file = tmp_path / "letters.csv"
    file.write_text(
        'id,title,text,received_at\n1,甲,"引号""里\n的换行",2019-01-01\n2,乙\n3,丙,丁,2019-01-01,多\n'
        '4,戊,己,2019-01-02\n5,庚,"没有结束,2019-01-03\n',
        encoding="utf-8",
    )
    assert command("import", file).exit_code == 0
    assert [letter.text for letter in letters(session)] == ['引号"里\n的换行', "己"]
    assert [row["rejected_line"] for row in rejects(settings)] == ["4", "5", "7"]


def test_columns_can_be_named(command: Command, session: Session, tmp_path: Path) -> None:
    """A map file and --column say which column is which; what is typed goes first."""
    rows = [{"h": "标题", "b": "内容", "x": "2019-01-01", "y": "2020-01-01"}]
    file = write(tmp_path / "letters.csv", rows)
    mapping = tmp_path / "map.toml"
    mapping.write_text('[columns]\ntitle = "h"\ntext = "b"\nreceived_at = "x"\n')
    result = command("import", file, "--map", mapping, "--column", "received_at=y")
    assert result.exit_code == 0, result.output
    (letter,) = letters(session)
    assert (letter.title, letter.received_at.date()) == ("标题", date(2019, 12, 31))


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        ("nonsense", "must look like"),
        ("titel=a", "no column 'titel' of ours"),
        ("title=titel", "did you mean 'title'"),
    ],
)
def test_a_wrong_column_is_named(command: Command, tmp_path: Path, pair: str, words: str) -> None:
    """A column that neither side has is named, with what would be right."""
    file = write(tmp_path / "letters.csv", [portal_row()])
    result = command("import", file, "--column", pair)
    assert result.exit_code == 2
    assert words in one_line(result)


def test_an_unknown_kind_is_rejected_unless_given(
    command: Command, session: Session, tmp_path: Path
) -> None:
    """A kind we do not have is rejected; --kind says what it is to be."""
    file = write(tmp_path / "letters.csv", [city_row(type="其它")])
    assert "'其它' is not known" in command("import", file).stderr
    command("import", file, "--kind", "help")
    assert letters(session)[0].kind is Kind.HELP


def test_published_letters_are_masked_and_found(
    command: Command, session: Session, settings: Settings, tmp_path: Path
) -> None:
    """--publish puts redacted copies into archive and index, marked as machine-reviewed."""
    result = command("import", write(tmp_path / "letters.csv", [portal_row()]), "--publish")
    assert result.exit_code == 0, result.output
    (letter,) = letters(session)
    assert (letter.publication, letter.consent_basis) == (
        Publication.PUBLISHED,
        ConsentBasis.PUBLISHED_AT_SOURCE,
    )
    entry = session.scalars(sa.select(ArchiveEntry)).one()
    assert entry.machine_reviewed
    assert "13900000001" not in entry.text and "路灯" in entry.text
    assert session.scalars(sa.select(OutboxRow)).all() == []
    found = open_index(settings).search(SearchRequest("路灯"))
    assert [hit.entry_id for hit in found.hits] == [entry.id]


def test_reports_of_wrongdoing_never_get_public(
    command: Command, session: Session, world: World, tmp_path: Path
) -> None:
    """A report is taken over, past whom it accuses, and stays out of the archive."""
    rows = [city_row(type="举报", departments="山城市城市管理局")]
    command("import", write(tmp_path / "letters.csv", rows), "--publish")
    (letter,) = letters(session)
    assert (letter.publication, letter.consent_basis) == (
        Publication.NOT_PROPOSED,
        ConsentBasis.NONE,
    )
    assert (letter.organisation_id, letter.accused_id) == (world["office"], world["city"])
    assert session.scalars(sa.select(ArchiveEntry)).all() == []


def test_an_import_leaves_a_trace(command: Command, session: Session, tmp_path: Path) -> None:
    """The audit trail says that letters were imported, from where and how many."""
    command("import", write(tmp_path / "letters.csv", [portal_row()]), "--source", "board")
    event = session.scalars(sa.select(Event).where(Event.action == "import_letters")).one()
    assert event.subject == "import:board"
    assert event.reason == (
        "1 read, 1 added, 1 answered, 0 published, 0 waiting, 0 known, 0 rejected"
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options", "count", "words"),
    [
        ("hunan-letters-with-replies.csv", (), 2816, ("物业收费", "落户", "公积金提取")),
        (
            "beijing-letters-with-replies.csv",
            ("--default-date", "2023-08-16"),
            926,
            ("公交线路", "供暖", "车"),
        ),
    ],
)
def test_real_letters_come_in_whole(
    command: Command,
    session: Session,
    settings: Settings,
    name: str,
    options: tuple[str, ...],
    count: int,
    words: tuple[str, ...],
) -> None:
    """Every letter of a real export gets in, and is in the index or waits for a person."""
    if not (REAL / name).exists():
        pytest.skip(f"{name} is not on this machine")
    result = command("import", REAL / name, "--publish", *options)
    assert result.exit_code == 0, result.output
    assert len(letters(session)) == count
    index = open_index(settings)
    waiting = int(re.search(r"wait for review ([0-9,]+)", result.output)[1].replace(",", ""))  # type: ignore[index]
    assert index.document_count() + waiting == count
    assert waiting <= count * 0.05
    for text in words:
        assert index.search(SearchRequest(text)).total > 0


@pytest.mark.slow
def test_fifty_megabytes_are_streamed(command: Command, session: Session, tmp_path: Path) -> None:
    """A file of 50 MB is read in batches; its rows are counted and checked to the last one."""
    file = write(tmp_path / "letters.csv", [portal_row(0)])
    text = "内容很长。" * 800
    with file.open("a", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        number = 0
        while out.tell() < 50_000_000:
            number += 1
            writer.writerow(portal_row(number, content=text).values())
    # The peak is that of the process, which other tests have filled before.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024
    result = command("import", file, "--dry-run")
    assert f"rows read       {number + 1:,}" in result.stdout
    peak = next(line for line in result.stdout.splitlines() if line.startswith("peak memory"))
    assert int(peak.split()[2]) < before + 750


def test_columns_nobody_reads_may_repeat(
    command: Command, session: Session, tmp_path: Path
) -> None:
    """Two columns of the same name that hold no part of a letter are ignored."""
    file = tmp_path / "letters.csv"
    file.write_text(
        "标题（必填）,备注,内容,备注,来信时间\n甲,x,乙,y,2019-01-01\n", encoding="utf-8"
    )
    assert command("import", file).exit_code == 0
    assert [letter.text for letter in letters(session)] == ["乙"]


def test_dates_of_either_order_need_a_form(
    command: Command, session: Session, tmp_path: Path
) -> None:
    """A day that may be a month is rejected with the advice that then works."""
    file = write(
        tmp_path / "letters.csv", [portal_row(asked_at="5/3/2019", replied_at="25/3/2019")]
    )
    assert "--date-format" in command("import", file).stderr
    command("import", file, "--date-format", "%d/%m/%Y")
    (letter,) = letters(session)
    assert f"{letter.received_at:%Y-%m-%d}" == "2019-03-04"


@pytest.mark.parametrize(("column", "value"), [("id", "2.01605E+13"), ("phone", "1.38123E+10")])
def test_a_number_ruined_by_a_spreadsheet_is_refused(
    command: Command, session: Session, tmp_path: Path, column: str, value: str
) -> None:
    """An id or telephone number that has lost its digits is not taken for one."""
    file = write(tmp_path / "letters.csv", [portal_row() | {column: value}])
    said = command("import", file).stderr
    assert value in said and "spreadsheet" in said
    assert letters(session) == []


def test_letters_of_a_web_editor_arrive_as_text(
    command: Command, session: Session, tmp_path: Path
) -> None:
    """Tags and entities of the old system are paragraphs here."""
    row = portal_row(title="路灯&amp;井盖", content="<p>您好：</p><p>路灯坏了。</p>")
    command("import", write(tmp_path / "letters.csv", [row]))
    (letter,) = letters(session)
    assert (letter.title, letter.text) == ("路灯&井盖", "您好：\n\n路灯坏了。")
