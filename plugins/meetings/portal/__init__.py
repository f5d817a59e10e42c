"""The public pages of the meetings plugin, and its templates and browser files for portal and console."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("meetings", __name__, template_folder="../templates", static_folder="../static")
