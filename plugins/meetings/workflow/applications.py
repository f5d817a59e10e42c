"""Life of an agenda item (议题): the table of meetings.md with its guards, effects and articles."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.permissions import SYSTEM
from core.refusals import Refused
from core.workflow import Machine, Move, State, Transition
from plugins.meetings import guards, telling
from plugins.meetings.content import content_hash
from plugins.meetings.models import AgendaApplication, Approval, Meeting
from plugins.meetings.workflow.follow_ups import followed_up
from plugins.meetings.workflow.invitations import INVITATION
from plugins.meetings.workflow.plans import write_plan
from plugins.meetings.workflow.signups import cancel_calls

BEFORE_SESSION = ("draft", "pending", "pending_leader", "approved", "scheduled")
FORM_GUARDS = (guards.openness_grounded, guards.form_chosen, guards.invitees_named)
GATES = (guards.consulted, guards.adoption_summarised, guards.hearing_held, guards.rejections_reasoned)


# --- effects ----------------------------------------------------------------------------------------


def _clear(item: AgendaApplication, move: Move) -> None:
    _record(item, move, "cleared")


def _submit(item: AgendaApplication, move: Move) -> None:
    item.submitted_by, item.submitted_at = move.actor.id, move.at
    item.content_hash = content_hash(item)
    telling.roles(("deputy_leader",), item, "pending", _l("有议题待您审批：%(title)s", title=item.title))


def _approve(item: AgendaApplication, move: Move) -> None:
    _record(item, move, "approved")
    if move.target == "pending_leader":
        telling.roles(("leader",), item, "pending_leader", _l("有重要议题待您审批：%(title)s", title=item.title))
        return
    item.returns_to = ""
    for invitation in item.invitees:
        if invitation.state == "proposed":
            INVITATION.fire(invitation, "approve", SYSTEM)
    telling.applicants(item, "approved", _l("议题已批准：%(title)s", title=item.title))


def _return(item: AgendaApplication, move: Move) -> None:
    _void_approvals(item, f"已退回：{move.reason}")
    _record(item, move, "returned")
    telling.applicants(item, "returned", _l("议题已退回：%(title)s", title=item.title), move.reason)


def _schedule(item: AgendaApplication, move: Move) -> None:
    meeting = move.params["meeting"]
    assert isinstance(meeting, Meeting)
    item.position = max((other.position for other in meeting.agenda), default=0) + 1
    meeting.agenda.append(item)
    when = telling.when_and_where(meeting)
    sentence = _l("您受邀列席审议的《%(title)s》已安排上会。%(when)s", title=item.title, when=when)
    telling.invitees(item, "scheduled", sentence)


def _change_plan(item: AgendaApplication, move: Move) -> None:
    """The new plan replaces the old one and waits for approval; the item keeps its place on the agenda."""
    before = content_hash(item)
    item.returns_to = move.source
    write_plan(item, move.params.get("plan", {}))
    refusals = [no for guard in (*FORM_GUARDS[1:], guards.plan_stated) if (no := guard(item, move)) is not None]
    if refusals:
        raise Refused(*refusals)
    if content_hash(item) == before:
        raise Refused(guards.plan_unchanged())
    _void_approvals(item, move.reason)
    for invitation in item.invitees:
        if invitation.state == "approved":
            INVITATION.fire(invitation, "reconsider", SYSTEM)
    item.submitted_by, item.submitted_at = move.actor.id, move.at
    item.content_hash = content_hash(item)
    sentence = _l("《%(title)s》的公众参与方案有变更：%(reason)s", title=item.title, reason=move.reason)
    telling.invitees(item, "plan_changed", sentence)
    telling.roles(("deputy_leader",), item, "pending", _l("参与方案变更待您审批：%(title)s", title=item.title))


def _postpone(item: AgendaApplication, move: Move) -> None:
    sentence = _l("《%(title)s》推迟审议：%(reason)s", title=item.title, reason=move.reason)
    telling.invitees(item, "postponed", sentence)
    telling.applicants(item, "postponed", _l("议题已推迟：%(title)s", title=item.title), move.reason)
    leave_agenda(item)


def _withdraw(item: AgendaApplication, move: Move) -> None:
    sentence = _l("《%(title)s》已撤回，不再审议：%(reason)s", title=item.title, reason=move.reason)
    telling.invitees(item, "withdrawn", sentence)
    telling.applicants(item, "withdrawn", _l("议题已撤回：%(title)s", title=item.title), move.reason)
    cancel_calls(item, f"议题撤回：{move.reason}")  # kept with the call: Chinese
    leave_agenda(item)


def _call(item: AgendaApplication, move: Move) -> None:
    item.called_at = move.at


def _deliberate(item: AgendaApplication, move: Move) -> None:
    item.result, item.result_note = move.params["result"], move.params.get("note", "")
    item.deliberated_at = move.at


def leave_agenda(item: AgendaApplication) -> None:
    """Free the item's place; the gap in the numbering is closed."""
    if item.returns_to == "scheduled":
        item.returns_to = "approved"
    if item.meeting is not None:
        item.left_agenda = item.left_agenda or item.meeting.is_public
        others = [other for other in item.meeting.agenda if other is not item]
        for position, other in enumerate(others, 1):
            other.position = position
        item.meeting.agenda.remove(item)
    item.position = 0


def _record(item: AgendaApplication, move: Move, decision: str) -> None:
    grant = move.grant
    item.approvals.append(
        Approval(
            decision=decision,
            role=grant.role if grant else "",
            actor_id=move.actor.id,
            actor_name=move.actor.name,
            on_behalf_of=grant.on_behalf_of if grant else "",
            content_hash=content_hash(item),
            reason=move.reason,
            at=move.at,
            void=False,
        )
    )


def _void_approvals(item: AgendaApplication, reason: str) -> None:
    for approval in item.approvals:
        if approval.decision == "approved" and not approval.void:
            approval.void, approval.void_reason = True, reason


# --- the table --------------------------------------------------------------------------------------


def _after_deputy(item: AgendaApplication) -> str:
    return "pending_leader" if item.important else _after_leader(item)


def _after_leader(item: AgendaApplication) -> str:
    return item.returns_to or "approved"


APPROVAL_GUARDS = (guards.not_own_application, guards.content_unchanged)

APPLICATION = Machine(
    "meetings.application",
    {
        "draft": State(_l("草稿")),
        "pending": State(_l("待审批"), "soon"),
        "pending_leader": State(_l("待主要领导"), "soon"),
        "approved": State(_l("已批准"), "soon"),
        "scheduled": State(_l("已排会"), "ahead"),
        "in_session": State(_l("审议中"), "live"),
        "deliberated": State(_l("已审议"), "soon"),
        "discharging": State(_l("履责中"), "soon"),
        "done": State(_l("已办结"), "done", terminal=True),
        "withdrawn": State(_l("已撤回"), terminal=True),
    },
    (
        Transition("clear", _l("保密核签"), ("draft",), "draft", "meetings.clear", "会2", effects=(_clear,)),
        Transition(
            "submit", _l("申报"), ("draft",), "pending", "meetings.apply", "会7",
            guards=(*FORM_GUARDS, *GATES, guards.plan_stated), effects=(_submit,),
        ),
        Transition(
            "approve", _l("同意"), ("pending",), _after_deputy, "meetings.approve", "会7",
            guards=APPROVAL_GUARDS, effects=(_approve,),
        ),
        Transition(
            "approve", _l("同意"), ("pending_leader",), _after_leader, "meetings.approve_leader", "会7",
            guards=APPROVAL_GUARDS, effects=(_approve,),
        ),
        Transition(
            "return", _l("退回"), ("pending",), "draft", "meetings.approve", "会7",
            needs_reason=True, effects=(_return,),
        ),
        Transition(
            "return", _l("退回"), ("pending_leader",), "draft", "meetings.approve_leader", "会7",
            needs_reason=True, effects=(_return,),
        ),
        Transition(
            "schedule", _l("排会"), ("approved",), "scheduled", "meetings.schedule", "会5",
            guards=(*GATES, guards.partners_agree, guards.approved_as_is, guards.meeting_takes_items),
            effects=(_schedule,),
        ),
        Transition(
            "change_plan", _l("变更参与方案"), ("approved", "scheduled"), "pending", "meetings.change_plan", "会7",
            needs_reason=True, effects=(_change_plan,),
        ),
        Transition(
            "postpone", _l("推迟"), ("scheduled",), "approved", "meetings.run_item", "会3",
            needs_reason=True, effects=(_postpone,),
        ),
        Transition(
            "withdraw", _l("撤回"), BEFORE_SESSION, "withdrawn", "meetings.withdraw", "会3",
            needs_reason=True, effects=(_withdraw,),
        ),
        Transition(
            "call", _l("进入审议"), ("scheduled",), "in_session", "meetings.run_item", "会4",
            guards=(guards.meeting_in_session,), effects=(_call,),
        ),
        Transition(
            "deliberate", _l("审议结论"), ("in_session",), "deliberated", "meetings.run_item", "会4",
            effects=(_deliberate,),
        ),
        Transition("publish", _l("公布结果"), ("deliberated",), "discharging", "meetings.run_item", "会9"),
        Transition(
            "discharge", _l("办结"), ("discharging",), "done", "meetings.run_item", "会9",
            guards=(guards.obligations_settled, followed_up), by_system=True,
        ),
    ),
)  # fmt: skip
