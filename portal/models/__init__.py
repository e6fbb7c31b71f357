"""Tables and relations, a module for each aggregate; importing the package registers them all."""

from __future__ import annotations

from portal.models.base import AuditKeys, Cipher, Model, SenderKeys, db, prepare_engine
from portal.models.correspondence import (
    Appeal,
    CoHandling,
    ErasureRequest,
    Extension,
    Message,
    MessageKind,
    Rating,
)
from portal.models.deflected import DeflectedLetter
from portal.models.disclosure import DisclosureRequest, DisclosureSequence
from portal.models.event import (
    AuditBlock,
    AuditHead,
    Event,
    ReadEvent,
    RecordHead,
    RecordLeaf,
    RecordNode,
    StateInterval,
)
from portal.models.letter import Letter
from portal.models.organisation import Organisation, OrganisationVersion
from portal.models.outbox import IndexVerdict, OutboxRow, OutboxStatus
from portal.models.publication import (
    HELPFULNESS,
    PUBLIC,
    ArchiveEntry,
    ArchiveVersion,
    EntryVectors,
    Matter,
    MatterEntry,
    PolicyChange,
    PolicyCitation,
    ProblemNotice,
    Proposal,
    ProposalStatus,
    RedactionMask,
)
from portal.models.rates import (
    VERSIONS,
    KeptReport,
    KeptReportFile,
    RateChange,
    RateFact,
    RateMonth,
    RateSum,
    Recomputation,
)
from portal.models.reply import Reply, ReplyKind, ReplyStatus
from portal.models.rules import CalendarDay, DeadlineRuleRow, NumberSequence, WordGroupRow
from portal.models.token import ApiToken, KeyCheck, KeyRotation
from portal.models.unsent import CitizenSession, UnsentForm
from portal.models.user import GrantRequest, Passkey, RecoveryCode, RoleGrant, StaffSession, User

__all__ = [
    "HELPFULNESS",
    "PUBLIC",
    "VERSIONS",
    "ApiToken",
    "Appeal",
    "ArchiveEntry",
    "ArchiveVersion",
    "AuditBlock",
    "AuditHead",
    "AuditKeys",
    "CalendarDay",
    "Cipher",
    "CitizenSession",
    "CoHandling",
    "DeflectedLetter",
    "DisclosureRequest",
    "DisclosureSequence",
    "EntryVectors",
    "ErasureRequest",
    "Event",
    "Extension",
    "GrantRequest",
    "KeptReport",
    "KeyCheck",
    "KeyRotation",
    "KeptReportFile",
    "IndexVerdict",
    "Letter",
    "DeadlineRuleRow",
    "Matter",
    "MatterEntry",
    "Message",
    "MessageKind",
    "Model",
    "NumberSequence",
    "Organisation",
    "OrganisationVersion",
    "OutboxRow",
    "OutboxStatus",
    "Passkey",
    "ProblemNotice",
    "PolicyChange",
    "PolicyCitation",
    "Proposal",
    "ProposalStatus",
    "RateChange",
    "RateFact",
    "RateMonth",
    "RateSum",
    "Rating",
    "Recomputation",
    "ReadEvent",
    "RecordHead",
    "RecordLeaf",
    "RecordNode",
    "RecoveryCode",
    "RedactionMask",
    "Reply",
    "ReplyKind",
    "ReplyStatus",
    "RoleGrant",
    "SenderKeys",
    "StaffSession",
    "StateInterval",
    "UnsentForm",
    "User",
    "WordGroupRow",
    "db",
    "prepare_engine",
]
