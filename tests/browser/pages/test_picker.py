"""The picker of organisations while its answer is under way."""

from playwright.sync_api import Route, expect

from tests.browser.checks import settled
from tests.browser.conftest import Person


def test_the_picker_takes_nothing_before_it_has_answered(person: Person) -> None:
    """A fast typist's Enter neither empties the field nor takes what earlier words had found."""
    page = person()
    held: list[Route] = []
    page.route("**/organisations.json*", lambda route: held.append(route))
    page.goto("/write")
    settled(page)
    picker = page.get_by_role("combobox", name="写给哪个单位")
    picker.focus()
    unknown = page.get_by_role("option", name="不清楚，由信箱办分办")
    expect(unknown).to_be_visible()
    with page.expect_request("**/organisations.json*"):
        picker.press_sequentially("临江")
        picker.press("Enter")
    expect(picker).to_have_value("临江")
    expect(unknown).to_be_hidden()
    for route in held:
        route.continue_()
    expect(page.get_by_role("option").first).to_contain_text("临江")
    picker.press("Enter")
    expect(picker).to_have_value("临江区人民政府")
