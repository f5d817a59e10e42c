"""Life of an invitation (邀请): approved with the plan, sent, answered, rules acknowledged, attended."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _l

from core import settings
from core.db import utcnow
from core.workflow import Machine, Move, State, Transition
from plugins.meetings import links, telling
from plugins.meetings.eligibility import not_recused
from plugins.meetings.guards import invitation_approved, rules_acknowledged, rules_in_force, rules_known
from plugins.meetings.models import Acknowledgement, Answer, Attendance, Invitation
from plugins.meetings.workflow.signup_guards import seat_still_held
from plugins.meetings.workflow.signups import give_back

OPEN = ("proposed", "approved", "sent", "accepted", "declined", "acknowledged")


def issue_link(invitation: Invitation) -> str:
    """Make a new personal link, the old one dies; returns the secret, which is nowhere stored."""
    invitation.link_salt = links.new_salt()
    token = links.secret_of(invitation)
    meeting = invitation.meeting
    begins = max(meeting.starts_at, utcnow()) if meeting else utcnow()
    invitation.token_hash = links.digest(token)
    invitation.token_expires_at = begins + timedelta(days=settings.get("meetings.link_days"))
    return token


def _send(invitation: Invitation, move: Move) -> None:
    invitation.state = move.target  # no row has a link before it is sent, and what follows flushes
    invitation.fresh_token = token = issue_link(invitation)
    invitation.sent_at = move.at
    telling.invite(invitation, token)


def _reply(invitation: Invitation, move: Move) -> None:
    note = move.reason[:500]
    invitation.replied_at, invitation.reply_note = move.at, note
    invitation.answers.append(Answer(answer=move.event, note=note, at=move.at, taken_by=_staff(move)))


def _staff(move: Move) -> str:
    """Who of the staff does it for the invitee; "" where he does it himself."""
    return move.actor.name if move.grant and move.grant.role != "invitee" else ""


def _acknowledge(invitation: Invitation, move: Move) -> None:
    rule = rules_in_force()
    assert rule is not None, "the guard rules_known has seen it"
    if move.params.get("publish_name") is not None:  # who acknowledged may still think better of it
        invitation.publish_name = bool(move.params["publish_name"])
    if any(row.rule_id == rule.id for row in invitation.acknowledgements):
        return
    invitation.acknowledgements.append(Acknowledgement(rule_id=rule.id, at=move.at, recorded_by=_staff(move)))


def _check_in(invitation: Invitation, move: Move) -> None:
    invitation.checked_in_at = invitation.checked_in_at or move.at
    _pass(invitation, move, "in")


def _check_out(invitation: Invitation, move: Move) -> None:
    invitation.checked_out_at = move.at
    _pass(invitation, move, "out")


def _come_back(invitation: Invitation, move: Move) -> None:
    invitation.checked_out_at = None
    _pass(invitation, move, "in")


def _pass(invitation: Invitation, move: Move, event: str) -> None:
    """Note the passage, unless the state follows one that a door has noted."""
    if move.params.get("noted"):
        return
    invitation.passages.append(
        Attendance(
            key=f"move-{invitation.version}", event=event, at=move.at, received_at=move.at, way="list",
            by_name=move.actor.name,
        )
    )  # fmt: skip


def _undo(invitation: Invitation, move: Move) -> None:
    """Nobody came: every passage noted so far was a mistake, and stays readable as one."""
    invitation.checked_in_at = invitation.checked_out_at = None
    for row in invitation.passages:
        if row.voided_at is None:
            row.voided_at, row.voided_by, row.void_reason = move.at, move.actor.name, move.reason


def _end_link(invitation: Invitation, move: Move) -> None:
    """The link dies; who had been told hears that the invitation no longer stands."""
    item = invitation.application
    if invitation.was_told:
        if move.event == "substitute":
            sentence = _l("列席《%(title)s》的人员已由您换为他人：%(reason)s", title=item.title, reason=move.reason)
        else:
            sentence = _l(
                "原定邀请您列席审议《%(title)s》，现不再邀请。%(reason)s", title=item.title, reason=move.reason
            )
        telling.rows(item, [invitation], "revoked", sentence)
    invitation.token_hash = invitation.token_expires_at = None
    invitation.link_salt = ""


def _leave_plan(invitation: Invitation, _move: Move) -> None:
    invitation.in_plan = False


INVITATION = Machine(
    "meetings.invitation",
    {
        "proposed": State(_l("拟邀")),
        "approved": State(_l("已批准"), "soon"),
        "sent": State(_l("已发出"), "soon"),
        "accepted": State(_l("已接受"), "live"),
        "declined": State(_l("已谢绝")),
        "acknowledged": State(_l("已承诺"), "live"),
        "checked_in": State(_l("已签到"), "live"),
        "checked_out": State(_l("已退席"), "done"),
        "substituted": State(_l("已替换"), terminal=True),
        "revoked": State(_l("已撤销"), terminal=True),
    },
    (
        Transition("approve", _l("随议题批准"), ("proposed",), "approved", "meetings.invite", "会7", by_system=True),
        Transition(
            "reconsider", _l("随方案变更重新报批"), ("approved",), "proposed", "meetings.invite", "会7", by_system=True
        ),
        Transition(
            "send", _l("发出邀请"), ("proposed", "approved"), "sent", "meetings.invite", "会7",
            guards=(not_recused, invitation_approved), effects=(_send,),
        ),
        Transition(
            "accept", _l("接受邀请"), ("sent", "declined"), "accepted", "meetings.reply", "会3",
            guards=(seat_still_held,), effects=(_reply,),
        ),
        Transition(
            "decline", _l("谢绝邀请"), ("sent", "accepted", "acknowledged"), "declined", "meetings.reply", "会3",
            effects=(_reply, give_back),
        ),
        Transition(
            "acknowledge", _l("承诺遵守规则"), ("sent", "accepted", "acknowledged"), "acknowledged", "meetings.reply",
            "会8", guards=(rules_known,), effects=(_acknowledge,),
        ),
        Transition(
            "check_in", _l("签到"), ("sent", "accepted", "acknowledged"), "checked_in", "meetings.check_in", "会8",
            guards=(not_recused, rules_acknowledged), effects=(_check_in,),
        ),
        Transition(
            "check_out", _l("退席"), ("checked_in",), "checked_out", "meetings.check_in", "会8", effects=(_check_out,)
        ),
        Transition(
            "come_back", _l("回到会场"), ("checked_out",), "checked_in", "meetings.check_in", "会8",
            effects=(_come_back,),
        ),
        Transition(
            "undo_check_in", _l("撤销签到"), ("checked_in", "checked_out"), "acknowledged", "meetings.check_in", "会8",
            needs_reason=True, effects=(_undo,),
        ),
        Transition(
            "substitute", _l("替换人员"), OPEN, "substituted", "meetings.change_plan", "会7",
            needs_reason=True, effects=(_end_link, _leave_plan),
        ),
        Transition("revoke", _l("撤销邀请"), OPEN, "revoked", "meetings.invite", "会7", effects=(_end_link, give_back)),
    ),
)  # fmt: skip
