"""``letterbox retention`` says what would go, and erases it."""

import pytest
from sqlalchemy.orm import Session

from portal.domain.disclosure.requests import DisclosureState
from portal.domain.letters.states import State
from tests.builders import World, a_letter
from tests.cli.conftest import Command
from tests.disclosure import a_request


def test_a_dry_run_erases_nothing(session: Session, world: World, command: Command) -> None:
    """The same numbers are said before and after, and only the run without the option erases."""
    letter = a_letter(session, world, State.CLOSED)
    session.rollback()
    years = {"LETTERBOX_RETENTION_YEARS": "5"}
    dry = command("retention", "--dry-run", **years)
    assert dry.exit_code == 0, dry.output
    assert "1 to erase" in dry.stdout
    session.expire_all()
    assert letter.sender_name is not None
    session.rollback()
    assert "1 erased" in command("retention", **years).stdout
    session.expire_all()
    assert letter.sender_name is None
    session.rollback()
    assert "0 erased" in command("retention", **years).stdout.splitlines()[0]


def test_without_a_period_senders_stay(session: Session, world: World, command: Command) -> None:
    """By default nothing of a letter is erased."""
    letter = a_letter(session, world, State.CLOSED)
    session.rollback()
    assert "retention_years is 0" in command("retention").stdout
    session.expire_all()
    assert letter.sender_name is not None


@pytest.mark.parametrize("days", ["183", "many"])
def test_logins_are_kept_for_half_a_year(command: Command, days: str) -> None:
    """A shorter period is refused by name."""
    result = command("retention", "--dry-run", LETTERBOX_LOGIN_DAYS=days)
    assert result.exit_code == 2
    assert "login_days" in result.stderr


def test_applicants_have_a_period_of_their_own(
    session: Session, world: World, command: Command
) -> None:
    """The period of requests for disclosure erases their applicants and no sender of a letter."""
    letter = a_letter(session, world, State.CLOSED)
    request = a_request(session, world, DisclosureState.ANSWERED)
    session.rollback()
    years = {"LETTERBOX_DISCLOSURE_RETENTION_YEARS": "5"}
    assert "before 20" in command("retention", "--dry-run", **years).stdout.splitlines()[1]
    session.expire_all()
    assert request.applicant
    session.rollback()
    assert "1 erased" in command("retention", **years).stdout.splitlines()[1]
    session.expire_all()
    assert (request.applicant, request.identity) == ("", None)
    assert letter.sender_name is not None
