"""What is written down: axes, actors and the catalogue of administrative events.

Every change of state, organisation or publication is one event row; timelines, rates and the
audit page read nothing else. ``occurred_at`` is when it happened in the world (an imported
reply has the date of its reply), ``recorded_at`` when it was recorded here.
"""

from __future__ import annotations

from enum import StrEnum

from portal.domain.errors import N_


class Axis(StrEnum):
    """The axis of a letter that an event belongs to."""

    HANDLING = "handling"
    PUBLICATION = "publication"
    RECORD = "record"
    ADMINISTRATION = "administration"


class ActorKind(StrEnum):
    """Who acts."""

    CITIZEN = "citizen"
    STAFF = "staff"
    SYSTEM = "system"
    MACHINE = "machine"


class RecordAction(StrEnum):
    """Events that change no state of a letter but must leave a trace."""

    REVEAL_CONTACTS = "reveal_contacts"
    SETTLE_FINDING = "settle_finding"
    SETTLE_REPORT = "settle_report"
    CREATE_ORGANISATION = "create_organisation"
    RENAME_ORGANISATION = "rename_organisation"
    MOVE_ORGANISATION = "move_organisation"
    CLOSE_ORGANISATION = "close_organisation"
    CREATE_USER = "create_user"
    DISABLE_USER = "disable_user"
    ENABLE_USER = "enable_user"
    CHANGE_GRANTS = "change_grants"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of an event
    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    EDIT_CALENDAR = "edit_calendar"
    EDIT_DEADLINE_RULE = "edit_limit"
    IMPORT_LETTERS = "import_letters"
    RECOMPUTE_FACTS = "recompute_facts"
    BEGIN_SIMULATION = "begin_simulation"
    END_SIMULATION = "end_simulation"


AXIS_LABELS: dict[Axis, str] = {
    Axis.HANDLING: N_("办理"),
    Axis.PUBLICATION: N_("公示与撤下"),
    Axis.RECORD: N_("查看与核对"),
    Axis.ADMINISTRATION: N_("管理与登录"),
}

RECORD_LABELS: dict[RecordAction, str] = {
    RecordAction.REVEAL_CONTACTS: N_("查看来信人联系方式"),
    RecordAction.SETTLE_FINDING: N_("处理脱敏提示"),
    RecordAction.SETTLE_REPORT: N_("处理读者反映"),
    RecordAction.CREATE_ORGANISATION: N_("新增单位"),
    RecordAction.RENAME_ORGANISATION: N_("单位更名"),
    RecordAction.MOVE_ORGANISATION: N_("调整隶属"),
    RecordAction.CLOSE_ORGANISATION: N_("停用单位"),
    RecordAction.CREATE_USER: N_("新增用户"),
    RecordAction.DISABLE_USER: N_("停用用户"),
    RecordAction.ENABLE_USER: N_("启用用户"),
    RecordAction.CHANGE_GRANTS: N_("调整角色"),
    RecordAction.RESET_PASSWORD: N_("重置密码"),
    RecordAction.LOGIN: N_("登录"),
    RecordAction.LOGIN_FAILED: N_("登录失败"),
    RecordAction.LOGOUT: N_("退出登录"),
    RecordAction.EDIT_CALENDAR: N_("修改工作日历"),
    RecordAction.EDIT_DEADLINE_RULE: N_("修改办理时限"),
    RecordAction.IMPORT_LETTERS: N_("导入信件"),
    RecordAction.RECOMPUTE_FACTS: N_("按日历重算办理用时"),
    RecordAction.BEGIN_SIMULATION: N_("开始写入模拟数据"),
    RecordAction.END_SIMULATION: N_("模拟数据写入完毕"),
}
