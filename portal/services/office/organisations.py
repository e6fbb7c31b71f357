"""The tree of organisations: founding, renaming, moving and closing its members.

Nothing is ever deleted: names and parents have dates of validity, so that figures of a past year
speak of the organisations as they were then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.domain.errors import N_, InvalidInput, NotFound
from portal.domain.events import RecordAction
from portal.domain.organisations import CODE_MAX, OrganisationKind, child_path, covers
from portal.domain.periods import civil_date
from portal.models import Organisation, OrganisationVersion
from portal.queries.office.open_work import open_work
from portal.services.core.acting import record
from portal.services.core.permits import allow
from portal.services.core.typed_text import clean, limited, required
from portal.services.core.unit import writing
from portal.services.office.handing_over import hand_over, stand_in
from portal.services.office.organisation_versions import begin_version, effective, open_version

NAME_MAX, SHORT_NAME_MAX = 100, 50
DUTIES_MAX, OFFICE_MAX = 1000, 200
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """An organisation to be founded; ``parent_code`` is empty for the top of the tree."""

    code: str
    name: str
    kind: OrganisationKind
    parent_code: str | None
    short_name: str = ""
    founded_on: date | None = None


def create_organisation(
    code: str,
    name: str,
    kind: OrganisationKind,
    parent_id: int | None,
    actor: Actor,
    now: datetime,
    *,
    short_name: str = "",
    founded_on: date | None = None,
) -> int:
    """Create an organisation below ``parent_id`` (``None`` for the top) and return its id.

    Raises :class:`InvalidInput` for a code in use, a second top or a closed parent.
    """
    allow(actor, Permission.ORGANISATIONS_EDIT)
    with writing() as session:
        parent = None
        if parent_id is not None:
            parent = session.get(Organisation, parent_id)
            if parent is None:
                raise InvalidInput("parent", N_("没有这个上级单位，请重新选择。"))
        code = _free_code(session, code)
        new = NewOrganisation(code, name, kind, None, short_name, founded_on)
        made = _found(session, new, parent)
        session.flush()
        _register(session, made, parent, actor, now)
        return made.id


def add_organisations(rows: Iterable[NewOrganisation], actor: Actor, now: datetime) -> int:
    """Create every organisation of ``rows`` whose code is not in use; return how many.

    Rows may come in any order. Raises :class:`InvalidInput` with the code at fault where a
    parent is neither in the tree nor among the rows; then nothing is created.
    """
    allow(actor, Permission.ORGANISATIONS_EDIT)
    with writing() as session:
        known = {each.code: each for each in session.scalars(sa.select(Organisation))}
        waiting = {row.code: row for row in rows if row.code not in known}
        founded = 0
        while waiting:
            ready = [
                row
                for row in waiting.values()
                if row.parent_code is None or row.parent_code in known
            ]
            if not ready:
                row = next(iter(waiting.values()))
                raise InvalidInput(row.code, N_("上级单位的代码既不在单位树里，也不在文件里。"))
            made = [(row, _found(session, row, known.get(row.parent_code or ""))) for row in ready]
            session.flush()
            for row, each in made:
                parent = known.get(row.parent_code or "")
                _register(session, each, parent, actor, now)
                known[each.code] = each
                del waiting[row.code]
            founded += len(made)
        return founded


def _free_code(session: Session, code: str) -> str:
    code = required("code", code, CODE_MAX, lines=False)
    if not _CODE.fullmatch(code):
        raise InvalidInput("code", N_("代码只能由字母、数字和 . _ - 组成。"))
    if session.scalar(sa.select(Organisation.id).where(Organisation.code == code)) is not None:
        raise InvalidInput("code", N_("这个代码已被其他单位使用。"))
    return code


def _found(session: Session, new: NewOrganisation, parent: Organisation | None) -> Organisation:
    if parent is None and session.scalar(
        sa.select(sa.func.count()).select_from(Organisation).where(Organisation.parent_id.is_(None))
    ):
        raise InvalidInput("parent", N_("请选择上级单位；单位树只能有一个顶端。"))
    if parent is not None and not parent.active:
        raise InvalidInput("parent", N_("上级单位已停用，请另选。"))
    made = Organisation(
        code=new.code,
        name=required("name", new.name, NAME_MAX, lines=False),
        short_name=_short(new.short_name),
        kind=new.kind,
        level=0 if parent is None else parent.level + 1,
        parent_id=None if parent is None else parent.id,
        founded_on=new.founded_on,
    )
    session.add(made)
    return made


def _short(text: str) -> str:
    return limited("short_name", clean(text, lines=False), SHORT_NAME_MAX)


def _register(
    session: Session, made: Organisation, parent: Organisation | None, actor: Actor, now: datetime
) -> None:
    """Give a new organisation, which has its id by now, its path, first version and event."""
    made.path = child_path(parent.path if parent else None, made.id)
    session.add(
        OrganisationVersion(
            organisation_id=made.id,
            name=made.name,
            parent_id=made.parent_id,
            valid_from=made.founded_on,
        )
    )
    _note(session, RecordAction.CREATE_ORGANISATION, made, actor, now, made.name)


@contextmanager
def _changing(organisation_id: int, actor: Actor) -> Iterator[tuple[Session, Organisation]]:
    """Open a unit of work on an organisation that is still in use."""
    allow(actor, Permission.ORGANISATIONS_EDIT)
    with writing() as session:
        changed = session.get(Organisation, organisation_id)
        if changed is None:
            raise NotFound
        if not changed.active:
            raise InvalidInput("organisation", N_("这个单位已经停用。"))
        yield session, changed


def _note(
    session: Session,
    action: RecordAction,
    changed: Organisation,
    actor: Actor,
    now: datetime,
    said: str,
) -> None:
    place, subject = changed.id, f"organisation:{changed.code}"
    record(session, action, actor, now, organisation_id=place, subject=subject, reason=said)


def rename(
    organisation_id: int,
    name: str,
    short_name: str,
    actor: Actor,
    now: datetime,
    on: date | None = None,
) -> None:
    """Give an organisation another name from civil day ``on`` (today if none is given).

    Figures of earlier days keep the old name. Raises :class:`InvalidInput` with ``name``,
    ``short_name`` or ``on``.
    """
    name = required("name", name, NAME_MAX, lines=False)
    short_name = _short(short_name)
    with _changing(organisation_id, actor) as (session, changed):
        if (changed.name, changed.short_name) == (name, short_name):
            raise InvalidInput("name", N_("名称没有变化。"))
        since = effective(session, changed, on, civil_date(now))
        said = f"{changed.name} → {name} ({since})"
        if changed.name != name:
            changed.name = name
            begin_version(session, changed, since)
        changed.short_name = short_name
        _note(session, RecordAction.RENAME_ORGANISATION, changed, actor, now, said)


@dataclass(frozen=True, slots=True)
class Office:
    """What the public reads about an organisation's office; empty texts are not shown."""

    duties: str = ""
    address: str = ""
    telephone: str = ""
    hours: str = ""


def describe(organisation_id: int, office: Office, actor: Actor, now: datetime) -> None:
    """Enter what an organisation does, where it is and when it can be reached.

    The audit trail keeps what stood there before. Raises :class:`InvalidInput` with the name of a text
    that is too long.
    """
    new = Office(
        limited("duties", clean(office.duties), DUTIES_MAX),
        limited("address", clean(office.address, lines=False), OFFICE_MAX),
        limited("telephone", clean(office.telephone, lines=False), OFFICE_MAX),
        limited("hours", clean(office.hours, lines=False), OFFICE_MAX),
    )
    with _changing(organisation_id, actor) as (session, changed):
        old = Office(changed.duties, changed.address, changed.telephone, changed.hours)
        changed.duties, changed.address = new.duties, new.address
        changed.telephone, changed.hours = new.telephone, new.hours
        pairs = zip(astuple(old), astuple(new), strict=True)
        said = "；".join(f"{a or '-'} → {b or '-'}" for a, b in pairs if a != b)
        if said:
            _note(session, RecordAction.DESCRIBE_ORGANISATION, changed, actor, now, said)


def move(
    organisation_id: int, parent_id: int, actor: Actor, now: datetime, on: date | None = None
) -> None:
    """Put an organisation and all below it under another parent from civil day ``on`` (today).

    Raises :class:`InvalidInput` with ``parent`` or ``on``.
    """
    with _changing(organisation_id, actor) as (session, moved):
        parent = session.get(Organisation, parent_id)
        if moved.parent_id is None:
            raise InvalidInput("parent", N_("单位树的顶端不能移动。"))
        if parent is None or not parent.active:
            raise InvalidInput("parent", N_("没有这个上级单位，或它已停用，请重新选择。"))
        if covers(moved.path, parent.path):
            raise InvalidInput("parent", N_("不能移到自身或自己的下级之下。"))
        if moved.parent_id == parent.id:
            raise InvalidInput("parent", N_("隶属没有变化。"))
        since = effective(session, moved, on, civil_date(now), parent)
        before = session.get_one(Organisation, moved.parent_id)
        old, new = moved.path, child_path(parent.path, moved.id)
        deeper = parent.level + 1 - moved.level
        moved.parent_id = parent.id
        session.flush()
        session.execute(
            sa.update(Organisation)
            .where(Organisation.path.startswith(old, autoescape=True))
            .values(
                path=sa.literal(new) + sa.func.substr(Organisation.path, len(old) + 1),
                level=Organisation.level + deeper,
            )
            .execution_options(synchronize_session=False)
        )
        session.expire_all()
        begin_version(session, moved, since)
        said = f"{before.name} → {parent.name} ({since})"
        _note(session, RecordAction.MOVE_ORGANISATION, moved, actor, now, said)


def close(
    organisation_id: int,
    successor_id: int | None,
    actor: Actor,
    now: datetime,
    on: date | None = None,
) -> None:
    """Take an organisation out of choice from civil day ``on`` (today), naming who took over.

    Its open letters and requests are handed over to the successor. Raises :class:`InvalidInput`
    while it holds some and none is named, while active organisations are below it, and with
    ``successor`` or ``on``.
    """
    with _changing(organisation_id, actor) as (session, closed):
        if closed.parent_id is None:
            raise InvalidInput("organisation", N_("单位树的顶端不能停用。"))
        if any(child.active for child in closed.children):
            raise InvalidInput("organisation", N_("还有在用的下级单位，请先停用或移走它们。"))
        successor = _successor(session, closed, successor_id)
        closed.successor = successor
        if successor is not None:
            hand_over(session, closed, successor, actor, now)
        elif open_work(session, closed).letters:
            raise InvalidInput(
                "organisation", N_("还有没办结的信件，请选择承接单位，或先办结、转给其他单位。")
            )
        elif open_work(session, closed).requests:
            raise InvalidInput(
                "organisation", N_("还有没答复的公开申请，请选择承接单位，或先答复。")
            )
        stand_in(session, closed)
        closed.closed_on = effective(session, closed, on, civil_date(now))
        open_version(session, closed).valid_to = closed.closed_on
        said = f"{closed.name} → {successor.name if successor else '-'} ({closed.closed_on})"
        _note(session, RecordAction.CLOSE_ORGANISATION, closed, actor, now, said)


def _successor(
    session: Session, closed: Organisation, successor_id: int | None
) -> Organisation | None:
    if successor_id is None:
        return None
    successor = session.get(Organisation, successor_id)
    if successor is None or not successor.active or successor.id == closed.id:
        raise InvalidInput("successor", N_("没有这个承接单位，或它已停用，请重新选择。"))
    return successor
