"""What every page is held to: the rules of axe, no sideways scrolling, a silent console."""

from collections.abc import Mapping

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Response, expect

RULES = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
}
CONTRAST = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}
OVERLAPS = """() => {
    const all = [...document.querySelectorAll("main input, main select, main textarea, main button")];
    const boxes = all
        .filter((each) => each.checkVisibility({ visibilityProperty: true }))
        // The bar of steps stays in reach above what scrolls behind it.
        .filter((each) => !each.closest(".in-steps .steps-bar"))
        .map((each) => [each, each.getBoundingClientRect()])
        .filter(([, box]) => box.width > 1 && box.height > 1);
    const found = [];
    for (const [i, [one, a]] of boxes.entries()) {
        for (const [other, b] of boxes.slice(i + 1)) {
            const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (across > 1 && down > 1) {
                found.push(`${one.id || one.name || one.textContent} / ${other.id || other.name}`);
            }
        }
    }
    return found;
}"""
UNSETTLED = 'html:has(script[src*="main.js"]):not([data-improved])'
"""A page whose script has not yet brought all that improves it."""
_axe = Axe()


class Watch:
    """Remembers what went wrong inside the browsers it watches."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def over(self, page: Page) -> None:
        """Watch ``page`` and the windows it opens."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.seen.append(f"script error: {error}"))
        page.on("response", self._answered)
        page.on("popup", self.over)

    def _said(self, message: ConsoleMessage) -> None:
        # Chromium also reports answers such as 422 here; those are looked at below.
        loading = message.text.startswith("Failed to load resource")
        if message.type in ("error", "warning") and not loading:
            self.seen.append(f"console {message.type}: {message.text}")

    def _answered(self, response: Response) -> None:
        asset = response.request.resource_type not in ("document", "fetch", "xhr")
        if response.status >= 500 or (asset and response.status >= 400):
            self.seen.append(f"{response.status} {response.request.method} {response.url}")


def settled(page: Page) -> Page:
    """Return ``page`` once its script has brought what improves it.

    Clicks, fills and expectations wait for that by themselves; focus and keys do not.
    """
    expect(page.locator(UNSETTLED)).to_have_count(0)
    return page


def unfold(page: Page) -> None:
    """Open whatever is folded in the page."""
    page.evaluate("document.querySelectorAll('main details').forEach((each) => (each.open = true))")


def check(page: Page, *widths: int) -> None:
    """Hold the page in view to the rules at each width, and its dark colours there to theirs."""
    settled(page)
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        where = f"{page.url} at {width} px"
        beyond = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
        assert beyond <= 0, f"{where} scrolls sideways by {beyond} px: {_widest(page)}"
        overlapping = page.evaluate(OVERLAPS)
        assert not overlapping, f"{where}: controls lie on each other: {overlapping}"
        _hold(page, RULES, where)
        page.emulate_media(color_scheme="dark")
        _hold(page, CONTRAST, f"{where} in the dark")
        page.emulate_media(color_scheme="light")


def _hold(page: Page, rules: Mapping[str, object], where: str) -> None:
    found = _axe.run(page, options=rules)
    assert not found.violations_count, f"{where}\n{found.generate_report()}"


def _widest(page: Page) -> str:
    """Name the elements that stick out, for the message."""
    said: str = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
            .filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
            .slice(0, 5).map((e) => e.outerHTML.slice(0, 120)).join("\\n")"""
    )
    return said
