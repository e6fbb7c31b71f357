"""A served instance, Debian's Chromium, and people each with a separate browser."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.checks import UNSETTLED, Watch
from tests.browser.instance import Instance, a_served_instance
from tests.browser.letters import Letters, some_letters
from tests.browser.people import log_in

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, NARROW = 1280, 390
TIMEOUT = 20_000
"""Milliseconds a step may take on a busy machine before the test fails."""

Person = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder as one that drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (apt install chromium fonts-noto-cjk)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def instance(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory, keys: Path, password_hash: str
) -> Iterator[Instance]:
    """A letterbox with the small world, served with its worker as long as the session lasts."""
    with a_served_instance(tmp_path_factory.mktemp("instance"), keys, password_hash) as instance:
        yield instance


@pytest.fixture(scope="session")
def letters(instance: Instance) -> Letters:
    """Letters in many states, brought there once for the instance."""
    return some_letters(instance)


@pytest.fixture
def person(browser: Browser, instance: Instance) -> Iterator[Person]:
    """Bring in people, each with a new browser: ``person()``, ``person("city_handler")``.

    What the console says, what the security policy stops and what cannot be loaded fails the
    test that caused it.
    """
    contexts: list[BrowserContext] = []
    watch = Watch()

    def come_in(username: str = "", *, width: int = WIDE, script: bool = True) -> Page:
        context = browser.new_context(
            base_url=instance.address,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            storage_state=instance.states.get(username),  # type: ignore[arg-type]
        )
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        page = context.new_page()
        if script:
            # People act on a page that has settled; what is typed sooner has tests of its own.
            page.add_locator_handler(page.locator(UNSETTLED), lambda: None)
        watch.over(page)
        if username and username not in instance.states:
            log_in(page, username)
            instance.states[username] = context.storage_state()
        return page

    yield come_in
    for context in contexts:
        context.close()
    assert not watch.seen, "\n".join(watch.seen)
