"""The public pages of the disclosure plugin, and its templates for portal and console."""

from __future__ import annotations

from types import ModuleType

from flask import Blueprint

from plugins.disclosure.portal import bodies, column_feeds, downloads, own_request, requests

PAGES: tuple[ModuleType, ...] = (bodies, requests, own_request, downloads, column_feeds)
blueprint = Blueprint("disclosure", __name__, template_folder="../templates", static_folder="../static")

for page in PAGES:
    page.add_routes(blueprint)
