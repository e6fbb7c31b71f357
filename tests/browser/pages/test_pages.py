"""Every main page at 1280 and 390 px: the rules of axe, no sideways scrolling, a silent console."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.checks import check, settled, unfold
from tests.browser.conftest import NARROW, WIDE, Person
from tests.browser.letters import LONG_TEXT, Letters, matter_in, results_in
from tests.browser.people import Writing, action, fill_letter, press, preview, read_receipt, track

Visit = Callable[[Page, Letters], None]
WRITING = Writing("请问" + "这个标题很长" * 9, LONG_TEXT, email="zhou@example.com", consent=True)


def write_with_errors(page: Page, letters: Letters) -> None:
    """A letter with nothing in it but a wrong telephone number."""
    page.goto("/write")
    page.get_by_label("电话").fill("12")
    press(page, "预览")
    expect(page.locator(".error-summary")).to_be_focused()


def picker_open(page: Page, letters: Letters) -> None:
    """The list of the organisation picker unfolded."""
    page.goto("/write")
    settled(page).get_by_role("combobox", name="写给哪个单位").press_sequentially("山城")
    expect(page.get_by_role("option").first).to_be_visible()


def draft_offered(page: Page, letters: Letters) -> None:
    """A draft offered at the top of the form, similar answers under the text."""
    page.goto("/write")
    fill_letter(page, WRITING)
    expect(page.locator("[data-draft-status]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-draft-offer]")).to_be_visible()


def similar_shown(page: Page, letters: Letters) -> None:
    """Earlier answers beside what is being written."""
    page.goto("/write")
    page.get_by_label("标题").fill("小区门口的路灯什么时候能修好")
    expect(page.locator("[data-similar]")).to_be_visible()


def preview_of_letter(page: Page, letters: Letters) -> None:
    """The preview with the public copy unfolded."""
    preview(page, WRITING)
    page.get_by_text("看看公示时大致是什么样子").click()


def receipt(page: Page, letters: Letters) -> None:
    """The receipt."""
    preview(page, WRITING)
    press(page, "寄出信件")
    read_receipt(page)


def wrong_code(page: Page, letters: Letters) -> None:
    """A wrong code."""
    page.goto("/track")
    page.get_by_label("信件编号").fill(letters.asked.number)
    page.get_by_label("查询码").fill("7K2M-9QXT-4BN8R")
    press(page, "查询")
    expect(page.locator(".error-summary")).to_be_visible()


def own_letter_asked(page: Page, letters: Letters) -> None:
    """One's own letter with a question, its due date explained day by day."""
    track(page, letters.asked)
    unfold(page)


def own_letter_answered(page: Page, letters: Letters) -> None:
    """One's own letter with its reply, rating left empty."""
    track(page, letters.answered)
    press(page, "提交评价")
    expect(page.locator(".error-summary")).to_be_visible()


def results(page: Page, letters: Letters) -> None:
    """Results with filters."""
    results_in(page, "")


def matter(page: Page, letters: Letters) -> None:
    """The answers about one matter."""
    matter_in(page, "")


def archive_entry(page: Page, letters: Letters) -> None:
    """An entry with everything unfolded."""
    page.goto(f"/archive/{letters.entry}")
    unfold(page)


def token_made(page: Page, letters: Letters) -> None:
    """The page that shows a token once, with its list."""
    page.goto("/admin/tokens")
    page.get_by_label("用途").fill("热线小程序")
    press(page, "发放令牌")
    expect(page.locator("#token")).to_be_visible()


def failed_login(page: Page, letters: Letters) -> None:
    """A login refused."""
    page.goto("/account/login")
    page.get_by_label("用户名").fill("nobody")
    page.get_by_label("密码").fill("nothing at all")
    press(page, "登录")
    expect(page.locator(".error-summary")).to_be_visible()


def expired(page: Page, letters: Letters) -> None:
    """A form sent after its session was gone."""
    preview(page, WRITING)
    page.context.clear_cookies()
    press(page, "寄出信件")
    expect(page.locator("h1")).to_contain_text("请再提交一次")


def letter_with_errors(page: Page, letters: Letters) -> None:
    """A step that lacks its unit, and every other step unfolded."""
    page.goto(f"/console/letters/{letters.in_progress}")
    press(action(page, "转办"), "转办")
    expect(page.locator(".error-summary")).to_be_visible()
    unfold(page)


def contacts_shown(page: Page, letters: Letters) -> None:
    """The sender's contacts uncovered."""
    page.goto(f"/console/letters/{letters.in_progress}")
    press(page, "查看联系方式")
    expect(page.locator("#sender")).to_contain_text("13900000001")


def reply_with_remarks(page: Page, letters: Letters) -> None:
    """The editor with remarks on a reply that says too little."""
    page.goto(f"/console/letters/{letters.in_progress}/reply")
    page.locator(".editor textarea").fill("已转相关科室。")
    press(page.locator(".editor"), "送审签")
    expect(page.locator("#remarks")).to_be_visible()


def new_account_with_errors(page: Page, letters: Letters) -> None:
    """The form of an account sent empty."""
    page.goto("/admin/people/new")
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page.locator(".error-summary")).to_be_visible()


def at(path: str, status: int = 200) -> Visit:
    """Return how to open the page at ``path``, in which ``{state}`` is the number of a letter."""

    def visit(page: Page, letters: Letters) -> None:
        answer = page.goto(path.format(**vars(letters)))
        assert answer is not None and answer.status == status, f"{path}: {answer and answer.status}"

    return visit


def unfolded(path: str) -> Visit:
    """Return how to open the page at ``path`` with everything in it unfolded."""

    def visit(page: Page, letters: Letters) -> None:
        at(path)(page, letters)
        unfold(page)

    return visit


PUBLIC: dict[str, Visit] = {
    "home": at("/"),
    "write": at("/write"),
    "write with errors": write_with_errors,
    "picker": picker_open,
    "draft": draft_offered,
    "similar": similar_shown,
    "preview": preview_of_letter,
    "receipt": receipt,
    "track": at("/track"),
    "wrong code": wrong_code,
    "own letter asked": own_letter_asked,
    "own letter answered": own_letter_answered,
    "archive": at("/archive"),
    "results": results,
    "nothing found": at("/archive?q=火星移民签证"),
    "entry": archive_entry,
    "organisations": at("/organisations?q=临江"),
    "organisation": at("/organisations/{organisation}"),
    "statistics": unfolded("/statistics"),
    "statistics of a unit": unfolded("/statistics/city"),
    "statistics compared": unfolded("/statistics?compare=last_year&with=city&by=week"),
    "statistics of all years": unfolded("/statistics/years"),
    "statistics of no year": at("/statistics?period=1990"),
    "statistics asked wrongly": at("/statistics?compare=x&as_of=1", 422),
    "refusals": unfolded("/statistics/refusals"),
    "refusals asked wrongly": at("/statistics/refusals?period=x", 422),
    "annual reports": at("/statistics/reports"),
    "public record": unfolded("/statistics/record"),
    "hot questions": at("/hot"),
    "matter": matter,
    "about": at("/about"),
    "privacy": at("/privacy"),
    "accessibility": at("/accessibility"),
    "interface": at("/api/v1/"),
    "open data": at("/open-data"),
    "login": at("/account/login"),
    "failed login": failed_login,
    "not found": at("/archive/987654", 404),
    "expired": expired,
}
STAFF: dict[str, tuple[str, Visit]] = {
    "inbox": ("office_dispatcher", at("/console/?queue=all")),
    "empty queue": ("bureau_handler", at("/console/?queue=overdue")),
    "letter": ("city_dispatcher", at("/console/letters/{submitted}")),
    "letter with errors": ("city_handler", letter_with_errors),
    "contacts": ("city_handler", contacts_shown),
    "declined": ("city_dispatcher", at("/console/letters/{declined}")),
    "reply": ("city_handler", at("/console/letters/{in_progress}/reply")),
    "remarks": ("city_handler", reply_with_remarks),
    "sign": ("city_reviewer", at("/console/letters/{in_review}")),
    "redaction": ("city_reviewer", at("/console/letters/{proposed}/publication")),
    "published": ("city_reviewer2", at("/console/letters/{published}/publication")),
    "policy changes": ("city_reviewer", at("/console/policy-changes")),
    "new policy change": ("city_reviewer", at("/console/policy-changes/new")),
    "erasures": ("city_reviewer", at("/console/erasures")),
    "problem notices": ("city_reviewer", at("/console/reports")),
    "day": ("office_supervisor", at("/console/day")),
    "statistics": ("office_supervisor", unfolded("/console/statistics")),
    "statistics of all years": ("office_supervisor", unfolded("/console/statistics/years")),
    "letters counted": ("office_supervisor", at("/console/statistics/letters?measure=received")),
    "profile": ("city_handler", at("/account/")),
    "forbidden": ("city_handler", at("/admin/people", 403)),
    "administration": ("office_administrator", at("/admin/")),
    "units": ("office_administrator", at("/admin/organisations")),
    "unit": ("office_administrator", at("/admin/organisations/{organisation}")),
    "new unit": ("office_administrator", at("/admin/organisations/new")),
    "unit moves": ("office_administrator", at("/admin/organisations/{organisation}/move")),
    "unit closes": ("office_administrator", at("/admin/organisations/{organisation}/close")),
    "people": ("office_administrator", at("/admin/people")),
    "account": ("office_administrator", at("/admin/people/{account}")),
    "new account": ("office_administrator", new_account_with_errors),
    "calendar": ("office_administrator", at("/admin/calendar")),
    "deadline rules": ("office_administrator", at("/admin/deadline-rules")),
    "new deadline rule": ("office_administrator", at("/admin/deadline-rules/new")),
    "words": ("office_administrator", at("/admin/words")),
    "messages": ("office_administrator", at("/admin/messages")),
    "archived reports": ("office_administrator", at("/admin/reports")),
    "tokens": ("office_administrator", token_made),
    "audit": ("office_auditor", at("/admin/audit")),
}


@pytest.mark.parametrize("name", PUBLIC)
def test_public_page_is_accessible_and_fits(name: str, person: Person, letters: Letters) -> None:
    """A page for everybody keeps WCAG 2.1 AA and fits wide and narrow screens."""
    page = person()
    PUBLIC[name](page, letters)
    check(page, WIDE, NARROW)


@pytest.mark.parametrize("name", STAFF)
def test_staff_page_is_accessible_and_fits(name: str, person: Person, letters: Letters) -> None:
    """A page of the console keeps WCAG 2.1 AA and fits wide and narrow screens."""
    username, visit = STAFF[name]
    page = person(username)
    visit(page, letters)
    check(page, WIDE, NARROW)
