"""The templates (文档模板) of the documents of a meeting."""

from __future__ import annotations

from core.documents.templates import Templates
from plugins.meetings.documents.papers import PAPERS
from plugins.meetings.models import DocumentTemplate

templates = Templates("meetings.template", "meetings.templates", PAPERS, DocumentTemplate)
