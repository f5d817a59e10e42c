"""Two counties with every kind of object and people in every role, for walks over all addresses."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute

from core import accounts, jurisdictions, notices, publications, storage
from core.contracts import JurisdictionRef
from core.db import db, utcnow, write
from core.models import (
    Account,
    Agency,
    ApiToken,
    AttachmentLink,
    Delegation,
    Job,
    LoginSession,
    Matter,
    Notice,
    Publication,
    RoleGrant,
)
from core.permissions import ROLES, SYSTEM, Actor
from core.workdays import local_date
from plugins.disclosure.models import (
    AccessRequest,
    AnnualReport,
    Document,
    Guide,
    Item,
    Letter,
    Rectification,
    Redaction,
    RedactionRegion,
    Urging,
    WithheldCatalogue,
    WithheldEntry,
)
from plugins.disclosure.services import (
    catalogues,
    documents,
    entries,
    guides,
    items,
    letters,
    rectifications,
    redactions,
    reports,
    urgings,
)
from plugins.disclosure.services import requests as access_requests
from plugins.meetings.live.models import LivePost
from plugins.meetings.models import (
    AgendaApplication,
    Attendance,
    Delivery,
    FollowUp,
    Invitation,
    Meeting,
    Minutes,
    MinutesSection,
    Obligation,
    OpinionGroup,
    Recusal,
    Representative,
    Signup,
    SignupCall,
    Slip,
    SpeakingRequest,
    Substitution,
)
from plugins.meetings.services import attendance, invitations, minutes, signup_calls, signups, substitutions
from plugins.predisclosure.models import ConsultationGroup, ConsultationOpinion, DecisionItem, PublicConsultation
from plugins.predisclosure.services import consultations, groups, opinions
from plugins.predisclosure.services import items as decision_items
from tests.disclosure.test_redacted_files import pdf
from tests.installations import seed_places
from tests.meetings.portal import stage as staging

HERE, OTHER = "huichuan", "meitan"
EVERYTHING = "everything"
"""Somebody who holds every role at once: whatever rights hide, they hide nothing from him."""
PEOPLE = {role: (role,) for role in ROLES} | {EVERYTHING: tuple(ROLES), "nobody": ()}
IDLE = ("dispatcher", "checker", "analyst", "assessor")
"""Roles of plugins that are not built yet: today they may what a `drafter` may (test_foreign_ids.py looks at that)."""
UNKNOWN = "0" * 32
ANOTHER = Actor(None, "审核")


@dataclass
class County:
    """One county: what was staged, and its ids by kind, what is most public first."""

    place: JurisdictionRef
    stage: staging.Stage
    ids: dict[str, list[str]]

    def session(self, person: str) -> str:
        """The secret of a person's signed-in session, also his bearer token."""
        return f"{person}@{self.place.slug}"


def seed() -> dict[str, County]:
    """Both counties, the same in each."""
    seed_places()
    return {slug: _county(jurisdictions.by_slug(slug)) for slug in (HERE, OTHER)}


def _county(place: JurisdictionRef) -> County:
    with jurisdictions.enter(place):
        people = {name: _person(place, name, roles) for name, roles in PEOPLE.items()}
        stage = staging.build()
        _at_the_door(stage)
        _withheld()
        files = _pages(people)
        _papers(place, people)
        signed_up = _signed_up(stage.items["coming"])
        _asked()
        _consulted()
        ids = {kind: find(place) for kind, find in KINDS.items()} | {"file": files}
        ids |= _open_data(stage)
        ids["signup_token"] = [signed_up]
        ids["invitation_token"] = [stage.tokens["coming"], stage.tokens["closed"]]
        return County(place, stage, ids)


def _person(place: JurisdictionRef, name: str, roles: tuple[str, ...]) -> str:
    secret, now = accounts.digest(f"{name}@{place.slug}"), utcnow()
    with write() as session:
        account = Account(login=f"{name}-{place.slug}", name=f"{place.name}{name}", email=f"{name}@{place.slug}.test")
        session.add(account)
        session.flush()
        for role in roles:
            session.add(RoleGrant(account_id=account.id, role=role, jurisdiction_id=place.id))
        session.add(ApiToken(account_id=account.id, token_hash=secret))
        ends = now + timedelta(hours=8)
        session.add(
            LoginSession(account_id=account.id, token_hash=secret, created_at=now, seen_at=now, expires_at=ends)
        )
        return account.id


def _pages(people: dict[str, str]) -> list[str]:
    """A released publication with a file, one withdrawn, a draft with a file of its own; answers the files."""
    files = []
    for state in ("released", "withdrawn", "draft"):
        staged = storage.stage(io.BytesIO(state.encode()), f"{state}.txt")
        with write():
            page = publications.create(SYSTEM, kind="notice", title=f"供水公告（{state}）", body="停水两小时。")
            file = storage.keep(Actor(people["organiser"], "组织者"), staged)
            publications.attach(SYSTEM, page, file.id, title="附件")
            files.append(file.id)
            if state != "draft":
                publications.approve(ANOTHER, page)
                publications.release(SYSTEM, page)
            if state == "withdrawn":
                publications.withdraw(SYSTEM, page, "有误")
    return files


def _open_data(stage: staging.Stage) -> dict[str, list[str]]:
    """Ids of what OParl gives: somebody who came and let his name be published, an item, a file."""
    with write() as session:
        item = session.get_one(AgendaApplication, stage.items["decided"])
        came = item.invitees[0]
        came.state, came.publish_name = "checked_in", True
        released = select(Publication.id).where(Publication.state == "released")
        file = session.scalars(select(AttachmentLink.id).where(AttachmentLink.subject_id.in_(released))).first()
        return {"public_person": [came.id], "agenda_item": [item.id], "public_file": [str(file)]}


def _signed_up(item_id: str) -> str:
    """A public sign-up that is drawn, with a seat and a waiting list; answers the secret of a personal link."""
    now = utcnow()
    with write() as session:
        item = session.get_one(AgendaApplication, item_id)
        times = {"opens_at": now - timedelta(hours=1), "closes_at": now + timedelta(hours=1)}
        call = signup_calls.create(SYSTEM, item, times | {"method": "draw", "seats": 1, "audience": "本地居民"})
        signup_calls.move(SYSTEM, call, "publish")
        links = [signups.sign_up(call, signups.Entry(f"周{n}平", "public", f"zhou{n}@example.org")) for n in (1, 2)]
        call.closes_at = now
        signup_calls.move(SYSTEM, call, "close")
        signup_calls.move(SYSTEM, call, "draw")
        return links[0].token


def _asked() -> None:
    """A request for information, and a letter about it."""
    entry = access_requests.Entry(
        "person", "周平", "供水管网改造计划", identity_kind="resident", identity_number="5203", phone="138",
        form="paper", delivery="post",
    )  # fmt: skip
    with write() as session:
        request, _secret = access_requests.hand_in(session.scalars(select(Agency.id)).first() or "", entry)
        letters.issue(request, "receipt")
    staged = storage.stage(io.BytesIO(pdf("周平的住址")), "附件.pdf")
    with write():
        file = storage.keep(SYSTEM, staged)
        storage.link(SYSTEM, file.id, "disclosure.request", request.id)
    sizes = redactions.survey(SYSTEM, file.id)
    with write():
        begun = redactions.begin(SYSTEM, "disclosure.request", request.id, file.id, sizes)
        place = {"page": 1, "x": 10, "y": 10, "width": 100, "height": 20}
        redactions.mark(SYSTEM, begun, [place], ground="1c", reason="涉及个人住址")
        documents.create(SYSTEM, {"title": "供水管网改造方案", "genre": "notice"})


def _consulted() -> None:
    """A consultation that is open, with an opinion in a group, and a draft nobody has seen."""
    words = dict.fromkeys(("main_points", "background", "basis", "feedback"), "供水价格调整")
    values = words | {"text": "第一条 每吨三元。", "methods": [{"kind": "website"}]}
    with write() as session:
        agency = session.scalars(select(Agency).order_by(Agency.code).limit(1)).one()
        row = consultations.create(SYSTEM, decision_items.create(SYSTEM, agency, "供水价格", "prices"), values)
        consultations.move(SYSTEM, row, "submit")
        consultations.move(SYSTEM, row, "publish")
        opinion, _secret = opinions.give(row, "水价太高", name="周平", contact="138")
        groups.group(SYSTEM, row, [opinion.id], "偏高")
        consultations.create(SYSTEM, decision_items.create(SYSTEM, agency, "排水规划", "strategy"), values)


def _withheld() -> None:
    """A guide, a row and a catalogue of what is withheld, an urging, a rectification."""
    with write() as session:
        agency = session.scalars(select(Agency).order_by(Agency.code).limit(1)).one()
        guides.begin(SYSTEM, agency)
        reports.begin(SYSTEM, agency, local_date(utcnow()).year)
        entries.create(SYSTEM, agency, {"title": "内部事项", "ground": "3a"})
        catalogues.compile_year(SYSTEM, agency, local_date(utcnow()).year)
        urgings.urge(SYSTEM, agency, title="更新指南", demand="请更新", due_on=local_date(utcnow()))
        items.create(SYSTEM, {"title": "供水管网改造计划", "text": "分三年改造。"})
        rectifications.record(SYSTEM, agency, title="误公开", finding="含个人信息", severity="minor")


def _at_the_door(stage: staging.Stage) -> None:
    """A proposal to send somebody else, and somebody checked in."""
    with write() as session:
        coming = invitations.by_token(stage.tokens["coming"])
        substitutions.propose(SYSTEM, coming, {"name": "周立新", "reason": "本人出差"})
        row = session.scalars(select(Invitation).where(Invitation.state == "checked_in")).first()
        row = row or coming
        act = attendance.Act("walk-key", "in", utcnow(), "list", person=row.id, promised=True)
        attendance.take(SYSTEM, row.meeting, "东门", [act])


def _papers(place: JurisdictionRef, people: dict[str, str]) -> None:
    """A delegation, a job, minutes and a notice."""
    now = utcnow()
    with write() as session:
        session.add(
            Delegation(
                jurisdiction_id=place.id, from_account_id=people["leader"], to_account_id=people["deputy_leader"],
                roles=["leader"], scope_note="外出", starts_at=now, ends_at=now + timedelta(days=3),
            )
        )  # fmt: skip
        session.add(
            Job(
                jurisdiction_id=place.id, kind="walk", title="导出", asked_by=people[EVERYTHING], state="failed",
                sentence="没有完成。",
            )
        )  # fmt: skip
        minutes.begin(SYSTEM, session.scalars(select(Meeting).where(Meeting.sealed_at.is_not(None)).limit(1)).one())
        notices.send("walk", "in_app", account_id=people[EVERYTHING], subject="有议题待您审批", body="请办理。")


def _all(column: InstrumentedAttribute[Any], *order: Any) -> Callable[[JurisdictionRef], list[str]]:
    return lambda _place: list(db.session.scalars(select(column).order_by(*order, column)))


def _here(column: InstrumentedAttribute[Any], place_id: InstrumentedAttribute[Any]) -> Any:
    return lambda place: list(db.session.scalars(select(column).where(place_id == place.id).order_by(column)))


def _accounts(place: JurisdictionRef) -> list[str]:
    query = select(RoleGrant.account_id).where(RoleGrant.jurisdiction_id == place.id, RoleGrant.role == "organiser")
    return sorted(set(db.session.scalars(query)))


KINDS: dict[str, Callable[[JurisdictionRef], list[str]]] = {
    "publication": _all(Publication.id, Publication.released_at.is_(None), Publication.state),
    "publication_file": _all(AttachmentLink.id, AttachmentLink.audience),
    "guide": _all(Guide.id),
    "item": _all(Item.id),
    "withheld_entry": _all(WithheldEntry.id),
    "withheld_catalogue": _all(WithheldCatalogue.id),
    "urging": _all(Urging.id),
    "rectification": _all(Rectification.id),
    "decision_item": _all(DecisionItem.id),
    "public_consultation": _all(PublicConsultation.id, PublicConsultation.opens_at.is_(None)),
    "consultation_group": _all(ConsultationGroup.id),
    "consultation_opinion": _all(ConsultationOpinion.id),
    "matter": _all(Matter.id, Matter.public.desc()),
    "notice": _all(Notice.id),
    "job": _all(Job.id),
    "agency": _all(Agency.id),
    "account": _accounts,
    "grant": _here(RoleGrant.id, RoleGrant.jurisdiction_id),
    "delegation": _here(Delegation.id, Delegation.jurisdiction_id),
    "access_request": _all(AccessRequest.id),
    "letter": _all(Letter.id),
    "annual_report": _all(AnnualReport.id),
    "document": _all(Document.id),
    "redaction": _all(Redaction.id),
    "redaction_region": _all(RedactionRegion.id),
    "meeting": _all(Meeting.id, Meeting.sealed_at.is_(None), Meeting.announced_at.is_(None)),
    "application": _all(AgendaApplication.id, AgendaApplication.openness.desc()),
    "invitation": _all(Invitation.id, Invitation.state.desc()),
    "delivery": _all(Delivery.id, Delivery.kind),
    "substitution": _all(Substitution.id),
    "attendance": _all(Attendance.id),
    "minutes": _all(Minutes.id),
    "minutes_part": _all(MinutesSection.id),
    "slip": _all(Slip.id, Slip.public.desc()),
    "speaking_request": _all(SpeakingRequest.id),
    "follow_up": _all(FollowUp.id, FollowUp.answered_at.is_(None)),
    "opinion_group": _all(OpinionGroup.id),
    "obligation": _all(Obligation.id, Obligation.state.desc()),
    "recusal": _all(Recusal.id),
    "representative": _all(Representative.id),
    "signup_call": _all(SignupCall.id),
    "signup": _all(Signup.id),
    "post": _all(LivePost.post, LivePost.state),
}
"""Kind → the ids of the current county; the first one is as public as its kind gets."""
