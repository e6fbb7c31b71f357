"""What mail servers say of messages that did not arrive, in their own ways."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.messages.bounces import Bounce, read_bounce
from portal.domain.messages.states import MessageState

SAMPLES = Path(__file__).parents[2] / "fixtures" / "bounces"
KEY = "0123456789abcdef" * 2
_S = MessageState


def sample(name: str, **changes: str) -> bytes:
    """Return the bounce ``name`` of the message with the key, with words replaced."""
    text = (SAMPLES / f"{name}.eml").read_text("ascii").replace("KEY", KEY)
    for old, new in changes.items():
        text = text.replace(old, new)
    return text.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("postfix", _S.NO_SUCH_ADDRESS),
        ("exchange", _S.NOT_ACCEPTING),
        ("without_original", _S.FAILED),
    ],
)
def test_a_report_names_the_message_and_why_it_failed(name: str, state: MessageState) -> None:
    """Headers returned, the message returned, or the address that the report came to name it."""
    assert read_bounce(sample(name)) == Bounce(KEY, state)


@pytest.mark.parametrize("name", ["delayed", "away"])
def test_other_mails_say_nothing(name: str) -> None:
    """A message that is delayed may still arrive, and an automatic reply has arrived."""
    assert read_bounce(sample(name)) is None


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("5.1.1", _S.NO_SUCH_ADDRESS),
        ("5.1.10", _S.NO_SUCH_ADDRESS),
        ("5.2.0", _S.NOT_ACCEPTING),
        ("5.2.1", _S.NO_SUCH_ADDRESS),
        ("5.2.2", _S.NOT_ACCEPTING),
        ("5.3.1", _S.FAILED),
        ("5.7.1", _S.FAILED),
        ("4.4.7", _S.NOT_ACCEPTING),
        ("4.1.1", _S.NOT_ACCEPTING),
        ("2.1.1", _S.NOT_ACCEPTING),
        ("55", _S.FAILED),
        ("", _S.FAILED),
    ],
)
def test_the_status_decides(status: str, state: MessageState) -> None:
    """The code of RFC 3463 says whether the address exists and takes mail."""
    content = sample("postfix").replace(b"Status: 5.1.1", f"Status: {status}".encode())
    assert read_bounce(content) == Bounce(KEY, state)


@pytest.mark.parametrize("action", ["failed", "Failed ", "FAILED"])
def test_the_action_is_read_in_any_case(action: str) -> None:
    """Servers write it as they like."""
    content = sample("postfix").replace(b"Action: failed", f"Action: {action}".encode())
    assert read_bounce(content) is not None


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", ""])
def test_other_actions_are_no_failure(action: str) -> None:
    """A report of success says nothing that must be known."""
    content = sample("postfix").replace(b"Action: failed", f"Action: {action}".encode())
    assert read_bounce(content) is None


def test_a_report_about_another_message_names_none() -> None:
    """Without a key of ours there is nothing to mark."""
    assert read_bounce(sample("postfix").replace(KEY.encode(), b"CAF0=x7")) is None


def test_the_address_wins_over_what_is_returned() -> None:
    """The address cannot be cut off by the server, and is looked at first."""
    other = "f" * 32
    content = sample("without_original").replace(KEY.encode(), other.encode())
    assert read_bounce(content) == Bounce(other, _S.FAILED)


@given(st.binary(max_size=2_000), st.integers(0, 2_500))
def test_no_mail_is_too_broken_to_be_read(noise: bytes, cut: int) -> None:
    """Whatever comes is read or passed over, also where it is cut off."""
    read_bounce(noise)
    read_bounce(sample("exchange")[:cut] + noise)
