"""Staff who sign in with an identity provider: accounts, roles by rule, and what is refused."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.events import RecordAction
from portal.identity_settings import IdentityProvider, RoleRule
from portal.models import Event, User
from portal.services.office.identities import link_identity
from tests.adapters.identity.providers import CLIENT, RealProvider, a_real_provider, use_settings
from tests.builders import START, World
from tests.pages import PASSWORD, Client, get, post

BEGIN = "/account/identity"
RULES = (
    RoleRule(group="water-clerks", role="handler", organisation="water"),
    RoleRule(group="city-clerks", role="handler", organisation="city"),
    RoleRule(group="admins", role="administrator", organisation="office"),
)


@dataclass
class Door:
    """The provider and a browser before it."""

    provider: RealProvider
    client: Client

    def enter(self, subject: str, *groups: str, name: str = "", begin: str = BEGIN) -> int:
        """Sign in as somebody in ``groups`` and return the status of the page one comes back to."""
        self.provider.knows(
            subject, groups=list(groups), preferred_username=name or subject, name="沈毅"
        )
        back = self.provider.sign_in(self.client, begin, subject)
        return self.client.get(back).status_code


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    """A provider in another process."""
    with a_real_provider() as provider:
        yield provider


@pytest.fixture
def door(provider: RealProvider, client: Client, app: Flask, world: World) -> Door:
    """A letterbox whose staff sign in with the provider."""
    chosen = IdentityProvider(
        issuer=provider.issuer, client_id=CLIENT, client_secret=SecretStr("s"), roles=RULES
    )
    use_settings(app, staff_identity=chosen, base_url="http://localhost")
    return Door(provider, client)


def account(session: Session, username: str) -> User:
    """Return the account."""
    return session.query(User).filter_by(username=username).one()


def roles(user: User) -> set[tuple[Role, str]]:
    """Return the roles of an account with the codes of their organisations."""
    return {(grant.role, grant.organisation.code) for grant in user.grants}


def test_the_first_sign_in_makes_the_account(door: Door, session: Session) -> None:
    """It has the name and the roles of the provider's groups, and the inbox opens."""
    assert door.enter("u1", "water-clerks", "no rule for this", name="Shen.Yi") == 302
    found = account(session, "shen.yi")
    assert (found.name, roles(found)) == ("沈毅", {(Role.HANDLER, "water")})
    assert get(door.client, "/console/").status == 200
    said = session.query(Event).filter_by(action=RecordAction.LOGIN).one()
    assert said.subject == "user:shen.yi"


def test_roles_follow_the_groups_at_each_sign_in(door: Door, session: Session) -> None:
    """A group that was left takes its role away, another one gives another."""
    door.enter("u2", "water-clerks")
    door.enter("u2", "city-clerks")
    session.expire_all()
    assert roles(account(session, "u2")) == {(Role.HANDLER, "city")}


def test_who_is_in_no_group_is_refused(door: Door, session: Session) -> None:
    """No account is made; one that was loses its roles and is not let in."""
    assert door.enter("u3") == 403
    assert session.query(User).filter_by(username="u3").count() == 0
    refused = session.query(Event).filter_by(action=RecordAction.LOGIN_FAILED).one()
    assert (refused.subject, refused.address) == ("user:?", "127.0.0.1")
    door.enter("u4", "water-clerks")
    assert door.enter("u4") == 403
    session.expire_all()
    assert roles(account(session, "u4")) == set()


def test_a_disabled_account_stays_out(door: Door, session: Session) -> None:
    """Whatever the provider says."""
    door.enter("u5", "water-clerks")
    account(session, "u5").disabled = True
    session.commit()
    assert door.enter("u5", "water-clerks") == 403


def test_duties_exclude_each_other_here_too(door: Door, session: Session) -> None:
    """Groups of two duties let nobody in."""
    assert door.enter("u6", "water-clerks", "admins") == 403
    assert session.query(User).filter_by(username="u6").count() == 0


def test_an_account_of_the_letterbox_is_not_taken_over(door: Door, session: Session) -> None:
    """The same user name does not let anybody in, until the operator has linked it."""
    assert door.enter("u7", "water-clerks", name="water_handler") == 403
    assert account(session, "water_handler").identity is None
    link_identity("water_handler", door.provider.issuer, "u7", START)
    assert door.enter("u7", "water-clerks", name="anything") == 302
    assert "water_handler" in get(door.client, "/account/").text


def test_the_page_that_was_wanted_opens(door: Door) -> None:
    """Who was sent to the login comes to the page; an address elsewhere is not followed."""
    for wanted, leads in (("/console/?queue=all", "/console/?queue=all"), ("//x.example", None)):
        door.provider.knows("u8", groups=["water-clerks"], preferred_username="u8")
        back = door.provider.sign_in(door.client, f"{BEGIN}?next={wanted}", "u8")
        answer = door.client.get(back)
        assert (answer.location == leads) is (leads is not None)
        assert "x.example" not in str(answer.location)


def test_a_way_back_serves_once_and_only_its_browser(door: Door, app: Flask) -> None:
    """The same address again, or in another browser, lets nobody in."""
    door.provider.knows("u9", groups=["water-clerks"], preferred_username="u9")
    back = door.provider.sign_in(door.client, BEGIN, "u9")
    assert app.test_client().get(back).status_code == 400
    assert door.client.get(back).status_code == 302
    assert door.client.get(back).status_code == 400


def test_a_provider_that_is_away_leaves_the_password(door: Door, app: Flask) -> None:
    """The page says so, and a name and password still log in."""
    away = IdentityProvider(
        issuer="http://127.0.0.1:9", client_id=CLIENT, client_secret=SecretStr("s"), roles=RULES
    )
    use_settings(app, staff_identity=away)
    page = get(door.client, BEGIN, 503)
    assert page.form("/account/login")
    post(door.client, "/account/login", {"username": "water_handler", "password": PASSWORD})


def test_passwords_can_be_switched_off(
    door: Door, app: Flask, staff: Callable[[str], Client]
) -> None:
    """The login page has no form for them, and a right password is refused."""
    hidden = get(door.client, "/account/login").form("/account/login").hidden
    use_settings(app, staff_passwords=False)
    page = get(door.client, "/account/login")
    assert not [form for form in page.forms if "login" in form.action]
    sent = {**hidden, "username": "water_handler", "password": PASSWORD}
    assert door.client.post("/account/login", data=sent).status_code == 403


def test_without_a_provider_there_is_no_such_page(client: Client) -> None:
    """Neither the way there nor the way back exists, and the login page offers none."""
    assert client.get(BEGIN).status_code == 404
    assert client.get(f"{BEGIN}/return").status_code == 404
    assert BEGIN not in get(client, "/account/login").links
