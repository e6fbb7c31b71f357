"""A photograph from a telephone, from the letter to the archive, with a face covered on its way."""

from io import BytesIO

import sqlalchemy as sa
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from portal.models import Letter
from portal.services.archive import redacting
from portal.services.letters import handling
from tests.browser.conftest import NARROW, Person
from tests.browser.instance import Instance, now
from tests.browser.people import Writing, fill_letter, press
from tests.builders import HOUR, Walk
from tests.fixtures.attachments import GREEN, RED, a_picture

PHOTOGRAPH = FilePayload(name="IMG_0001.JPG", mimeType="image/jpeg", buffer=a_picture())


def attach(page: Page) -> None:
    """Choose a photograph, which is uploaded at once."""
    page.get_by_label("选择文件").set_input_files([PHOTOGRAPH])
    expect(page.locator(".files__row")).to_contain_text("IMG_0001.jpg")


def walk(instance: Instance, number: str, *, ask: bool) -> None:
    """Accept the letter and ask for more, or answer it and propose its publication."""
    with instance.inside() as world:
        session = world.session
        letter = session.scalars(sa.select(Letter).where(Letter.number == number)).one()
        steps = Walk(session, world, letter.id, now() - 3 * HOUR)
        if ask:
            steps.accept()
            steps.step(handling.ask_citizen, "city_handler", "请发一张近照。")
        else:
            steps.ask_signoff()
            steps.sign()
            steps.propose()
            redacting.mask_rest(letter.id, world.actor("city_reviewer"), steps.now)


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    """Return whether a point has a colour, as near as JPEG keeps it."""
    assert isinstance(found, tuple)
    return all(abs(a - b) < 16 for a, b in zip(found, wanted, strict=True))


def test_a_photograph_reaches_the_archive_with_the_face_covered(
    person: Person, instance: Instance
) -> None:
    """Sent with the letter and with the answer to a question; one is released, the other is not."""
    citizen = person(width=NARROW)
    citizen.goto("/write")
    written = Writing(
        "人行道的护栏坏了",
        "人民路的护栏坏了，有照片。",
        typed="城市",
        place="山城市城市管理局",
        consent=True,
    )
    fill_letter(citizen, written, attach)
    press(citizen, "预览")
    expect(citizen.locator("main")).to_contain_text("IMG_0001.jpg")
    press(citizen, "寄出信件")
    number = citizen.locator("#receipt-number").inner_text()
    walk(instance, number, ask=True)
    citizen.goto(f"/letters/{number}")
    citizen.get_by_label("补充的内容").fill("这是近照。")
    attach(citizen)
    press(citizen, "提交补充")
    expect(citizen.locator(".files--attached img")).to_have_count(2)
    walk(instance, number, ask=False)

    reviewer = person("city_reviewer")
    reviewer.goto(f"/console/letters/{number}/publication")
    reviewer.locator("#files a").first.click()
    stage = reviewer.locator("[data-covers-stage] img")
    stage.scroll_into_view_if_needed()
    box = stage.bounding_box()
    assert box is not None
    reviewer.mouse.move(box["x"] + 2, box["y"] + 2)
    reviewer.mouse.down()
    reviewer.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.3, steps=4)
    reviewer.mouse.up()
    reviewer.keyboard.press("Shift+ArrowRight")
    press(reviewer, "放行这个文件")
    expect(reviewer.locator("#copy img")).to_be_visible()
    reviewer.goto(f"/console/letters/{number}/publication")
    press(reviewer, "同意公示")
    reviewer.get_by_role("link", name="查看公示件").click()

    pictures = reviewer.locator(".files--public img")
    expect(pictures).to_have_count(1)
    answer = reviewer.request.get(pictures.get_attribute("src") or "")
    public = Image.open(BytesIO(answer.body()))
    assert public.size == (400, 300)
    assert near(public.getpixel((60, 60)), (0, 0, 0))
    assert near(public.getpixel((180, 130)), RED)
    assert near(public.getpixel((350, 250)), GREEN)
    assert not public.getexif()
