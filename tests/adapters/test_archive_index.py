"""The door to the index: what the house needs of it, and one object for each folder."""

import subprocess
import sys
from pathlib import Path

import portal.adapters.archive_index as door
from portal.adapters.archive_index import open_index


def test_everything_named_is_there() -> None:
    """Each name the door offers exists."""
    assert [name for name in door.__all__ if not hasattr(door, name)] == []


def test_a_folder_is_opened_once(tmp_path: Path) -> None:
    """Two requests share what is known of an index; two instances share nothing."""
    assert open_index(tmp_path / "a") is open_index(tmp_path / "a")
    assert open_index(tmp_path / "a") is not open_index(tmp_path / "b")


def test_opening_writes_nothing(tmp_path: Path) -> None:
    """A page that looks at an index that is not there leaves no folder behind."""
    open_index(tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


def test_the_library_stands_alone() -> None:
    """The index library can be used without the portal and without any framework."""
    code = (
        "import sys, search_index.whoosh_engine;"
        "print([m for m in ('portal', 'flask', 'sqlalchemy') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert said.stdout.strip() == "[]"
