"""An import that publishes: what the machine cannot judge waits until a person has settled it."""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from portal.instance_folder import SOURCE_ROOT
from tests.browser.conftest import NARROW, Person
from tests.browser.instance import Instance, eventually
from tests.browser.people import press, told
from tests.cli.letters import portal_row, write

PLAIN = {"title": "桥南车站的遮雨棚坏了", "content": "遮雨棚坏了，下雨天没法等车。"}
DOUBTFUL = {
    "title": "桥南工地晚上还在打桩",
    "content": "工地夜里打桩，龚文国还想继续施工，我的身份证号50010319850712421X。",
}
CONFIDENTIAL = {"title": "桥南市场缺斤少两", "content": "摊位缺斤少两，请不要让摊主知道是我写的。"}


def import_and_publish(instance: Instance, folder: Path) -> str:
    """Import three letters as an operator does; return what the command says."""
    rows = [portal_row(i, **row) for i, row in enumerate((PLAIN, DOUBTFUL, CONFIDENTIAL), 1)]
    file = write(folder / "letters.csv", rows)
    done = subprocess.run(
        [sys.executable, "-m", "portal", "import", file, "--publish"],
        cwd=SOURCE_ROOT,
        env={**os.environ, "LETTERBOX_INSTANCE": str(instance.settings.instance)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def found(page: Page, words: str) -> bool:
    """Return whether the archive finds ``words``."""
    page.goto(f"/archive?q={words}")
    return page.locator("main").get_by_role("link", name=words).count() > 0


def test_what_a_machine_cannot_judge_waits_for_a_person(
    instance: Instance, person: Person, tmp_path: Path
) -> None:
    """The plain letter is public, two wait in a queue of their own until a reviewer publishes one."""
    report = import_and_publish(instance, tmp_path)
    assert "(3 answered, 1 published)" in report
    assert "wait for review 2" in report
    citizen, reviewer = person(width=NARROW), person("office_reviewer")
    eventually(lambda: found(citizen, PLAIN["title"]), "the plain letter is found")
    assert not found(citizen, DOUBTFUL["title"])
    reviewer.goto("/console/?queue=doubtful")
    rows = reviewer.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text=CONFIDENTIAL["title"])).to_contain_text("要求保密")
    expect(rows.filter(has_text=DOUBTFUL["title"])).not_to_contain_text("要求保密")
    rows.get_by_role("link", name=DOUBTFUL["title"]).click()
    reviewer.get_by_role("link", name="打开公示审核页").first.click()
    publish = reviewer.get_by_role("button", name="同意公示", exact=True)
    expect(publish).to_be_disabled()
    expect(reviewer.locator("main")).to_contain_text("可能的姓名")
    press(reviewer, "其余全部脱敏")
    press(reviewer, "同意公示")
    told(reviewer, "已公示")
    eventually(lambda: found(citizen, DOUBTFUL["title"]), "the settled letter is found")
    citizen.get_by_role("link", name=DOUBTFUL["title"]).first.click()
    expect(citizen.locator("main")).to_contain_text("还想继续施工")
    for secret in ("龚文国", "50010319850712421X"):
        expect(citizen.locator("body")).not_to_contain_text(secret)
    reviewer.goto("/console/?queue=doubtful")
    expect(rows).to_have_count(1)
