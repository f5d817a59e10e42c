"""The public pages of the predisclosure plugin, and its templates for portal and console."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint

from plugins.predisclosure.portal import consultations

PAGES: tuple[ModuleType, ...] = (consultations,)
blueprint = Blueprint("predisclosure", __name__, template_folder="../templates")

for page in PAGES:
    page.add_routes(blueprint)
