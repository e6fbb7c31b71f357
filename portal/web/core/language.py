"""Language of a page, and words and dates of the domain in it."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache

from babel import Locale
from flask import Flask, request, session
from flask_babel import Babel, format_date, get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from portal.domain.languages import LANGUAGES, SOURCE, Language
from portal.domain.letters.subjects import SUBJECTS
from portal.domain.periods import shanghai
from portal.domain.translatable import Labelled, Message

_HAN = re.compile("[\u3400-\u9fff]")
babel = Babel()


def label(value: Labelled | None) -> str:
    """Return the page name of a word of the domain."""
    return str(_(value.label)) if value is not None else ""


def say(message: Message | str) -> str:
    """Return a domain message in the language of the page.

    What comes back is plain text, escaped where a page shows it and no pattern: a name or a reason
    that somebody typed may pass.
    """
    if isinstance(message, Message):
        return str(_(message.template) % message.values)
    # The catalogue keeps its own header under the empty text.
    return str(_(message)) if message else ""


def subject(category: str) -> str:
    """Return the page name of a subject; "" are letters without one.

    Subjects known to the portal are translated, others stay as they were typed.
    """
    if not category:
        return str(_("未分类"))
    return str(_(category)) if category in SUBJECTS else category


def is_foreign(text: str) -> bool:
    """Return whether ``text`` is Chinese on a page in another language."""
    return page_language().primary != LANGUAGES[SOURCE].primary and bool(_HAN.search(text))


def marked(text: str) -> str:
    """Return a name as people typed it, marked as Chinese where the page is not.

    Screen readers choose their voice by that mark (WCAG 3.1.2).
    """
    if not is_foreign(text):
        return text
    return Markup('<span lang="{}">{}</span>').format(LANGUAGES[SOURCE].tag, text)


def day(value: date | datetime | None) -> str:
    """Return a civil date as people write it: 2016年12月31日."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = shanghai(value).date()
    return str(format_date(value, page_language().day))


def moment(value: datetime | None) -> str:
    """Return a moment with its Shanghai wall clock."""
    return "" if value is None else f"{day(value)} {shanghai(value):%H:%M}"


_locale = cache(Locale.parse)


def page_language() -> Language:
    """Return the language of the page."""
    here = get_locale()
    found = (row for code, row in LANGUAGES.items() if _locale(code) == here)
    return next(found, LANGUAGES[SOURCE])


def other_languages() -> dict[str, Language]:
    """Return the languages that a reader may turn to, by their locale."""
    here = page_language()
    return {code: row for code, row in LANGUAGES.items() if row is not here}


def choose_locale() -> str:
    """Return the language chosen, else Chinese; ``?lang=`` serves links and search engines."""
    wanted = request.args.get("lang") or session.get("locale")
    return wanted if wanted in LANGUAGES else SOURCE


def set_up_language(app: Flask, translations: str) -> None:
    """Bind catalogues, filters and the locale choice to ``app``."""
    app.config.update(
        BABEL_DEFAULT_LOCALE=SOURCE,
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=translations,
    )
    babel.init_app(app, locale_selector=choose_locale)
    app.jinja_env.filters.update(
        label=label, say=say, day=day, moment=moment, subject=subject, marked=marked
    )
    app.jinja_env.tests.update(foreign=is_foreign)
    app.jinja_env.globals.update(
        page_language=page_language,
        other_languages=other_languages,
        source_language=LANGUAGES[SOURCE],
    )
