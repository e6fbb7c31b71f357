"""``letterbox reindex`` and ``letterbox embed``, and waiting for the index to be up to date."""

from __future__ import annotations

import time

import click
import sqlalchemy as sa
from flask import Flask

from portal.adapters.archive_index import SearchEngine, SearchIndexError, open_index
from portal.adapters.embedding import open_embedder
from portal.cli.commands import UsageFault
from portal.cli.context import now, open_instance, progress
from portal.models import INDEX, PUBLIC, OutboxRow, db
from portal.queries.archive.meaning import coverage
from portal.services.archive.indexing import drain, rebuild, revive_dead
from portal.services.archive.meaning import embed_entries
from portal.services.core.outbox import waiting
from portal.web.core.settings import settings_of

_PAUSE_SECONDS = 0.5
_MANY = 1_000
"""Waiting entries from which a rebuild is quicker, unless the index has twice as many."""


@click.command()
def reindex() -> None:
    """Rebuild the full-text index from the archive table.

    The site stays open: the new index is built beside the old one and replaces it when it is
    complete. Entries that could not be indexed before are tried again.
    """
    with open_instance() as app:
        build_index(app)
        revived = revive_dead(now())
        if revived:
            click.echo(f"{revived} entries that had failed are tried again by the worker")


@click.command()
@click.option("--status", is_flag=True, help="Only say how many entries have their vectors.")
def embed(status: bool) -> None:
    """Compute the vectors of entries that have none yet, by the model of ``semantic_model``.

    The worker does the same in the background; this may run beside it, and can be stopped at any
    time and started again.
    """
    with open_instance() as app:
        embedder = open_embedder(settings_of(app))
        if embedder is None:
            raise UsageFault("semantic_model: no model is set, so there is nothing to compute")
        found = coverage(db.session(), embedder)
        db.session.rollback()
        if not status:
            with progress("entries", found.entries - found.embedded) as advance:
                while done := embed_entries(embedder):
                    advance(done)
            found = coverage(db.session(), embedder)
        click.echo(f"{found.embedded:,} of {found.entries:,} entries have vectors")


def build_index(app: Flask) -> None:
    """Build the index from the archive table; show progress and the time taken."""
    index = open_index(settings_of(app))
    begun = time.monotonic()
    with progress("entries", _public()) as advance:
        count = rebuild(index, advance)
    click.echo(f"{count:,} entries indexed in {time.monotonic() - begun:.1f} s")


def drain_outbox(app: Flask) -> None:
    """Wait until the index is up to date, by this process or a running worker."""
    index = open_index(settings_of(app))
    first = left = _waiting()
    if first >= _MANY and first * 2 >= _indexed(index):
        build_index(app)
        left = _waiting()
    with progress("indexed", first) as advance:
        while left:
            drained = drain(index, now())
            before, left = left, _waiting()
            advance(before - left)
            if not drained and left:
                # Another process holds the index, or a row waits for its next attempt.
                time.sleep(_PAUSE_SECONDS)


def _indexed(index: SearchEngine) -> int:
    try:
        return index.document_count()
    except SearchIndexError:
        return 0


def _public() -> int:
    query = sa.select(sa.func.count()).where(PUBLIC)
    return db.session.scalar(query) or 0


def _waiting() -> int:
    query = sa.select(sa.func.count()).select_from(OutboxRow)
    left = db.session.scalar(query.where(waiting(INDEX))) or 0
    db.session.rollback()
    return left
