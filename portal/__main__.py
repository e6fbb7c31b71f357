"""``python -m portal`` is the letterbox command."""

from __future__ import annotations

from portal.cli import main

if __name__ == "__main__":
    main(prog_name="letterbox")
