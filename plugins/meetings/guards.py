"""Guards: each states one rule of the regulation and refuses with its code, article and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import func, select

from core import settings
from core.db import db
from core.languages import listed
from core.refusals import Refusal
from core.workflow import Move
from plugins.meetings.content import content_hash, is_approved, is_cleared
from plugins.meetings.live.models import IN_QUEUE, LiveHeld, LiveSession
from plugins.meetings.models import AgendaApplication, Invitation, Meeting, Obligation, RuleText
from plugins.meetings.partners import Partners, consult
from plugins.meetings.quotas import Tally, of_item
from plugins.meetings.values import MATERIAL_KINDS, VITAL_CLASSES

# --- 会2, 会3, 会7: the form itself -----------------------------------------------------------------


def openness_grounded(item: AgendaApplication, _move: Move) -> Refusal | None:
    """会2: a vital subject that is not fully open carries a legal ground and the secrecy reviewer's sign-off."""
    if item.openness == "open" or item.subject_class not in VITAL_CLASSES:
        return None
    if not item.openness_ground.strip():
        detail = _l("该议题关系群众切身利益，应当开放。不开放或部分开放的，请填写法定依据，并请保密审查员核签。")
        return Refusal("OPENNESS_GROUND_MISSING", detail, "会2", ("openness_ground", "secrecy_clearance"))
    if not is_cleared(item):
        detail = _l("已填写不开放依据，还缺保密审查员对当前内容的核签；内容改动后需要重新核签。")
        return Refusal("OPENNESS_GROUND_MISSING", detail, "会2", ("secrecy_clearance",))
    return None


def form_chosen(item: AgendaApplication, _move: Move) -> Refusal | None:
    """会3: an open item has at least one form of openness."""
    if item.openness == "closed" or item.forms:
        return None
    detail = _l("开放的议题至少选择一种开放形式：邀请列席、电视、网络、广播或新媒体。")
    return Refusal("PARTICIPATION_INCOMPLETE", detail, "会3", ("forms",))


def invitees_named(item: AgendaApplication, _move: Move) -> Refusal | None:
    """会3: 邀请列席 has invitees, by name or by the plan's sign-up, within the seats and with every category quota."""
    if "invitation" not in item.forms:
        return None
    if not item.invitees and item.planned_signup is None:
        detail = _l("选择了“邀请列席”，请至少填写一名邀请人员。")
        return Refusal("PARTICIPATION_INCOMPLETE", detail, "会3", ("invitees",))
    counted = of_item(item)
    return _seats(counted) or _quotas(counted)


def plan_stated(item: AgendaApplication, _move: Move) -> Refusal | None:
    """会7: with public representatives, the form states organisation, participation and the invited list."""
    if not item.needs_participation and "invitation" not in item.forms:
        return None
    labels = {
        "organisation_form": _l("会议组织形式"),
        "participation_mode": _l("公众参与方式"),
        "invitees": _l("邀请人员名单"),
    }
    if item.planned_signup is not None:  # the list is the outcome of the sign-up, whose terms stand in the plan
        del labels["invitees"]
    missing = tuple(name for name in labels if not _filled(getattr(item, name)))
    if not missing:
        return None
    names = listed(labels[name] for name in missing)
    detail = _l("有公众代表参加的议题，申报表应注明并一同报批：%(names)s。", names=names)
    return Refusal("PARTICIPATION_INCOMPLETE", detail, "会7", missing)


def _filled(value: object) -> bool:
    return bool(value.strip() if isinstance(value, str) else value)


def _seats(counted: Tally) -> Refusal | None:
    if counted.seats_kept:
        return None
    detail = _l(
        "本地规则要求列席代表 %(least)s 至 %(most)s 人，名单现有 %(count)s 人。",
        least=counted.least or 1,
        most=counted.most or "∞",
        count=counted.have,
    )
    return Refusal("PARTICIPATION_INCOMPLETE", detail, "会3", ("invitees",))


def _quotas(counted: Tally) -> Refusal | None:
    if not counted.short:
        return None
    names = listed(
        _l("%(category)s %(have)s/%(wanted)s", category=one.label, have=one.have, wanted=one.wanted)
        for one in counted.short
    )
    detail = _l("邀请名单没有满足各类代表的名额：%(names)s。", names=names)
    missing = tuple(f"invitees.{one.category}" for one in counted.short)
    return Refusal("PARTICIPATION_INCOMPLETE", detail, "会3", missing)


# --- 会5, 会6: what must have happened before -------------------------------------------------------


def consulted(item: AgendaApplication, move: Move) -> Refusal | None:
    """会5: the draft and its basis were published for opinions."""
    return _materials(
        item,
        move,
        ("draft", "basis") if item.needs_participation else (),
        "CONSULTATION_MISSING",
        "会5",
        _l("需要社会公众知晓和参与的议题，应先公开文件草案和起草依据并征求意见。请上传：%(names)s。"),
    )


def adoption_summarised(item: AgendaApplication, move: Move) -> Refusal | None:
    """会5: the account of opinions and their adoption is meeting material."""
    return _materials(
        item,
        move,
        ("adoption_summary",) if item.needs_participation else (),
        "ADOPTION_SUMMARY_MISSING",
        "会5",
        _l("请把《意见征集和采纳情况》作为会议材料上传。还缺：%(names)s。"),
    )


def hearing_held(item: AgendaApplication, move: Move) -> Refusal | None:
    """会6: a statutory hearing was held: record and report are attached."""
    return _materials(
        item,
        move,
        ("hearing_record", "hearing_report") if item.hearing_required else (),
        "HEARING_MISSING",
        "会6",
        _l("依法应当听证的议题，听证之后才能上会。请上传：%(names)s。"),
    )


def rejections_reasoned(item: AgendaApplication, move: Move) -> Refusal | None:
    """会6: concentrated opinions that were not adopted carry a reason, where the opinions are known one by one."""
    open_groups = [
        str(group.get("text", ""))
        for groups in _opinion_groups(item, move)
        for group in _concentrated(groups)
        if not group.get("adopted") and not str(group.get("reason") or "").strip()
    ]
    if not open_groups:
        return None
    texts = listed(_l("“%(text)s”", text=text) for text in open_groups)
    detail = _l("相对集中的意见不予采纳，应当说明理由：%(texts)s。", texts=texts)
    return Refusal("REASON_MISSING", detail, "会6", tuple(open_groups))


def partners_agree(item: AgendaApplication, move: Move) -> Sequence[Refusal]:
    """会5: other plugins object to this matter. A meeting gate answers its own code, theirs follow."""
    blockers = _partners(item, move).blockers.get(item.matter_id, ())
    if not blockers:
        return ()
    first = Refusal("CONSULTATION_MISSING", _l("该事项的前置程序尚未完成，暂不能上会。"), "会5")
    return (first, *blockers)


def _partners(item: AgendaApplication, move: Move) -> Partners:
    """What the service asked for a whole agenda at once, or asked now for this item alone."""
    given = move.params.get("partners")
    return given if isinstance(given, Partners) else consult([item])


def _materials(
    item: AgendaApplication, move: Move, wanted: tuple[str, ...], code: str, article: str, detail: object
) -> Refusal | None:
    if not wanted:
        return None
    have = {row.kind for row in item.materials if row.attachment_id} | _partners(item, move).kinds(item.matter_id)
    missing = tuple(kind for kind in wanted if kind not in have)
    if not missing:
        return None
    names = listed(MATERIAL_KINDS[kind] for kind in missing)
    return Refusal(code, LazyString(lambda: str(detail) % {"names": names}), article, missing)


def _opinion_groups(item: AgendaApplication, move: Move) -> list[Sequence[dict[str, object]]]:
    own = [row.opinions for row in item.materials if row.kind == "adoption_summary" and row.opinions]
    partner = _partners(item, move).materials.get(item.matter_id, ())
    return own + [m.data["groups"] for m in partner if m.kind == "adoption_summary" and m.data.get("groups")]


def _concentrated(groups: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    counts = [int(str(group.get("count") or 0)) for group in groups]
    least, percent = settings.get("meetings.concentrated_count"), settings.get("meetings.concentrated_percent")
    total = sum(counts)
    return [
        group
        for group, count in zip(groups, counts, strict=True)
        if count and (count >= least or count * 100 >= percent * total)
    ]


# --- approval and agenda ----------------------------------------------------------------------------


def not_own_application(item: AgendaApplication, move: Move) -> Refusal | None:
    """会7: nobody approves what he applied for, nor lets a delegate do it."""
    persons = {move.actor.id, move.grant.on_behalf_of_id if move.grant else ""}
    if not persons & item.applicants:
        return None
    return Refusal("SELF_APPROVAL", _l("申报人不能审批自己申报的议题，请由其他负责人审批。"), "会7")


def content_unchanged(item: AgendaApplication, move: Move) -> Refusal | None:
    """会7: what is approved is what was submitted, and what the approver has seen (`content_hash`, if given)."""
    seen = move.params.get("content_hash", item.content_hash)
    if content_hash(item) == item.content_hash == seen:
        return None
    detail = _l("议题、方案、名单或材料在申报之后有变动，不能按原内容审批。请退回，由申报单位重新申报。")
    return Refusal("HASH_MISMATCH", detail, "会7")


def approved_as_is(item: AgendaApplication, _move: Move) -> Refusal | None:
    """会7: the content on its way to the agenda is exactly the approved one."""
    if is_approved(item):
        return None
    return Refusal("HASH_MISMATCH", _l("当前内容与批准的内容不一致，请重新报批。"), "会7")


def meeting_takes_items(_item: AgendaApplication, move: Move) -> Refusal | None:
    """An agenda is made before the meeting begins."""
    meeting = move.params.get("meeting")
    if not isinstance(meeting, Meeting) or meeting.state in {"preparing", "announced"}:
        return None
    return Refusal("AGENDA_CLOSED", _l("会议已经开始或已取消，不能再安排议题，请选择其他会议。"))


def meeting_in_session(item: AgendaApplication, _move: Move) -> Refusal | None:
    """An item is called only while its meeting is in session."""
    if item.meeting is not None and item.meeting.state == "in_session":
        return None
    return Refusal("MEETING_NOT_IN_SESSION", _l("会议不在进行中，不能进入审议。请先开始（或恢复）会议。"))


def plans_settled(meeting: Meeting, _move: Move) -> Refusal | None:
    """会7: a meeting does not open while the plan of one of its items waits for approval."""
    waiting = [item for item in meeting.agenda if item.state in {"draft", "pending", "pending_leader"}]
    if not waiting:
        return None
    titles = listed(_l("《%(title)s》", title=item.title) for item in waiting)
    detail = _l("参与方案变更后还没有批准，会议不能开始：%(titles)s。请先审批，或推迟、撤回这些议题。", titles=titles)
    return Refusal("PLAN_PENDING", detail, "会7", tuple(item.id for item in waiting))


def place_known(meeting: Meeting, _move: Move) -> Refusal | None:
    """A notice says when and where; without a place nobody can come."""
    if meeting.place.strip():
        return None
    return Refusal("NOTICE_INCOMPLETE", _l("请先填写会议地点，再公告会议。"), "会3", ("place",))


# --- invitations ------------------------------------------------------------------------------------


def invitation_approved(invitation: Invitation, _move: Move) -> Refusal | None:
    """会7: nothing goes to an invitee before item, plan and list were approved together."""
    item = invitation.application
    settled = item.state not in {"draft", "pending", "pending_leader", "withdrawn"}
    if invitation.state == "approved" and settled and is_approved(item):
        return None
    detail = _l("议题、参与方案和邀请名单一同批准之前，不得向邀请人员发送任何内容。请先完成审批。")
    return Refusal("NOT_APPROVED", detail, "会7")


def rules_in_force() -> RuleText | None:
    """会8: the highest version of this jurisdiction's open-meeting rules; None before the first one."""
    return db.session.scalar(select(RuleText).order_by(RuleText.version.desc()).limit(1))


def rules_known(_invitation: Invitation, move: Move) -> Refusal | None:
    """会8: there are rules, and the version read is the one in force."""
    rule = rules_in_force()
    if rule is None:
        return Refusal("RULES_MISSING", _l("本级还没有制定会议开放规则，请先制定。"), "会8")
    read = move.params.get("rule_version")
    if read is not None and read != rule.version:
        return Refusal("RULES_CHANGED", _l("会议开放规则已有新版本，请阅读新版本后再承诺。"), "会8")
    return None


def rules_acknowledged(invitation: Invitation, _move: Move) -> Refusal | None:
    """会8: the version in force was acknowledged; a new version asks again."""
    rule = rules_in_force()
    if rule is None or any(row.rule_id == rule.id for row in invitation.acknowledgements):
        return None
    detail = _l("请先阅读并承诺遵守现行会议开放规则（第 %(version)s 版）。", version=rule.version)
    return Refusal("RULES_NOT_ACKNOWLEDGED", detail, "会8")


# --- change of plan and what is owed ----------------------------------------------------------------


def plan_unchanged() -> Refusal:
    """会7: a change of plan that changes nothing does not send the item back to approval."""
    return Refusal("UNCHANGED", _l("参与方案没有变化，请填写新的组织形式、参与方式或邀请名单。"), "会7")


def obligations_settled(item: AgendaApplication, _move: Move) -> Refusal | None:
    """会9: everything owed for the item is published or exempted."""
    owed = db.session.scalars(select(Obligation).where(Obligation.application_id == item.id)).all()
    if owed and all(row.settled for row in owed):
        return None
    return Refusal("OBLIGATIONS_OPEN", _l("会后应公开的内容还没有全部公开或免予公开。"), "会9")


def interpreted(obligation: Obligation, move: Move) -> Refusal | None:
    """会9: a policy document goes out with its interpretation, after it, or with its exemption.

    Where the local rule `meetings.interpretation_days` allows a delay, the interpretation may follow; not where
    `meetings.synchronous_release` (三同步) holds.
    """
    if obligation.kind != "policy_document":
        return None
    if settings.get("meetings.interpretation_days") and not settings.get("meetings.synchronous_release"):
        return None
    if move.params.get("with_interpretation") or sibling(obligation, "interpretation").settled:
        return None
    detail = _l("政策文件应当与解读材料一并公开。请先公开解读材料、随文一并提交，或办理解读材料的免予公开审批。")
    return Refusal("INTERPRETATION_MISSING", detail, "会9", ("interpretation",))


def with_its_document(obligation: Obligation, _move: Move) -> Refusal | None:
    """会9, where 三同步 holds: an interpretation goes out in the same act as its policy document, not before it.

    The act names the document's approved page before it releases the interpretation, in one transaction.
    """
    if obligation.kind != "interpretation" or not settings.get("meetings.synchronous_release"):
        return None
    document = sibling(obligation, "policy_document")
    page = document.publication
    if document.settled or (page is not None and page.state == "approved"):
        return None
    detail = _l("本级实行政策文件与解读材料同步公开。请在公开政策文件时一并提交解读材料，或先办理政策文件的免予公开。")
    return Refusal("DOCUMENT_MISSING", detail, "会9", ("policy_document",))


def content_given(_obligation: Obligation, move: Move) -> Refusal | None:
    """A page needs a text, a file, or a publication already made."""
    if "has_content" not in move.params or move.params["has_content"]:
        return None
    detail = _l("请填写正文或者上传文件。")
    return Refusal("CONTENT_MISSING", detail, "会9", ("body",))


def not_own_request(obligation: Obligation, move: Move) -> Refusal | None:
    """会9: an exemption is approved by another person than the one who asked for it."""
    persons = {move.actor.id, move.grant.on_behalf_of_id if move.grant else ""}
    if obligation.requested_by is None or obligation.requested_by not in persons:
        return None
    return Refusal("SELF_APPROVAL", _l("申请人不能批准自己的免予公开申请，请由其他负责人审批。"), "会9")


def sibling(obligation: Obligation, kind: str) -> Obligation:
    """The duty of another kind owed for the same item."""
    return next(
        row
        for row in obligation.meeting.obligations
        if row.kind == kind and row.application_id == obligation.application_id
    )


def lines_decided(meeting: Meeting, _move: Move) -> Refusal | None:
    """会4: a record is sealed when no line waits for the reviewer any more (先审后发)."""
    waiting = (
        select(func.count())
        .select_from(LiveHeld)
        .join(LiveSession, LiveSession.id == LiveHeld.session_id)
        .where(LiveSession.meeting_id == meeting.id, LiveHeld.state.in_(IN_QUEUE))
    )
    count = db.session.scalar(waiting) or 0
    if not count:
        return None
    return Refusal(
        "LINES_WAITING", _l("还有 %(count)s 条直播内容待审。请先放行或不予发出，再封存。", count=count), "会4"
    )
