"""The folder of an instance where no setting names one, and files that appear in it once."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from platformdirs import user_data_path

SOURCE_ROOT = Path(__file__).resolve().parent.parent
"""The checkout, or the folder that packages are installed in."""
IS_CHECKOUT = (SOURCE_ROOT / "pyproject.toml").is_file()
INSIDE = SOURCE_ROOT / "instance"
"""The instance folder of a checkout; beside an installed package an upgrade may remove it."""
DEFAULT = INSIDE if IS_CHECKOUT else user_data_path("letterbox", appauthor=False)


def forgotten(instance: Path) -> str | None:
    """Return what to do where letters lie beside the package and would seem to be gone.

    ``None`` in a checkout, where a setting names the folder, and where it has keys already.
    """
    if IS_CHECKOUT or instance != DEFAULT:
        return None
    if not (INSIDE / "keys").is_dir() or (instance / "keys").is_dir():
        return None
    return (
        f"the letters are in {INSIDE}, where an upgrade may remove them, and the folder for them is "
        f"{instance} now; end the server and move them (mkdir -p {instance.parent} && "
        f"mv -T {INSIDE} {instance}), or set LETTERBOX_INSTANCE"
    )


def write_once(path: Path, text: str) -> None:
    """Write a file of mode 0600 unless another process was first; nobody ever reads half of it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
        file.write(text)
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
