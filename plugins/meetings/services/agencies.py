"""For which body somebody acts, where he does not say."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import case, or_, select

from core import succession
from core.db import db
from core.models import Agency
from core.permissions import Actor, permitted_agencies
from core.refusals import Invalid


def acting_for(actor: Actor, permission: str, named: str | None = None) -> str | None:
    """The id of the agency named (id or code), else the actor's own, else the government's office, else None.

    Raises:
        Invalid: `agency`, no such body here.
    """
    if named:
        found = db.session.scalar(select(Agency.id).where(or_(Agency.id == named, Agency.code == named)))
        if found is None:
            raise Invalid({"agency": [_l("本级没有这个机构。")]})
        return found
    own = permitted_agencies(actor, permission)
    if own:
        return succession.today(min(own))  # what is new belongs to the body in being (管5)
    government_first = case((Agency.kind == "government", 0), else_=1)
    return db.session.scalar(select(Agency.id).order_by(government_first, Agency.code).limit(1))
