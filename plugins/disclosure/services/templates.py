"""The templates (文档模板) of the plugin's documents."""

from __future__ import annotations

from core.documents.templates import Templates
from plugins.disclosure.documents.letters import LETTERS
from plugins.disclosure.models import DocumentTemplate

templates = Templates("disclosure.template", "disclosure.templates", LETTERS, DocumentTemplate)
