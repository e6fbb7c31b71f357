"""Mail against real mail servers that accept, refuse, drop and hang."""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from portal.adapters.channels.interface import Delivery, Parcel
from portal.adapters.channels.mail import MailChannel
from portal.channel_settings import ChannelSettings
from portal.domain.messages.states import Outcome
from tests.peers import DROP, MailServer, certificate, mail_server

AT = datetime(2016, 6, 15, 2, 30, tzinfo=UTC)


def settings(port: int, **more: Any) -> ChannelSettings:
    """Return the settings of a mail server on this machine."""
    given = {"smtp_security": "none", "send_seconds": 5, **more}
    return ChannelSettings(
        smtp_host="127.0.0.1", smtp_port=port, mail_from="公开信箱 <box@letters.example>", **given
    )


def parcel(address: str = "zhou@mail.example", **more: str) -> Parcel:
    """Return a mail."""
    given = {"subject": "来信 20160615-00001-1 已经答复", "text": "您好", "html": "<p>您好</p>"}
    return Parcel("k" * 32, address, at=AT, **{**given, **more})


def sent(server: MailServer, *parcels: Parcel, **more: Any) -> list[Delivery]:
    """Return what came of ``parcels``, sent over one channel."""
    channel = MailChannel(settings(server.port, **more), "https://letters.example")
    try:
        return [channel.send(each) for each in parcels]
    finally:
        channel.close()


def test_a_mail_arrives_with_its_words_and_its_way_out() -> None:
    """Sender, subject, both texts, the fixed id and the one-click way out are in the mail."""
    with mail_server(MailServer()) as server:
        stop = "https://letters.example/stop/x"
        found = sent(server, parcel(stop=stop, language="zh-CN"))
    assert found == [Delivery(Outcome.ACCEPTED)]
    (mail,) = server.mails
    assert mail["Subject"] == "来信 20160615-00001-1 已经答复"
    assert mail["From"] == "公开信箱 <box@letters.example>"
    assert mail["To"] == "zhou@mail.example"
    assert mail["Message-ID"] == f"<{'k' * 32}@letters.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == f"<{stop}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None and text.get_content().strip() == "您好"
    assert html is not None and html.get_content().strip() == "<p>您好</p>"


def test_one_connection_takes_many_mails_and_survives_a_refusal() -> None:
    """A refused recipient does not keep the next mail on the same connection from its recipient."""
    refuse = {"gone@mail.example": "550 5.1.1 no such user"}
    with mail_server(MailServer(rcpt=refuse.get)) as server:
        found = sent(server, parcel(), parcel("gone@mail.example"), parcel("li@mail.example"))
    assert [each.outcome for each in found] == [
        Outcome.ACCEPTED,
        Outcome.NO_SUCH_ADDRESS,
        Outcome.ACCEPTED,
    ]
    assert [mail["To"] for mail in server.mails] == ["zhou@mail.example", "li@mail.example"]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("550 no such user", Outcome.NO_SUCH_ADDRESS),
        ("553 name not allowed", Outcome.NO_SUCH_ADDRESS),
        ("550 5.1.1 unknown", Outcome.NO_SUCH_ADDRESS),
        ("554 5.2.1 disabled", Outcome.NO_SUCH_ADDRESS),
        ("552 5.2.2 mailbox full", Outcome.NOT_ACCEPTING),
        ("552 full", Outcome.NOT_ACCEPTING),
        ("550 5.7.1 relaying denied", Outcome.REFUSED),
        ("554 no", Outcome.REFUSED),
        ("450 4.2.1 try later", Outcome.NOT_ACCEPTING),
        ("451 greylisted", Outcome.NOT_ACCEPTING),
        ("421 going down", Outcome.DOWN),
    ],
)
def test_a_refused_recipient_is_read_by_its_code(said: str, outcome: Outcome) -> None:
    """What a server says of a recipient decides whether the address is bad or it is worth waiting."""
    with mail_server(MailServer(rcpt=lambda address: said)) as server:
        (found,) = sent(server, parcel())
    assert found.outcome is outcome
    assert "zhou" not in found.said


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        ("554 5.6.0 refused", Outcome.REFUSED),
        ("451 4.3.0 later", Outcome.PASSING),
        (DROP, Outcome.DOWN),
    ],
)
def test_a_refused_message_is_read_by_its_code(said: str, outcome: Outcome) -> None:
    """A message that is refused for good ends, one refused for the moment waits."""
    with mail_server(MailServer(data=lambda count: said)) as server:
        (found,) = sent(server, parcel())
    assert found.outcome is outcome


def test_a_hanging_server_is_left_after_its_time() -> None:
    """A server that never answers costs the time that is set, and the channel is down."""
    with mail_server(MailServer(hang=threading.Event())) as server:
        (found,) = sent(server, parcel(), send_seconds=1)
    assert found.outcome is Outcome.DOWN
    assert server.mails == []


def test_a_server_that_is_away_is_down() -> None:
    """Nobody listens: the channel is down, which passes."""
    with mail_server(MailServer()) as server:
        port = server.port
    (found,) = sent(MailServer(port=port), parcel())
    assert found.outcome is Outcome.DOWN


def test_mail_goes_encrypted_and_with_a_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With STARTTLS and a name the mail arrives; a wrong password or certificate sends nothing."""
    context, trusted = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    login = {"smtp_security": "starttls", "smtp_user": "box", "smtp_password": "right"}
    with mail_server(MailServer(), context, "right") as server:
        assert [each.outcome for each in sent(server, parcel(), **login)] == [Outcome.ACCEPTED]
        (wrong,) = sent(server, parcel(), **{**login, "smtp_password": "wrong"})
        assert wrong.outcome is Outcome.DOWN
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
        (untrusted,) = sent(server, parcel(), **login)
        assert untrusted.outcome is Outcome.DOWN
    assert len(server.mails) == 1


def test_a_server_without_encryption_gets_no_mail() -> None:
    """Where STARTTLS is asked for and not offered, nothing is sent in the clear."""
    with mail_server(MailServer()) as server:
        (found,) = sent(server, parcel(), smtp_security="starttls")
    assert found.outcome is Outcome.DOWN
    assert server.mails == []


@pytest.mark.parametrize(
    "address",
    ["zhou@mail.example\r\nBcc: all@mail.example", "no address", "a@b", "<x@mail.example>", ""],
)
def test_what_is_no_address_is_never_written_to(address: str) -> None:
    """An address with a line break, or none at all, reaches no server."""
    with mail_server(MailServer()) as server:
        (found,) = sent(server, parcel(address))
    assert found.outcome is Outcome.NO_SUCH_ADDRESS
    assert server.tried == 0


def test_a_subject_adds_no_header() -> None:
    """A line break in a subject is refused before anything is sent."""
    with mail_server(MailServer()) as server:
        (found,) = sent(server, parcel(subject="已答复\r\nBcc: all@mail.example"))
    assert found.outcome is Outcome.REFUSED
    assert server.tried == 0


def test_a_domain_in_chinese_is_written_to_in_ascii() -> None:
    """A mail address with a Chinese domain reaches its server."""
    with mail_server(MailServer()) as server:
        (found,) = sent(server, parcel("zhou@例子.中国"))
    assert found.outcome is Outcome.ACCEPTED
    assert server.mails[0]["To"] == "zhou@xn--fsqu00a.xn--fiqs8s"


def test_a_bounce_goes_to_an_address_that_names_the_message() -> None:
    """With an address for bounces the envelope has the key of the message; the mail looks the same."""
    with mail_server(MailServer()) as server:
        sent(server, parcel())
        sent(server, parcel(), bounce_address="bounces@letters.example")
    assert server.senders == ["box@letters.example", f"bounces+{'k' * 32}@letters.example"]
    assert {mail["From"] for mail in server.mails} == {"公开信箱 <box@letters.example>"}


@pytest.mark.parametrize("address", ["a+b@letters.example", "bounces", "反弹@letters.example"])
def test_an_address_for_bounces_can_take_a_key(address: str) -> None:
    """One that has a plus sign already, is none, or is not ASCII is refused at the start."""
    with pytest.raises(ValueError, match="bounce_address"):
        settings(25, bounce_address=address)
