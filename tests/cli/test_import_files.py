"""What is read is not destroyed, and one bad row does not take its neighbours with it."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.csv_reader import UNCLOSED, CsvRow, open_csv
from portal.config import Settings
from portal.models import Letter
from portal.services.importing import letters as importing
from tests.cli.conftest import Command, one_line
from tests.cli.letters import portal_row, write

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "letters"
HEADER = "id,title,text,received_at\n"


def read(path: Path, text: str) -> list[CsvRow]:
    """Return the rows of a file with ``text`` under the header."""
    path.write_text(HEADER + text, encoding="utf-8")
    with open_csv(path) as source:
        return list(source.rows)


def test_the_input_is_no_rejects_file(command: Command, tmp_path: Path) -> None:
    """--rejects with the file that is read, under whatever name, is refused; the file stays."""
    file = write(tmp_path / "letters.csv", [portal_row(), portal_row(2, title="")])
    before = file.read_bytes()
    link = tmp_path / "link.csv"
    link.symlink_to(file)
    for name in (file, link):
        result = command("import", file, "--rejects", name)
        assert result.exit_code == 2
        assert "--rejects" in one_line(result)
    assert file.read_bytes() == before


def test_earlier_rejects_are_kept(command: Command, settings: Settings, tmp_path: Path) -> None:
    """A second run puts its bad rows into a file with a number and leaves the first alone."""
    for title in ("", "长" * 101):
        command("import", write(tmp_path / "letters.csv", [portal_row(title=title)]))
    folder = settings.instance / "imports"
    assert sorted(each.name for each in folder.iterdir()) == [
        "letters.rejects-2.csv",
        "letters.rejects.csv",
    ]
    assert "title is empty" in (folder / "letters.rejects.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    "bad",
    ['2,乙,"丙,2019-01-01\n', '2,"乙,丙,2019-01-01\n', '2,乙,丙,"2019-01-01\n'],
)
@pytest.mark.parametrize(
    "below",
    [
        "3,甲,乙,2019-01-02\n4,甲,乙,2019-01-03\n",
        '3,甲,乙,2019-01-02\n4,甲,"乙",2019-01-03\n',
        '3,甲,乙,2019-01-02\n4,甲,乙",2019-01-03\n',
        "",
    ],
)
def test_an_unclosed_quote_spoils_its_own_row_only(tmp_path: Path, bad: str, below: str) -> None:
    """A quote that is never closed, in the middle or at the end, costs one row, kept as it was."""
    rows = read(tmp_path / "a.csv", "1,甲,乙,2019-01-01\n" + bad + below)
    assert [row.line for row in rows] == list(range(2, 4 + below.count("\n")))
    (wrong,) = [row for row in rows if row.problem]
    assert (wrong.line, wrong.problem, wrong.raw) == (3, UNCLOSED, bad)


def test_texts_of_several_lines_stay_whole(tmp_path: Path) -> None:
    """Quoted texts with line breaks, quotes and separators are one row each."""
    text = '1,甲,"第一行\n\n""第二,行""\n第三行",2019-01-01\n2,乙,"a,b\nx,y,z,w\n",2019-01-02\n'
    rows = read(tmp_path / "a.csv", text)
    assert [(row.line, row.problem) for row in rows] == [(2, ""), (6, "")]
    assert rows[0].fields[2] == '第一行\n\n"第二,行"\n第三行'


@pytest.mark.parametrize(
    ("name", "count"),
    [("hunan-letters-with-replies.csv", 2816), ("beijing-letters-with-replies.csv", 926)],
)
def test_real_files_have_no_bad_row(name: str, count: int) -> None:
    """Real exports are read without a fault, each row once."""
    if not (REAL / name).exists():
        pytest.skip(f"{name} is not on this machine")
    with open_csv(REAL / name) as source:
        rows = list(source.rows)
    assert (len(rows), [row.line for row in rows if row.problem]) == (count, [])


def test_a_dry_run_counts_repeated_rows_once(
    command: Command, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that comes again later in the file counts as known, in a dry run as in earnest."""
    monkeypatch.setattr(importing, "BATCH", 2)
    file = write(tmp_path / "letters.csv", [portal_row(n) for n in (1, 2, 3, 1, 2)])
    for options in (("--dry-run",), ()):
        said = command("import", file, *options).stdout
        assert "known already   2" in said
    assert session.scalar(sa.select(sa.func.count()).select_from(Letter)) == 3


def test_both_rates_are_told(command: Command, tmp_path: Path) -> None:
    """An import says how fast letters were written and how fast the whole command was."""
    said = command("import", write(tmp_path / "letters.csv", [portal_row()]), "--publish").stdout
    assert "letters written/s" in said
    assert "letters/s, indexing included" in said
