"""``letterbox messages``: jobs that were given up, and the words of messages."""

from __future__ import annotations

import click
import sqlalchemy as sa

from portal.cli.commands import UsageFault
from portal.cli.context import now, open_instance
from portal.domain.access import SYSTEM
from portal.domain.errors import NotFound
from portal.models import OutboxRow, OutboxStatus, db
from portal.queries.messages.jobs import queue_states, subject
from portal.services.messages.dead_letters import drop_job, retry_all, retry_job


@click.group("messages")
def messages_group() -> None:
    """Jobs of the worker that were given up, such as messages nobody took."""


@messages_group.command("list")
def list_jobs() -> None:
    """List how many jobs of each kind wait, and every job that was given up."""
    with open_instance():
        for queue in queue_states(db.session()):
            click.echo(f"{queue.name:<24}{queue.waiting:>8,} waiting{queue.dead:>8,} given up")
        dead = sa.select(OutboxRow).where(OutboxRow.status == OutboxStatus.DEAD)
        for row in db.session.scalars(dead.order_by(OutboxRow.id)):
            click.echo(f"{row.id}  {subject(row)}  {row.attempts} attempts  {row.last_error or ''}")


@messages_group.command("retry")
@click.argument("job", required=False, type=click.IntRange(min=1))
@click.option("--all", "everything", is_flag=True, help="Every job that was given up.")
def retry(job: int | None, everything: bool) -> None:
    """Give a job that was given up, or all of them, another round of attempts."""
    if everything == (job is not None):
        raise UsageFault("name a job of 'letterbox messages list', or give --all")
    with open_instance():
        if job is None:
            click.echo(f"{retry_all(SYSTEM, now()):,} jobs are tried again by the worker")
            return
        try:
            retry_job(job, SYSTEM, now())
        except NotFound as error:
            raise UsageFault(f"job {job} was not given up") from error
        click.echo(f"job {job} is tried again by the worker")


@messages_group.command("drop")
@click.argument("job", type=click.IntRange(min=1))
def drop(job: int) -> None:
    """Drop a job that was given up; it is never tried again."""
    with open_instance():
        try:
            drop_job(job, SYSTEM, now())
        except NotFound as error:
            raise UsageFault(f"job {job} was not given up") from error
        click.echo(f"job {job} is dropped")
