"""The administration says whether received files are scanned for viruses."""

from pathlib import Path

import pytest
from flask import Flask

from portal.config import Settings
from portal.web.core.settings import keep_settings
from tests.builders import World
from tests.pages import get, login


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "没有设置病毒检查"),
        ({"scanner": "nobody.ctl"}, "病毒检查没有应答"),
    ],
)
def test_a_missing_scanner_is_shown(
    app: Flask,
    settings: Settings,
    world: World,
    tmp_path: Path,
    changes: dict[str, object],
    said: str,
) -> None:
    """None is set, or it does not answer."""
    if "scanner" in changes:
        changes = {"scanner": str(tmp_path / "nobody.ctl")}
    keep_settings(app, settings.model_copy(update=changes))
    page = get(login(app.test_client(), "office_administrator"), "/admin/")
    assert said in page.text
