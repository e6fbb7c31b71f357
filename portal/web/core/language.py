"""Language of a page, and words and dates of the domain in it.

The language stands in the address: ``/en/archive`` is the page ``/archive`` in English, and the
source language has no prefix. Every address that a page makes keeps its language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from babel import Locale
from flask import Flask, current_app, redirect, request
from flask_babel import Babel, format_date, get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from portal.domain.archive.subtopics import parted
from portal.domain.languages import LANGUAGES, SOURCE, Language
from portal.domain.letters.subjects import SUBJECTS
from portal.domain.periods import shanghai
from portal.domain.translatable import Labelled, Message
from portal.web.core.addresses import asked_path, with_words

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

P = ParamSpec("P")
R = TypeVar("R")
_LOCALE, _ROOT = "letterbox.locale", "letterbox.root"
"""Keys of the WSGI environment: the language of the address, and what stands before it."""
_ASKED = "lang"
"""Word of the query that named the language in addresses of earlier releases."""
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
    """Return the page name of a subject, with its sub-topic if it has one; "" are letters without one.

    Subjects known to the portal are translated, others stay as they were typed.
    """
    if not category:
        return str(_("未分类"))
    topic, name = parted(category)
    known = str(_(topic)) if topic in SUBJECTS else topic
    return f"{known} › {_(name)}" if name else known


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


def iso(value: datetime) -> str:
    """Return a moment as HTML's ``time`` takes it: Shanghai wall clock, seconds, offset."""
    return shanghai(value).isoformat(timespec="seconds")


_locale = cache(Locale.parse)


@cache
def _code(locale: Locale | None) -> str:
    return next((code for code in LANGUAGES if _locale(code) == locale), SOURCE)


def page_locale() -> str:
    """Return the locale of the page, as the table of languages names it."""
    return _code(get_locale())


def page_language() -> Language:
    """Return the language of the page."""
    return LANGUAGES[page_locale()]


def other_languages() -> dict[str, Language]:
    """Return the languages that a reader may turn to, by their locale."""
    here = page_language()
    return {code: row for code, row in LANGUAGES.items() if row is not here}


def _prefix(locale: str) -> str:
    return "" if locale == SOURCE else f"/{LANGUAGES[locale].tag}"


class LanguageInAddress:
    """WSGI middleware that turns the language at the head of a path into part of the script root.

    Routes are thereby the same in every language, and ``url_for`` stays in that of the request.
    """

    def __init__(self, application: WSGIApplication) -> None:
        self._application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request as the application does without the language."""
        path, root = environ.get("PATH_INFO", ""), environ.get("SCRIPT_NAME", "")
        environ[_ROOT] = root
        for locale in LANGUAGES:
            prefix = _prefix(locale)
            if prefix and (path == prefix or path.startswith(f"{prefix}/")):
                environ[_LOCALE] = locale
                environ["SCRIPT_NAME"] = root + prefix
                environ["PATH_INFO"] = path.removeprefix(prefix) or "/"
        return self._application(environ, start_response)


def choose_locale() -> str:
    """Return the locale that the address names."""
    return str(request.environ.get(_LOCALE, SOURCE))


def address_in(locale: str) -> str:
    """Return the path and query of the page of this request in another language."""
    words = request.args.to_dict(flat=False)
    words.pop(_ASKED, None)
    root = request.environ.get(_ROOT, "")
    return with_words(f"{root}{_prefix(locale)}{asked_path()}", words)


def in_source(path: str) -> str:
    """Return a path that ``url_for`` made in this request, in the source language."""
    return in_language(SOURCE, path)


def in_language(locale: str, path: str) -> str:
    """Return a path that ``url_for`` made in this request, in another language."""
    root = str(request.environ.get(_ROOT, ""))
    return root + _prefix(locale) + path.removeprefix(request.script_root)


def one_language(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view of a document that is the same in every language and has one address."""
    view.one_language = True  # type: ignore[attr-defined]
    return view


def _old_address() -> Response | None:
    """Redirect an address that names its language in the query, or needlessly."""
    if request.method not in ("GET", "HEAD"):
        return None
    asked = request.args.get(_ASKED)
    if asked in LANGUAGES:
        return redirect(address_in(asked), 301)
    view = current_app.view_functions.get(request.endpoint or "")
    if choose_locale() != SOURCE and getattr(view, "one_language", False):
        return redirect(address_in(SOURCE), 301)
    return None


def set_up_language(app: Flask, translations: str) -> None:
    """Bind catalogues, filters and the locale choice to ``app``."""
    app.config.update(
        BABEL_DEFAULT_LOCALE=SOURCE,
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=translations,
    )
    app.wsgi_app = LanguageInAddress(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_old_address)
    babel.init_app(app, locale_selector=choose_locale)
    app.jinja_env.filters.update(
        label=label, say=say, day=day, iso=iso, moment=moment, subject=subject, marked=marked
    )
    app.jinja_env.tests.update(foreign=is_foreign)
    app.jinja_env.globals.update(
        page_language=page_language,
        other_languages=other_languages,
        address_in=address_in,
        in_language=in_language,
        languages=LANGUAGES,
        source_language=LANGUAGES[SOURCE],
    )
