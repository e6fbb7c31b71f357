"""A slip is taken back, and a letter sent where nobody works is at once in somebody's list."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from portal.models import User
from portal.services.core.unit import writing
from tests.browser.conftest import Person
from tests.browser.instance import Instance
from tests.browser.people import Receipt, Writing, action, open_letter, press, send, told, track

LETTER = Writing(
    title="石桥老街的公共厕所晚上几点关门",
    text="晚上八点去石桥老街的公共厕所，门已经锁了，请问开放到几点？",
    typed="临江",
    place="临江区人民政府",
)
TOWNSHIP = "临江区石桥街道办事处"


@pytest.fixture
def empty_township(instance: Instance) -> Iterator[None]:
    """Nobody of the township is in service."""
    staff = User.username.in_(("township_dispatcher", "township_handler"))
    for absent in (True, False):
        with instance.inside(), writing() as session:
            session.execute(sa.update(User).where(staff).values(disabled=absent))
        if absent:
            yield


def dispatch(page: Page, receipt: Receipt, typed: str, place: str, says: str = "") -> None:
    """Send the letter to the organisation found by what is typed."""
    open_letter(page, receipt.number)
    form = action(page, "交办")
    picker = form.get_by_role("combobox", name="单位")
    picker.click()
    picker.press_sequentially(typed)
    option = page.get_by_role("option", name=place)
    expect(option).to_contain_text(says)
    option.click()
    press(form, "交办")
    told(page, "已交办")


def test_a_dispatch_is_recalled(person: Person) -> None:
    """The letter is back with the dispatcher, and its sender reads nothing of the slip."""
    citizen, dispatcher = person(), person("district_dispatcher")
    receipt = send(citizen, LETTER)
    dispatch(dispatcher, receipt, "教育", "临江区教育委员会")
    open_letter(dispatcher, receipt.number)
    expect(dispatcher.locator("#next")).to_contain_text("等待临江区教育委员会签收")
    form = action(dispatcher, "收回")
    form.get_by_label("说明").fill("选错了单位")
    press(form, "收回")
    told(dispatcher, "已收回")
    open_letter(dispatcher, receipt.number)
    expect(dispatcher.locator("body")).to_contain_text("选错了单位")
    expect(action(dispatcher, "交办").or_(action(dispatcher, "受理")).first).to_be_visible()
    track(citizen, receipt)
    expect(citizen.locator("body")).not_to_contain_text("教育委员会")
    expect(citizen.locator("body")).not_to_contain_text("退回")


@pytest.mark.usefixtures("empty_township")
def test_a_unit_without_staff(person: Person) -> None:
    """The picker warns of it; what is sent there stands with the superior, who is told why."""
    citizen, dispatcher = person(), person("district_dispatcher")
    receipt = send(citizen, LETTER)
    dispatch(dispatcher, receipt, "石桥", TOWNSHIP, "暂无人员")
    dispatcher.goto("/console/")
    row = dispatcher.locator("tr").filter(has_text=receipt.number)
    expect(row).to_contain_text("该单位暂无在岗人员，由您单位代办")
    open_letter(dispatcher, receipt.number)
    expect(dispatcher.locator("#next")).to_contain_text(f"{TOWNSHIP}暂无在岗人员，由您单位代办。")
    press(action(dispatcher, "收回"), "收回")
    told(dispatcher, "已收回")
