"""``letterbox key``: a ring is added to, rotated by the worker, listed and thinned out."""

import os
import signal
import subprocess
import sys

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.orm import Session

from portal.adapters.data_ring import ring_of
from portal.config import Settings
from portal.domain.integrity.keys import key_id
from portal.models import Cipher, KeyCheck, KeyRotation, Letter
from portal.queries.keys import values_by_prefix
from portal.services.keys import rotation
from tests.builders import START, World, a_letter
from tests.cli.conftest import Command, one_line
from tests.servers import ROOT

STEPS = """
import sys
from datetime import UTC, datetime
from portal.app import create_app
from portal.services.keys.rotation import step

with create_app().app_context():
    while step(datetime.now(UTC), 1):
        print("step", flush=True)
"""
"""A worker that does nothing but rotate, a row at a time."""


def work() -> None:
    """Take steps until nothing is left."""
    while rotation.step(START):
        pass


def ids(settings: Settings) -> list[str]:
    """Return the ids of the ring, the newest first."""
    return [key_id(key) for key in settings.data_keys]


def test_a_key_is_added_rotated_to_and_the_old_one_dropped(
    session: Session, world: World, settings: Settings, command: Command
) -> None:
    """Each command says what it did, and the list shows what each key is needed for."""
    letter_id = a_letter(session, world, name="周晓兰").id
    session.rollback()
    (old,) = ids(settings)
    assert "2 values by aes" in command("key", "list").stdout
    added = command("key", "add")
    assert added.exit_code == 0, added.output
    new = ids(settings)[0]
    assert str(settings.keys_folder / "data-2.key") in added.stdout and new in added.stdout
    refused = command("key", "drop", old)
    assert refused.exit_code == 1
    assert "2 values need it" in one_line(refused)
    assert "2 values" in command("key", "rotate").stdout
    assert "0 of 2 values" in command("key", "list").stdout
    work()
    listed = command("key", "list").stdout
    assert "rotation" not in listed
    lines = {line.split()[1]: line for line in listed.splitlines() if line.startswith("data ")}
    assert "data-2.key" in lines[new] and "encrypts" in lines[new] and "2 values" in lines[new]
    assert "data.key" in lines[old] and "decrypts" in lines[old] and "no values" in lines[old]
    assert {"code", "lookup", "record", "session"} <= {
        line.split()[0] for line in listed.splitlines()
    }
    assert "everything is encrypted" in command("key", "rotate").stdout
    assert command("key", "drop", old).exit_code == 0
    assert ids(settings) == [new]
    assert command("key", "drop", old).exit_code == 2
    session.expire_all()
    assert session.get_one(Letter, letter_id).sender_name == "周晓兰"


def test_no_command_shows_a_key(session: Session, settings: Settings, command: Command) -> None:
    """Neither list nor add prints what is secret."""
    said = command("key", "add").output + command("key", "list").output
    secrets = [file.read_text() for file in settings.keys_folder.glob("*.key")]
    assert len(secrets) == 6
    assert [secret for secret in secrets if secret in said] == []


def test_a_missing_key_that_values_need_is_named(
    session: Session, world: World, settings: Settings, command: Command
) -> None:
    """With the newer key alone nothing starts, and the older one is named."""
    a_letter(session, world)
    session.rollback()
    command("key", "add")
    old = ids(settings)[1]
    (settings.keys_folder / "data.key").rename(settings.instance / "aside")
    for words in (("serve",), ("key", "list")):
        result = command(*words)
        assert result.exit_code == 2
        assert f"the data key {old}" in one_line(result)
    checked = command("check")
    assert checked.exit_code == 3
    assert f"the data key {old} is missing" in checked.stdout
    assert f"2 values need the data key {old}" in checked.stdout
    (settings.instance / "aside").rename(settings.keys_folder / "data.key")
    assert command("key", "list").exit_code == 0


def test_keys_come_from_the_environment(
    session: Session, world: World, settings: Settings, command: Command
) -> None:
    """The ring of the environment is rotated like that of files, and says where its keys are."""
    a_letter(session, world)
    session.rollback()
    (old,), (key,) = ids(settings), settings.data_keys
    both = f"data={'ab' * 32} data={key.hex()}"
    assert "LETTERBOX_KEYS" in one_line(command("key", "add", LETTERBOX_KEYS=both))
    listed = command("key", "list", LETTERBOX_KEYS=both).stdout
    assert f"data     {old}  LETTERBOX_KEYS   decrypts  2 values by aes" in listed
    assert one_line(command("key", "list", LETTERBOX_KEYS=f"data={'ab' * 32}")).count(old) == 1
    assert one_line(command("key", "drop", old, LETTERBOX_KEYS=both)).startswith("Error: ")
    assert "re-encrypted" in command("key", "rotate", LETTERBOX_KEYS=both).stdout
    Cipher.load(ring_of(settings.model_copy(update={"keys": SecretStr(both)})))
    work()
    assert "taken out" in command("key", "drop", old, LETTERBOX_KEYS=both).stdout
    assert command("key", "list", LETTERBOX_KEYS=f"data={'ab' * 32}").exit_code == 0
    refused = command("key", "list", LETTERBOX_KEYS="data=secret")
    assert refused.exit_code == 2
    assert "data" in one_line(refused) and "secret" not in one_line(refused)


def test_keys_in_the_file_of_settings_are_refused(settings: Settings, command: Command) -> None:
    """The file of settings lies beside the database in backups, so no key may stand in it."""
    (settings.instance / "portal.toml").write_text(f'keys = "data={"ab" * 32}"')
    result = command("key", "list")
    assert result.exit_code == 2
    assert "keys" in one_line(result) and "abab" not in one_line(result)


def test_sm4_is_chosen_by_a_setting(
    session: Session, world: World, settings: Settings, command: Command
) -> None:
    """A rotation moves what is there to the other cipher under the same key."""
    a_letter(session, world)
    session.rollback()
    (only,) = ids(settings)
    assert "2 values" in command("key", "rotate", LETTERBOX_CIPHER="sm4").stdout
    assert f"rotation to {only} by sm4" in command("key", "list").stdout
    assert "it waits" in command("key", "list").stdout
    assert command("key", "list", LETTERBOX_CIPHER="des").exit_code == 2


def re_encrypted(session: Session) -> int:
    """Return how many values the rotation has done."""
    session.rollback()
    return session.scalars(sa.select(KeyRotation.done)).one()


def test_a_killed_rotation_goes_on_where_it_was(
    session: Session, world: World, settings: Settings, command: Command
) -> None:
    """Kills in the middle lose and repeat nothing: each value is re-encrypted once and stays readable."""
    letters = [a_letter(session, world, name=f"周晓{n:02}").id for n in range(12)]
    session.rollback()
    command("key", "add")
    command("key", "rotate")
    environment = os.environ | {
        "LETTERBOX_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_uri,
        "PYTHONPATH": str(ROOT),
    }
    for kill in range(2):
        worker = subprocess.Popen(
            [sys.executable, "-c", STEPS], env=environment, stdout=subprocess.PIPE, text=True
        )
        assert worker.stdout is not None
        before = re_encrypted(session)
        while re_encrypted(session) <= before + 1:
            assert worker.stdout.readline() == "step\n"
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        assert worker.returncode == -signal.SIGKILL
        running = session.scalars(sa.select(KeyRotation)).one()
        assert running.ended_at is None and 0 < running.done < 24, kill
        session.rollback()
    work()
    (new, _) = ids(settings)
    assert {start.split(".")[2]: n for start, n in values_by_prefix(session).items()} == {new: 24}
    ended = session.scalars(sa.select(KeyRotation)).one()
    assert (ended.done, ended.total, ended.unreadable) == (24, 24, 0)
    assert ended.ended_at is not None
    names = {letter.id: letter.sender_name for letter in session.scalars(sa.select(Letter))}
    assert names == {letter_id: f"周晓{n:02}" for n, letter_id in enumerate(letters)}
    assert session.scalars(sa.select(sa.func.count()).select_from(KeyCheck)).one() == 5


@pytest.mark.parametrize("cipher", ["aes", "sm4"])
def test_no_contact_is_in_the_database(
    session: Session, world: World, settings: Settings, command: Command, cipher: str
) -> None:
    """A search through everything the database stores finds no name and no contact."""
    a_letter(session, world, name="欧阳明月", phone="13912345678", email="moon@example.org")
    session.rollback()
    command("key", "rotate", LETTERBOX_CIPHER=cipher)
    dump = "\n".join(
        str(tuple(row))
        for table in sa.inspect(session.get_bind()).get_table_names()
        for row in session.execute(sa.text(f'SELECT * FROM "{table}"'))  # noqa: S608
    )
    assert "路灯" in dump
    assert [said for said in ("欧阳明月", "13912345678", "moon@example") if said in dump] == []
