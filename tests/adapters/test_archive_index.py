"""The module that leads to the index: what the portal needs, one object for each folder."""

import subprocess
import sys
from pathlib import Path

import portal.adapters.archive_index as archive_index
from portal.adapters.archive_index import open_index
from portal.config import load_settings


def test_everything_named_is_there() -> None:
    """Each name the module offers exists."""
    assert [name for name in archive_index.__all__ if not hasattr(archive_index, name)] == []


def test_a_folder_is_opened_once(tmp_path: Path) -> None:
    """Two requests share what is known of an index; two instances share nothing."""
    one, other = load_settings(instance=tmp_path / "a"), load_settings(instance=tmp_path / "b")
    assert open_index(one) is open_index(one)
    assert open_index(one) is not open_index(other)


def test_opening_writes_nothing(tmp_path: Path) -> None:
    """A page that looks at an index that is not there leaves no folder behind."""
    open_index(load_settings(instance=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_the_library_stands_alone() -> None:
    """The index library can be used without the portal and without any framework."""
    code = (
        "import sys, search_index.embedded.whoosh_engine;"
        "print([m for m in ('portal', 'flask', 'sqlalchemy') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root
    )
    assert said.stdout.strip() == "[]"
