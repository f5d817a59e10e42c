"""The core's tables, one file per concern; import models from here."""

from core.models.attachments import Attachment, AttachmentLink, StoredFile
from core.models.audit import AuditEntry, AuditHead
from core.models.clocks import CalendarDay, Clock, ClockSuspension
from core.models.jobs import Job
from core.models.matters import Matter, Moved
from core.models.people import Account, ApiToken, Delegation, LoginSession, OneTimeLink, RoleGrant
from core.models.places import Agency, Jurisdiction, PluginSwitch, SettingValue
from core.models.publications import Publication
from core.models.signals import Announcement, IdempotencyRecord, Notice, SearchEntry
from core.models.templates import TemplateVersion

__all__ = [
    "Account",
    "Agency",
    "Announcement",
    "ApiToken",
    "Attachment",
    "AttachmentLink",
    "AuditEntry",
    "AuditHead",
    "CalendarDay",
    "Clock",
    "ClockSuspension",
    "Delegation",
    "IdempotencyRecord",
    "Job",
    "Jurisdiction",
    "LoginSession",
    "Matter",
    "Moved",
    "Notice",
    "OneTimeLink",
    "PluginSwitch",
    "Publication",
    "RoleGrant",
    "SearchEntry",
    "SettingValue",
    "StoredFile",
    "TemplateVersion",
]
