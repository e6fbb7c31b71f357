"""The redaction page through the real application: propose, settle, publish, correct, withdraw."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Publication, State, UnpublishReason
from portal.domain.redaction import Decision
from portal.models import ArchiveEntry, Letter
from portal.services.archive import redacting
from portal.services.letters import handling, submission
from tests.builders import Walk, World, a_walk
from tests.pages import Client, get, login, post

TEXT = "我叫周晓兰，手机 13912345678，住石桥街道梧桐小区3栋2单元501，请问路灯何时修好？"


def closed(session: Session, world: World, **choices: Any) -> Walk:
    """Return a closed letter with personal data in it."""
    walk = a_walk(session, world, "city", text=TEXT, **choices)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    return walk


@pytest.fixture
def walk(session: Session, world: World) -> Walk:
    """A closed letter whose text has personal data in it."""
    return closed(session, world)


def page_of(walk: Walk) -> str:
    """Return the address of the redaction page."""
    return f"/console/letters/{walk.letter.number}/publication"


def proposed(client: Client, walk: Walk) -> str:
    """Log the handler in and propose; return the address of the page."""
    login(client, "city_handler")
    url = page_of(walk)
    post(client, f"{url}/propose", {"reason": "常见问题"}, page=url)
    return url


def entry(session: Session, walk: Walk) -> ArchiveEntry | None:
    """Return the public copy as the database has it now."""
    session.rollback()
    return session.scalar(sa.select(ArchiveEntry).where(ArchiveEntry.letter_id == walk.letter_id))


def reviewer(app: Flask) -> Client:
    """Return a browser in which the reviewer is logged in."""
    return login(app.test_client(), "city_reviewer")  # type: ignore[return-value]


def test_proposing_lists_what_was_found(client: Client, walk: Walk) -> None:
    """A handler proposes and sees every finding with its proposed mask."""
    url = proposed(client, walk)
    page = get(client, url)
    assert "139****5678" in page.text
    assert "周某某" in page.text
    assert walk.letter.publication is Publication.PROPOSED


def test_publishing_is_off_while_a_finding_is_open(app: Flask, client: Client, walk: Walk) -> None:
    """The page offers no publishing while findings are open, and the server refuses it too."""
    url = proposed(client, walk)
    browser = reviewer(app)
    page = get(browser, url)
    assert not [f for f in page.forms if f.action.endswith("/publish")]
    token = page.form(f"{url}/refuse").hidden["csrf_token"]
    proposal = walk.letter.open_proposal
    assert proposal is not None
    answer = browser.post(
        f"{url}/publish",
        data={
            "csrf_token": token,
            "version": walk.letter.version,
            "proposal_version": proposal.version,
        },
    )
    assert answer.status_code == 409
    assert walk.letter.publication is Publication.PROPOSED


def test_a_finding_is_masked(client: Client, walk: Walk) -> None:
    """Masking a finding settles it."""
    url = proposed(client, walk)
    mark = walk.letter.open_proposal.open_masks[0].id
    post(client, f"{url}/findings/{mark}", {"decision": "mask"}, page=url)
    assert mark not in [m.id for m in walk.letter.open_proposal.open_masks]


def test_keeping_needs_a_reason(client: Client, walk: Walk) -> None:
    """Keeping a finding without a reason is refused at the finding."""
    url = proposed(client, walk)
    mark = walk.letter.open_proposal.open_masks[0].id
    page = post(
        client, f"{url}/findings/{mark}", {"decision": "keep", "reason": "  "}, page=url, status=422
    )
    assert f"finding-{mark}-reason-error" in page.ids
    post(client, f"{url}/findings/{mark}", {"decision": "keep", "reason": "公众人物"}, page=url)
    kept = next(m for m in walk.letter.open_proposal.masks if m.id == mark)
    assert (kept.decision, kept.reason) == (Decision.KEEP, "公众人物")


def test_a_phrase_is_masked_wherever_it_stands(client: Client, walk: Walk) -> None:
    """A phrase the detectors did not know is masked by hand, and the mark can be taken back."""
    url = proposed(client, walk)
    post(client, f"{url}/add-mask", {"field": "text", "phrase": "路灯"}, page=url)
    mine = [m for m in walk.letter.open_proposal.masks if m.kind == "other"]
    assert len(mine) == 1
    post(client, f"{url}/findings/{mine[0].id}/remove", page=url)
    assert not [m for m in walk.letter.open_proposal.masks if m.kind == "other"]


def test_a_phrase_that_is_not_there_is_said_at_the_field(client: Client, walk: Walk) -> None:
    """A phrase that the original does not have is refused and kept in the form."""
    url = proposed(client, walk)
    page = post(
        client, f"{url}/add-mask", {"field": "text", "phrase": "没有这句"}, page=url, status=422
    )
    assert "没有这句" in page.html
    assert "add-mask-phrase-error" in page.ids


def publish(browser: Client, url: str, walk: Walk) -> None:
    """Settle the rest and publish."""
    post(browser, f"{url}/mask-rest", page=url)
    post(browser, f"{url}/publish", page=url)


def test_the_second_person_publishes_the_redacted_copy(
    app: Flask, client: Client, session: Session, walk: Walk
) -> None:
    """The reviewer publishes; the archive has the copy without personal data."""
    url = proposed(client, walk)
    publish(reviewer(app), url, walk)
    public = entry(session, walk)
    assert public is not None
    assert "13912345678" not in public.text
    assert "周晓兰" not in public.text
    assert walk.letter.publication is Publication.PUBLISHED
    assert walk.letter.state is State.CLOSED


def test_a_handler_cannot_publish(client: Client, walk: Walk) -> None:
    """The proposer has no form to publish and is refused without the role."""
    url = proposed(client, walk)
    page = get(client, url)
    assert not [f for f in page.forms if f.action.endswith(("/publish", "/refuse"))]
    token = page.form(f"{url}/recall-proposal").hidden["csrf_token"]
    assert client.post(f"{url}/publish", data={"csrf_token": token}).status_code == 403


def test_refusing_needs_a_coded_reason(app: Flask, client: Client, walk: Walk) -> None:
    """A refusal without a code is an error at the field; with one it is recorded."""
    url = proposed(client, walk)
    browser = reviewer(app)
    page = post(browser, f"{url}/refuse", {"reason": "无参考价值"}, page=url, status=422)
    assert "无参考价值" in page.html
    post(browser, f"{url}/refuse", {"code": "no_value"}, page=url)
    assert walk.letter.publication is Publication.REFUSED


def test_the_proposer_takes_the_proposal_back(client: Client, walk: Walk) -> None:
    """A proposal can be recalled by who made it."""
    url = proposed(client, walk)
    post(client, f"{url}/recall-proposal", page=url)
    assert walk.letter.publication is Publication.NOT_PROPOSED


def test_withdrawing_empties_the_copy(
    app: Flask, client: Client, session: Session, walk: Walk
) -> None:
    """A published entry is withdrawn with a reason; nothing of its text is left."""
    url = proposed(client, walk)
    browser = reviewer(app)
    publish(browser, url, walk)
    post(browser, f"{url}/unpublish", {"code": "privacy"}, page=url, status=422)
    post(browser, f"{url}/unpublish", {"code": "privacy", "reason": "来信人要求"}, page=url)
    public = entry(session, walk)
    assert public is not None
    assert (public.title, public.text, public.reply) == ("", "", "")
    assert public.unpublished_at is not None
    assert public.unpublish_reason is UnpublishReason.PRIVACY
    assert walk.letter.publication is Publication.UNPUBLISHED


def test_withdrawing_has_reasons_of_its_own(
    app: Flask, client: Client, session: Session, walk: Walk
) -> None:
    """What is public may have become wrong or outdated; a reason of refusal is not taken."""
    url = proposed(client, walk)
    browser = reviewer(app)
    publish(browser, url, walk)
    assert all(reason.label in get(browser, url).text for reason in UnpublishReason)
    form = {"code": "no_value", "reason": "没有价值"}
    assert "没有价值" in post(browser, f"{url}/unpublish", form, page=url, status=422).html
    form = {"code": "law_changed", "reason": "新条例已施行"}
    post(browser, f"{url}/unpublish", form, page=url)
    assert "法规或者政策已经改变" in get(browser, f"/console/letters/{walk.letter.number}").text
    public = entry(session, walk)
    assert public is not None
    assert "法规或者政策已经改变" in get(client, f"/archive/{public.id}", status=410).text
    (gone,) = client.get("/api/v1/entries?updated_since=2016-01-01").get_json()["deleted"]
    assert (gone["id"], gone["reason"]) == (public.id, "law_changed")


def test_a_correction_makes_a_new_version(
    app: Flask, client: Client, session: Session, walk: Walk
) -> None:
    """A correction carries earlier decisions over and keeps what was said before."""
    url = proposed(client, walk)
    browser = reviewer(app)
    publish(browser, url, walk)
    post(client, f"{url}/propose", {"reason": "更正错字"}, page=url)
    assert walk.letter.open_proposal.open_masks == []
    post(browser, f"{url}/publish", page=url)
    public = entry(session, walk)
    assert public is not None
    assert public.revision == 2
    assert [version.note for version in public.versions] == ["更正错字"]


def test_a_change_since_the_reviewer_looked_is_a_conflict(
    app: Flask, client: Client, walk: Walk
) -> None:
    """Publishing what somebody has redacted differently meanwhile is refused."""
    url = proposed(client, walk)
    browser = reviewer(app)
    post(browser, f"{url}/mask-rest", page=url)
    page = get(browser, url)
    form = page.form(f"{url}/publish")
    post(client, f"{url}/add-mask", {"field": "text", "phrase": "何时"}, page=url)
    assert browser.post(f"{url}/publish", data=form.hidden).status_code == 409
    assert walk.letter.publication is Publication.PROPOSED


def test_an_overtaken_form_stays_on_the_page(app: Flask, client: Client, walk: Walk) -> None:
    """A refusal that was overtaken is in its form again, not a text to be copied."""
    url = proposed(client, walk)
    browser = reviewer(app)
    hidden = get(browser, url).form(f"{url}/refuse").hidden
    typed = {"code": "third_party", "reason": "涉及第三人", "version": "0"}
    answer = browser.post(f"{url}/refuse", data={**hidden, **typed})
    assert answer.status_code == 409
    assert answer.get_data(as_text=True).count("涉及第三人") == 1


@pytest.mark.parametrize("choices", [{"consent": False}, {"kind": Kind.WRONGDOING}])
def test_what_may_not_be_public_is_not_proposed(
    client: Client, session: Session, world: World, choices: dict[str, object]
) -> None:
    """A letter without consent and a report of wrongdoing have no form to propose them."""
    walk = closed(session, world, **choices)
    login(client, f"{walk.here}_handler")
    page = get(client, page_of(walk))
    assert not [f for f in page.forms if f.action.endswith("/propose")]


def test_a_foreign_letter_is_not_found(client: Client, walk: Walk) -> None:
    """A letter of another organisation answers like one that does not exist."""
    login(client, "police_handler")
    get(client, page_of(walk), 404)


def test_markup_in_a_letter_stays_text(client: Client, session: Session, world: World) -> None:
    """What a citizen typed is never markup on the page."""
    walk = a_walk(session, world, "city", text="<script>alert(1)</script> 电话 13912345678")
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    page = get(client, proposed(client, walk))
    assert "<script>alert" not in page.html


def test_a_letter_never_proposed_says_why(client: Client, session: Session, world: World) -> None:
    """An open letter's page says that it must be closed first."""
    walk = a_walk(session, world, "city")
    login(client, "city_handler")
    assert "办结后才能公示" in get(client, page_of(walk)).text
    assert session.get_one(Letter, walk.letter_id).publication is Publication.NOT_PROPOSED


def test_the_public_text_is_corrected_by_itself(
    app: Flask, client: Client, session: Session, walk: Walk
) -> None:
    """The form begins with the public texts; the second person sees the difference and approves."""
    url = proposed(client, walk)
    browser = reviewer(app)
    publish(browser, url, walk)
    public = entry(session, walk)
    assert public is not None
    tag, reply = get(client, f"/archive/{public.id}").response.headers.get("ETag"), public.reply
    form = get(client, url).form(f"{url}/correct")
    assert form.fields["reply"] == [reply]
    assert form.fields["text"] == [public.text]
    assert not {"question", "supplement"} & {*form.fields}
    sent = {"title": "路灯", "text": public.text, "reply": reply + "\n请放心。", "reason": ""}
    page = post(client, f"{url}/correct", sent, page=url, status=422)
    assert "请放心。" in page.html
    post(client, f"{url}/correct", {**sent, "reason": "补一句"}, page=url)
    assert "请放心" not in get(client, f"/archive/{public.id}").text
    assert "<ins>" in get(browser, url).html
    redacting.mask_rest(walk.letter_id, walk.world.actor("city_reviewer"), walk.now)
    post(browser, f"{url}/publish", page=url)
    shown = get(client, f"/archive/{public.id}")
    assert "更正过 1 次" in shown.text
    assert "<del>" in shown.html
    assert shown.response.headers.get("ETag") != tag or tag is None
    assert "以前的内容继续显示" in get(browser, f"/console/letters/{walk.letter.number}").text


def test_a_hidden_version_is_shown_nowhere(
    app: Flask, client: Client, session: Session, walk: Walk
) -> None:
    """With the box ticked neither the page nor the feed of the entry holds the earlier words."""
    url = proposed(client, walk)
    browser = reviewer(app)
    publish(browser, url, walk)
    public = entry(session, walk)
    assert public is not None
    number, title = public.id, public.title
    sent = {"title": "路灯", "text": public.text, "reply": public.reply, "reason": "删去地名"}
    post(client, f"{url}/correct", {**sent, "hides_earlier": "y"}, page=url)
    redacting.mask_rest(walk.letter_id, walk.world.actor("city_reviewer"), walk.now)
    post(browser, f"{url}/publish", page=url)
    shown = get(client, f"/archive/{number}")
    assert "不再显示" in shown.text
    assert title not in shown.html
    assert title not in client.get(f"/archive/{number}/feed.atom").text


def test_question_and_supplement_are_corrected_in_the_same_form(
    app: Flask, client: Client, session: Session, world: World
) -> None:
    """Both have a field that begins with the public text, an error of its own and a difference."""
    walk = a_walk(session, world, "city")
    walk.accept()
    walk.step(handling.ask_citizen, "city_handler", "请问是哪盏路灯？")
    submission.supplement(walk.letter_id, "是东门的路灯。", walk.now)
    walk.ask_signoff()
    walk.sign()
    url = proposed(client, walk)
    post(reviewer(app), f"{url}/publish", page=url)
    form = get(client, url).form(f"{url}/correct")
    assert form.fields["question"] == ["请问是哪盏路灯？"]
    assert form.fields["supplement"] == ["是东门的路灯。"]
    sent = {name: values[0] for name, values in form.fields.items() if values} | {
        "reason": "方位写错"
    }
    page = post(client, f"{url}/correct", {**sent, "supplement": " "}, page=url, status=422)
    assert "请填写来信人补充的公开内容。" in page.text
    post(client, f"{url}/correct", {**sent, "supplement": "是西门的路灯。"}, page=url)
    assert "<ins>" in get(reviewer(app), url).html
    post(reviewer(app), f"{url}/publish", page=url)
    public = entry(session, walk)
    assert public is not None
    assert public.supplement == "是西门的路灯。"
    assert "<del>" in get(client, f"/archive/{public.id}").html
