"""``letterbox record`` from inside and from outside, with statuses that scripts can trust."""

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from portal.config import Settings
from portal.services.core.handing_in import Receipt
from portal.services.letters.submission import submit
from portal.services.statistics.record import RecordKeys, extend
from tests.builders import START, World, new_letter, send
from tests.cli.conftest import Command, one_line

DAY = timedelta(days=1)


@pytest.fixture
def recorded(session: Session, world: World, settings: Settings) -> Session:
    """A record of three days with a letter each."""
    keys = RecordKeys(settings.key("record"), settings.key("code"))
    extend(keys, START)
    for day in range(3):
        send(new_letter(world["city"]), START + day * DAY)
    while extend(keys, START + 3 * DAY):
        pass
    session.rollback()
    return session


@pytest.fixture
def site(app: Flask, recorded: Session) -> Iterator[str]:
    """The address of a server with that record."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_untouched_database_agrees(recorded: Session, command: Command) -> None:
    """The check ends with 0 and says how much it has seen."""
    result = command("record", "check")
    assert result.exit_code == 0, result.output
    assert "3 leaves, 4 heads, ok" in result.stdout


def test_a_removed_closing_is_found(recorded: Session, command: Command) -> None:
    """What was deleted in the database is named, with status 3."""
    recorded.execute(sa.text("UPDATE event SET to_state = 'x', from_state = 'y'"))
    recorded.commit()
    result = command("record", "check")
    assert result.exit_code == 3
    assert "3 faults" in result.stdout
    assert "is no longer received" in result.stdout


def test_the_check_of_everything_includes_the_record(recorded: Session, command: Command) -> None:
    """``letterbox check`` says whether the record agrees, in a line of its own."""

    def line() -> str:
        return next(each for each in command("check").stdout.splitlines() if "record" in each)

    assert line().split() == ["record", "ok"]
    recorded.execute(sa.text("UPDATE record_leaf SET commitment = 'x' WHERE position = 1"))
    recorded.commit()
    assert "faults" in line()


def test_a_site_is_verified_from_outside(site: str, command: Command, tmp_path: Path) -> None:
    """Signatures and consistency hold; the heads are kept and agree the next time."""
    seen = tmp_path / "heads.json"
    for _ in range(2):
        result = command("record", "verify", site, "--keep", seen)
        assert result.exit_code == 0, result.output
        assert "3 leaves, 4 heads, ok" in result.stdout
    assert [head["size"] for head in json.loads(seen.read_text())] == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE record_head SET signature = substr(signature, 3) || '00'", "signature is wrong"),
        ("UPDATE record_head SET size = 1 WHERE size = 2", "does not only add"),
        ("UPDATE record_leaf SET commitment = 'x' WHERE position = 1", "does not only add"),
        ("UPDATE record_head SET public_key = substr(public_key, 3) || '00'", "by another key"),
    ],
)
def test_a_bent_record_is_found_from_outside(
    site: str, recorded: Session, command: Command, statement: str, said: str
) -> None:
    """Who edits heads or leaves is found by anybody, with status 3."""
    recorded.execute(sa.text(statement))
    recorded.commit()
    result = command("record", "verify", site)
    assert result.exit_code == 3, result.output
    assert said in result.stdout


def test_a_record_that_was_signed_again_is_found(
    site: str, recorded: Session, command: Command, settings: Settings, tmp_path: Path
) -> None:
    """Signed again over fewer letters it is whole, but not what was seen before."""
    seen = tmp_path / "heads.json"
    assert command("record", "verify", site, "--keep", seen).exit_code == 0
    for table in ("record_leaf", "record_node", "record_head"):
        recorded.execute(sa.text(f"DELETE FROM {table}"))
    recorded.execute(sa.text("UPDATE event SET from_state = 'x' WHERE id = 1"))
    recorded.commit()
    keys = RecordKeys(settings.key("record"), settings.key("code"))
    while extend(keys, START + 3 * DAY):
        pass
    recorded.rollback()
    assert command("record", "verify", site).exit_code == 0
    result = command("record", "verify", site, "--keep", seen)
    assert result.exit_code == 3
    assert "is not the one that was seen before" in result.stdout


@pytest.fixture
def receipt(recorded: Session, world: World, settings: Settings) -> Receipt:
    """The receipt of a letter that is in the record."""
    sent = submit(new_letter(world["city"]), "one letter", settings.key("code"), START + 4 * DAY)
    keys = RecordKeys(settings.key("record"), settings.key("code"))
    while extend(keys, START + 5 * DAY):
        pass
    recorded.rollback()
    return sent


def test_a_letter_is_proven_from_outside(site: str, receipt: Receipt, command: Command) -> None:
    """Who has number and code sees that the letter is counted, whichever way they are typed."""
    for number in (receipt.number, receipt.number.replace("-", " ")):
        said = command("record", "verify", site, "--number", number, "--code", receipt.code)
        assert said.exit_code == 0, said.output
        assert f"4 leaves, 6 heads, with letter {receipt.number}, ok" in said.stdout


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE record_leaf SET position = 90 WHERE position = 3", "is not in the record"),
        ("UPDATE record_leaf SET kind = 'closed' WHERE position = 3", "closed"),
        ("UPDATE event SET occurred_at = '2016-07-01 00:00:00' WHERE id = :last", "is wrong"),
    ],
)
def test_a_letter_that_is_not_what_was_recorded_is_found(
    site: str,
    receipt: Receipt,
    recorded: Session,
    command: Command,
    statement: str,
    said: str,
) -> None:
    """A leaf that is gone, of another kind or of another moment is no proof."""
    last = recorded.scalar(sa.text("SELECT max(event_id) FROM record_leaf"))
    given = {"last": last} if ":last" in statement else {}
    recorded.execute(sa.text(statement), given)
    recorded.commit()
    found = command("record", "verify", site, "--number", receipt.number, "--code", receipt.code)
    assert found.exit_code == 3, found.output
    assert said in found.stdout


def test_a_letter_that_cannot_be_opened_is_not_verified(
    site: str, receipt: Receipt, world: World, settings: Settings, command: Command
) -> None:
    """A wrong code and a letter of a day without a head are status 1, wrong words status 2."""
    later = submit(new_letter(world["city"]), "later", settings.key("code"), START + 9 * DAY)

    def status(*words: str) -> int:
        return command("record", "verify", site, *words).exit_code

    assert status("--number", receipt.number, "--code", "0" * 13) == 1
    assert status("--number", later.number, "--code", later.code) == 1
    assert status("--number", "7", "--code", "x") == 2
    assert status("--code", receipt.code) == 2


def test_what_cannot_be_verified_is_no_fault_of_the_record(
    site: str, command: Command, tmp_path: Path
) -> None:
    """No answer and wrong files are status 1, what is no address is status 2."""
    assert command("record", "verify", "http://127.0.0.1:9").exit_code == 1
    (tmp_path / "heads.json").write_text("[1]")
    result = command("record", "verify", site, "--keep", tmp_path / "heads.json")
    assert result.exit_code == 1
    assert "no file of heads" in one_line(result)
    assert command("record", "verify", "letters.example.gov").exit_code == 2
