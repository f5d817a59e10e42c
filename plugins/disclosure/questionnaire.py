"""The questions of 认4 to 认6, and which attributes their answers leave: data first, one short function.

A document that must be public and also holds what must be withheld is parted (区分处理: a public version) or stays
withheld with the reviewer's written reason; until one of both is chosen nothing can be set.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from core.refusals import Refusal
from plugins.disclosure.values import ATTRIBUTES, NO_OVERRIDE

QUESTIONS: dict[str, tuple[str, Any]] = {
    "vital": ("认4", _l("是否涉及公民、法人或者其他组织切身利益，需要社会公众广泛知晓或者参与？")),
    "organisation": ("认4", _l("是否反映本机关机构设置、职能、办事程序等情况？")),
}
"""Answered with yes or no; what must be withheld is answered by the list of grounds (认5)."""
PRIVATE = frozenset({"1b", "1c"})
"""Grounds that consent or public interest lifts (认5)."""


@dataclass(frozen=True)
class Answers:
    """What a document says of itself: yes and no, grounds, secrecy, what lifts a ground, how a conflict is solved."""

    vital: bool | None
    organisation: bool | None
    grounds: frozenset[str]
    secret: bool
    lifted: bool
    """Consent or public interest is recorded for a commercial secret or personal privacy."""
    parted: bool
    """区分处理: there is a public version."""
    conflict_reason: str

    @property
    def complete(self) -> bool:
        """Both questions are answered."""
        return self.vital is not None and self.organisation is not None

    @property
    def must_publish(self) -> bool:
        """认4."""
        return bool(self.vital or self.organisation)

    @property
    def standing(self) -> frozenset[str]:
        """The grounds that still hold."""
        return self.grounds - PRIVATE if self.lifted else self.grounds


def answers_of(document: Any) -> Answers:
    """The answers as a document holds them."""
    given: Mapping[str, Any] = document.answers or {}
    facts: Mapping[str, str] = document.ground_facts or {}
    return Answers(
        given.get("vital"), given.get("organisation"), frozenset(document.grounds or ()),
        document.secrecy_level != "none", bool(facts.get("override") and facts.get("evidence")),
        bool(document.public_text.strip()), str(given.get("conflict_reason", "")),
    )  # fmt: skip


def evaluate(answers: Answers) -> dict[str, Refusal | None]:
    """Attribute → why it cannot be set, None where it can."""
    return {attribute: _refusal(attribute, answers) for attribute in ATTRIBUTES}


def lawful(answers: Answers) -> Collection[str]:
    """The attributes that are left."""
    return [attribute for attribute, no in evaluate(answers).items() if no is None]


def _refusal(attribute: str, answers: Answers) -> Refusal | None:
    if not answers.complete:
        return Refusal("QUESTIONS_OPEN", _l("请先回答全部问题，再选择公开属性。"), "认4", ("answers",))
    if attribute == "withheld":
        return _not_withheld(answers)
    return _not_open(answers, parted=attribute == "voluntary" and answers.parted) or (
        Refusal("MUST_PUBLISH", _l("涉及切身利益需要广泛知晓，或者反映机构职能程序的，应当主动公开。"), "认4")
        if attribute == "on_request" and answers.must_publish
        else None
    )


def _not_open(answers: Answers, *, parted: bool) -> Refusal | None:
    """What keeps a document from the public; of a parted one (区分处理) only the public version goes out."""
    if answers.secret:
        return Refusal("SECRET_NOT_PUBLIC", _l("定密的公文只能不予公开；要公开的部分请另立一份非密公文。"), "认6")
    if not answers.standing or parted:
        return None
    if answers.standing & set(NO_OVERRIDE):
        return Refusal("NO_OVERRIDE", _l("国家秘密和法律、行政法规禁止公开的，同意或者公共利益都不能使其公开。"), "认5")
    return Refusal("MUST_WITHHOLD", _l("有应当不予公开的情形；可以另拟公开文本，区分处理。"), "认5")


def _not_withheld(answers: Answers) -> Refusal | None:
    if not answers.standing and not answers.secret:
        code, article = ("MUST_PUBLISH", "认4") if answers.must_publish else ("GROUND_MISSING", "认5")
        return Refusal(code, _l("没有应当不予公开的情形，不能定为不予公开。"), article)
    if answers.must_publish and not answers.conflict_reason.strip():
        detail = _l("既应当主动公开又有不予公开的情形：请另拟公开文本区分处理，或者写明全部不予公开的理由。")
        return Refusal("CONFLICT_OPEN", detail, "认4", ("conflict_reason",))
    return None
