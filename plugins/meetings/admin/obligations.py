"""What is owed after a meeting (会9) in the console: the board, and the page on which one duty is met or exempted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.wrappers import Response

from core import clocks, exports, permissions, publications, settings
from core.db import db, write
from core.models import Account, Clock, Publication
from core.permissions import SYSTEM
from core.refusals import Forbidden, Invalid, Refused
from core.web.admin import ConsoleView, expose
from core.web.admin.forms import parse, problems
from core.web.requests import actor
from core.workflow import Move
from plugins.meetings import telling, values
from plugins.meetings.admin import part_form, shown, uploads
from plugins.meetings.forms import ObligationMove
from plugins.meetings.guards import sibling, with_its_document
from plugins.meetings.models import Meeting, Obligation
from plugins.meetings.services import board, meetings, obligations
from plugins.meetings.workflow import OBLIGATION

MOST = 200
UPLOADS = ("files", "interpretation-files", "drawing", "interpretation-drawing")
PAGE_FIELDS = ("title", "summary", "body", "publication")
HEADER = (
    _l("内容"), _l("议题"), _l("会议"), _l("召集单位"), _l("责任人"), _l("状态"), _l("期限"), _l("办结时间"),
    _l("免予公开的理由"),
)  # fmt: skip
LABELS: dict[str, Any] = {
    "reason": _l("理由"),
    "owner": _l("责任人"),
    "title": _l("标题"),
    "summary": _l("摘要"),
    "body": _l("正文"),
    "files": _l("文件"),
    "publication": _l("已审核的公开内容"),
    "interpretation.title": _l("解读材料标题"),
    "interpretation.summary": _l("解读材料摘要"),
    "interpretation.body": _l("解读材料正文"),
    "interpretation-files": _l("解读材料的文件"),
}


class ObligationsView(ConsoleView):
    """审议情况、政策文件、解读材料: published, or exempted by two persons."""

    @expose("/")
    def index(self) -> str:
        """What is open here, or what the filter asks for; what is most urgent first."""
        wanted = _wanted()
        meeting = meetings.find(actor(), wanted.meeting) if wanted.meeting else None
        rows, running = _board(wanted)
        return self.render(
            "meetings/console/obligations.html",
            crumbs=shown.meeting_crumbs(meeting, _("会后公开")) if meeting else [],
            meeting=meeting,
            wanted=wanted,
            shown_as=board.SHOWN,
            counts=board.counts(actor(), wanted),
            units=board.units(actor()),
            rates=board.on_time(actor()),
            most=MOST,
            rows=rows,
            clocks=running,
            late={row.id for row in obligations.overdue(rows)},
            addresses={row.id: _address(row) for row in rows},
            machine=OBLIGATION,
            words=values,
        )

    @expose("/export.xlsx")
    def export(self) -> Response:
        """The same rows as a workbook."""
        rows, running = _board(_wanted())
        late = {row.id for row in obligations.overdue(rows)}
        body = exports.xlsx_bytes(
            HEADER, (_cells(row, running.get(row.id), row.id in late) for row in rows), title=_("会后公开")
        )
        answer = make_response(body)
        answer.content_type = exports.XLSX_TYPE
        answer.headers.set("Content-Disposition", "attachment", filename="obligations.xlsx")
        return answer

    @expose("/<id>/")
    def show(self, id: str) -> Response:  # noqa: A002 — the address part
        """One duty: how long there is, and the forms to meet it."""
        return _page(obligations.find(actor(), id))

    @expose("/<id>/move", methods=["POST"])
    def move(self, id: str) -> Response:  # noqa: A002
        """Publish, ask for an exemption, decide on it. What was typed and uploaded is kept when it is refused."""
        found = obligations.find(actor(), id)
        OBLIGATION.require_right(found, request.form.get("event", ""), actor())
        faults: dict[str, list[Any]] = {}
        files = {name: uploads.kept(name, faults) for name in UPLOADS}
        try:
            body = parse(ObligationMove, _values(request.form, files))
            if faults:
                raise Invalid(faults)
            with write():
                _move(obligations.find(actor(), id), body)
        except Forbidden:
            raise
        except Invalid as no:
            return _page(obligations.find(actor(), id), _at_fields(found, no, files), files)
        except Refused as no:
            return _page(obligations.find(actor(), id), no, files)
        settled = obligations.find(actor(), id)
        flash(_said(settled, body.event), "done")
        if body.event == "assign":
            return make_response(redirect(url_for(".show", id=id)))
        return make_response(redirect(url_for(".index", meeting=settled.meeting_id)))


def _at_fields(row: Obligation, no: Invalid, files: Mapping[str, list[dict[str, str]]]) -> Invalid:
    """An interpretation's parts stand on its own page, or on that of the document it goes out with."""
    if row.kind == "interpretation":
        return part_form.by_field(no, request.form, files["drawing"])
    return part_form.by_field(no, request.form, files["interpretation-drawing"], "interpretation.")


def _said(row: Obligation, event: str) -> Any:
    if event == "assign":
        return _("责任人：%(name)s。", name=row.owner_name or _("召集单位"))
    return _("%(kind)s现在是“%(state)s”。", kind=values.OBLIGATION_KINDS[row.kind], state=OBLIGATION.label(row.state))


def _move(obligation: Obligation, body: ObligationMove) -> None:
    obligations.move(
        actor(),
        obligation,
        body.event,
        reason=body.reason,
        version=request.form.get("version", -1, type=int),
        page=body.page(),
        interpretation=body.interpretation.page() if body.interpretation else None,
        owner=body.owner,
    )


def _values(form: Mapping[str, str], files: Mapping[str, list[dict[str, str]]]) -> dict[str, Any]:
    """A form as `ObligationMove` reads it; an interpretation comes along once anything of it was filled in."""
    given: dict[str, Any] = {name: form.get(name, "") for name in ("event", "reason", "owner")}
    if given["event"] != "publish":
        return given
    given |= {name: form.get(name, "") for name in PAGE_FIELDS}
    given["attachments"] = [file["id"] for file in files["files"]]
    given["parts"] = part_form.parts(form, files["drawing"])
    along = {name: form.get(f"interpretation.{name}", "") for name in ("title", "summary", "body", "publication")}
    attached = [file["id"] for file in files["interpretation-files"]]
    parts = part_form.parts(form, files["interpretation-drawing"], "interpretation.")
    if attached or parts or along["body"].strip() or along["publication"]:
        given["interpretation"] = {**along, "attachments": attached, "parts": parts}
    return given


def _page(
    row: Obligation, no: Invalid | Refused | None = None, files: Mapping[str, list[dict[str, str]]] | None = None
) -> Response:
    events = {view["event"]: view for view in shown.acts(OBLIGATION, row)}
    along = obligations.interpretation_owed(row)
    page = render_template(
        "meetings/console/obligation.html",
        crumbs=[*shown.meeting_crumbs(row.meeting, values.OBLIGATION_KINDS[row.kind])],
        row=row,
        about=row.application.title if row.application else row.meeting.title,
        about_url=telling.desk_path(row.application) if row.application else "",
        kind=values.OBLIGATION_KINDS[row.kind],
        state=OBLIGATION.states[row.state],
        clocks=clocks.of(OBLIGATION.object_type, [row.id])[row.id],
        may_publish=row.state in {"owed", "exemption_requested"} and permissions.can(actor(), "meetings.publish", row),
        along=along,
        held=_held(row),
        reviewed=settings.get("meetings.review_publications"),
        drafted=_drafted(row.kind),
        drafted_along=_drafted("interpretation") if along else {},
        decisions=[events[name] for name in ("approve_exemption", "reject_exemption") if name in events],
        exempt=events.get("exempt"),
        people={one.login: one.name for one in board.candidates(row)} if _may_assign(row) else {},
        owner=row.owner_id and db.session.get_one(Account, row.owner_id).login,
        address=_address(row),
        form={"typed": _typed(row, along), "errors": no.errors if isinstance(no, Invalid) else {}},
        files=files or {},
        pairs={prefix: part_form.questions(request.form, prefix) for prefix in ("", "interpretation.")},
        typed=request.form,
        problems=problems(no, LABELS) if no else [],
    )
    return make_response(page, no.status if no else 200)


def _held(row: Obligation) -> dict[str, Any] | None:
    """三同步: why this interpretation is not released here, and where it is."""
    no = with_its_document(row, Move(SYSTEM, None, "publish", row.state, "published"))
    return {"text": no.detail, "url": telling.duty_path(sibling(row, "policy_document"))} if no else None


def _may_assign(row: Obligation) -> bool:
    return not row.settled and permissions.can(actor(), "meetings.publish", row) is not None


def _typed(row: Obligation, along: Obligation | None) -> Mapping[str, Any]:
    """What the form shows: what was typed, else what is usual (the outcome from the recorded result)."""
    if request.method == "POST":
        return request.form
    proposed = obligations.proposed(row)
    begin = {"title": proposed.title, "summary": proposed.summary, "body": proposed.body}
    return begin | ({"interpretation.title": obligations.proposed(along).title} if along else {})


def _drafted(kind: str) -> dict[str, str]:
    """Pages of this kind that were drafted and approved before."""
    query = select(Publication).where(Publication.kind == kind, Publication.state == "approved")
    found = db.session.scalars(query.order_by(Publication.created_at.desc()).limit(50)).all()
    return {page.id: page.title for page in found}


def _wanted() -> board.Filter:
    """The filter in the address; of one meeting everything is shown unless something is asked for."""
    given = request.args
    meeting = given.get("meeting", "")
    name = given.get("shown", "")
    usual = "all" if meeting else "open"
    return board.Filter(
        name if name in board.SHOWN else usual, meeting, given.get("agency", ""), given.get("mine") == "1"
    )


def _board(wanted: board.Filter) -> tuple[list[Obligation], dict[str, Clock]]:
    """The rows in their order, and for each the clock that counts: the last one started."""
    query = board.select_rows(actor(), wanted).order_by(Meeting.closed_at.desc(), Obligation.position)
    rows = list(db.session.scalars(query.limit(MOST)))
    found = clocks.of(OBLIGATION.object_type, [row.id for row in rows])
    running = {ident: of_row[-1] for ident, of_row in found.items() if of_row}
    return board.sorted_rows(rows, running), running


def _cells(row: Obligation, clock: Clock | None, late: bool) -> list[Any]:
    return [
        values.OBLIGATION_KINDS[row.kind],
        row.application.title if row.application else "",
        row.meeting.title,
        row.meeting.agency.name if row.meeting.agency else "",
        row.owner_name,
        _("已超期") if late else OBLIGATION.label(row.state),
        clock.due_on if clock else None,
        row.met_at,
        row.reason,
    ]


def _address(row: Obligation) -> str:
    """Where its released page stands, "" as long as there is none."""
    page = row.publication
    return publications.address(page) if page is not None and page.state == "released" else ""
