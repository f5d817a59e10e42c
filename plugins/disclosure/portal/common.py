"""The way to the pages of disclosure."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from core.web.portal import pages


def start_crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    """From the county's home over the start page of disclosure to this page, as (label, url) pairs."""
    return pages.crumbs((_("政府信息公开"), url_for("disclosure.index")), *more)


def request_crumbs(*more: tuple[str, str]) -> list[dict[str, str]]:
    """The way to a page of access on request."""
    return start_crumbs((_("依申请公开"), url_for("disclosure.requests")), *more)
