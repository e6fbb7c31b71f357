"""The browser of the right person solves the challenge that guesses have brought about."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import TIMEOUT
from tests.browser.instance import Instance, a_served_instance
from tests.builders import a_letter

WRONG = "7K2M-9QXT-4BN8R"


@pytest.fixture
def own_instance(tmp_path: Path, keys: Path, password_hash: str) -> Iterator[Instance]:
    """A letterbox of the test's own, whose limits concern nobody else."""
    with a_served_instance(tmp_path, keys, password_hash) as instance:
        yield instance


def test_the_browser_solves_the_challenge(browser: Browser, own_instance: Instance) -> None:
    """After ten wrong codes the page computes for a moment, and the next code is looked at."""
    with own_instance.inside() as world:
        number = a_letter(world.session, world).number
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(TIMEOUT)
    statuses = []
    page.on("response", lambda answer: statuses.append(answer.status))
    for _ in range(12):
        page.goto(f"{own_instance.address}/track")
        page.locator("#number").fill(number)
        page.locator("#query_code").fill(WRONG)
        page.locator("main form button").click()
        expect(page.locator("[data-error-summary]")).to_contain_text("对不上")
    assert statuses.count(422) == 12
    assert statuses.count(429) == 0
    expect(page.locator("[data-challenge-status]")).to_have_text("已确认，可以提交。")
    context.close()
