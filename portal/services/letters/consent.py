"""The sender's consent to publication, taken back or given after the letter was sent.

Consent may be withdrawn at any time, as easily as it was given (个人信息保护法 Art. 15); what was
done before stays lawful, so handling, answer and closing stand.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.letters.states import Action, ConsentBasis, RefusalReason, UnpublishReason
from portal.models import Letter
from portal.services.archive.publication import recall_waiting, take_down
from portal.services.core.acting import changing, take
from portal.services.letters.submission import citizen


def revoke_consent(letter_id: int, now: datetime) -> None:
    """Take back consent: a waiting proposal is recalled, a public copy leaves the web at once.

    Raises :class:`ActionNotAllowed` where there is no consent to take back.
    """
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        take_back(session, letter, now)


def take_back(session: Session, letter: Letter, now: datetime) -> None:
    """Take back the consent of the sender of ``letter``, in the unit of work of the caller."""
    code = RefusalReason.SENDERS_CHOICE
    take(session, letter, Action.REVOKE_CONSENT, citizen(letter.id), now, reason_code=code)
    letter.consent_basis = ConsentBasis.NONE
    recall_waiting(letter, now)
    take_down(session, letter, UnpublishReason.SENDER_ASKED, now)


def give_consent(letter_id: int, now: datetime) -> None:
    """Record later consent of the sender; then two persons of the office may propose and publish.

    Raises :class:`ActionNotAllowed` where it was given already or the letter is one of wrongdoing.
    """
    actor = citizen(letter_id)
    with changing(actor, letter_id) as (session, letter):
        take(session, letter, Action.GIVE_CONSENT, actor, now)
        letter.consent_basis = ConsentBasis.SENDER
