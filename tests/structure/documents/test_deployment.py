"""The unit file, the configuration of nginx and the environment that docs/operating.md gives."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from portal.config import Settings
from portal.web.core.safety import LARGEST_TEXTS
from tests.structure.documents.reading import blocks, document
from tests.structure.source import ROOT

OPERATING = "docs/operating.md"
ANALYZE, NGINX = shutil.which("systemd-analyze"), shutil.which("nginx", path="/usr/sbin:/usr/bin")
NEEDS_SYSTEMD = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
NEEDS_NGINX = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
CERTIFICATE = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=letters.example.gov"


def one(language: str) -> str:
    """Return the only block of a language."""
    (text,) = blocks(OPERATING, language)
    return text


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command and return what it said."""
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_the_environment_of_the_service_holds_settings() -> None:
    """A variable of the service's environment is a setting, and its value can be used."""
    given = dict(line.split("=", 1) for line in one("ini").splitlines())
    aliases = {"DATABASE_URL": "database_url", "PORT": "port"}
    names = {key: aliases.get(key, key.removeprefix("LETTERBOX_").lower()) for key in given}
    assert set(names.values()) - set(Settings.model_fields) == set()
    values: dict[str, Any] = {names[key]: value for key, value in given.items()}
    settings = Settings(**values)
    assert settings.https
    assert settings.proxy_hops == 1


@pytest.mark.parametrize("name", ["letterbox", "letterbox-worker"])
@NEEDS_SYSTEMD
def test_systemd_accepts_the_units(name: str, tmp_path: Path) -> None:
    """Both units are valid, and both start the command of the letterbox."""
    text = one("systemd")
    if name == "letterbox-worker":
        for old, new in re.findall(r"s/([^/]+)/([^/]*)/'", document(OPERATING)):
            text, changed = re.subn(old, new, text, flags=re.MULTILINE)
            assert changed == 1
    (start,) = re.findall(r"^ExecStart=/opt/letterbox/bin/letterbox (.*)$", text, re.MULTILINE)
    assert start == ("work" if name == "letterbox-worker" else "serve --no-worker")
    # What is to be started, by whom and from which settings is not on this machine.
    here = re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE)
    unit = tmp_path / f"{name}.service"
    unit.write_text(re.sub(r"^(User|Group)=.*", r"\1=root", here, flags=re.MULTILINE))
    verified = run(str(ANALYZE), "verify", str(unit))
    assert verified.returncode == 0
    assert unit.name not in verified.stderr, verified.stderr


def test_systemd_waits_for_what_the_server_finishes() -> None:
    """The unit leaves the server more time to end than the server leaves its processes."""
    source = (ROOT / "portal" / "cli" / "serve.py").read_text("utf-8")
    (waits,) = re.findall(r"workers_kill_timeout=(\d+)", source)
    (allowed,) = re.findall(r"^TimeoutStopSec=(\d+)$", one("systemd"), re.MULTILINE)
    assert int(allowed) > int(waits)


@NEEDS_NGINX
def test_nginx_accepts_its_configuration(tmp_path: Path) -> None:
    """The configuration is valid inside that of a fresh nginx."""
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    run(*f"{CERTIFICATE} -keyout {key} -out {certificate}".split())
    site = one("nginx").replace("/etc/ssl/letterbox/", f"{tmp_path}/")
    (tmp_path / "site.conf").write_text(site.replace("/var/log/nginx/", f"{tmp_path}/"))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid;\nerror_log {tmp_path}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log {tmp_path}/access.log;\ninclude {tmp_path}/site.conf;\n}}\n"
    )
    tested = run(str(NGINX), "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf"))
    assert tested.returncode == 0, tested.stderr


def test_nginx_passes_on_what_the_letterbox_takes() -> None:
    """nginx asks at the default port and lets the letterbox itself refuse what is too large."""
    text = one("nginx")
    ports = set(re.findall(r"proxy_pass http://127\.0\.0\.1:(\d+);", text))
    assert ports == {str(Settings.model_fields["port"].default)}
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", text)
    assert int(megabytes) << 20 > LARGEST_TEXTS


def test_nginx_compresses_static_files_alone() -> None:
    """What the letterbox sends uncompressed, pages of one person among it, nginx leaves as it is."""
    places = re.findall(r"location ([^{]+) \{([^}]*)\}", one("nginx"))
    assert [place for place, body in places if "gzip on;" in body] == ["~ ^/static/[0-9a-f]+/(.+)$"]
    assert one("nginx").count("gzip on;") == 1
