"""``letterbox serve`` and ``letterbox work``: the server with its worker, or the worker alone."""

from __future__ import annotations

import errno
import multiprocessing
import os
import socket
import threading
from typing import IO

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from portal.adapters.database_copy import POSTGRESQL, kind_of
from portal.adapters.processes import SERVER, InUse, hold
from portal.app import create_app, ensure_database
from portal.cli.commands import UsageFault
from portal.cli.context import now
from portal.cli.demo import offer_demo
from portal.cli.faults import quiet
from portal.cli.worker.run import run
from portal.config import Settings, load_settings

_SPAWN = multiprocessing.get_context("spawn")
_RESPAWN_SECONDS = 2.0


@click.command()
@click.option("--host", help="Address to listen on; 127.0.0.1 means this machine only.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (PORT).")
@click.option("--workers", type=click.IntRange(1, 64), help="Server processes.")
@click.option("--no-worker", is_flag=True, help="Run 'letterbox work' elsewhere instead.")
@click.option("--demo", "with_demo", is_flag=True, help="Set the demo up first, if empty.")
def serve(
    host: str | None, port: int | None, workers: int | None, no_worker: bool, with_demo: bool
) -> None:
    """Serve the letterbox until Ctrl-C, with its background worker.

    The database is migrated first. Without options the settings apply (environment, then
    portal.toml in the instance folder).
    """
    typed = {"host": host, "port": port, "workers": workers}
    settings = load_settings(**{name: value for name, value in typed.items() if value is not None})
    serving = _serve_alone(settings)
    _check_port(settings)
    app = create_app(quiet(settings))
    ensure_database(app, now())
    if with_demo:
        with app.app_context():
            offer_demo(app)
    # Server processes read the settings themselves, so options are passed by environment.
    os.environ.update(LETTERBOX_HOST=settings.host, PORT=str(settings.port))
    server = Granian(
        "portal.app:served_app",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.threads,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    )
    if not no_worker:
        keeper = WorkerKeeper(settings)
        server.on_startup(keeper.start)
        server.on_shutdown(keeper.stop)
    _print_addresses(settings)
    server.serve()
    serving.close()


@click.command()
def work() -> None:
    """Run the background worker alone, until Ctrl-C.

    For an instance whose server runs with --no-worker, or on another machine. One worker at a time
    writes the index; a second one waits for it.
    """
    settings = load_settings()
    ensure_database(create_app(quiet(settings)), now())
    click.echo("The worker runs; Ctrl-C ends it.", err=True)
    run(settings)


class WorkerKeeper:
    """The keeper of one worker process beside the server."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        """Start the worker and watch over it."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker and wait for it."""
        self._stopping.set()
        self._thread.join(timeout=15)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            process = _SPAWN.Process(
                target=run, args=(self._settings, os.getpid()), name="letterbox-worker"
            )
            process.start()
            while process.is_alive() and not self._stopping.is_set():
                process.join(timeout=0.5)
            if process.is_alive():
                process.terminate()
                process.join(timeout=10)
            if process.is_alive():
                process.kill()
                process.join()
            self._stopping.wait(_RESPAWN_SECONDS)


def _serve_alone(settings: Settings) -> IO[str]:
    """Hold the instance; with SQLite, whose file one server writes, no other may serve it."""
    shared = kind_of(settings.database_uri) == POSTGRESQL
    said = f"at {settings.public_url}"
    try:
        return hold(settings.instance / SERVER, said, shared=shared, wait=True)
    except InUse as error:
        raise click.ClickException(
            f"{settings.instance} is served already, by {error.holder}; end that server first. "
            "Several servers need PostgreSQL"
        ) from error


def _check_port(settings: Settings) -> None:
    """Refuse, before anything starts, an address on which another program listens."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            place = f"{settings.host}:{settings.port}"
            if error.errno == errno.EADDRINUSE:
                raise click.ClickException(
                    f"port {settings.port} on {settings.host} is in use; end the other program or "
                    f"choose another port, such as PORT={min(settings.port + 1, 65535)}"
                ) from error
            raise UsageFault(f"cannot listen on {place}: {error.strerror or error}") from error


def _print_addresses(settings: Settings) -> None:
    address = settings.public_url
    click.echo(f"The letterbox is open at {address}")
    click.echo(f"  citizens      {address}/")
    click.echo(f"  archive       {address}/archive")
    click.echo(f"  departments   {address}/console/")
    click.echo(f"  health        {address}/readyz")
    click.echo(f"  data          {settings.instance}")
    click.echo("Ctrl-C ends it.")
