"""What lets the operator of this data folder replay without naming server or token: both are found or made, audited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from core import accounts, serve
from core.db import all_jurisdictions, db
from core.models import ApiToken, RoleGrant
from core.permissions import SYSTEM
from plugins.meetings.models import Meeting
from plugins.meetings.replay.client import Client, ReplayError

LOGIN, ROLES = "live-replay", ("stenographer", "organiser")


def running_server() -> str:
    """The address of the server that runs on this data folder.

    Raises:
        ReplayError: there is none.
    """
    url = serve.running_at()
    if url is None or not Client(url, "").alive():
        raise ReplayError(_l("这个数据目录没有正在运行的服务；请先运行 ./mingtang serve，或用 --url 指明地址。"))
    return url


@contextmanager
def token_for(meeting_id: str) -> Iterator[str]:
    """A token of the replay's own account, with the two roles it needs where the meeting is; both end afterwards.

    Raises:
        ReplayError: no such meeting in this data folder.
    """
    with all_jurisdictions("live replay: the meeting's jurisdiction"):
        place = db.session.scalar(select(Meeting.jurisdiction_id).where(Meeting.id == meeting_id))
    if place is None:
        raise ReplayError(_l("这个数据目录里没有这个会议：%(id)s。", id=meeting_id))
    with accounts.administration():
        account = accounts.by_login(LOGIN) or accounts.create(SYSTEM, login=LOGIN, name="会议回放程序")
        for role in ROLES:
            accounts.grant(SYSTEM, account, role, place)
        secret = accounts.create_token(SYSTEM, account, "live replay")
        account_id = account.id
    try:
        yield secret
    finally:
        with accounts.administration() as session:
            digest = accounts.digest(secret)
            accounts.revoke_token(SYSTEM, session.scalars(select(ApiToken).where(ApiToken.token_hash == digest)).one())
            held = select(RoleGrant).where(RoleGrant.account_id == account_id, RoleGrant.jurisdiction_id == place)
            for grant in session.scalars(held).all():
                accounts.revoke(SYSTEM, grant)
