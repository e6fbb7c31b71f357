"""The words of messages: read from files, checked, and filled for one message.

A language has one file, ``zh_CN.toml`` or ``en.toml``: a table for each occasion with the subject of a
mail (``subject``), its text (``text``) and a text message (``sms``), a table ``common`` of what all
mails share, and a table ``figures`` of the lines of digests. ``{name}`` is a gap. An operator's file
of the same name replaces single texts; one that cannot be used is named, and the shipped one holds.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from html import escape
from html.parser import HTMLParser

from babel.dates import format_date

from portal.domain.languages import LANGUAGES, SOURCE
from portal.domain.messages.occasions import (
    ON_REQUEST,
    TO_SENDERS,
    TO_STAFF,
    TO_SUBSCRIBERS,
    Occasion,
)
from portal.gaps import fill, gaps

FRAME = "frame.html"
"""The file with the HTML around every mail."""
SUBJECT_MAX = 40
"""Characters of a subject before its gaps are filled: what a lock screen shows."""
SMS_MAX = 140
LETTERS_MOST = 20
"""Letters that a mail about due dates names."""
_COMMON = {"button": set(), "footer": {"site"}, "stop": {"stop"}}
_FRAME_GAPS = {"lang", "subject", "body", "link", "button", "footer", "stop"}
FIGURES = ("todo", "due_soon", "overdue", "received", "closed", "on_time", "published", "late")
"""Lines that digests may hold."""
_SHOWN = {Occasion.DAILY: FIGURES[:3], Occasion.WEEKLY: FIGURES[3:]}
"""Lines that a preview of each digest has."""
_ALWAYS = {"site", "link"}
_GAPS: dict[Occasion, set[str]] = {
    **dict.fromkeys(TO_SENDERS, {"number"}),
    **dict.fromkeys(TO_STAFF, {"number"}),
    Occasion.RECEIPT: {"number", "limit"},
    Occasion.ASKED: {"number", "limit"},
    Occasion.REMINDED: {"number", "limit"},
    Occasion.EXTENDED: {"number", "limit"},
    Occasion.CODE_RENEWED: {"number"},
    Occasion.LOST_CODE: {"number", "code"},
    Occasion.VERIFYING: {"number", "code"},
    Occasion.DUE_SOON: {"count", "letters"},
    Occasion.OVERDUE: {"count", "letters"},
    Occasion.DAILY: {"figures"},
    Occasion.WEEKLY: {"figures"},
    Occasion.NEW_ENTRIES: {"count", "entries"},
    Occasion.ENTRY_CHANGED: {"entries"},
    Occasion.SUBSCRIBING: set(),
    Occasion.ADDRESS: set(),
    Occasion.TRIAL: set(),
}
_PARTS = ("subject", "text", "sms")
Table = Mapping[str, Mapping[str, str]]


class BadWords(ValueError):
    """Words that cannot be used; the message names file, table and part."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A message in words: subject, text and HTML of a mail, and the text message."""

    subject: str
    text: str
    html: str
    sms: str


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about; ``facts`` are the figures of a digest by their names.

    ``letters`` are numbers of letters with their due dates, ``entries`` titles of public entries
    with their addresses, ``stop`` the address of the way out,
    empty where there is none, ``code`` the digits of a text message.
    """

    occasion: Occasion
    site: str
    link: str
    number: str = ""
    code: str = ""
    limit: date | None = None
    stop: str = ""
    facts: Mapping[str, int] = field(default_factory=dict)
    letters: tuple[tuple[str, date | None], ...] = ()
    entries: tuple[tuple[str, str], ...] = ()


def gaps_of(occasion: Occasion) -> set[str]:
    """Return the gaps that words of ``occasion`` may have."""
    return _ALWAYS | _GAPS[occasion]


@dataclass(frozen=True, slots=True)
class Words:
    """All words of a language, complete."""

    locale: str
    tables: Table
    frame: str

    def fill(self, about: About) -> Filled:
        """Return the message in words.

        Lines of an operator's text stay lines; values never begin lines in a subject.
        """
        table, common = self.tables[about.occasion], self.tables["common"]
        values = {
            "site": about.site,
            "link": about.link,
            "number": about.number,
            "code": about.code,
            "limit": self.day(about.limit),
            "count": str(len(about.letters) or len(about.entries)),
            "entries": "\n".join(f"{title}\n{link}" for title, link in about.entries),
            "letters": "\n".join(self._letters(about)),
            "figures": "\n".join(self._figures(about)),
        }
        subject = " ".join(fill(table["subject"], values).split())
        text = fill(table["text"], values).strip()
        footer = fill(common["footer"], values)
        stop = fill(common["stop"], {"stop": about.stop}) if about.stop else ""
        link = about.link if about.link and about.link not in text else ""
        parts = (text, link, f"-- \n{footer}", stop)
        return Filled(
            subject,
            "\n\n".join(filter(None, parts)) + "\n",
            self._html(about, subject, text, footer),
            " ".join(fill(table["sms"], values).split()),
        )

    def day(self, day: date | None) -> str:
        """Return a civil date in a sentence, a dash for none."""
        if day is None:
            return "—"
        return str(format_date(day, LANGUAGES[self.locale].day, locale=self.locale))

    def _letters(self, about: About) -> Iterator[str]:
        for number, due in about.letters[:LETTERS_MOST]:
            yield f"{number}  {self.day(due)}"
        if len(about.letters) > LETTERS_MOST:
            yield "…"

    def _figures(self, about: About) -> Iterator[str]:
        for name in FIGURES:
            if name in about.facts:
                yield fill(self.tables["figures"][name], {"n": f"{about.facts[name]:,}"})

    def _html(self, about: About, subject: str, text: str, footer: str) -> str:
        paragraphs = (each.replace(about.link, "").strip() for each in text.split("\n\n"))
        body = "".join(
            f"<p>{escape(each).replace(chr(10), '<br>')}</p>" for each in paragraphs if each
        )
        common = self.tables["common"]
        stop = fill(common["stop"], {"stop": ""}).rstrip(":： ") if about.stop else ""
        values = {
            "lang": LANGUAGES[self.locale].tag,
            "subject": escape(subject),
            "body": body,
            "link": escape(about.link),
            "button": escape(common["button"]),
            "footer": escape(footer),
            "stop": f'<a href="{escape(about.stop)}" style="color:#55554f">{escape(stop)}</a>'
            if stop
            else "",
        }
        return fill(self.frame, values)


def read_words(name: str, content: str) -> dict[str, dict[str, str]]:
    """Return the tables of the file ``name``, each text checked.

    Raises :class:`BadWords` with file, table and part for what is no TOML, for an unknown table or
    part, for a gap that the occasion does not have, and for words that are too long.
    """
    try:
        tables = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise BadWords(f"{name}: {error}") from error
    for table, texts in tables.items():
        if not isinstance(texts, dict):
            raise BadWords(f"{name}: {table}: must be a table")
        allowed = _allowed(table)
        if allowed is None:
            raise BadWords(f"{name}: {table}: there are no such words")
        for part, text in texts.items():
            place = f"{name}: {table}.{part}"
            if part not in allowed:
                raise BadWords(f"{place}: there is no such part; write {', '.join(allowed)}")
            if not isinstance(text, str) or not text.strip():
                raise BadWords(f"{place}: must be a text")
            if unknown := gaps(text) - allowed[part]:
                known = ", ".join(f"{{{each}}}" for each in sorted(allowed[part])) or "none"
                raise BadWords(f"{place}: unknown field {{{min(unknown)}}}; there are: {known}")
            _bound(place, part, text)
    return tables


def _bound(place: str, part: str, text: str) -> None:
    most = {"subject": SUBJECT_MAX, "sms": SMS_MAX}.get(part)
    if most and len(text.strip()) > most:
        raise BadWords(f"{place}: is longer than {most} characters")
    if part in ("subject", "sms") and "\n" in text.strip():
        raise BadWords(f"{place}: must be one line")


def _allowed(table: str) -> dict[str, set[str]] | None:
    """Return the parts of a table with the gaps of each, ``None`` for a table there is not."""
    if table == "common":
        return _COMMON
    if table == "figures":
        return {name: {"n"} for name in FIGURES}
    if table not in list(Occasion):
        return None
    return dict.fromkeys(_PARTS, gaps_of(Occasion(table)))


def read_frame(name: str, content: str) -> str:
    """Return the HTML around mails; raise :class:`BadWords` where its markup is broken."""
    if unknown := gaps(content) - _FRAME_GAPS:
        raise BadWords(f"{name}: unknown field {{{min(unknown)}}}")
    if missing := {"body", "link", "stop"} - gaps(content):
        raise BadWords(f"{name}: {{{min(missing)}}} is missing")
    parser = _Balance()
    parser.feed(content)
    parser.close()
    if parser.fault or parser.open:
        raise BadWords(f"{name}: {parser.fault or f'<{parser.open[-1]}> is not closed'}")
    return content


class _Balance(HTMLParser):
    """A parser that notes the first element that is closed wrongly."""

    _VOID = frozenset(("meta", "br", "hr", "img", "link"))

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.fault = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Note an element that begins."""
        if tag in ("script", "iframe", "form", "object"):
            self.fault = self.fault or f"<{tag}> is not for mails"
        if tag not in self._VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note an element that ends."""
        if not self.open or self.open.pop() != tag:
            self.fault = self.fault or f"</{tag}> closes nothing"


def complete(locale: str, shipped: Table, own: Table, frame: str) -> Words:
    """Return the words of a language: ``own`` texts in place of the ``shipped`` ones."""
    merged = {table: {**texts, **own.get(table, {})} for table, texts in shipped.items()}
    return Words(locale, merged, frame)


Read = Callable[[str], str | None]
"""A function that returns the content of a file, ``None`` where there is none."""


def load_words(shipped: Read, own: Read) -> tuple[dict[str, Words], list[str]]:
    """Return the words of every language, and what is wrong with files of the operator's own.

    A fault in a file leaves the shipped words in its place. Raises :class:`BadWords` for a fault in
    what is shipped.
    """
    faults: list[str] = []

    def chosen(name: str, check: Callable[[str, str], str]) -> str:
        try:
            if (content := own(name)) is not None:
                return check(f"messages/{name}", content)
        except (BadWords, UnicodeDecodeError) as error:
            faults.append(str(error))
        return check(name, shipped(name) or "")

    frame = chosen(FRAME, read_frame)
    words = {}
    for locale in LANGUAGES:
        name = f"{locale}.toml"
        ours = read_words(name, shipped(name) or "")
        theirs: dict[str, dict[str, str]] = {}
        try:
            theirs = read_words(f"messages/{name}", own(name) or "")
        except (BadWords, UnicodeDecodeError) as error:
            faults.append(str(error))
        words[locale] = complete(locale, ours, theirs, frame)
    return words, faults


def in_language(words: Mapping[str, Words], locale: str) -> Words:
    """Return the words of ``locale``, or of the source language where there are none."""
    return words.get(locale) or words[SOURCE]


def example(occasion: Occasion, site: str, address: str) -> About:
    """Return invented data with which words are previewed; ``address`` is that of the site."""
    due = date(2016, 12, 30)
    return About(
        occasion,
        site,
        f"{address}/letters/20161206-00001-7",
        number="20161206-00001-7",
        code="204816",
        limit=due,
        stop="" if occasion in ON_REQUEST else f"{address}/stop/letter-20161206-00001-7.example",
        facts={name: 3 + place for place, name in enumerate(_SHOWN.get(occasion, ()))},
        entries=(("小区门口的路灯什么时候能修好", f"{address}/archive/42"),)
        if occasion in TO_SUBSCRIBERS
        else (),
        letters=(("20161206-00001-7", due), ("20161205-00012-4", due))
        if occasion in (Occasion.DUE_SOON, Occasion.OVERDUE)
        else (),
    )
