"""The synonyms of searches: groups of words to look through, add, change, switch off."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission
from portal.domain.errors import Conflict
from portal.domain.words.shipped import shipped_by_key, topic_titles
from portal.models import db
from portal.queries.office.words import WordsQuery, word_group, words_table
from portal.queries.synonyms import GroupInForce
from portal.services.office.words import (
    TEXT_MAX,
    TypedGroup,
    add_word_group,
    change_word_group,
)
from portal.web.admin.blueprint import admin
from portal.web.core import Answer, Page
from portal.web.core.clock import now
from portal.web.core.fields import LineField, ListField, TickField, VersionField, page_asked
from portal.web.core.forms import FilterForm, Form
from portal.web.core.language import say
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import settings
from portal.web.core.typed import WORDS_MAX

_EDIT = Permission.WORDS_EDIT
_CHANGED = "1"


class WordsFilterForm(FilterForm):
    """The filters of the list."""

    q = LineField(_l("词"))
    topic = ListField(
        _l("主题"),
        choices=lambda: [("", _("全部")), *topic_titles().items()],
        validate_choice=False,
    )
    changed = TickField(_l("只看本系统自定的"))


class WordGroupForm(Form):
    """A group of words."""

    topic = ListField(
        _l("主题"), _l("请选择主题。"), choices=lambda: [("", _("请选择")), *topic_titles().items()]
    )
    words = LineField(
        _l("互相查得到的词"),
        _l("请写上词，用空格隔开。"),
        TEXT_MAX,
        description=_l("用空格隔开，例如：低保 最低生活保障。查其中一个，也会查到其他几个。"),
    )
    narrower = LineField(
        _l("还会查到的词"),
        most=TEXT_MAX,
        description=_l("查上面的词也会查到这些，反过来不会。主题是“找单位”的，写单位名称里的字。"),
    )
    active = TickField(_l("启用"), default=True)
    version = VersionField(default=0)

    @property
    def typed(self) -> TypedGroup:
        """What was typed."""
        chosen = self.topic.data if "topic" in self else ""
        return TypedGroup(chosen or "", self.words.data, self.narrower.data, self.active.data)


@admin.get("/words")
@needs(_EDIT)
def words() -> str:
    """Show one page of groups, with the filters of the address."""
    form = WordsFilterForm(request.args)
    topic = form.topic.data if form.topic.data in topic_titles() else None
    asked = WordsQuery(form.q.data[:WORDS_MAX], topic, form.changed.data)
    part, rows = words_table(db.session(), asked, page_asked(), settings().page_size)
    return render_template(
        "admin/words.html", form=form, part=part, rows=rows, titles=topic_titles()
    )


@admin.route("/words/new", methods=["GET", "POST"])
@needs(_EDIT)
def words_new() -> Answer:
    """Add a group."""
    form = WordGroupForm()
    if form.validate_on_submit():
        with form.errors_shown():
            add_word_group(form.typed, current_actor(), now())
            flash(_("同义词已保存，从下一次查询起生效。"), "success")
            return redirect(url_for("admin.words", changed=_CHANGED))
    return _page(form, None, 422 if form.errors else 200)


@admin.route("/words/<key>", methods=["GET", "POST"])
@needs(_EDIT)
def words_change(key: str) -> Answer:
    """Change a group, or switch it off or on."""
    found = word_group(db.session(), key)
    if found is None:
        abort(404)
    form = WordGroupForm(data=_present(found))
    del form.topic
    if form.validate_on_submit():
        try:
            with form.errors_shown():
                change_word_group(key, form.version.seen, form.typed, current_actor(), now())
                flash(_("同义词已保存，从下一次查询起生效。"), "success")
                return redirect(url_for("admin.words", changed=_CHANGED))
        except Conflict as error:
            db.session.expire_all()
            present = word_group(db.session(), key) or found
            form.version.carry(present.version)
            return _page(form, present, 409, say(error.message))
    return _page(form, found, 422 if form.errors else 200)


def _present(found: GroupInForce) -> dict[str, object]:
    return {
        "words": " ".join(found.group.words),
        "narrower": " ".join(found.group.narrower),
        "active": found.active,
        "version": found.version,
    }


def _page(form: WordGroupForm, found: GroupInForce | None, status: int, problem: str = "") -> Page:
    came = shipped_by_key().get(found.key) if found else None
    page = render_template(
        "admin/word_group.html",
        form=form,
        found=found,
        titles=topic_titles(),
        came=came[1].text if came else "",
        problem=problem,
    )
    return page, status
