"""The requests for disclosure of the demo, read from ``disclosure.toml``."""

from __future__ import annotations

from dataclasses import dataclass

from portal.domain.disclosure.application import ApplicantKind, Delivery, RequestSource, WishedForm
from portal.domain.disclosure.requests import DisclosureOutcome
from portal.tools.samples.toml_rows import Words, made, read

_WORDS: Words = {
    "applicant_kind": ApplicantKind,
    "wished_form": WishedForm,
    "delivery": Delivery,
    "source": RequestSource,
    "outcome": DisclosureOutcome,
}


@dataclass(frozen=True, slots=True)
class SampleRequest:
    """A request and what becomes of it; every ``…_after`` is in civil days after receipt."""

    organisation: str
    days_ago: int
    applicant: str
    title: str
    description: str
    applicant_kind: ApplicantKind = ApplicantKind.CITIZEN
    identity: str = "11010519491231002X"
    phone: str = ""
    email: str = ""
    address: str = ""
    document_number: str = ""
    wished_form: WishedForm = WishedForm.ELECTRONIC
    delivery: Delivery = Delivery.ONLINE
    source: RequestSource = RequestSource.WEB
    notice: str = ""
    asked_after: int | None = None
    give_days: int = 15
    completion: str = ""
    completed_after: int | None = None
    extended_after: int | None = None
    extension_days: int = 0
    extension_reason: str = ""
    answered_after: int | None = None
    outcome: DisclosureOutcome = DisclosureOutcome.DISCLOSED
    answer: str = ""
    referred_to: str = ""
    lapsed_after: int | None = None
    withdrawn_after: int | None = None


def sample_requests() -> list[SampleRequest]:
    """Return every request of the demo, the oldest first."""
    found = [made(row, SampleRequest, _WORDS) for row in read("disclosure.toml")["request"]]
    return sorted(found, key=lambda sample: -sample.days_ago)
