"""``letterbox backup`` and ``letterbox restore``: copies of an instance, and the way back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC
from pathlib import Path

import click

from portal import __version__
from portal.adapters import backups
from portal.adapters.backups import COPIES, KEYS, BackupFault, Manifest
from portal.adapters.database_copy import (
    copy_database,
    count_rows,
    is_filled,
    kind_of,
    put_back,
    sqlite_file,
)
from portal.adapters.noted_head import forget_note
from portal.adapters.processes import SERVER, WORKER, InUse, hold
from portal.cli.commands import UsageFault
from portal.cli.context import now, progress
from portal.config import Settings, load_settings
from portal.models import Model

_SHOWN = {
    "letter": "letters",
    "event": "events",
    "archive_entry": "archive entries",
    "disclosure_request": "requests for disclosure",
    "user_account": "accounts",
}
_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))


def _tables() -> list[str]:
    return sorted(Model.metadata.tables)


@click.command()
@_folder
@click.option(
    "--keep",
    type=click.IntRange(1),
    help="How many backups to leave in DIR; older ones are removed after this one is whole.",
)
def backup(folder: Path, keep: int | None) -> None:
    """Copy database, files, keys and settings into a new folder in DIR, while the letterbox runs.

    Whoever has keys.json and the copy of the database can read the senders' names: keep the two
    apart. Keys that the environment gives are in neither. The index and the files of open data are not copied,
    because they are made again.
    """
    settings = load_settings()
    moment = now()
    with backups.new_backup(folder, moment) as draft:
        place = draft / COPIES[kind_of(settings.database_uri)]
        # A key that is dropped while the database is copied may be needed by the copy.
        before = backups.read_keys(settings.instance)
        # Files before the database, and after it again: some are removed meanwhile, and some come.
        backups.copy_files(settings.files_folder, folder, draft)
        with progress("pages", None) as advance:
            copied = copy_database(settings.database_uri, place, _tables(), advance)
        backups.copy_files(settings.files_folder, folder, draft)
        backups.write_keys(before | backups.read_keys(settings.instance), draft)
        backups.write_settings(settings.instance, draft)
        manifest = Manifest(
            created_at=moment.astimezone(UTC).isoformat(timespec="seconds"),
            version=__version__,
            database=kind_of(settings.database_uri),
            migration=copied.migration,
            counts=copied.counts,
        )
        backups.write_manifest(draft, manifest)
    click.echo(f"{backups.backups(folder)[-1]}: {_described(manifest)}")
    if settings.files_url:
        click.echo(f"files lie in {settings.files_url} and are not copied", err=True)
    for old in backups.remove_old(folder, keep) if keep else []:
        click.echo(f"{old}: removed")


@click.command()
@_folder
@click.option("--force", is_flag=True, help="Replace what is there; it is kept beside it.")
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Where keys.json lies, if not in the backup.",
)
def restore(folder: Path, force: bool, keys: Path | None) -> None:
    """Put the backup DIR, or the newest one in DIR, back into this instance.

    Checksums are compared before anything is written. An instance with a database or keys is left
    alone without --force. Stop server and worker first; afterwards the next start migrates the
    database where the backup is older and builds the index again.
    """
    settings = load_settings()
    source = backups.find_backup(folder)
    manifest = backups.read_manifest(source)
    kind = kind_of(settings.database_uri)
    if manifest.database != kind:
        raise UsageFault(
            f"{source} is a backup of {manifest.database}, and this instance uses {kind}: "
            "set DATABASE_URL"
        )
    size = sum(int(each["bytes"]) for each in manifest.files.values())
    with progress("bytes verified", size) as advance:
        backups.verify(source, manifest, keys, advance)
    there = _in_use(settings)
    if there and not force:
        raise BackupFault(
            f"{settings.instance} is in use already ({', '.join(there)}); set LETTERBOX_INSTANCE "
            "to a new folder, and DATABASE_URL to an empty database, or say --force"
        )
    with _alone(settings):
        aside = _set_aside(settings) if there else None
        put_back(source / COPIES[kind], settings.database_uri, replace=bool(there))
        backups.put_keys_back(keys or source / KEYS, settings.instance)
        backups.put_settings_back(source, settings.instance)
        backups.put_files_back(source, settings.files_folder)
        forget_note(settings.instance)
    restored = count_rows(settings.database_uri, _tables())
    if (restored.migration, restored.counts) != (manifest.migration, manifest.counts):
        raise BackupFault("what was restored is not what the manifest says")
    click.echo(f"{source} of {manifest.created_at} is restored: {_described(manifest)}")
    if aside is not None:
        click.echo(f"What was there before is in {aside}")


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Keep servers and workers away; raise :class:`BackupFault` where one runs."""
    with ExitStack() as locks:
        for name in (SERVER, WORKER):
            try:
                locks.enter_context(hold(settings.instance / name, "(restore)"))
            except InUse as error:
                raise BackupFault(
                    f"{settings.instance} is in use by {error.holder}; end server and worker first"
                ) from error
        yield


def _unseen(done: int, total: int) -> None:
    """Show nothing."""


def _described(manifest: Manifest) -> str:
    counts = asdict(manifest)["counts"]
    return ", ".join(f"{counts.get(table, 0):,} {words}" for table, words in _SHOWN.items())


def _in_use(settings: Settings) -> list[str]:
    """Return what would be overwritten."""
    found = ["a database"] if is_filled(settings.database_uri) else []
    return found + (["keys"] if any((settings.instance / "keys").glob("*.key")) else [])


def _set_aside(settings: Settings) -> Path:
    """Keep keys and database in a folder of their own; remove what is made from the database."""
    aside = settings.instance / f"before-restore-{now():%Y%m%dT%H%M%SZ}"
    aside.mkdir(mode=0o700)
    for kept in (settings.keys_folder, settings.files_folder):
        if kept.is_dir():
            kept.rename(aside / kept.name)
    if kind_of(settings.database_uri) == "sqlite":
        file = sqlite_file(settings.database_uri)
        for path in (file.with_name(file.name + suffix) for suffix in ("", "-wal", "-shm")):
            if path.exists():
                shutil.move(path, aside / path.name)
    else:
        copy_database(settings.database_uri, aside / COPIES["postgresql"], [], _unseen)
    for made in (settings.index_folder, settings.open_data_folder):
        shutil.rmtree(made, ignore_errors=True)
    return aside
