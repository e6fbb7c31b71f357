"""Members of staff: their roles, what they log in with, and their sessions."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.access import Role
from portal.domain.accounts.grant_requests import GrantOutcome
from portal.domain.messages.occasions import TO_STAFF, Frequency, Occasion
from portal.domain.messages.states import MessageState
from portal.models.base import EncryptedText, Id, Model, UtcDateTime, word
from portal.models.organisation import Organisation

DEVICE_MAX = 200
"""Characters kept of what a browser says of itself."""


class User(Model):
    """A member of staff."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    must_change_password: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether somebody else chose the password, which then allows nothing but its change."""
    identity: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    """The key of the person at the identity provider, where there is one."""
    disabled: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText)
    """The secret of the codes that a device shows; ``None`` without a second factor."""
    totp_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    """The span of 30 seconds of the last code that was used, which counts once."""
    has_passkey: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    factor_removal_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    """The administrator who asks to remove the second factor; another one consents."""
    factor_removal_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_login_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    grants: Mapped[list[RoleGrant]] = relationship(
        back_populates="user", cascade="all, delete-orphan", lazy="selectin"
    )

    factor_removal_by: Mapped[User | None] = relationship(remote_side=[id])

    @property
    def has_factor(self) -> bool:
        """Whether a login asks for more than the password."""
        return self.totp_secret is not None or self.has_passkey


class StaffMessages(Model):
    """Where a member of staff gets messages, and which; without a row there are none.

    Nothing but the request to confirm it goes to an address that its owner has not confirmed.
    """

    __tablename__ = "staff_messages"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), unique=True)
    address: Mapped[str] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(sa.String(16))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unreached: Mapped[MessageState | None] = mapped_column(word(MessageState))
    """Why the last message did not arrive, if it did not; there are no others until then."""
    new_work: Mapped[Frequency] = mapped_column(word(Frequency), default=Frequency.DAILY)
    sent_back: Mapped[Frequency] = mapped_column(word(Frequency), default=Frequency.AT_ONCE)
    urged: Mapped[Frequency] = mapped_column(word(Frequency), default=Frequency.AT_ONCE)
    due_soon: Mapped[Frequency] = mapped_column(word(Frequency), default=Frequency.DAILY)
    overdue: Mapped[Frequency] = mapped_column(word(Frequency), default=Frequency.AT_ONCE)
    weekly: Mapped[bool] = mapped_column(default=True)
    notified_on: Mapped[date | None]
    """The civil day of the last morning on which messages about due dates were written."""

    user: Mapped[User] = relationship()

    def often(self, occasion: Occasion) -> Frequency:
        """Return how often the person gets messages of ``occasion``, one of those to staff."""
        chosen: Frequency = getattr(self, str(occasion))
        return chosen

    def wants(self, occasion: Occasion) -> bool:
        """Return whether the person wants messages of ``occasion`` at all, digests included."""
        if occasion is Occasion.WEEKLY:
            return self.weekly
        if occasion is Occasion.DAILY:
            return any(self.often(each) is Frequency.DAILY for each in TO_STAFF)
        return occasion not in TO_STAFF or self.often(occasion) is not Frequency.NEVER


class Passkey(Model):
    """A key in a device or a stick, with which its owner completes a login (WebAuthn)."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    credential: Mapped[str] = mapped_column(sa.String(1400), unique=True)
    """The name by which the device knows the key, in base64url."""
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(Model):
    """A code for the day on which the device with the second factor is gone; it is used once."""

    __tablename__ = "recovery_code"
    __table_args__ = (sa.UniqueConstraint("user_id", "code_hash"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    code_hash: Mapped[str] = mapped_column(sa.String(64))


class RoleGrant(Model):
    """A role held by a user at an organisation."""

    __tablename__ = "role_grant"
    __table_args__ = (sa.UniqueConstraint("user_id", "role", "organisation_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    role: Mapped[Role] = mapped_column(word(Role))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"), index=True)

    user: Mapped[User] = relationship(back_populates="grants")
    organisation: Mapped[Organisation] = relationship(lazy="joined")


class GrantRequest(Model):
    """A role that an administrator asks for somebody, and what another administrator decided."""

    __tablename__ = "grant_request"
    __table_args__ = (sa.Index("ix_grant_request_outcome", "outcome", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    role: Mapped[Role] = mapped_column(word(Role))
    organisation_id: Mapped[int] = mapped_column(sa.ForeignKey("organisation.id"))
    outcome: Mapped[GrantOutcome] = mapped_column(word(GrantOutcome), default=GrantOutcome.PENDING)
    requested_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    organisation: Mapped[Organisation] = relationship()
    requested_by: Mapped[User] = relationship(foreign_keys=[requested_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


ADDRESS_MAX = 64
"""Characters of a network address; one of IPv6 has 45 with its zone at most."""


class StaffSession(Model):
    """A login; it stays as a record after it has ended.

    The cookie of the browser holds a key, the row its digest: a copy of the cookie is worth nothing
    as soon as the row has ended.
    """

    __tablename__ = "staff_session"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    began_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was last used, to a few minutes."""
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    address: Mapped[str] = mapped_column(sa.String(ADDRESS_MAX))
    network: Mapped[str] = mapped_column(sa.String(64))
    new_network: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether the person had not logged in from the network before, though from others."""
    device: Mapped[str] = mapped_column(sa.String(DEVICE_MAX))

    user: Mapped[User] = relationship()
