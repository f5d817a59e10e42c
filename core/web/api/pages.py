"""Lists: keyset pages `{items, next}`, and what changed since a moment, deletions included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Generic, Literal, TypeVar

from flask_babel import lazy_gettext as _l
from pydantic import AliasChoices, AwareDatetime, BaseModel, BeforeValidator, Field
from sqlalchemy import ColumnElement, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from core.db import db
from core.paging import cursor_of, read_cursor
from core.refusals import Invalid
from core.web.api.answers import Answer

T = TypeVar("T")
Since = Annotated[AwareDatetime, BeforeValidator(lambda text: str(text).replace(" ", "+"))]
"""A moment in a query string; a plus sign that nobody escaped arrives as a space."""


class PageQuery(BaseModel):
    """The parameters of every list; subclass it to add filters."""

    after: str = Field(
        "",
        max_length=200,
        validation_alias=AliasChoices("after", "cursor", "next"),
        description="`next` of the page before.",
    )
    limit: int = Field(50, ge=1, le=200)
    modified_since: Since | None = Field(
        None,
        description='Changed at or after this moment, oldest change first; deleted ones as {"id", "deleted": true}.',
    )


class Deleted(BaseModel):
    """An object that is no longer there, in a list of changes."""

    id: str
    deleted: Literal[True]


class Page(BaseModel, Generic[T]):
    """One page; `next` is null on the last one."""

    items: list[T | Deleted]
    next: str | None


def page(
    statement: Select[Any],
    query: PageQuery,
    order: InstrumentedAttribute[Any],
    item: Callable[[Any], dict[str, Any]],
    *,
    modified: InstrumentedAttribute[Any] | None = None,
    visible: ColumnElement[bool] | None = None,
    ascending: bool = False,
) -> Answer:
    """One keyset page of a select of one model, sorted by the moment `order` (newest first), then id.

    * modified: the column of the last change; without it `modified_since` is refused.
    * visible: what is shown now. `statement` itself selects what was ever shown to this caller: in a list of
      changes the rest of it appears as deleted, so a draft nobody saw must not be in it.

    Raises:
        Invalid: a cursor that was made up, or `modified_since` where there is none.
    """
    changes = query.modified_since is not None
    column = _changed(modified) if changes else order
    forward = changes or ascending
    key = tuple_(column, order.class_.id)
    if changes:
        statement = statement.where(column >= query.modified_since)
    elif visible is not None:
        statement = statement.where(visible)
    if query.after:
        behind = tuple_(*read_cursor(query.after))
        statement = statement.where(key > behind if forward else key < behind)
    if visible is not None:
        statement = statement.add_columns(visible)
    sorting = [column, order.class_.id] if forward else [column.desc(), order.class_.id.desc()]
    rows = db.session.execute(statement.order_by(*sorting).limit(query.limit + 1)).all()
    shown = rows[: query.limit]
    last = shown[-1][0] if len(rows) > query.limit else None
    return Answer(
        {
            "items": [
                item(row[0]) if visible is None or row[1] else {"id": row[0].id, "deleted": True} for row in shown
            ],
            "next": cursor_of(getattr(last, column.key), last.id) if last is not None else None,
        }
    )


def _changed(modified: InstrumentedAttribute[Any] | None) -> InstrumentedAttribute[Any]:
    if modified is None:
        raise Invalid({"modified_since": [_l("这个列表不按修改时间查询。")]})
    return modified
