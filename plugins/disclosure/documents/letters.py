"""The letters of access on request (依申请公开): one template for each of the 22 results, and those on the way there.

`REPLIES` is the one description of what a result says and on which article it rests; `LETTERS` are all the papers. A
jurisdiction may change every template in Word.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from core.documents import layout, word
from core.documents.papers import Paper
from plugins.disclosure.values_requests import BY_SYSTEM, RESULTS

LAW = "《中华人民共和国政府信息公开条例》"
FIELDS = (
    "登记号", "申请人", "申请日期", "收到日期", "申请内容", "机关", "工作机构", "联系电话", "本级", "法律依据",
    "答复内容", "理由", "说明", "权利告知", "送达方式", "期限", "工作日数", "事项", "收件人", "金额", "负责机关",
    "联系方式", "落款日期",
)  # fmt: skip
PARTS = {"不予公开部分": ("序号", "内容", "情形", "理由")}
REPLY, NOTICE = "政府信息公开申请答复书", "政府信息公开申请告知书"


class Wording(NamedTuple):
    """What a reply with this result says: title, legal basis, decision."""

    title: str
    basis: str
    decision: str


REPLIES: dict[str, Wording] = {
    "granted": Wording(
        REPLY,
        f"{LAW}第三十六条第（二）项",
        "您申请的政府信息可以公开，本机关予以公开，随本答复书提供该信息或者告知获取的方式、途径和时间。",
    ),
    "partly": Wording(
        REPLY, f"{LAW}第三十七条", "您申请的政府信息可以作区分处理，本机关予以部分公开，不予公开的部分和理由列在下面。"
    ),
    "state_secret": Wording(
        REPLY, f"{LAW}第十四条、第三十六条第（三）项", "您申请的政府信息依法确定为国家秘密，本机关不予公开。"
    ),
    "forbidden": Wording(
        REPLY,
        f"{LAW}第十四条、第三十六条第（三）项",
        "您申请的政府信息属于法律、行政法规禁止公开的信息，本机关不予公开。",
    ),
    "safety": Wording(
        REPLY,
        f"{LAW}第十四条、第三十六条第（三）项",
        "您申请的政府信息公开后可能危及国家安全、公共安全、经济安全、社会稳定，本机关不予公开。",
    ),
    "third_party": Wording(
        REPLY,
        f"{LAW}第十五条、第三十二条、第三十六条第（三）项",
        "您申请的政府信息公开会对第三方合法权益造成损害，本机关不予公开。",
    ),
    "internal": Wording(
        REPLY,
        f"{LAW}第十六条第一款、第三十六条第（三）项",
        "您申请的政府信息属于人事管理、后勤管理、内部工作流程等内部事务信息，本机关不予公开。",
    ),
    "process": Wording(
        REPLY,
        f"{LAW}第十六条第二款、第三十六条第（三）项",
        "您申请的政府信息属于讨论记录、过程稿、磋商信函、请示报告等过程性信息，本机关不予公开。",
    ),
    "case_file": Wording(
        REPLY, f"{LAW}第十六条第二款、第三十六条第（三）项", "您申请的政府信息属于行政执法案卷信息，本机关不予公开。"
    ),
    "query": Wording(
        NOTICE,
        f"{LAW}第三十六条第（七）项",
        "您申请的信息，法律、行政法规对获取有特别规定，请依照有关法律、行政法规的规定办理查询。",
    ),
    "not_held": Wording(
        NOTICE, f"{LAW}第三十六条第（四）项", "经检索，本机关没有您申请公开的政府信息，该政府信息不存在。"
    ),
    "to_be_made": Wording(
        NOTICE, f"{LAW}第三十八条", "您申请的信息需要本机关对现有政府信息进行加工、分析，没有现成的信息可以提供。"
    ),
    "unclear": Wording(
        NOTICE, f"{LAW}第二十九条、第三十条", "您的申请经补正后内容仍不明确，本机关无法据以提供政府信息。"
    ),
    "complaint": Wording(
        NOTICE,
        f"{LAW}第三十九条第一款",
        "您的申请属于信访、投诉、举报等活动，不作为政府信息公开申请处理，请通过相应渠道提出。",
    ),
    "repeated": Wording(
        NOTICE, f"{LAW}第三十六条第（六）项", "本机关已经就您申请的相同政府信息作出答复，不再重复处理。"
    ),
    "published_work": Wording(
        NOTICE, f"{LAW}第三十九条第二款", "您申请的是政府公报、报刊、书籍等公开出版物，请按下面告知的途径获取。"
    ),
    "mass": Wording(
        NOTICE,
        f"{LAW}第三十五条",
        "您申请公开政府信息的数量、频次明显超过合理范围，说明的理由不合理，本机关不予处理。",
    ),
    "reissue": Wording(
        NOTICE, f"{LAW}第二条、第三十六条", "您的申请是要求本机关确认或者重新出具您已经获取的信息，本机关不予处理。"
    ),
    "not_corrected": Wording(
        NOTICE, f"{LAW}第三十条", "您在补正期限内没有补正申请，视为放弃申请，本机关不再处理该申请。"
    ),
    "not_paid": Wording(
        NOTICE, f"{LAW}第四十二条", "您在规定期限内没有缴纳信息处理费，视为放弃申请，本机关不再处理该申请。"
    ),
    "other": Wording(NOTICE, f"{LAW}第三十三条", "本机关对您的申请作如下处理。"),
    "withdrawn": Wording(NOTICE, "您撤回申请的意思表示", "您已经撤回申请，本机关终止办理。"),
}
"""Result → its letter."""


@functools.cache
def _reply(result: str) -> bytes:
    wording = REPLIES[result]
    document = _headed(wording.title)
    _asked(document)
    layout.line(document, f"经审查，依据{{{{法律依据}}}}，{wording.decision}", indent=True)
    if result == "partly":
        layout.listing(document, "不予公开部分", PARTS["不予公开部分"], (14, 52, 42, 48))
    if result not in BY_SYSTEM:
        layout.line(document, "理由和说明：{{答复内容}}", indent=True)
    if result != "withdrawn":
        layout.line(document, "{{权利告知}}", indent=True)
    return _closed(document)


def _headed(title: str) -> Any:
    document = layout.new(title, "{{机关}}", title)
    layout.line(document, "登记号：{{登记号}}", layout.TABLE)
    layout.line(document, "{{收件人}}：")
    return document


def _asked(document: Any) -> None:
    said = "本机关于{{收到日期}}收到您提出的政府信息公开申请，申请公开：{{申请内容}}"
    layout.line(document, said, indent=True)


def _closed(document: Any) -> bytes:
    layout.line(document, "联系单位：{{工作机构}}　　联系电话：{{联系电话}}", indent=True)
    layout.signed(document, "{{机关}}")
    return word.content(document)


_BODIES: dict[str, tuple[str, Any, str, tuple[str, ...]]] = {
    "receipt": (
        "政府信息公开申请收件回执", _l("收件回执"), f"{LAW}第三十一条",
        (
            "本机关于{{收到日期}}收到您提出的政府信息公开申请，申请公开：{{申请内容}}",
            "依据{{法律依据}}，{{收到日期}}为收到申请之日，本机关将于{{期限}}前答复。依法延长期限、征求意见或者需要补正的，另行告知。",
            "您可以用登记号和查询码在网上查询办理情况。",
        ),
    ),
    "correction": (
        "政府信息公开申请补正通知书", _l("补正通知书"), f"{LAW}第三十条",
        (
            "本机关于{{收到日期}}收到您提出的政府信息公开申请。申请内容不明确，依据{{法律依据}}，请您于{{期限}}前补正下列事项：",
            "{{事项}}",
            "答复期限自本机关收到补正的申请之日起计算。无正当理由逾期不补正的，视为放弃申请，本机关不再处理该申请。",
        ),
    ),
    "third_party": (
        "政府信息公开征求第三方意见书", _l("征求第三方意见书"), f"{LAW}第十五条、第三十二条",
        (
            "本机关收到政府信息公开申请，申请公开：{{申请内容}}",
            "该信息公开可能损害您的合法权益。依据{{法律依据}}，请您自收到本意见书之日起于{{期限}}前书面提出是否同意公开的意见并说明理由。",
            "逾期未提出意见的，由本机关依法决定是否公开。",
        ),
    ),
    "co_author": (
        "政府信息公开征求意见函", _l("征求共同制作机关意见函"), f"{LAW}第三十四条",
        (
            "本机关收到政府信息公开申请，申请公开：{{申请内容}}",
            "该信息由贵机关与本机关共同制作。依据{{法律依据}}，请贵机关于{{期限}}前提出意见。逾期未提出意见的，视为同意公开。",
        ),
    ),
    "override": (
        "政府信息公开告知第三方书", _l("告知第三方决定公开"), f"{LAW}第三十二条",
        (
            "关于申请公开的下列信息，您不同意公开：{{申请内容}}",
            "本机关认为不公开可能对公共利益造成重大影响，依据{{法律依据}}，决定予以公开。理由：{{理由}}",
            "{{权利告知}}",
        ),
    ),
    "extension": (
        "政府信息公开延期答复告知书", _l("延期答复告知书"), f"{LAW}第三十三条、第三十五条",
        (
            "本机关于{{收到日期}}收到您提出的政府信息公开申请，申请公开：{{申请内容}}",
            "因{{理由}}，不能在原期限内答复。依据{{法律依据}}，答复期限延长{{工作日数}}个工作日，本机关将于{{期限}}前答复。",
        ),
    ),
    "reasons": (
        "要求说明政府信息公开申请理由通知书", _l("要求说明理由通知书"), f"{LAW}第三十五条",
        (
            "本机关于{{收到日期}}收到您提出的政府信息公开申请，申请公开：{{申请内容}}",
            "您申请公开政府信息的数量、频次明显超过合理范围。依据{{法律依据}}，请您说明申请的理由。{{理由}}",
        ),
    ),
    "fee": (
        "政府信息公开信息处理费缴费通知书", _l("缴费通知书"), f"{LAW}第四十二条、《政府信息公开信息处理费管理办法》",
        (
            "本机关于{{收到日期}}收到您提出的政府信息公开申请，申请公开：{{申请内容}}",
            "依据{{法律依据}}，请您于{{期限}}前缴纳信息处理费{{金额}}元。计收依据和理由：{{理由}}",
            "答复期限自缴费之日起重新计算。逾期未缴纳的，视为放弃申请，本机关不再处理该申请。",
            "{{权利告知}}",
        ),
    ),
    "elsewhere": (
        "政府信息公开申请告知书", _l("告知由其他机关负责"), f"{LAW}第三十六条第（五）项",
        (
            "本机关于{{收到日期}}收到您提出的政府信息公开申请，申请公开：{{申请内容}}",
            "该信息不属于本机关负责公开，依据{{法律依据}}，现告知您负责公开的行政机关：{{负责机关}}，联系方式：{{联系方式}}",
            "理由和说明：{{答复内容}}",
            "{{权利告知}}",
        ),
    ),
}  # fmt: skip
"""Letters beside the replies: title, name, legal basis, paragraphs."""
TO_OTHERS = ("third_party", "co_author", "override")
"""Not for the applicant; the applicant is not named in them."""


@functools.cache
def _letter(key: str) -> bytes:
    title, _name, _basis, paragraphs = _BODIES[key]
    document = _headed(title)
    for text in paragraphs:
        layout.line(document, text, indent=True)
    return _closed(document)


def basis(key: str) -> str:
    """The legal basis of a letter."""
    return REPLIES[key.removeprefix("reply_")].basis if key.startswith("reply_") else _BODIES[key][2]


_REPLIES = tuple(
    Paper(
        f"reply_{result}", _l("答复书：%(result)s", result=label), "reply", FIELDS, functools.partial(_reply, result),
        PARTS if result == "partly" else {}, personal=True,
    )
    for result, label in RESULTS.items()
)  # fmt: skip
LETTERS: dict[str, Paper] = {
    key: Paper(key, row[1], "request", FIELDS, functools.partial(_letter, key), personal=True)
    for key, row in _BODIES.items()
} | {paper.key: paper for paper in _REPLIES}
