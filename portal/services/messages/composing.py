"""From a message to the parcel that a channel takes: its address, its words, its links."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.channels.interface import Parcel
from portal.domain.access import Permission
from portal.domain.languages import LANGUAGES, SOURCE
from portal.domain.messages.links import digits, sign
from portal.domain.messages.occasions import TO_STAFF, Occasion
from portal.domain.messages.states import Channel
from portal.domain.messages.wording import About, Words, in_language
from portal.models import (
    PUBLIC,
    ArchiveEntry,
    CodeRenewal,
    Letter,
    MessageChoice,
    OutgoingMessage,
    Subscription,
    User,
)
from portal.queries.messages.renewals import letter_of, renewal
from portal.queries.messages.staff import staff_messages
from portal.queries.scope import readable_letter, staff_actor

STOP = "stop"
"""The purpose of links that are the way out of messages."""
LOST = "lost-code"
"""The purpose of links and digits that bring another query code."""
SUBSCRIPTION = "subscription"
"""The purpose of links to the page of what an address follows, and the beginning of its way out."""
VERIFY = "verify-contact"
"""The purpose of links and digits that prove a contact."""
LETTER, STAFF = "letter", "staff"
"""What begins the subject of such a link: messages about a letter, or to a member of staff."""
_PAGES = {
    Occasion.DUE_SOON: "/console/?queue=due_soon",
    Occasion.OVERDUE: "/console/?queue=overdue",
    Occasion.DAILY: "/console/",
    Occasion.WEEKLY: "/console/day",
    Occasion.TRIAL: "/account/messages",
}
"""Where messages lead that are not about one letter."""


def email_purpose(address: str) -> str:
    """Return the purpose of links that prove the mail address of a letter: they prove no other one."""
    return f"{VERIFY} {address}"


def digit_subject(letter: Letter, hour: int) -> str:
    """Return what the digits of ``hour`` (hours since 1970) stand for: the telephone of ``letter``."""
    return f"{letter.number} {letter.sender_phone} {hour}"


def confirming(address: str) -> str:
    """Return the purpose of links that confirm ``address``: they confirm no other one."""
    return f"confirm {address}"


class Unaddressed(Exception):
    """There is nobody any more to whom the message should go."""


@dataclass(frozen=True, slots=True)
class Composer:
    """What messages of an instance are made of.

    ``address`` is the public address of the site, ``key`` signs links.
    """

    site: str
    address: str
    words: Mapping[str, Words]
    key: bytes

    def parcel(self, session: Session, message: OutgoingMessage, now: datetime) -> Parcel:
        """Return what the channel gets at ``now``.

        Raises :class:`Unaddressed` where the recipient has chosen otherwise meanwhile.
        """
        if message.occasion is Occasion.LOST_CODE:
            address, about = self._lost_code(session, message, now)
        elif message.occasion is Occasion.VERIFYING:
            address, about = self._verifying(message)
        elif message.subscription_id is not None:
            address, about = self._subscriber(session, message)
        else:
            address, stop = self._recipient(session, message)
            about = self._about(message, address, stop)
        if message.channel is Channel.WEBHOOK:
            return Parcel(message.key, address, self._event(message, about), now)
        words = in_language(self.words, message.language)
        filled = words.fill(about)
        is_sms = message.channel is Channel.SMS
        return Parcel(
            key=message.key,
            address=address,
            text=filled.sms if is_sms else filled.text,
            at=now,
            subject=filled.subject,
            html=filled.html,
            language=LANGUAGES[words.locale].tag,
            stop=about.stop,
            template=str(message.occasion),
        )

    def _recipient(self, session: Session, message: OutgoingMessage) -> tuple[str, str]:
        """Return the address and the link of the way out."""
        if message.webhook is not None:
            return message.webhook, ""
        if message.user is not None:
            return self._colleague(session, message, message.user)
        if message.letter is None:
            raise Unaddressed
        choice = session.get(MessageChoice, message.letter.id)
        if choice is None or choice.channel is not message.channel:
            raise Unaddressed
        letter, by_mail = message.letter, message.channel is Channel.MAIL
        address = letter.sender_email if by_mail else letter.sender_phone
        if not address:
            raise Unaddressed
        return address, self.way_out(f"{LETTER}-{letter.number}", message.language)

    def _colleague(self, session: Session, message: OutgoingMessage, user: User) -> tuple[str, str]:
        """Return the address of a member of staff, and the way out.

        Raises :class:`Unaddressed` for one who has left, stopped such messages, or may no longer
        read the letter.
        """
        row = staff_messages(session, user.id)
        if row is None or user.disabled:
            raise Unaddressed
        if message.occasion is Occasion.ADDRESS:
            return row.address, ""
        if row.confirmed_at is None or row.unreached is not None:
            raise Unaddressed
        actor, letter = staff_actor(user), message.letter
        weekly = message.occasion is Occasion.WEEKLY
        needed = Permission.HANDLING_SUPERVISE if weekly else Permission.LETTER_READ
        if not row.wants(message.occasion) or not actor.holds(needed):
            raise Unaddressed
        if letter and readable_letter(session, actor, letter.number) is None:
            raise Unaddressed
        return row.address, self.way_out(f"{STAFF}-{user.id}", message.language)

    def _lost_code(
        self, session: Session, message: OutgoingMessage, now: datetime
    ) -> tuple[str, About]:
        """Return where the link or code for another query code goes, and what the message says.

        It goes to the contact as the letter has it, which may be spelled otherwise than asked for.
        Raises :class:`Unaddressed` where no letter has the contact, and once the time is over.
        """
        request = session.get(CodeRenewal, message.renewal_id)
        if request is None or renewal(session, request.key, now) is None:
            raise Unaddressed
        letter, by_mail = letter_of(session, request), request.channel is Channel.MAIL
        address = letter and (letter.sender_email if by_mail else letter.sender_phone)
        if letter is None or not address:
            raise Unaddressed
        link = f"/track/renew/{sign(self.key, LOST, request.key)}"
        return address, About(
            message.occasion,
            self.site,
            self._page(link if by_mail else "/track/lost", message.language),
            number=letter.number,
            code="" if by_mail else digits(self.key, LOST, request.key),
        )

    def _verifying(self, message: OutgoingMessage) -> tuple[str, About]:
        """Return the contact that is to be proven, and what the message says.

        Raises :class:`Unaddressed` where the letter has it no more.
        """
        letter, by_mail = message.letter, message.channel is Channel.MAIL
        address = letter and (letter.sender_email if by_mail else letter.sender_phone)
        if letter is None or not address:
            raise Unaddressed
        link, code = f"/letters/{letter.number}/verify", ""
        if by_mail:
            link = f"/verify/{sign(self.key, email_purpose(address), letter.number)}"
        else:
            hour = int(message.created_at.timestamp()) // 3600
            code = digits(self.key, VERIFY, digit_subject(letter, hour))
        about = About(message.occasion, self.site, self._page(link, message.language))
        return address, replace(about, number=letter.number, code=code)

    def _subscriber(self, session: Session, message: OutgoingMessage) -> tuple[str, About]:
        """Return the address of a subscriber, and what the message says.

        Entries are read as they are now: one that was withdrawn meanwhile is not named. Raises
        :class:`Unaddressed` where none is left, and for a subscription that has ended.
        """
        row = session.get(Subscription, message.subscription_id)
        if row is None:
            raise Unaddressed
        manage = self._page(f"/subscriptions/{sign(self.key, SUBSCRIPTION, row.key)}", row.language)
        if message.occasion is Occasion.SUBSCRIBING:
            return row.address, About(message.occasion, self.site, manage)
        facts = json.loads(message.facts or "{}")
        shown = sa.select(ArchiveEntry.id, ArchiveEntry.title).where(
            PUBLIC, ArchiveEntry.id.in_(facts.get("entries", ()))
        )
        rows = session.execute(shown.order_by(ArchiveEntry.published_at.desc())).all()
        if not rows or row.confirmed_at is None:
            raise Unaddressed
        return row.address, About(
            message.occasion,
            self.site,
            manage,
            stop=self.way_out(f"{SUBSCRIPTION}-{row.key}", row.language),
            entries=tuple(
                (title, self._page(f"/archive/{entry_id}", row.language))
                for entry_id, title in rows
            ),
        )

    def way_out(self, subject: str, language: str) -> str:
        """Return the address of the page that stops messages to ``subject``, without login."""
        return self._page(f"/stop/{sign(self.key, STOP, subject)}", language)

    def _about(self, message: OutgoingMessage, address: str, stop: str) -> About:
        number = message.letter.number if message.letter else ""
        facts = json.loads(message.facts) if message.facts else {}
        page = _PAGES.get(message.occasion)
        if message.occasion is Occasion.ADDRESS and message.user is not None:
            page = f"/account/messages/confirm/{self._confirmation(address, message.user.id)}"
        if page is None:
            room = "console/letters" if message.occasion in TO_STAFF else "letters"
            page = f"/{room}/{number}"
        return About(
            message.occasion,
            self.site,
            self._page(page, message.language),
            number=number,
            limit=message.limit_on,
            stop=stop,
            facts=facts.get("figures", {}),
            letters=tuple(
                (each, date.fromisoformat(due) if due else None)
                for each, due in facts.get("letters", ())
            ),
        )

    def _confirmation(self, address: str, user_id: int) -> str:
        return sign(self.key, confirming(address), str(user_id))

    def _page(self, path: str, language: str) -> str:
        known = LANGUAGES.get(language)
        prefix = f"/{known.tag}" if known and language != SOURCE else ""
        return f"{self.address}{prefix}{path}"

    def _event(self, message: OutgoingMessage, about: About) -> str:
        """Return the JSON of a webhook: what happened, to which letter, until when."""
        return json.dumps(
            {
                "type": f"letter.{message.occasion}",
                "timestamp": message.created_at.isoformat(),
                "data": {
                    "number": about.number,
                    "link": about.link,
                    "limit": about.limit.isoformat() if about.limit else None,
                },
            },
            ensure_ascii=False,
        )
