"""``letterbox key``: the ring of data keys, and the other keys."""

from __future__ import annotations

from collections import Counter

import click
from sqlalchemy.orm import Session

from portal.cli.commands import UsageFault
from portal.cli.context import now, open_instance
from portal.config import Settings
from portal.domain.integrity.keys import CHECKED, check_value, key_id
from portal.domain.integrity.ring import cipher_of, key_of
from portal.key_files import DATA, add_data_key, data_files, data_keys
from portal.models import Cipher, db
from portal.queries.keys import running_rotation, values_by_prefix
from portal.services.keys import rotation
from portal.web.core.settings import settings_of

_ENVIRONMENT = "LETTERBOX_KEYS"
_ID_DIGITS = 8


@click.group("key")
def key_group() -> None:
    """Secret keys: list them, add a data key, re-encrypt with it, drop one that nothing needs."""


@key_group.command("list")
def show() -> None:
    """List the keys by their ids, what each data key has encrypted, and how far a rotation is."""
    with open_instance() as app:
        settings, ring = settings_of(app), Cipher.ring()
        counted = values_by_prefix(db.session())
        places = _places(settings)
        needed = (key_of(start) for start in sorted(counted) if start)
        for key in dict.fromkeys((*ring.ids, *needed)):
            use = "encrypts" if key == ring.ids[0] else "decrypts"
            click.echo(
                f"data     {key}  {places.get(key, 'missing'):<16} {use}  {_values(counted, key)}"
            )
        if counted[""]:
            click.echo(f"data     {counted['']:,} values of an earlier version, which name no key")
        for name in (*CHECKED, "session"):
            place = _ENVIRONMENT if name in settings.given_keys else f"{name}.key"
            click.echo(f"{name:<8} {check_value(name, settings.key(name))[:_ID_DIGITS]}  {place}")
        _show_rotation(db.session(), ring.prefix)


def _places(settings: Settings) -> dict[str, str]:
    """Return where each data key is, by its id."""
    given = settings.given_keys.get(DATA)
    if given:
        return dict.fromkeys(map(key_id, given), _ENVIRONMENT)
    folder = settings.keys_folder
    names = (file.name for file in data_files(folder))
    return dict(zip(map(key_id, data_keys(folder)), names, strict=True))


def _values(counted: Counter[str], key: str) -> str:
    found = [
        f"{count:,} values by {cipher_of(start)}"
        for start, count in sorted(counted.items())
        if start and key_of(start) == key
    ]
    return ", ".join(found) or "no values"


def _show_rotation(session: Session, prefix: str) -> None:
    running = running_rotation(session)
    if running is None:
        return
    click.echo(
        f"rotation to {key_of(running.prefix)} by {cipher_of(running.prefix)}, begun "
        f"{running.begun_at:%Y-%m-%d %H:%M} UTC: {running.done:,} of {running.total:,} values"
    )
    if running.prefix != prefix:
        click.echo("  it waits; 'letterbox key rotate' goes on with the newest key and cipher")


@key_group.command("add")
def add() -> None:
    """Make a data key that encrypts from this moment on; what is there stays readable.

    Running servers and workers of this instance folder take it without a restart. A backup has it from the next
    one on.
    """
    with open_instance() as app:
        settings = settings_of(app)
        if settings.given_keys.get(DATA):
            raise UsageFault(
                f"the data keys are in {_ENVIRONMENT}: write data= and 64 digits of "
                "'openssl rand -hex 32' before the others there, and restart every server and worker"
            )
        file = add_data_key(settings.keys_folder)
        key = settings.data_keys[0]
        rotation.register(key)
        click.echo(f"{file}: the data key {key_id(key)} encrypts what is written from now on")
        click.echo("'letterbox key rotate' has the worker re-encrypt the rest")


@key_group.command("rotate")
def rotate() -> None:
    """Have the worker re-encrypt everything with the newest data key and the cipher of the settings.

    It goes on after a kill where it was; 'letterbox key list' shows how far it is.
    """
    with open_instance():
        total, ring = rotation.begin(now()), Cipher.ring()
        if not total:
            click.echo(
                f"everything is encrypted with {ring.ids[0]} by {cipher_of(ring.prefix)}; "
                "'letterbox key add' makes a newer key"
            )
            return
        click.echo(f"{total:,} values are re-encrypted with {ring.ids[0]} by the worker")


@key_group.command("drop")
@click.argument("key", metavar="ID")
def drop(key: str) -> None:
    """Drop the data key ID, which nothing needs any more; backups of before have it in their keys.

    A key in the environment is forgotten, so that it can be taken out there.
    """
    with open_instance() as app:
        settings = settings_of(app)
        place = _places(settings).get(key)
        if place is None:
            raise UsageFault(f"there is no data key {key!r}; 'letterbox key list' shows them")
        in_file = place != _ENVIRONMENT
        try:
            rotation.drop(key, (settings.keys_folder / place).unlink if in_file else lambda: None)
        except rotation.StillNeeded as error:
            needed = f"{error.values:,} values need it" if error.values else "it encrypts"
            raise click.ClickException(
                f"{key} stays: {needed}; 'letterbox key add' and 'letterbox key rotate' come first"
            ) from error
        click.echo(f"{key} is dropped" if in_file else f"{key} can be taken out of {place}")
