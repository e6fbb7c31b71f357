"""Text messages through HTTP gateways that settings describe."""

from __future__ import annotations

import base64
import hmac
import json
import re
import threading
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from html import escape
from urllib.parse import quote, quote_plus

from portal.adapters.channels.interface import Delivery, Parcel
from portal.adapters.channels.web_requests import Answer, Unanswered, ask
from portal.channel_settings import SmsGateway
from portal.domain.messages.states import Outcome
from portal.domain.messages.takeover import Takeover
from portal.gaps import fill


class SmsChannel:
    """The gateways of an instance, of which the next takes over where one fails or is slow.

    ``takeover`` is shared by all threads of the channel.
    """

    def __init__(
        self,
        gateways: Sequence[SmsGateway],
        seconds: float,
        takeover: Takeover | None = None,
        lock: threading.Lock | None = None,
    ) -> None:
        self._gateways = gateways
        self._seconds = seconds
        self._takeover = takeover or Takeover(len(gateways))
        self._lock = lock or threading.Lock()

    def send(self, parcel: Parcel) -> Delivery:
        """Hand one text message over.

        Where a gateway has not got the request at all, the next one gets it at once; where it may
        have got it, the message waits, so that nobody gets it twice.
        """
        tried: set[int] = set()
        while True:
            with self._lock:
                place = self._takeover.choose(parcel.at)
            if place in tried:
                return Delivery(Outcome.DOWN, "no gateway answers")
            tried.add(place)
            begun = time.monotonic()
            try:
                answer = _ask(self._gateways[place], parcel, self._seconds)
            except Unanswered as error:
                self._note(place, False, begun, parcel)
                if error.sent:
                    return Delivery(Outcome.PASSING, f"gateway {place + 1}: {error}")
                # A gateway that cannot be reached is of no use to the next message either.
                self._note(place, False, begun, parcel)
                self._note(place, False, begun, parcel)
                continue
            delivery = read(self._gateways[place], place, answer)
            self._note(place, delivery.outcome is not Outcome.PASSING, begun, parcel)
            return delivery

    def close(self) -> None:
        """Close nothing: each request has a connection of its own."""

    def _note(self, place: int, worked: bool, begun: float, parcel: Parcel) -> None:
        with self._lock:
            self._takeover.note(place, worked, time.monotonic() - begun, parcel.at)


def _ask(gateway: SmsGateway, parcel: Parcel, seconds: float) -> Answer:
    values = {
        "number": parcel.address,
        "text": parcel.text,
        "id": parcel.key,
        "template": gateway.templates.get(parcel.template, ""),
        "time": str(int(parcel.at.timestamp())),
    }
    if gateway.key:
        values["signature"] = _signature(gateway, fill(gateway.signed, values))
    kind = next((v for n, v in gateway.headers.items() if n.lower() == "content-type"), "")
    body = fill(gateway.body, values, _escape(kind)).encode()
    headers = {name: fill(text, values, _one_line) for name, text in gateway.headers.items()}
    url = fill(gateway.url, values, lambda value: quote(value, safe=""))
    return ask(url, gateway.method, headers, body, seconds)


def _signature(gateway: SmsGateway, signed: str) -> str:
    digest = hmac.digest(gateway.key.encode(), signed.encode(), sha256)
    return digest.hex() if gateway.digest == "hex" else base64.b64encode(digest).decode()


def _escape(content_type: str) -> Callable[[str], str]:
    """Return how values are escaped in a body of ``content_type``."""
    if "json" in content_type:
        return lambda value: json.dumps(value, ensure_ascii=False)[1:-1]
    if "xml" in content_type:
        return escape
    return quote_plus if "form" in content_type else lambda value: value


def _one_line(value: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", value).encode("ascii", "ignore").decode()


def read(gateway: SmsGateway, place: int, answer: Answer) -> Delivery:
    """Return what the answer of a gateway means."""
    who = f"gateway {place + 1}"
    if gateway.unknown_number and re.search(gateway.unknown_number, answer.text):
        return Delivery(Outcome.NO_SUCH_ADDRESS, f"{who}: unknown number")
    well = 200 <= answer.status < 300
    if well and (not gateway.accepted or re.search(gateway.accepted, answer.text)):
        found = re.search(gateway.reference, answer.text) if gateway.reference else None
        return Delivery(Outcome.ACCEPTED, reference=(found[found.lastindex or 0] if found else ""))
    if 400 <= answer.status < 500 and answer.status not in (401, 403, 408, 425, 429):
        return Delivery(Outcome.REFUSED, f"{who}: status {answer.status}")
    return Delivery(Outcome.PASSING, f"{who}: status {answer.status}, not accepted")
