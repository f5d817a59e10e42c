"""Rights of the disclosure plugin and the roles that hold them (who-column of the regulations' tables)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from core.contracts import Permission

PERMISSIONS = (
    Permission("disclosure.draft", _l("起草公文"), ("drafter", "disclosure_officer")),
)  # fmt: skip
