"""Who hears of what: notices to invitees and to the staff concerned, through the outbox of the core.

Texts are given lazily: the outbox says them in the language of the account, to invitees in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import or_, select

from core import jurisdictions, notices
from core.db import db, utcnow
from core.languages import said
from core.models import Account, RoleGrant
from core.web.locale import day, moment
from core.workdays import LOCAL
from plugins.meetings import links
from plugins.meetings.documents import appointment
from plugins.meetings.models import (
    AgendaApplication,
    Delivery,
    Invitation,
    Meeting,
    Obligation,
    Signup,
    SignupCall,
    Slip,
)
from plugins.meetings.values import OBLIGATION_KINDS

TELEPHONE = re.compile(r"\+?[0-9][0-9 ()-]{5,20}")


def meeting_path(meeting: Meeting) -> str:
    """The public page of a meeting."""
    return f"/{jurisdictions.current().slug}/meetings/{meeting.id}/"


def signup_path(call: SignupCall) -> str:
    """The public page of a sign-up call."""
    return f"/{jurisdictions.current().slug}/meetings/signups/{call.id}/"


def own_signup_path(token: str) -> str:
    """The personal link of somebody who signed up: where it stands, and the way back."""
    return f"/{jurisdictions.current().slug}/meetings/signups/mine/{token}/"


def desk_path(item: AgendaApplication) -> str:
    """The application in the console."""
    return f"/admin/{jurisdictions.current().slug}/meetings/applications/{item.id}"


def invite(invitation: Invitation, token: str) -> None:
    """Send the invitation with its personal link; without an e-mail address the organiser hands the link over."""
    item = invitation.application
    body = _l(
        "%(name)s，您好。诚邀您列席审议《%(title)s》。%(when)s请通过下面的链接答复是否参加，并阅读会议开放规则。",
        name=invitation.name,
        title=item.title,
        when=when_and_where(item.meeting),
    )
    subject = _l("邀请列席：%(title)s", title=item.title)
    _tell(invitation, f"invite:{invitation.version}", subject, body, links.personal_path(token))


def remind(invitation: Invitation, occasion: str, sentence: Any) -> Delivery:
    """Ask once more for the answer, with the same personal link."""
    subject = _l("请答复列席邀请：%(title)s", title=invitation.application.title)
    return _tell(invitation, f"reminder:{occasion}", subject, sentence, links.path_of(invitation))


def invitees(item: AgendaApplication, occasion: str, sentence: Any) -> None:
    """Tell everyone who has had an invitation to this item what changed."""
    rows(item, (row for row in item.invitations if row.was_told), occasion, sentence)


def rows(item: AgendaApplication, invited: Iterable[Invitation], occasion: str, sentence: Any) -> None:
    """Tell these invitees."""
    public = meeting_path(item.meeting) if item.meeting and item.meeting.is_public else ""
    for row in invited:
        link = public if occasion == "revoked" else links.path_of(row) or public
        _tell(row, f"{occasion}:{item.version}", _l("列席安排有变化：%(title)s", title=item.title), sentence, link)


def roles(names: Iterable[str], item: AgendaApplication, occasion: str, subject: Any) -> None:
    """Tell those who hold one of these roles for the item's agency that it waits for them."""
    grants = select(RoleGrant.account_id).where(
        RoleGrant.role.in_(list(names)),
        RoleGrant.jurisdiction_id == jurisdictions.current().id,
        or_(RoleGrant.agency_id.is_(None), RoleGrant.agency_id == item.agency_id),
    )
    accounts = db.session.scalars(select(Account).where(Account.id.in_(grants), Account.active)).all()
    notices.tell(accounts, f"meetings.{occasion}:{item.id}:{item.version}", subject=subject, link=desk_path(item))


def applicants(item: AgendaApplication, occasion: str, subject: Any, body: Any = "") -> None:
    """Tell those who applied what became of it."""
    accounts = db.session.scalars(select(Account).where(Account.id.in_(item.applicants), Account.active)).all()
    key = f"meetings.{occasion}:{item.id}:{item.version}"
    notices.tell(accounts, key, subject=subject, body=body, link=desk_path(item))


def owner(duty: Obligation) -> None:
    """Tell the person named for it what is to be published (会9)."""
    account = db.session.get_one(Account, duty.owner_id)
    about = duty.application.title if duty.application else duty.meeting.title
    subject = _l("请您负责公开%(kind)s：%(title)s", kind=OBLIGATION_KINDS[duty.kind], title=about)
    key = f"meetings.owner:{duty.id}:{duty.version}"
    notices.tell([account], key, subject=subject, link=duty_path(duty))


def duty_path(duty: Obligation) -> str:
    """The duty in the console."""
    return f"/admin/{jurisdictions.current().slug}/meetings/obligations/{duty.id}/"


def signed_up(row: Signup, occasion: str, subject: Any, body: Any, link: str = "") -> None:
    """Tell somebody who signed up, once for each occasion; who left a telephone number reads it behind the link."""
    if "@" in row.contact:
        link = link or signup_path(row.call)
        key = f"meetings.signup_{occasion}:{row.id}"
        notices.send(key, "email", subject=subject, body=body, link=link, address=row.contact)


def when_and_where(meeting: Meeting | None) -> LazyString:
    """«2026年11月24日（周二）09:00，三楼会议室。», or that time and place follow."""
    if meeting is None:
        return _l("会议时间、地点另行通知。")
    when = LazyString(moment, meeting.starts_at)
    return _l("会议时间：%(when)s；地点：%(place)s。", when=when, place=meeting.place)


def until(at: datetime) -> str:
    """A deadline as a person says it: midnight is 24:00 of the day before."""
    if at.astimezone(LOCAL).strftime("%H:%M") != "00:00":
        return moment(at)
    return str(_l("%(day)s24:00", day=day(at - timedelta(minutes=1))))


def channel_of(contact: str) -> str:
    """How somebody with this contact is told: email, sms, or paper (somebody calls or writes)."""
    if "@" in contact:
        return "email"
    return "sms" if TELEPHONE.fullmatch(contact.strip()) else "paper"


def _tell(row: Invitation, occasion: str, subject: Any, body: Any, link: str) -> Delivery:
    """Owe the message where a channel takes it, and note for everybody that it was to be told; once per occasion."""
    told = next((one for one in row.deliveries if one.occasion == occasion), None)
    if told is not None:
        return told
    kind = occasion.partition(":")[0]
    delivery = Delivery(
        meeting_id=row.application.meeting_id, kind=kind, occasion=occasion, channel=channel_of(row.contact),
        subject=" ".join(said(subject, "zh").split())[:200], body=said(body, "zh"), at=utcnow(),
    )  # fmt: skip
    row.deliveries.append(delivery)
    if delivery.channel != "paper":
        delivery.notice = notices.send(
            f"meetings.{occasion}:{row.id}", delivery.channel, subject=subject, body=body, link=link,
            address=row.contact, calendar=appointment.of(row, kind) if delivery.channel == "email" else "",
        )  # fmt: skip
    db.session.flush()
    return delivery


def author(slip: Slip, occasion: str, sentence: Any) -> None:
    """Tell a representative what became of what he handed in; without an e-mail address the personal page says it."""
    subject = _l("您对《%(title)s》提交的内容有进展", title=slip.application.title)
    _tell(slip.invitation, f"slip.{occasion}:{slip.id}:{slip.version}", subject, sentence, "")


def unit(slip: Slip, names: Iterable[str], subject: Any) -> None:
    """Tell the people of the unit a slip is routed to; where nobody holds a role for that unit alone, all who do."""
    here = jurisdictions.current().id
    held = select(RoleGrant.account_id).where(RoleGrant.role.in_(list(names)), RoleGrant.jurisdiction_id == here)
    for bodies in (RoleGrant.agency_id == slip.unit_id, RoleGrant.agency_id.is_(None)):
        query = select(Account).where(Account.id.in_(held.where(bodies)), Account.active)
        if accounts := db.session.scalars(query).all():
            link = f"/admin/{jurisdictions.current().slug}/meetings/slips/{slip.id}/"
            notices.tell(accounts, f"meetings.slip.routed:{slip.id}:{slip.version}", subject=subject, link=link)
            return
