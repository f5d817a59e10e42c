"""The local open-meeting rules (会8) in the console: the version in force, the history, a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from core import permissions
from core.db import db, write
from core.refusals import Forbidden, Invalid, Refused, Stale
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse, problems
from core.web.requests import actor
from plugins.meetings.forms import RulesIn
from plugins.meetings.models import Acknowledgement, Invitation
from plugins.meetings.services import rules

LABELS: dict[str, Any] = {
    "attendance": _l("公众范围"),
    "duties": _l("权利与责任义务"),
    "agenda_rules": _l("议程设定"),
    "discipline": _l("会议纪律"),
}


class RulesView(ConsoleView):
    """Issued as a whole; who was invited is asked again."""

    @expose("/", methods=["GET", "POST"])
    def index(self) -> Response:
        """The version in force and the form of the next one; a stale form shows both versions."""
        if request.method == "GET":
            return _page({})
        typed = request.form.to_dict()
        try:
            texts = parse(RulesIn, {name: typed.get(name, "") for name in LABELS}).model_dump()
            if _says_the_same(texts):
                flash(_("内容与现行版本相同，没有发布新版本。"), "soon")
                return make_response(redirect(url_for(".index")))
            with write():
                issued = rules.issue(actor(), texts, version=request.form.get("version", -1, type=int)).version
        except Forbidden:
            raise
        except (Invalid, Refused) as no:
            return _page(typed, no)
        flash(_("第 %(n)s 版已发布并生效，受邀人员须重新承诺。", n=issued), "done")
        return make_response(redirect(url_for(".index")))


def _says_the_same(texts: Mapping[str, str]) -> bool:
    now = rules.in_force()
    return now is not None and all(getattr(now, name) == text for name, text in texts.items())


def _page(typed: Mapping[str, Any], no: Invalid | Refused | None = None) -> Response:
    now = rules.in_force()
    begin = {name: getattr(now, name) if now else rules.FIRST_VERSION[name] for name in LABELS}
    stale = isinstance(no, Stale)
    page = render_template(
        "meetings/console/rules.html",
        now=now,
        history=rules.history(),
        labels=LABELS,
        promised=_promised(),
        waiting=db.session.scalar(select(func.count()).where(Invitation.state == "acknowledged")) or 0,
        may_issue=permissions.can(actor(), "meetings.rules") is not None,
        settings_shown=permissions.can(actor(), "core.system") is not None,
        version=now.version if now else 0,
        form={"typed": typed or begin, "errors": no.errors if isinstance(no, Invalid) else {}},
        differences=[name for name in LABELS if typed.get(name) != begin[name]] if stale else [],
        problems=problems(no, LABELS) if no and not stale else [],
    )
    return make_response(page, no.status if no else 200)


def _promised() -> dict[str, int]:
    """How many invitees have promised to keep each version."""
    count = select(Acknowledgement.rule_id, func.count()).group_by(Acknowledgement.rule_id)
    return {row[0]: row[1] for row in db.session.execute(count)}
