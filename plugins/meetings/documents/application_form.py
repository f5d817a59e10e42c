"""What stands on 会议议题申报表, in the order of the paper: the one description of its template and its print page."""

from __future__ import annotations

from typing import NamedTuple

TITLE = "会议议题申报表"
HEAD = (("申报单位", "申报单位"), ("内容编号", "内容编号"))
"""The line over the grid: label and field."""
GRID = (
    ("议题名称", "议题名称"),
    ("所属事项", "所属事项"),
    ("事项类别", "事项类别"),
    ("开放程度", "开放程度"),
    ("不开放或部分开放的依据", "依据"),
    ("需要公众知晓和参与", "需要公众参与"),
    ("依法应当听证", "应当听证"),
    ("重要议题", "重要议题"),
    ("开放形式", "开放形式"),
    ("会议组织形式", "组织形式"),
    ("公众参与方式", "参与方式"),
    ("各类代表最少人数", "名额要求"),
)
"""Label and field of each row."""


class Table(NamedTuple):
    """A list of the form; widths and the least height of a row in millimetres, 0 for as high as its text."""

    heading: str
    name: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]
    height: int = 0

    @property
    def label(self) -> str:
        """The heading without the number of entries."""
        return self.heading.partition("（")[0]


TABLES = (
    Table(
        "邀请人员名单（{{名单人数}}人）", "名单",
        ("序号", "姓名", "类别", "单位", "联系方式", "代表方面"), (12, 24, 28, 36, 32, 24),
    ),
    Table("会议材料", "材料", ("序号", "种类", "名称"), (12, 44, 100)),
    Table("审批意见", "审批", ("环节", "意见", "签名", "日期"), (40, 30, 46, 40), height=14),
)  # fmt: skip
FIELDS = (*(field for _label, field in (*HEAD, *GRID)), "名单人数", "状态", "本级", "落款日期")
LISTS = {table.name: table.columns for table in TABLES}
