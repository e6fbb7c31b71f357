"""Reporting an error on the site (网站找错), and the address where the answer stands."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.errors import NotFound
from portal.models import db
from portal.queries.office.site_notices import ANSWER_DAYS, site_notice
from portal.services.office.site_notices import PAGE_MAX, TEXT_MAX, give_site_notice
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import HiddenTextField, LineField, TextField
from portal.web.core.forms import Form
from portal.web.core.people import public
from portal.web.core.rate_limits import address, give_back, minutes, retry_later, take
from portal.web.core.settings import code_key, settings
from portal.web.core.typed import form_token
from portal.web.public.blueprint import public_pages

LIMIT = "10 per hour"
_OPEN = re.compile(
    r"(?:/[a-z-]{2,8})?(?:/|/(?:about|accessibility|privacy|site-map|hot|open-data|write|track|disclosure)"
    r"|/(?:archive|statistics|organisations|hot)(?:/[a-z0-9/.-]*)?)"
)
"""The paths of pages that are the same for everybody: no other path goes into a notice by itself."""


class SiteNoticeForm(Form):
    """What is wrong, and on which page."""

    page = LineField(
        _l("在哪个页面"), most=PAGE_MAX, description=_l("页面的地址或名称；写不清楚也没关系。")
    )
    text = TextField(
        _l("哪里有错"),
        _l("请写下哪里有错。"),
        TEXT_MAX,
        description=_l("例如错别字、打不开的链接、过时的电话。请不要写个人信息。"),
    )
    form_token = HiddenTextField()


@public_pages.route("/site-notice", methods=["GET", "POST"])
@public
def site_notice_new() -> Answer:
    """Take in a notice, and lead to the address where its answer will stand."""
    form = SiteNoticeForm()
    form.form_token.data = form_token(form.form_token.data)
    if request.method == "GET":
        form.page.data = _page_before()
    key, status = ("site-notice", address()), 200
    if form.validate_on_submit():
        if wait := take(LIMIT, key):
            form.text.errors = [_("您报告得太频繁了，请 %(n)s 分钟后再试。", n=minutes(wait))]
            return retry_later((_show(form), 429), wait)
        with form.errors_shown():
            code = give_site_notice(
                form.page.data, form.text.data, form.form_token.value, code_key(), now()
            )
            return redirect(url_for("public.site_notice_sent", notice_code=code), 303)
        give_back(LIMIT, key)
    if form.errors:
        status = 422
    return _show(form), status


@public_pages.get("/site-notice/<notice_code>")
@public
def site_notice_sent(notice_code: str) -> str:
    """Show a notice to who has its address, with the answer or the day by which it comes."""
    found = site_notice(db.session(), code_key(), notice_code)
    if found is None:
        raise NotFound
    here = settings().public_url + url_for("public.site_notice_sent", notice_code=notice_code)
    return render_template("public/site_notice.html", found=found, address=here)


def _show(form: SiteNoticeForm) -> str:
    return render_template("public/site_notice_new.html", form=form, days=ANSWER_DAYS)


def _page_before() -> str:
    """Return the page of the site from which a reader came; nothing that stands for a person."""
    came = urlsplit(request.referrer or "")
    here = came.netloc in (urlsplit(settings().public_url).netloc, request.host)
    return came.path[:PAGE_MAX] if here and _OPEN.fullmatch(came.path) else ""
