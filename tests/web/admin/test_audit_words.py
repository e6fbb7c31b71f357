"""The audit page names what its rows are about in words, in every language."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.domain.audit.rows import ChainKind
from portal.domain.events import ActorKind, Axis
from portal.queries.audit.trail import Trace
from portal.web.admin.audit_words import place, what, who, why

NAMES = {"he.jing": "何静"}
AT = datetime(2016, 6, 1, tzinfo=UTC)


def a_row(**values: Any) -> Trace:
    """Return a row of the trail with ``values``."""
    usual = {"axis": Axis.RECORD, "action": "", "actor_kind": ActorKind.STAFF}
    return Trace(ChainKind.EVENT, 1, AT, AT, **{**usual, **values})


@pytest.mark.parametrize(
    ("subject", "chinese", "english"),
    [
        ("user:he.jing", "何静（he.jing）", "何静 (he.jing)"),
        ("user:?", "没有这个用户", "No such user"),
        ("session:*", "其他所有会话", "all other sessions"),
        ("session:7", "会话 7", "Session 7"),
        ("rest:1", "其余 1 处", "1 remaining finding"),
        ("rest:3", "其余 3 处", "3 remaining findings"),
        ("text:mobile", "来信", "Letter"),
        ("reply:2", "答复 2 处", "Reply 2 places"),
        ("reply", "答复", "Reply"),
        ("deadline_rule:help", "办理期限 help", "Deadline rule help"),
        ("organisation:cq-jyw", "单位 cq-jyw", "Organisation cq-jyw"),
        (
            "12 mail receipt",
            "任务 12 · 电子邮件 · 收到来信",
            "Job 12 · By e-mail · Letter received",
        ),
        ("12 webhook:hotline", "任务 12 · 系统接口 hotline", "Job 12 · Webhook hotline"),
        ("13 index", "任务 13 · 更新索引", "Job 13 · Update the index"),
        ("reads", "查看记录", "Records of reading"),
        ("市容环境", "市容环境", "市容环境"),
    ],
)
def test_a_subject_has_a_name(app: Flask, subject: str, chinese: str, english: str) -> None:
    """No code of the trail is shown as it is stored."""
    for locale, words in (("zh_CN", chinese), ("en", english)):
        with app.test_request_context(), force_locale(locale):
            assert what(NAMES, a_row(subject=subject)) == words


@pytest.mark.parametrize(
    ("action", "code", "chinese", "english"),
    [
        ("submit", "help", "求助", "Request for help"),
        ("change_kind", "help>complaint", "求助 → 投诉", "Request for help → Complaint"),
        ("grant_extension", "1", "1 天", "1 day"),
        ("request_extension", "15", "15 天", "15 days"),
        ("settle_finding", "mask", "脱敏", "Redact"),
        ("rate", "4/5", "4/5", "4/5"),
        ("rate", "", "", ""),
    ],
)
def test_a_reason_has_a_name(
    app: Flask, action: str, code: str, chinese: str, english: str
) -> None:
    """Coded reasons are words; where somebody wrote a reason, that is shown."""
    for locale, words in (("zh_CN", chinese), ("en", english)):
        with app.test_request_context(), force_locale(locale):
            assert why(a_row(action=action, reason_code=code)) == words
            assert why(a_row(action=action, reason_code=code, reason="说明")) == "说明"


def test_searches_name_their_filters(app: Flask) -> None:
    """What was searched for stands behind the name of its field."""
    with app.test_request_context():
        row = a_row(axis=Axis.READING, reason="q=路灯; found=3; x")
        assert why(row) == "关键词：路灯; 找到条数：3; x"


def test_who_and_from_where(app: Flask) -> None:
    """A member of staff has a name, others their kind; a session has its number."""
    with app.test_request_context():
        assert who(a_row(username="he.jing", name="何静")) == "何静（he.jing）"
        assert who(a_row(actor_kind=ActorKind.CITIZEN)) == "来信人"
        assert place(a_row(address="203.0.113.7", session_id=4)) == "203.0.113.7 · 会话 4"
        assert place(a_row()) == ""
