"""``letterbox user``: accounts of the staff and their roles."""

from __future__ import annotations

import sys

import click
import sqlalchemy as sa

from portal.cli.commands import UsageFault
from portal.cli.context import now, open_instance, organisation_of
from portal.domain.access import SYSTEM, Role
from portal.domain.errors import InvalidInput
from portal.models import User, db
from portal.queries.office.grants import mixed_duties
from portal.services.office import users
from portal.services.office.accounts import PASSWORD_MIN
from portal.services.office.grants import Place, described
from portal.services.office.identities import link_identity
from portal.services.office.second_factor import reset_factor
from portal.web.core.settings import settings_of

ROLES = ", ".join(f"{role} ({role.label})" for role in Role)


@click.group("user", epilog=f"Roles: {ROLES}. A role is held at an organisation: role@code.")
def user_group() -> None:
    """Accounts of the staff: add, list, grant and revoke roles, disable, set passwords."""


def _places(texts: tuple[str, ...]) -> list[Place]:
    """Return the roles and organisations that ``role@code`` texts name."""
    places = []
    for text in texts:
        role, sign, code = text.partition("@")
        if not sign or role not in set(Role):
            raise UsageFault(f"{text!r} must look like handler@code; roles: {', '.join(Role)}")
        places.append((Role(role), organisation_of(code).id))
    return places


def _user(username: str) -> User:
    found = db.session.scalar(sa.select(User).where(User.username == username.lower()))
    if found is None:
        raise UsageFault(f"there is no account {username!r}; 'letterbox user list' shows them")
    return found


def _password(generate: bool) -> str:
    """Return a password: generated and shown once, typed twice, or the first line of the input.

    Only one that is made up must be changed at the first login: who types one chooses it.
    """
    if generate:
        password = users.one_time_password()
        click.echo(f"password  {password}")
        return password
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    prompt = f"Password (at least {PASSWORD_MIN} characters)"
    typed: str = click.prompt(prompt, hide_input=True, confirmation_prompt=True)
    return typed


_generate = click.option(
    "--generate",
    is_flag=True,
    help="Make a password up and print it once; its owner must change it at the first login.",
)


@user_group.command("add")
@click.argument("username")
@click.option("--name", required=True, help="The person's name, as colleagues see it.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="ROLE@CODE",
    help="Role at an organisation; may be repeated.",
)
@_generate
def add(username: str, name: str, roles: tuple[str, ...], generate: bool) -> None:
    """Create an account for USERNAME; the password is asked for."""
    with open_instance():
        places = _places(roles)
        users.create_user(
            username, name, _password(generate), places, SYSTEM, now(), one_time=generate
        )
        click.echo(f"account {username.lower()} created: {described(_user(username))}")


@user_group.command("list")
@click.option("--role", type=click.Choice([str(role) for role in Role]), help="Only holders of it.")
def show(role: str | None) -> None:
    """List the accounts: name, roles and places, and whether disabled."""
    with open_instance():
        for user in db.session.scalars(sa.select(User).order_by(User.username)):
            if role and role not in {grant.role for grant in user.grants}:
                continue
            state = "  disabled" if user.disabled else ""
            click.echo(f"{user.username:<24} {user.name}  {described(user)}{state}")


@user_group.command("grant")
@click.argument("username")
@click.argument("roles", nargs=-1, required=True, metavar="ROLE@CODE...")
def grant(username: str, roles: tuple[str, ...]) -> None:
    """Give USERNAME further roles."""
    with open_instance():
        user = _user(username)
        held = {(row.role, row.organisation_id) for row in user.grants}
        users.set_grants(user.id, held | set(_places(roles)), SYSTEM, now())
        click.echo(f"{username.lower()}: {described(_user(username))}")


@user_group.command("revoke")
@click.argument("username")
@click.argument("roles", nargs=-1, required=True, metavar="ROLE@CODE...")
def revoke(username: str, roles: tuple[str, ...]) -> None:
    """Take roles away from USERNAME."""
    with open_instance():
        user = _user(username)
        held = {(row.role, row.organisation_id) for row in user.grants}
        away = set(_places(roles))
        if not away <= held:
            raise UsageFault(f"{username} holds only: {described(user)}")
        users.set_grants(user.id, held - away, SYSTEM, now())
        click.echo(f"{username.lower()}: {described(_user(username))}")


@user_group.command("check")
def check() -> None:
    """List accounts whose roles exclude each other; the exit code is 1 where there are some."""
    with open_instance():
        found = mixed_duties(db.session())
        for user in found:
            click.echo(f"{user.username:<24} {user.name}  {described(user)}")
        if found:
            raise SystemExit(1)
        click.echo("no account holds roles that exclude each other")


@user_group.command("disable")
@click.argument("username")
def disable(username: str) -> None:
    """Disable USERNAME and end every session; what the person did stays on record."""
    with open_instance():
        users.disable(_user(username).id, SYSTEM, now())
        click.echo(f"{username.lower()} is disabled")


@user_group.command("enable")
@click.argument("username")
def enable(username: str) -> None:
    """Enable USERNAME again."""
    with open_instance():
        users.enable(_user(username).id, SYSTEM, now())
        click.echo(f"{username.lower()} may log in")


@user_group.command("factor")
@click.argument("username")
def factor(username: str) -> None:
    """Remove the second factor of USERNAME, who has lost it."""
    with open_instance():
        reset_factor(_user(username).id, SYSTEM, now())
        click.echo(f"{username.lower()} logs in with the password alone")


@user_group.command("password")
@click.argument("username")
@_generate
def password(username: str, generate: bool) -> None:
    """Set another password for USERNAME; every session ends."""
    with open_instance():
        user = _user(username)
        users.reset_password(user.id, _password(generate), SYSTEM, now(), one_time=generate)
        click.echo(f"the password of {username.lower()} is changed")


@user_group.command("identity")
@click.argument("username")
@click.argument("subject")
def identity(username: str, subject: str) -> None:
    """Give USERNAME the identity SUBJECT of the provider of the staff."""
    with open_instance() as app:
        provider = settings_of(app).staff_identity
        if provider is None:
            raise UsageFault("staff_identity: set the provider first")
        try:
            link_identity(_user(username).username, provider.issuer, subject, now())
        except InvalidInput as error:
            raise UsageFault(str(error)) from error
        click.echo(f"{username.lower()} signs in with {provider.issuer}")
