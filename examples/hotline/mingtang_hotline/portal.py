"""The public page."""

from __future__ import annotations

from flask import Blueprint, render_template

from mingtang_hotline import models

blueprint = Blueprint("hotline_portal", __name__, template_folder="templates")


@blueprint.get("/")
def index() -> str:
    """All lines of the county."""
    return render_template("hotline/index.html", lines=models.lines())
