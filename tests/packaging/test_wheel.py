"""The wheel runs elsewhere: pages, static files, translations and migrations are in it."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import json, pathlib, sys
import portal
from portal.app import create_app, ensure_database
from portal.config import load_settings
from datetime import UTC, datetime

app = create_app(load_settings(instance=pathlib.Path("instance")))
ensure_database(app, datetime.now(UTC))
client = app.test_client()
answers = {path: client.get(path).status_code for path in ("/", "/en/", "/static/x/css/base.css")}
english = client.get("/en/").get_data(as_text=True)
json.dump({"from": portal.__file__, "answers": answers, "english": "Write" in english}, sys.stdout)
"""


def run(*words: str | Path, folder: Path) -> str:
    """Run a command in ``folder`` with a clean environment; return what it prints."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from what version control knows, without a network."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        pytest.skip("this is no checkout, so there is nothing to build from")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        ".",
        "--no-deps",
        "--no-build-isolation",
        "--quiet",
        "--wheel-dir",
        target,
        folder=source,
    )
    (built,) = target.glob("*.whl")
    return built


@pytest.mark.slow
def test_the_wheel_holds_everything(wheel: Path) -> None:
    """Every template, static file, migration and compiled catalogue is inside, and no test."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (
        ("templates", "portal/templates"),
        ("portal/static", "portal/static"),
        ("portal/migrations", "portal/migrations"),
        ("portal/tools/samples", "portal/tools/samples"),
    ):
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                assert f"{inside}/{file.relative_to(ROOT / folder)}" in names
    for catalogue in (ROOT / "portal" / "translations").rglob("*.po"):
        name = str(catalogue.relative_to(ROOT).with_suffix(".mo"))
        assert name in names
    assert not any(name.startswith(("tests/", "instance/")) for name in names)


@pytest.fixture(scope="module")
def home(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel installed and the dependencies of this one."""
    folder = tmp_path_factory.mktemp("elsewhere")
    home = folder / "venv"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        "--quiet",
        wheel,
        folder=folder,
    )
    # The dependencies are those of this environment; the project itself must not come from it.
    here = folder / "dependencies"
    here.mkdir()
    for each in Path(sysconfig.get_path("purelib")).iterdir():
        if each.suffix != ".pth":
            (here / each.name).symlink_to(each)
    (Path(packages(home)) / "dependencies.pth").write_text(str(here))
    return home


def packages(home: Path) -> str:
    """Return where the environment keeps its packages."""
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return run(home / "bin" / "python", "-c", asked, folder=home).strip()


@pytest.mark.slow
def test_the_wheel_runs_in_another_place(home: Path, tmp_path: Path) -> None:
    """Installed into a fresh environment it serves pages, and the command is there."""
    said = json.loads(run(home / "bin" / "python", "-c", PROBE, folder=tmp_path))
    assert said["from"].startswith(packages(home))
    assert set(said["answers"].values()) == {200}
    if list((ROOT / "portal" / "translations").rglob("*.po")):
        assert said["english"]
    assert "serve" in run(home / "bin" / "letterbox", "--help", folder=tmp_path)


@pytest.mark.slow
def test_the_wheel_serves_the_demo_from_an_empty_folder(home: Path, tmp_path: Path) -> None:
    """``letterbox serve --demo`` of the wheel writes the demo and shows an entry of it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clean = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    settings = {"LETTERBOX_INSTANCE": str(tmp_path / "instance"), "PORT": str(port)}
    with (tmp_path / "said").open("w") as said:
        server = subprocess.Popen(
            [str(home / "bin" / "letterbox"), "serve", "--demo"],
            cwd=tmp_path,
            env=clean | settings,
            stdout=said,
            stderr=said,
        )
    try:
        deadline, page = time.monotonic() + 300, ""
        while time.monotonic() < deadline and server.poll() is None and not page:
            with contextlib.suppress(OSError):
                address = f"http://127.0.0.1:{port}/archive/1"
                page = urllib.request.urlopen(address, timeout=5).read().decode()
            time.sleep(0.5)
        assert "letter" in page, (tmp_path / "said").read_text()
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.mark.slow
def test_letters_of_the_wheel_are_where_an_upgrade_leaves_them(home: Path, tmp_path: Path) -> None:
    """Without a setting the folder is that of the user; letters beside the package are named."""
    ask = "from portal.config import load_settings; print(load_settings().instance)"
    user = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}

    def asked() -> subprocess.CompletedProcess[str]:
        command = [str(home / "bin" / "python"), "-c", ask]
        return subprocess.run(
            command, cwd=tmp_path, env=user, capture_output=True, text=True, check=False
        )

    kept = Path(asked().stdout.strip())
    assert kept == tmp_path / ".local" / "share" / "letterbox"
    inside = Path(packages(home)) / "instance"
    (inside / "keys").mkdir(parents=True)
    try:
        refused = asked()
        assert refused.returncode != 0
        assert f"mv -T {inside} {kept}" in refused.stderr
        (kept / "keys").mkdir()
        assert Path(asked().stdout.strip()) == kept
    finally:
        (inside / "keys").rmdir()
        inside.rmdir()
