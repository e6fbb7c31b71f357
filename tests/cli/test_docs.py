"""What an operator reads is what there is."""

import re
from pathlib import Path

import click
import pytest

from portal.cli import main
from portal.config import Settings

ROOT = Path(__file__).resolve().parents[2]
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `([a-z_]+)` \| `([A-Z_]+)`", OPERATING, re.MULTILINE))


def below(group: click.Group) -> dict[str, click.Command]:
    """Return the commands of ``group`` by name."""
    context = click.Context(group)
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in found.items() if command is not None}


def commands(group: click.Group, prefix: str = "") -> list[tuple[str, click.Command]]:
    """Return every command below ``group`` with its full name."""
    found = []
    for name, command in below(group).items():
        found.append((f"{prefix}{name}", command))
        if isinstance(command, click.Group):
            found += commands(command, f"{prefix}{name} ")
    return found


def test_every_setting_is_documented() -> None:
    """The table of settings names exactly the settings there are."""
    assert set(ROWS) == set(Settings.model_fields)


def test_settings_have_the_variables_the_table_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each setting can be given by the environment variable of its row."""
    samples = {
        "instance": str(tmp_path),
        "database_url": "sqlite:///x.db",
        "base_url": "http://x",
        "limits_enabled": "false",
        "limits_url": "valkey://cache:6379/0",
        "log_level": "ERROR",
        "semantic_model": "multilingual-e5-small",
        "keys": f"code={'7' * 64}",
        "cipher": "sm4",
        "scanner": "/run/clamav/clamd.ctl",
        "scanner_needed": "false",
        "files_url": "s3://letters/files",
        "files_endpoint": "https://s3.example.gov",
        "retention_daily": "true",
        "login_days": "200",
        "proxy_hops": "4",
        "second_factor_roles": "administrator",
        "track_limit": "7 per hour",
        "submit_limit": "7 per hour",
        "page_cache_seconds": "3",
        "answer_age_years": "5",
        "audit_keep_days": "365",
        "feed_ids": "letters.example.gov,2026",
        "data_licence": "https://licence.example/7",
        "security_contact": "mailto:seven@example.gov",
        "staff_identity": '{"issuer": "https://id.example.gov", "client_id": "a", "roles": '
        '[{"group": "a", "role": "handler", "organisation": "office"}]}',
        "citizen_identity": '{"issuer": "https://id.example.gov", "client_id": "a"}',
        "staff_passwords": "false",
        "site_code": "5000000077",
        "icp_number": "渝ICP备12345678号-7",
        "police_number": "渝公网安备 50010302000007号",
        "government_mark_url": "https://mark.example.gov/7",
        "smtp_host": "smtp.example.gov",
        "smtp_security": "tls",
        "bounce_address": "bounces@letters.example",
        "bounces_security": "starttls",
        "mail_from": "box@letters.example",
        "sms": '[{"url": "https://gateway.example/send", "body": "{number}{text}"}]',
        "webhooks": '[{"name": "a", "url": "https://a.example/", "secret": "whsec_%s"}]'
        % ("a" * 32),
        "receipts_secret": "whsec_" + "a" * 32,
    }
    for name, variable in ROWS.items():
        monkeypatch.setenv(variable, samples.get(name, "7"))
    settings = Settings()
    for name, field in Settings.model_fields.items():
        assert getattr(settings, name) != field.default, name


def test_every_command_is_documented() -> None:
    """The table of commands names every command and those of its groups."""
    rows = re.findall(r"^\| `letterbox ([a-z]+)[^|]*\| (.+) \|$", OPERATING, re.MULTILINE)
    described = dict(rows)
    assert set(below(main)) <= set(described)
    for name, group in below(main).items():
        if isinstance(group, click.Group):
            assert set(re.findall(r"`([a-z]+)`", described[name])) == set(below(group))


@pytest.mark.parametrize(("name", "command"), commands(main))
def test_every_command_explains_itself(name: str, command: click.Command) -> None:
    """Each command says in a sentence what it does, and each option what it is for."""
    assert command.help and command.help.split("\n\n")[0].rstrip().endswith((".", ":"))
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.name}"


def test_the_documents_links_lead_somewhere() -> None:
    """Links in README and documents to files of the project are right."""
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        text = document.read_text(encoding="utf-8")
        for target in re.findall(r"(?<!!)\[[^]]+\]\(([^)#:]+)\)", text):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
