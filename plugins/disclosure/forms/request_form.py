"""The form of a request as browsers send it: its fields, and files that stay chosen when something else is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage, MultiDict

from core import storage
from core.refusals import Invalid
from core.storage import RESTING_SECONDS, Staged
from core.web.api import bodies
from plugins.disclosure.forms.requests import RequestIn
from plugins.disclosure.services import requests
from plugins.disclosure.services.request_files import MOST, REPLY_FILES, Upload
from plugins.disclosure.services.requests import Entry
from plugins.disclosure.workflow.request_guards import AUTHORITY

FIELDS = (
    "agency", "applicant_kind", "applicant_name", "identity_kind", "identity_number", "organisation_code",
    "contact_person", "phone", "email", "address", "agent_name", "agent_identity", "help_needed", "description", "form",
    "delivery",
)  # fmt: skip
FILES = {"identity_files": "disclosure.request_identity", "authority_files": AUTHORITY, "files": "disclosure.request"}
"""Controls of the form → what their files are."""
LABELS: dict[str, Any] = {
    "agency": _l("受理申请的机关"), "applicant_kind": _l("申请人"), "applicant_name": _l("姓名或者名称"),
    "identity_kind": _l("证件名称"), "identity_number": _l("证件号码"),
    "organisation_code": _l("统一社会信用代码"), "contact_person": _l("联系人"), "phone": _l("联系电话"),
    "email": _l("电子邮箱"), "address": _l("通信地址"), "agent_name": _l("代理人姓名"),
    "agent_identity": _l("代理人证件号码"), "help_needed": _l("需要的帮助"),
    "description": _l("所需信息的名称、文号或者其他特征"), "form": _l("信息的形式要求"),
    "delivery": _l("获取信息的方式"), "channel": _l("申请的来源"), "arrived_on": _l("收到的日期"),
    "identity_files": _l("身份证明"), "authority_files": _l("授权委托书"), "files": _l("其他材料"),
    "file": _l("文件"),
}  # fmt: skip


def read(
    typed: Mapping[str, str], uploads: Sequence[Upload], faults: Sequence[Invalid], *, whole: bool = True, **more: Any
) -> RequestIn:
    """What was typed, as the API's own model; `whole`: with all that 条例第二十九条 asks for.

    Raises:
        Invalid: every fault at once, those of the files included.
    """
    values = _values(typed)
    errors: dict[str, Any] = {name: lines for one in faults for name, lines in one.errors.items()}
    errors |= {name: [_l("请选择一项。")] for name in ("agency", "applicant_kind") if not values[name]}
    if whole:
        errors = (
            requests.unsaid(Entry(**{name: text for name, text in values.items() if name != "agency"}), uploads)
            | errors
        )
    try:
        cleaned: dict[str, Any] = bodies.Cleaner().clean(values | more, 0, "")
        body = bodies.validate(RequestIn, cleaned, strict=False)
    except Invalid as no:
        raise Invalid(no.errors | errors) from no
    if errors:
        raise Invalid(errors)
    return body


def _values(typed: Mapping[str, str]) -> dict[str, str]:
    """A person has no code, an organisation no identity paper; what stands in hidden controls does not count."""
    values = {name: typed.get(name, "").strip() for name in FIELDS}
    unasked = ("organisation_code",) if values["applicant_kind"] == "person" else ("identity_kind", "identity_number")
    return values | dict.fromkeys(unasked if values["applicant_kind"] else (), "")


def chosen(
    typed: MultiDict[str, str], uploads: MultiDict[str, FileStorage], kinds: Mapping[str, str] = FILES
) -> tuple[list[Upload], list[Invalid]]:
    """The files of a form, chosen now or at an earlier try, and what is wrong with some of them; before `write()`."""
    found = [one for one in (_opened(token) for token in typed.getlist("kept")) if one and one.kind in kinds.values()]
    faults = []
    for name, kind in kinds.items():
        for upload in uploads.getlist(name)[:MOST]:
            if not upload.filename:
                continue
            try:
                found.append(Upload(kind, storage.stage(cast(BinaryIO, upload.stream), upload.filename)))
            except Invalid as no:
                faults.append(Invalid({name: no.errors.get("file", [_l("这个文件不能上传。")])}))
    return found, faults


def shown(uploads: list[Upload], kinds: Mapping[str, str] = FILES) -> dict[str, list[dict[str, str]]]:
    """Control → its files as the form keeps them: a signed word each, good for a day."""
    return {
        name: [{"token": _sealed(one), "name": one.staged.filename} for one in uploads if one.kind == kind]
        for name, kind in kinds.items()
    }


def reply_kinds() -> dict[str, str]:
    """The control of the files that go with a reply."""
    return {"reply_files": REPLY_FILES}


def _sealed(upload: Upload) -> str:
    staged = upload.staged
    return _seal().dumps([upload.kind, staged.sha256, staged.size, staged.media_type, staged.filename])


def _opened(token: str) -> Upload | None:
    """None for what this installation did not write, or whose bytes have gone."""
    try:
        kind, sha256, size, media_type, filename = _seal().loads(token, max_age=int(RESTING_SECONDS))
    except BadSignature:
        return None
    return Upload(kind, Staged(sha256, size, media_type, filename)) if storage.path_of(sha256).exists() else None


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="disclosure.request_files")
