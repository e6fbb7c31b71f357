"""Letters in the states that pages are about, brought there by the real services."""

import re
from dataclasses import dataclass

import sqlalchemy as sa
from playwright.sync_api import Page

from portal.domain.letters.states import DeclineReason, Publication, State
from portal.models import ArchiveEntry, Letter
from portal.services.core.handing_in import Receipt
from portal.services.letters import handling
from portal.services.letters.submission import submit
from tests.browser.instance import Instance, days_ago, eventually
from tests.builders import Walk, World, a_letter, a_published, a_walk, new_letter

SECRETS = (
    "我叫周晓兰，电话 13900000001，身份证 11010519491231002X，车牌渝A6K852。请问何时修好路灯？"
)
LONG_TEXT = "\n".join(("https://example.org/" + "a" * 150, "这一段写得很长。" * 80, "谢谢！"))


@dataclass(frozen=True)
class Letters:
    """Numbers of letters by what they are in, receipts of those that are looked at by code."""

    submitted: str
    dispatched: str
    in_progress: str
    in_review: str
    proposed: str
    published: str
    declined: str
    asked: Receipt
    answered: Receipt
    entry: int
    organisation: int
    account: int


def some_letters(instance: Instance) -> Letters:
    """Bring a letter into each state and publish some; the worker indexes them meanwhile."""
    with instance.inside() as world:
        session = world.session

        def at(state: State, **choices: object) -> str:
            letter: Letter = a_letter(session, world, state, now=days_ago(3), **choices)  # type: ignore[arg-type]
            return letter.number

        for title in ("路灯不亮怎么报修", "路灯报修多久能修好"):
            a_published(session, world, title=title, now=days_ago(30))
        # Two in the same words are one matter.
        published = a_published(session, world, now=days_ago(20)).number
        a_published(session, world, now=days_ago(15))
        proposed = a_letter(
            session, world, publication=Publication.PROPOSED, text=SECRETS, now=days_ago(3)
        )
        return Letters(
            submitted=at(State.SUBMITTED),
            dispatched=at(State.DISPATCHED, title="请问" + "这个标题很长" * 9),
            in_progress=at(State.IN_PROGRESS, text=LONG_TEXT),
            in_review=at(State.AWAITING_SIGNOFF),
            proposed=proposed.number,
            published=published,
            declined=_declined(world),
            asked=_asked(instance, world),
            answered=_answered(instance, world),
            entry=session.scalars(
                sa.select(ArchiveEntry.id).order_by(ArchiveEntry.id.desc())
            ).first()
            or 0,
            organisation=world["district"],
            account=world.people["city_handler"],
        )


def results_in(page: Page, prefix: str) -> None:
    """Open results with filters in the language of ``prefix``, once the worker has indexed them."""

    def found() -> bool:
        page.goto(f"{prefix}/archive?q=路灯")
        return page.locator(".hits mark").count() > 0

    eventually(found, "the worker indexes the entries")


def matter_in(page: Page, prefix: str) -> None:
    """Open a matter in the language of ``prefix``, once the worker has gathered its entries."""
    link = page.locator("main a[href*='/hot/']").first

    def gathered() -> bool:
        page.goto(f"{prefix}/hot")
        return link.count() > 0

    eventually(gathered, "the worker gathers the entries")
    link.click()
    page.wait_for_url(re.compile(r"/hot/\d+"))


def _with_code(instance: Instance, world: World, token: str) -> tuple[Receipt, Walk]:
    new = new_letter(world["city"], text=LONG_TEXT)
    sent = submit(new, token, instance.settings.key("code"), days_ago(5))
    walk = Walk(world.session, world, sent.id, days_ago(5))
    walk.accept()
    return sent, walk


def _asked(instance: Instance, world: World) -> Receipt:
    sent, walk = _with_code(instance, world, "a letter with a question")
    walk.step(handling.ask_citizen, "city_handler", "请问是几号楼门口的路灯？")
    return sent


def _answered(instance: Instance, world: World) -> Receipt:
    sent, walk = _with_code(instance, world, "a letter with an answer")
    walk.ask_signoff()
    walk.sign()
    return sent


def _declined(world: World) -> str:
    walk = a_walk(world.session, world, "city", days_ago(3))
    reason = DeclineReason.LITIGATION
    walk.step(handling.decline, "city_dispatcher", reason, "已进入诉讼程序")
    return walk.letter.number
