"""What is written down: axes, actors and the catalogue of administrative events.

Every change of state, organisation or publication is one event row; timelines, rates and the
audit page read nothing else. ``occurred_at`` is when it happened in the world (an imported
reply has the date of its reply), ``recorded_at`` when it was recorded here.
"""

from __future__ import annotations

from portal.domain.errors import N_
from portal.domain.translatable import Labelled


class Axis(Labelled):
    """The axis of a letter that an event belongs to."""

    HANDLING = "handling", N_("办理")
    PUBLICATION = "publication", N_("公示与撤下")
    RECORD = "record", N_("查看与核对")
    ADMINISTRATION = "administration", N_("管理与登录")
    READING = "reading", N_("查看与检索")


class ActorKind(Labelled):
    """Who acts; a member of staff is named instead of labelled."""

    CITIZEN = "citizen", N_("来信人")
    STAFF = "staff"
    SYSTEM = "system", N_("系统")
    MACHINE = "machine", N_("机器审核")


READ_DETAIL_MAX = 200
"""Characters that are kept of what somebody searched for."""


class ReadAction(Labelled):
    """What staff look at; it changes nothing and must leave a trace all the same."""

    READ_LETTER = "read_letter", N_("查看信件")
    READ_FILE = "read_file", N_("查看附件")
    SEARCH_LETTERS = "search_letters", N_("检索信件")
    LIST_COUNTED = "list_counted", N_("查看统计数字背后的信件")
    READ_REQUEST = "read_request", N_("查看公开申请")
    SEARCH_REQUESTS = "search_requests", N_("检索公开申请")
    READ_TRAIL = "read_trail", N_("查看操作日志")
    EXPORT_TRAIL = "export_trail", N_("导出操作日志")


class RecordAction(Labelled):
    """Events that change no state of a letter but must leave a trace."""

    REVEAL_CONTACTS = "reveal_contacts", N_("查看来信人联系方式")
    RENEW_CODE = "renew_code", N_("更换查询码")
    VERIFY_CONTACT = "verify_contact", N_("来信人验证联系方式")
    EXPORT_DATA = "export_data", N_("来信人下载个人信息")
    KEEP_LETTER = "keep_letter", N_("来信人收进“我的信件”")
    REQUEST_ERASURE = "request_erasure", N_("来信人申请删除个人信息")
    REFUSE_ERASURE = "refuse_erasure", N_("不同意删除个人信息")
    ERASE_PERSON = "erase_person", N_("删除来信人的个人信息")
    SETTLE_FINDING = "settle_finding", N_("处理脱敏提示")
    RESOLVE_NOTICE = "settle_report", N_("处理读者反映")
    MARK_OUTDATED = "mark_outdated", N_("标为可能已失效")
    KEEP_VALID = "keep_valid", N_("确认仍然有效")
    RECORD_POLICY_CHANGE = "record_policy_change", N_("登记政策变动")
    END_POLICY_CHANGE = "end_policy_change", N_("撤销政策变动")
    CREATE_ORGANISATION = "create_organisation", N_("新增单位")
    RENAME_ORGANISATION = "rename_organisation", N_("单位更名")
    DESCRIBE_ORGANISATION = "describe_organisation", N_("更改单位职责和联系方式")
    MOVE_ORGANISATION = "move_organisation", N_("调整隶属")
    CLOSE_ORGANISATION = "close_organisation", N_("停用单位")
    CREATE_USER = "create_user", N_("新增用户")
    DISABLE_USER = "disable_user", N_("停用用户")
    ENABLE_USER = "enable_user", N_("启用用户")
    SET_ADDRESS = "set_address", N_("填写工作邮箱")
    CHANGE_GRANTS = "change_grants", N_("调整角色")
    REQUEST_GRANT = "request_grant", N_("申请增加角色")
    APPROVE_GRANT = "approve_grant", N_("同意增加角色")
    REFUSE_GRANT = "refuse_grant", N_("不同意增加角色")
    WITHDRAW_GRANT = "withdraw_grant", N_("撤回角色申请")
    RESET_PASSWORD = "reset_password", N_("重置密码")  # noqa: S105 - the name of an event
    LINK_IDENTITY = "link_identity", N_("关联统一身份")
    LOGIN = "login", N_("登录")
    LOGIN_FAILED = "login_failed", N_("登录失败")
    SECOND_FAILED = "second_factor_failed", N_("两步验证失败")
    ADD_FACTOR = "add_second_factor", N_("启用两步验证")
    ASK_FACTOR_REMOVAL = "ask_factor_removal", N_("申请取消两步验证")
    REMOVE_FACTOR = "remove_second_factor", N_("关闭两步验证")
    LOGOUT = "logout", N_("退出登录")
    END_SESSION = "end_session", N_("退出其他地方的登录")
    CHANGE_PASSWORD = "change_password", N_("修改自己的密码")  # noqa: S105 - the name of an event
    CREATE_TOKEN = "create_token", N_("发放接口令牌")
    WITHDRAW_TOKEN = "withdraw_token", N_("收回接口令牌")
    KEEP_REPORT = "keep_report", N_("存档年度报告")
    ANSWER_SITE_NOTICE = "answer_site_notice", N_("答复网站找错")
    EDIT_CALENDAR = "edit_calendar", N_("修改工作日历")
    EDIT_DEADLINE_RULE = "edit_limit", N_("修改办理时限")
    RETRY_JOB = "retry_job", N_("重试后台任务")
    DROP_JOB = "drop_job", N_("放弃后台任务")
    EDIT_WORDS = "edit_words", N_("修改同义词")
    IMPORT_LETTERS = "import_letters", N_("导入信件")
    RECOMPUTE_FACTS = "recompute_facts", N_("按日历重算办理用时")
    EXPORT_AUDIT = "export_audit", N_("用命令导出操作日志")
    REMOVE_READS = "remove_reads", N_("清除到期的查看记录")
    BEGIN_SIMULATION = "begin_simulation", N_("开始写入模拟数据")
    END_SIMULATION = "end_simulation", N_("模拟数据写入完毕")

    @property
    def axis(self) -> Axis:
        """The axis of the event: of a letter's record, or of the administration."""
        return Axis.RECORD if self in _ON_LETTERS else Axis.ADMINISTRATION


_ON_LETTERS = frozenset(
    {
        RecordAction.REVEAL_CONTACTS,
        RecordAction.RENEW_CODE,
        RecordAction.VERIFY_CONTACT,
        RecordAction.EXPORT_DATA,
        RecordAction.KEEP_LETTER,
        RecordAction.REQUEST_ERASURE,
        RecordAction.REFUSE_ERASURE,
        RecordAction.ERASE_PERSON,
        RecordAction.SETTLE_FINDING,
        RecordAction.RESOLVE_NOTICE,
        RecordAction.MARK_OUTDATED,
        RecordAction.KEEP_VALID,
    }
)
