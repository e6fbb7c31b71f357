"""Text messages and webhooks against real peers that accept, refuse, drop and hang."""

import hmac
import json
import threading
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from pydantic import ValidationError
from standardwebhooks import Webhook as Verifier

from portal.adapters.channels.gateways import SmsChannel
from portal.adapters.channels.interface import Delivery, Parcel
from portal.adapters.channels.webhooks import WebhookChannel
from portal.channel_settings import SmsGateway, Webhook
from portal.domain.messages.states import Outcome
from tests.peers import Asked, WebPeer, web_peer

AT = datetime(2016, 6, 15, 2, 30, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - the example of the standard
BODY = '{"mobile": "{number}", "content": "{text}", "id": "{id}"}'


def gateway(url: str, **more: Any) -> SmsGateway:
    """Return a gateway that is asked in JSON."""
    return SmsGateway(**{"url": url, "body": BODY, **more})


def sms(text: str = "来信已答复", at: datetime = AT, number: str = "13900000001") -> Parcel:
    """Return a text message."""
    return Parcel("k" * 32, number, text, at, template="answered")


def send(peer: WebPeer, parcel: Parcel | None = None, seconds: float = 5, **more: Any) -> Delivery:
    """Send a text message through a gateway at ``peer``."""
    return SmsChannel([gateway(peer.url, **more)], seconds).send(parcel or sms())


def test_a_text_message_is_sent_as_the_settings_say() -> None:
    """Number, text, id, template and signature stand where the settings put them."""
    with web_peer(WebPeer(lambda count, asked: (200, '{"code": 0, "sid": "s-7"}'))) as peer:
        found = send(
            peer,
            sms('他说"好"\n{number}'),
            body='{"to": "{number}", "text": "{text}", "tpl": "{template}", "id": "{id}"}',
            headers={"Content-Type": "application/json", "X-Sign": "{signature}"},
            templates={"answered": "SMS_42"},
            key="secret",
            signed="{number}|{time}|{id}",
            accepted='"code": 0',
            reference='"sid": "([^"]+)"',
        )
    assert found == Delivery(Outcome.ACCEPTED, reference="s-7")
    (asked,) = peer.asked
    assert json.loads(asked.body) == {
        "to": "13900000001",
        "text": '他说"好"\n{number}',
        "tpl": "SMS_42",
        "id": "k" * 32,
    }
    signed = f"13900000001|{int(AT.timestamp())}|{'k' * 32}"
    assert asked.headers["X-Sign"] == hmac.digest(b"secret", signed.encode(), sha256).hex()


def test_a_form_and_an_address_are_escaped_in_their_way() -> None:
    """What a form or a query must not contain is escaped."""
    with web_peer(WebPeer()) as peer:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        send(peer, sms("a&b=c d"), body="to={number}&text={text}", headers=form)
        channel = SmsChannel([gateway(peer.url + "?t={text}", method="GET", body="{number}")], 5)
        channel.send(sms("a&b/c"))
    assert peer.asked[0].body == "to=13900000001&text=a%26b%3Dc+d"
    assert peer.asked[1].path == "/send?t=a%26b%2Fc"


@pytest.mark.parametrize(
    ("status", "text", "outcome"),
    [
        (200, "ok", Outcome.ACCEPTED),
        (200, "balance used up", Outcome.PASSING),
        (200, "no such number", Outcome.NO_SUCH_ADDRESS),
        (400, "no such number", Outcome.NO_SUCH_ADDRESS),
        (400, "bad", Outcome.REFUSED),
        (401, "", Outcome.PASSING),
        (429, "", Outcome.PASSING),
        (500, "", Outcome.PASSING),
        (302, "", Outcome.PASSING),
        (200, "<html>nonsense", Outcome.PASSING),
        (0, "", Outcome.PASSING),
    ],
)
def test_the_answer_of_a_gateway_is_read(status: int, text: str, outcome: Outcome) -> None:
    """Status and words of the answer say whether the message was taken, and else whether it may be."""
    with web_peer(WebPeer(lambda count, asked: (status, text))) as peer:
        found = send(peer, accepted="^ok", unknown_number="no such number")
    assert found.outcome is outcome


def test_a_hanging_gateway_is_left_after_its_time() -> None:
    """A gateway that never answers costs the time that is set; the message waits."""
    with web_peer(WebPeer(hang=threading.Event())) as peer:
        found = send(peer, seconds=1)
    assert found.outcome is Outcome.PASSING


def test_the_second_gateway_takes_over_and_gives_back() -> None:
    """After three failures the second gateway is used, after five minutes the first again."""
    broken = WebPeer(lambda count, asked: (500, ""))
    with web_peer(broken) as first, web_peer(WebPeer()) as second:
        channel = SmsChannel([gateway(first.url), gateway(second.url)], 5)
        found = [channel.send(sms()).outcome for _ in range(5)]
        assert found == [Outcome.PASSING] * 3 + [Outcome.ACCEPTED] * 2
        broken.answer = lambda count, asked: (200, "ok")
        later = AT + timedelta(minutes=5)
        assert channel.send(sms(at=later)).outcome is Outcome.ACCEPTED
    assert (len(first.asked), len(second.asked)) == (4, 2)


def test_a_gateway_that_cannot_be_reached_is_passed_over_at_once() -> None:
    """Where nobody listens the message goes to the second gateway in the same attempt."""
    with web_peer(WebPeer()) as gone:
        pass
    with web_peer(WebPeer()) as second:
        channel = SmsChannel([gateway(gone.url), gateway(second.url)], 5)
        assert channel.send(sms()).outcome is Outcome.ACCEPTED
    assert SmsChannel([gateway(gone.url)], 5).send(sms()).outcome is Outcome.DOWN


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"body": "{nummer}"}, r"unknown field \{nummer\}"),
        ({"headers": {"X-Sign": "{signatur}"}}, r"unknown field \{signatur\}"),
        ({"headers": {"X Bad": "1"}}, "no header"),
        ({"headers": {"X-Bad": "a\r\nb"}}, "line breaks"),
        ({"body": "{text}"}, r"has \{number\}"),
        ({"body": "{number}"}, r"\{text\} or \{template\}"),
        ({"body": "{number}{text}{signature}"}, "needs key and signed"),
        ({"accepted": "("}, "no regular expression"),
        ({"url": "ftp://x/y"}, "must be an address"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_gateway_that_cannot_work_is_refused(wrong: dict[str, Any], said: str) -> None:
    """A mistake in the description of a gateway is named when settings are read."""
    with pytest.raises(ValidationError, match=said):
        gateway(**{"url": "http://gateway.example/send", **wrong})


def event(text: str = '{"type": "letter.answered"}') -> Parcel:
    """Return an event for a webhook, of this moment as receivers demand."""
    return Parcel("k" * 32, "hotline", text, datetime.now(UTC))


def test_a_webhook_is_signed_as_the_standard_says() -> None:
    """The receiver verifies id, time and signature with the standard's own library."""
    with web_peer(WebPeer()) as peer:
        channel = WebhookChannel(Webhook(name="hotline", url=peer.url, secret=SECRET), 5)
        assert channel.send(event()).outcome is Outcome.ACCEPTED
    (asked,) = peer.asked
    verified = Verifier(SECRET).verify(asked.body, asked.headers)
    assert verified == {"type": "letter.answered"}
    assert asked.headers["webhook-id"] == "msg_" + "k" * 32


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(204, Outcome.ACCEPTED), (410, Outcome.REFUSED), (500, Outcome.PASSING), (0, Outcome.DOWN)],
)
def test_the_answer_of_a_webhook_is_read(status: int, outcome: Outcome) -> None:
    """A receiver takes an event, wants no more, or gets it again."""

    def answer(count: int, asked: Asked) -> tuple[int, str]:
        return status, ""

    with web_peer(WebPeer(answer)) as peer:
        channel = WebhookChannel(Webhook(name="hotline", url=peer.url, secret=SECRET), 5)
        assert channel.send(event()).outcome is outcome
