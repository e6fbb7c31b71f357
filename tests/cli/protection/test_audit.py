"""``letterbox audit`` with statuses that scripts can trust."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.noted_head import read_note_file, write_note
from portal.config import Settings
from portal.domain.events import RecordAction
from portal.domain.letters.states import State
from portal.models import Event
from portal.services.audit.sealing import ensure_chain, noted_head, seal
from portal.services.core.unit import writing
from tests.builders import START, World, a_letter
from tests.cli.conftest import Command, one_line
from tests.services.audit.conftest import search_for

PERIOD = ("--from", "2016-06-01", "--to", "2016-06-30")


def seal_all() -> str:
    """Seal everything; return the head."""
    while seal(datetime.now(UTC)):
        pass
    return noted_head() or ""


@pytest.fixture
def head(session: Session, world: World) -> str:
    """The head of a chain over a closed letter."""
    ensure_chain(START)
    a_letter(session, world, State.CLOSED)
    noted = seal_all()
    session.rollback()
    return noted


def test_an_untouched_trail_agrees(head: str, command: Command, session: Session) -> None:
    """The command ends with 0, says how much it has seen, and prints the head."""
    result = command("audit", "verify", "--expect", head)
    assert result.exit_code == 0, result.output
    assert f"{head.partition(':')[0]} rows sealed, ok" in result.stdout
    assert f"head {head}\n" in result.stdout


def test_a_changed_row_is_named(head: str, command: Command, session: Session) -> None:
    """With status 3, by the check of everything too."""
    last = session.scalar(sa.select(sa.func.max(Event.id)))
    with writing() as unit:
        unit.execute(sa.update(Event).where(Event.id == last).values(reason="other"))
    session.rollback()
    result = command("audit", "verify")
    assert result.exit_code == 3
    assert f"event {last} was edited" in result.stdout
    assert f"event {last} was edited" in command("check").stdout


def test_two_notes_of_one_length_must_both_be_in_the_chain(
    head: str, command: Command, session: Session, settings: Settings
) -> None:
    """A head that was noted elsewhere counts, whatever the file of the instance says of that length."""
    other = f"{head.partition(':')[0]}:{'ab' * 32}"
    write_note(settings.instance, head)
    result = command("audit", "verify", "--expect", other)
    assert result.exit_code == 3
    assert f"the noted head {other} is not in the chain" in result.stdout


def test_a_noted_head_that_is_gone_is_named(
    head: str, command: Command, session: Session, settings: Settings
) -> None:
    """Whether it is given, or lies in the instance folder."""
    other = f"{head.partition(':')[0]}:{'ab' * 32}"
    result = command("audit", "verify", "--expect", other)
    assert result.exit_code == 3
    assert f"the noted head {other} is not in the chain" in result.stdout
    write_note(settings.instance, head)
    assert command("audit", "verify").exit_code == 0
    write_note(settings.instance, other)
    assert command("audit", "verify").exit_code == 3
    assert read_note_file(settings.instance) == other


def test_rows_that_wait_are_counted(
    head: str, command: Command, session: Session, world: World
) -> None:
    """Those that the worker has not sealed yet are said, with the moment of the oldest."""
    a_letter(session, world)
    session.rollback()
    result = command("audit", "verify")
    assert result.exit_code == 0, result.output
    assert "1 rows are not sealed yet, the oldest of 2016-06-01 01:00:00 UTC" in result.stdout


@pytest.mark.parametrize("text", ["12", "x:y"])
def test_what_is_no_head_is_refused(command: Command, world: World, text: str) -> None:
    """With status 2 and one line."""
    result = command("audit", "verify", "--expect", text)
    assert result.exit_code == 2
    assert "--expect" in one_line(result)


def test_the_export_holds_rows_and_seals(
    head: str, command: Command, session: Session, tmp_path: Path
) -> None:
    """Both forms have every row of the period in the order of the chain; the reader alone may read."""
    lines, table = tmp_path / "trail.jsonl", tmp_path / "trail.csv"
    assert command("audit", "export", *PERIOD, str(lines)).exit_code == 0
    assert command("audit", "export", *PERIOD, str(table)).exit_code == 0
    found = [json.loads(line) for line in lines.read_text("utf-8").splitlines()]
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    positions = [row["position"] for row in found]
    assert positions == list(range(1, int(head.partition(":")[0]) + 1))
    assert [row["seal"] for row in rows] == [row["seal"] for row in found]
    assert all(len(row["seal"]) == 32 and row["block"] == 1 for row in found)
    assert {row["kind"] for row in found} == {"event"}
    assert "reason" not in found[0]
    assert lines.stat().st_mode & 0o777 == 0o600


def test_the_export_has_no_words_of_searches(
    head: str, command: Command, session: Session, tmp_path: Path
) -> None:
    """They may be names; the row is there without them."""
    search_for("q=周晓兰; found=1")
    session.rollback()
    for path in (tmp_path / "trail.jsonl", tmp_path / "trail.csv"):
        assert command("audit", "export", *PERIOD, str(path)).exit_code == 0
        assert "search_letters" in path.read_text("utf-8")
        assert "detail" not in path.read_text("utf-8")
        assert "周晓兰" not in path.read_text("utf-8")


def test_an_export_is_recorded(
    head: str, command: Command, session: Session, tmp_path: Path
) -> None:
    """The trail says which period was copied, before the file is written."""
    command("audit", "export", *PERIOD, str(tmp_path / "trail.jsonl"))
    session.rollback()
    event = session.scalars(sa.select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.action == RecordAction.EXPORT_AUDIT
    assert event.reason is not None and event.reason.startswith("2016-06-01 to 2016-06-30")


def test_rows_outside_the_period_stay_out(
    head: str, command: Command, session: Session, tmp_path: Path
) -> None:
    """Days are civil days, both included."""
    path = tmp_path / "trail.jsonl"
    result = command("audit", "export", "--from", "2017-01-01", "--to", "2017-01-01", str(path))
    assert result.exit_code == 0, result.output
    assert path.read_text() == ""


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--from", "2016-06-02", "--to", "2016-06-01", "x.csv"), "--to"),
        ((*PERIOD, "x.xlsx"), "FILE"),
        (("--from", "June", "--to", "2016-06-01", "x.csv"), "--from"),
    ],
)
def test_wrong_words_are_refused(
    command: Command, world: World, arguments: tuple[str, ...], named: str
) -> None:
    """With status 2, by name."""
    result = command("audit", "export", *arguments)
    assert result.exit_code == 2
    assert named in result.output


def test_a_file_that_is_there_stays(head: str, command: Command, tmp_path: Path) -> None:
    """Nothing is overwritten."""
    path = tmp_path / "trail.csv"
    path.write_text("kept")
    assert command("audit", "export", *PERIOD, str(path)).exit_code == 2
    assert path.read_text() == "kept"
