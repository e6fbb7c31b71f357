"""The context of commands: the opened instance, organisations by code, progress."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Protocol

import click
import sqlalchemy as sa
from flask import Flask
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from portal.app import create_app, ensure_database
from portal.cli.commands import UsageFault
from portal.cli.faults import quiet
from portal.config import load_settings
from portal.models import Organisation, db


class Advance(Protocol):
    """A function that counts ``n`` more; it may give a ``total`` learned meanwhile."""

    def __call__(self, n: int, total: int | None = None) -> None: ...


_SECONDS_BETWEEN_LINES = 10.0


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


@contextmanager
def open_instance() -> Iterator[Flask]:
    """Open the instance: read settings, migrate the database, push the application context."""
    app = create_app(quiet(load_settings()))
    ensure_database(app, now())
    with app.app_context():
        yield app


def organisation_of(code: str) -> Organisation:
    """Return the organisation of ``code``.

    Raises :class:`UsageFault`, which says where codes are listed.
    """
    found = db.session.scalar(sa.select(Organisation).where(Organisation.code == code))
    if found is None:
        raise UsageFault(
            f"there is no organisation with the code {code!r}; "
            "'letterbox organisation list' shows the codes"
        )
    return found


@contextmanager
def progress(label: str, total: int | None) -> Iterator[Advance]:
    """Show the progress of long work on standard error; yield the function that counts it.

    A terminal gets a bar, a log file a line every ten seconds.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        with _lines(label, total) as advance:
            yield advance
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as bar:
        task = bar.add_task(label, total=total)

        def advance(n: int, total: int | None = None) -> None:
            bar.update(task, advance=n, total=total)

        yield advance


@contextmanager
def _lines(label: str, total: int | None) -> Iterator[Advance]:
    done, known, shown = 0, total, time.monotonic()

    def show() -> None:
        click.echo(f"{label}: {done:,}" + (f" of {known:,}" if known else ""), err=True)

    def advance(n: int, total: int | None = None) -> None:
        nonlocal done, known, shown
        done, known = done + n, total or known
        if time.monotonic() - shown >= _SECONDS_BETWEEN_LINES and done != known:
            shown = time.monotonic()
            show()

    yield advance
    if done:
        show()
