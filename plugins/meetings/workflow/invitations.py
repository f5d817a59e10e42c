"""Life of an invitation (邀请): approved with the plan, sent, answered, rules acknowledged, attended."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from flask_babel import lazy_gettext as _l

from core import settings
from core.db import utcnow
from core.workflow import Machine, Move, State, Transition
from plugins.meetings import telling
from plugins.meetings.eligibility import not_recused
from plugins.meetings.guards import invitation_approved, rules_acknowledged, rules_in_force, rules_known
from plugins.meetings.models import Acknowledgement, Invitation
from plugins.meetings.workflow.signup_guards import seat_still_held
from plugins.meetings.workflow.signups import give_back

OPEN = ("proposed", "approved", "sent", "accepted", "declined", "acknowledged")


def digest(token: str) -> str:
    """What is stored instead of a personal link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def issue_link(invitation: Invitation) -> str:
    """Make a new personal link, the old one dies; returns the secret, which is nowhere stored."""
    token = secrets.token_urlsafe(24)
    meeting = invitation.meeting
    begins = max(meeting.starts_at, utcnow()) if meeting else utcnow()
    invitation.token_hash = digest(token)
    invitation.token_expires_at = begins + timedelta(days=settings.get("meetings.link_days"))
    return token


def _send(invitation: Invitation, move: Move) -> None:
    invitation.state = move.target  # no row has a link before it is sent, and what follows flushes
    invitation.fresh_token = token = issue_link(invitation)
    invitation.sent_at = move.at
    telling.invite(invitation, token)


def _reply(invitation: Invitation, move: Move) -> None:
    invitation.replied_at, invitation.reply_note = move.at, move.reason[:500]


def _acknowledge(invitation: Invitation, move: Move) -> None:
    rule = rules_in_force()
    assert rule is not None, "the guard rules_known has seen it"
    if move.params.get("publish_name") is not None:  # who acknowledged may still think better of it
        invitation.publish_name = bool(move.params["publish_name"])
    if any(row.rule_id == rule.id for row in invitation.acknowledgements):
        return
    by_staff = move.actor.name if move.grant and move.grant.role != "invitee" else ""
    invitation.acknowledgements.append(Acknowledgement(rule_id=rule.id, at=move.at, recorded_by=by_staff))


def _check_in(invitation: Invitation, move: Move) -> None:
    invitation.checked_in_at = move.at


def _check_out(invitation: Invitation, move: Move) -> None:
    invitation.checked_out_at = move.at


def _end_link(invitation: Invitation, move: Move) -> None:
    """The link dies; who had been told hears that the invitation no longer stands."""
    item = invitation.application
    if invitation.was_told:
        sentence = _l("原定邀请您列席审议《%(title)s》，现不再邀请。%(reason)s", title=item.title, reason=move.reason)
        telling.rows(item, [invitation], "revoked", sentence)
    invitation.token_hash = invitation.token_expires_at = None


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
        "checked_out": State(_l("已退席"), "done", terminal=True),
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
            "substitute", _l("替换人员"), OPEN, "substituted", "meetings.change_plan", "会7",
            needs_reason=True, effects=(_end_link, _leave_plan),
        ),
        Transition("revoke", _l("撤销邀请"), OPEN, "revoked", "meetings.invite", "会7", effects=(_end_link, give_back)),
    ),
)  # fmt: skip
