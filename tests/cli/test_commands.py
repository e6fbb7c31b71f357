"""Faults end with one clear line and the right status; accounts and organisations can be kept."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.archive_index import open_index
from portal.config import Settings
from portal.domain.access import Role
from portal.models import ArchiveEntry, Organisation, User
from portal.services.office.accounts import log_in
from tests.archive import published
from tests.builders import START, World
from tests.cli.conftest import Command, one_line
from tests.world import a_person

PASSWORD = "a password that is long"


def test_help_lists_the_commands(command: Command) -> None:
    """--help says what the letterbox is and what it can do."""
    result = command("--help")
    assert result.exit_code == 0
    for name in ("serve", "work", "demo", "import", "reindex", "user", "organisation"):
        assert f"\n  {name} " in result.output


def test_an_unknown_option_is_named(command: Command) -> None:
    """A mistyped option ends with status 2 and its name."""
    result = command("serve", "--prot", "9000")
    assert result.exit_code == 2
    assert "--prot" in one_line(result) and "--port" in one_line(result)


def test_an_unreachable_database_is_named_without_its_password(command: Command) -> None:
    """A database that does not answer is named by its setting; the password is not shown."""
    address = "postgresql://letterbox:top-secret@127.0.0.1:1/letterbox"
    result = command("user", "list", DATABASE_URL=address)
    assert result.exit_code == 1
    assert "DATABASE_URL" in one_line(result) and "127.0.0.1:1" in one_line(result)
    assert "top-secret" not in result.output


def test_a_wrong_setting_is_named(command: Command) -> None:
    """A setting that cannot be used is named with the reason."""
    result = command("user", "list", PORT="many")
    assert result.exit_code == 2
    assert "PORT" in one_line(result)


def test_an_unwritable_instance_is_said(command: Command, tmp_path: Path) -> None:
    """An instance folder that cannot be made says what to set."""
    (tmp_path / "file").write_text("")
    result = command("user", "list", LETTERBOX_INSTANCE=str(tmp_path / "file" / "below"))
    assert result.exit_code == 2
    assert "LETTERBOX_INSTANCE" in one_line(result)


def test_a_port_in_use_is_said_before_anything_starts(command: Command) -> None:
    """A port that another program has is named, with what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = command("serve", "--port", port)
    assert result.exit_code == 1
    assert f"port {port} on 127.0.0.1 is in use" in one_line(result)


def test_a_new_instance_has_its_office(command: Command, session: Session) -> None:
    """The first command founds the letterbox office, the next one finds it."""
    for _ in range(2):
        assert "office" in command("organisation", "list").stdout
    assert session.scalar(sa.select(sa.func.count(Organisation.id))) == 1


def test_an_account_from_the_command_line_can_log_in(
    command: Command, session: Session, world: World
) -> None:
    """user add takes the password from standard input; the person can log in."""
    result = command(
        "user",
        "add",
        "zhang.san",
        "--name",
        "张三",
        "--role",
        "handler@city",
        typed=f"{PASSWORD}\n",
    )
    assert result.exit_code == 0, result.output
    session.rollback()
    made = log_in("zhang.san", PASSWORD, START)
    assert session.get_one(User, made).must_change_password is False
    assert PASSWORD not in result.output


def test_a_generated_password_is_printed_once(command: Command, world: World) -> None:
    """--generate makes a password up that works, and that must be changed first."""
    result = command("user", "password", "city_handler", "--generate")
    password = result.stdout.splitlines()[0].removeprefix("password  ")
    world.session.rollback()
    made = log_in("city_handler", password, START)
    assert world.session.get_one(User, made).must_change_password is True


def test_roles_are_given_and_taken(command: Command, session: Session, world: World) -> None:
    """grant adds to the roles, revoke takes away, list shows them."""
    command("user", "grant", "city_handler", "reviewer@district")
    assert "handler@city, reviewer@district" in command("user", "list").stdout
    command("user", "revoke", "city_handler", "handler@city")
    shown = command("user", "list", "--role", "reviewer").stdout
    assert "city_handler " in shown and "handler@city" not in shown


def test_accounts_with_several_duties_are_found(
    command: Command, world: World, password_hash: str
) -> None:
    """user check names accounts whose roles exclude each other by its exit code."""
    assert command("user", "check").exit_code == 0
    a_person(world, "both", password_hash, (Role.ADMINISTRATOR, "office"), (Role.HANDLER, "city"))
    result = command("user", "check")
    assert (result.exit_code, result.stdout.split()[0]) == (1, "both")


def test_faults_of_accounts_are_told(command: Command, world: World) -> None:
    """Unknown names, roles and places and the last administrator are reported in one line each."""
    for words, said in (
        (("user", "disable", "nobody"), "there is no account 'nobody'"),
        (("user", "grant", "city_handler", "boss@city"), "must look like handler@code"),
        (("user", "grant", "city_handler", "handler@moon"), "'moon'"),
        (("user", "revoke", "city_handler", "auditor@city"), "holds only"),
        (("user", "disable", "office_administrator"), "grants"),
    ):
        result = command(*words)
        assert result.exit_code == 2
        assert said in one_line(result)


def test_disabled_people_cannot_log_in(command: Command, session: Session, world: World) -> None:
    """disable and enable say what they did and do it."""
    for word, state in (("disable", True), ("enable", False)):
        assert command("user", word, "city_handler").exit_code == 0
        session.rollback()
        user = session.scalars(sa.select(User).where(User.username == "city_handler")).one()
        assert user.disabled is state


def test_the_tree_can_be_changed(command: Command, session: Session, world: World) -> None:
    """Organisations are added, renamed, moved and closed."""
    for words in (
        ("add", "parks", "山城市园林局", "--kind", "municipal_department", "--parent", "office"),
        ("rename", "parks", "山城市园林绿化局"),
        ("move", "township", "city"),
        ("close", "water", "--successor", "city"),
    ):
        assert command("organisation", *words).exit_code == 0
    tree = command("organisation", "list", "--closed").stdout
    assert "  parks  山城市园林绿化局" in tree
    assert "    township  临江区石桥街道办事处" in tree
    assert "closed on" in tree
    assert "water" not in command("organisation", "list").stdout


def test_a_tree_is_imported_whole_or_not(
    command: Command, session: Session, world: World, tmp_path: Path
) -> None:
    """Rows in any order become a tree; one bad row and nothing is added."""
    file = tmp_path / "tree.csv"
    file.write_text(
        "code,name,kind,parent_code\nx-1,一科,sub_unit,x\nx,新设局,municipal_department,\n",
        encoding="utf-8",
    )
    assert "2 organisations added, 0" in command("organisation", "import", file).stdout
    assert "0 organisations added, 2" in command("organisation", "import", file).stdout
    for row, said in (
        ("y,新局,unknown,\n", "line 2: kind 'unknown'"),
        ("y,新局,sub_unit,moon\n", "y: "),
    ):
        file.write_text(f"code,name,kind,parent_code\n{row}", encoding="utf-8")
        assert said in one_line(command("organisation", "import", file))
    file.write_text("code,name\na,b\n", encoding="utf-8")
    assert "kind, parent_code" in one_line(command("organisation", "import", file))


def test_reindex_builds_from_the_archive(
    command: Command, session: Session, settings: Settings, world: World
) -> None:
    """reindex makes the index from the archive table, whatever was there before."""
    entry_id = published(session, world).id
    result = command("reindex")
    assert "1 entries indexed" in result.stdout
    assert set(open_index(settings).ids_and_revisions()) == {entry_id}
    assert session.get(ArchiveEntry, entry_id) is not None


def test_the_demo_leaves_real_data_alone(command: Command, world: World) -> None:
    """demo refuses where people live."""
    result = command("demo")
    assert result.exit_code == 1
    one_line(result)


def test_output_that_nobody_reads_ends_quietly(settings: Settings, world: World) -> None:
    """A list cut short by the program that reads it ends without a word of complaint."""
    reader, writer = os.pipe()
    os.close(reader)
    environment = {
        "LETTERBOX_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_uri,
    }
    with os.fdopen(writer, "wb") as pipe:
        done = subprocess.run(
            [sys.executable, "-m", "portal", "organisation", "list"],
            stdout=pipe,
            stderr=subprocess.PIPE,
            env=os.environ | environment,
            check=False,
        )
    assert (done.stderr, done.returncode) == (b"", 1)
