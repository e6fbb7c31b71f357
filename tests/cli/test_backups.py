"""Backup and restore as a drill: made while others write, put back elsewhere, everything there."""

import json
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal import __version__
from portal.app import create_app
from portal.config import Settings
from portal.models import db
from portal.services.letters import submission
from tests.archive import published
from tests.builders import START, World, a_letter, new_letter
from tests.cli.conftest import Command, one_line
from tests.databases import ON_POSTGRES, Postgres, Sqlite
from tests.fixtures.attachments import a_pdf, attach
from tests.pages import Client, post

COPY = "database.dump" if ON_POSTGRES else "database.sqlite3"
FIGURES = "/statistics/data.json?year=2016&asof=2016-12-31"


pytestmark = pytest.mark.usefixtures("client_programs")


@pytest.fixture
def elsewhere(tmp_path: Path, database: Sqlite | Postgres) -> Iterator[dict[str, str]]:
    """The environment of another instance, with a database of its own that is empty."""
    folder = tmp_path / "elsewhere"
    address = f"sqlite:///{folder / 'letterbox.db'}"
    if isinstance(database, Postgres):
        with psycopg.connect(database.plain, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS restored WITH (FORCE)")
            connection.execute("CREATE DATABASE restored")
        address = database.server.get_uri(database="restored")
    yield {"LETTERBOX_INSTANCE": str(folder), "DATABASE_URL": address}
    for engine in db.engines.values():
        engine.dispose()


@pytest.fixture
def other(elsewhere: dict[str, str]) -> Settings:
    """The settings of the other instance."""
    return Settings(
        instance=Path(elsewhere["LETTERBOX_INSTANCE"]), database_url=elsewhere["DATABASE_URL"]
    )


def the_backup(folder: Path) -> Path:
    """Return the only backup in ``folder``."""
    (found,) = (path for path in folder.iterdir() if not path.name.startswith("."))
    return found


def test_what_was_backed_up_while_others_wrote_is_there_again(
    app: Flask,
    session: Session,
    world: World,
    settings: Settings,
    command: Command,
    tmp_path: Path,
    elsewhere: dict[str, str],
    other: Settings,
) -> None:
    """Figures are the same, the letter opens by its code, and the check finds nothing wrong."""
    published(session, world)
    code_key = settings.key("code")
    receipt = submission.submit(new_letter(world["city"]), "before", code_key, START)
    attach(settings, receipt.id)
    before = app.test_client().get(FIGURES).get_json()
    done, written = threading.Event(), threading.Event()

    def write() -> None:
        with app.app_context():
            number = 0
            while not done.is_set():
                number += 1
                new, now = new_letter(world["city"]), datetime.now(UTC)
                submission.submit(new, f"while {number}", code_key, now)
                written.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert written.wait(30)
        made = command("backup", tmp_path / "backups")
    finally:
        done.set()
        writer.join()
    assert made.exit_code == 0, made.output
    copied = json.loads((the_backup(tmp_path / "backups") / "manifest.json").read_text())["counts"]
    assert copied["letter"] >= 3

    again = command("restore", tmp_path / "backups", **elsewhere)
    assert again.exit_code == 0, again.output
    there = create_app(other)
    there.test_client_class = Client
    with there.app_context():
        browser = there.test_client()
        assert isinstance(browser, Client)
        assert browser.get(FIGURES).get_json() == before
        typed = {"number": receipt.number, "query_code": receipt.code}
        assert "路灯" in post(browser, "/track", typed, follow=True).text
        db.session.remove()
    files = [path for path in (other.instance / "files").rglob("*") if path.is_file()]
    assert len(files) == 2
    command("reindex", **elsewhere)
    checked = command("check", **elsewhere)
    assert checked.exit_code == 0, checked.output


def test_a_backup_says_what_it_holds_and_is_closed_to_others(
    session: Session, world: World, command: Command, tmp_path: Path
) -> None:
    """The manifest names version, migration, counts and every file; nobody else reads the keys."""
    a_letter(session, world)
    assert command("backup", tmp_path / "backups").exit_code == 0
    folder = the_backup(tmp_path / "backups")
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["version"] == __version__
    assert manifest["counts"]["letter"] == 1
    assert set(manifest["files"]) == {COPY, "keys.json"}
    keys = set(json.loads((folder / "keys.json").read_text()))
    assert keys == {"session", "data", "code", "lookup", "record"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_the_newest_backups_are_kept(
    session: Session, world: World, command: Command, tmp_path: Path
) -> None:
    """``--keep 2`` leaves the two newest; another file in the folder stays."""
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "letterbox-notes").write_text("mine")
    names = []
    for _ in range(3):
        said = command("backup", folder, "--keep", 2).stdout
        names.append(Path(said.split(": ")[0]).name)
    left = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    assert left == {*names[1:], "letterbox-notes"}


@pytest.mark.parametrize("name", [COPY, "keys.json"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    session: Session,
    command: Command,
    tmp_path: Path,
    elsewhere: dict[str, str],
    other: Settings,
    name: str,
) -> None:
    """One changed byte in any file is found by its checksum."""
    command("backup", tmp_path / "backups")
    file = the_backup(tmp_path / "backups") / name
    damaged = bytearray(file.read_bytes())
    damaged[-2] ^= 1
    file.write_bytes(damaged)
    result = command("restore", tmp_path / "backups", **elsewhere)
    assert result.exit_code == 1
    assert "checksum" in one_line(result) and name in one_line(result)
    assert not (other.instance / "keys").exists()


def test_an_instance_in_use_is_left_alone_without_force(
    session: Session, world: World, command: Command, settings: Settings, tmp_path: Path
) -> None:
    """Without --force nothing changes; with it what was there is kept beside it."""
    a_letter(session, world)
    command("backup", tmp_path / "backups")
    a_letter(session, world)
    session.rollback()
    db.engine.dispose()
    result = command("restore", tmp_path / "backups")
    assert result.exit_code == 1
    assert "--force" in one_line(result)
    result = command("restore", tmp_path / "backups", "--force")
    assert result.exit_code == 0, result.output
    assert "1 letters" in result.output
    (aside,) = settings.instance.glob("before-restore-*")
    assert (aside / "keys" / "data.key").exists()
    assert any(path.name.startswith(("letterbox", "database")) for path in aside.iterdir())


def test_keys_may_lie_elsewhere(
    session: Session, command: Command, tmp_path: Path, elsewhere: dict[str, str], other: Settings
) -> None:
    """A backup without its keys is restored with them from another place, and not without."""
    command("backup", tmp_path / "backups")
    keys = (the_backup(tmp_path / "backups") / "keys.json").rename(tmp_path / "safe.json")
    result = command("restore", tmp_path / "backups", **elsewhere)
    assert result.exit_code == 1 and "--keys" in one_line(result)
    result = command("restore", tmp_path / "backups", "--keys", keys, **elsewhere)
    assert result.exit_code == 0, result.output
    assert other.key("data").hex() == json.loads(keys.read_text())["data"]


def test_a_backup_holds_the_ring(
    session: Session,
    world: World,
    command: Command,
    settings: Settings,
    tmp_path: Path,
    elsewhere: dict[str, str],
    other: Settings,
) -> None:
    """What older and newer data keys have encrypted is read where the backup is put back."""
    a_letter(session, world)
    session.rollback()
    command("key", "add")
    command("backup", tmp_path / "backups")
    again = command("restore", tmp_path / "backups", **elsewhere)
    assert again.exit_code == 0, again.output
    assert other.data_keys == settings.data_keys and len(other.data_keys) == 2
    listed = command("key", "list", **elsewhere)
    assert listed.exit_code == 0, listed.output
    assert listed.stdout == command("key", "list").stdout


def test_a_folder_without_a_backup_is_named(command: Command, tmp_path: Path) -> None:
    """An empty folder is no backup."""
    result = command("restore", tmp_path)
    assert result.exit_code == 1
    assert "no backup" in one_line(result)


def test_a_second_backup_links_the_files_of_the_first(
    session: Session, world: World, settings: Settings, command: Command, tmp_path: Path
) -> None:
    """Files never change under their names; a new one is copied, and each backup is whole."""
    letter = a_letter(session, world)
    attach(settings, letter.id, a_pdf())
    command("backup", tmp_path / "backups")
    attach(settings, letter.id, a_pdf(2))
    command("backup", tmp_path / "backups")
    first, second = (
        {path.name: path.stat() for path in (each / "files").rglob("*") if path.is_file()}
        for each in sorted(path for path in (tmp_path / "backups").iterdir() if path.is_dir())
    )
    assert (len(first), len(second)) == (1, 2)
    (shared,) = first
    assert first[shared].st_ino == second[shared].st_ino
    assert all(each.st_nlink == (2 if name == shared else 1) for name, each in second.items())


def test_a_damaged_file_of_a_backup_is_not_in_the_next(
    session: Session, world: World, settings: Settings, command: Command, tmp_path: Path
) -> None:
    """It is copied from the store once more, not linked from the earlier backup."""
    attach(settings, a_letter(session, world).id, a_pdf())
    command("backup", tmp_path / "backups")
    (first,) = (path for path in (tmp_path / "backups").rglob("files/*/*/*"))
    first.write_bytes(b"damaged")
    command("backup", tmp_path / "backups")
    contents = {
        path.read_bytes() for path in (tmp_path / "backups").rglob("files/*/*/*") if path != first
    }
    assert len(contents) == 1 and b"damaged" not in contents


def test_a_damaged_file_of_a_backup_is_not_restored(
    session: Session,
    world: World,
    settings: Settings,
    command: Command,
    tmp_path: Path,
    elsewhere: dict[str, str],
) -> None:
    """Its checksum is that of the manifest, or the restore names it and writes nothing."""
    attach(settings, a_letter(session, world).id)
    command("backup", tmp_path / "backups")
    copies = (the_backup(tmp_path / "backups") / "files").rglob("*")
    damaged = next(path for path in copies if path.is_file())
    damaged.write_bytes(b"x")
    assert damaged.name in one_line(command("restore", tmp_path / "backups", **elsewhere))
