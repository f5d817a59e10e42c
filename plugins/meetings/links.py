"""Secrets of an invitee: the personal link and the check-in code, both signed with the installation's key.

Neither is stored. They are made anew from the row and the key, so that a reminder carries the same link and the door
the same code; a copy of the database alone opens nothing. A new salt, or none, ends both.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import b32encode, urlsafe_b64encode

from flask import current_app

from core import jurisdictions
from plugins.meetings.models import Invitation

CODE_LENGTH = 10
_CROCKFORD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789ABCDEFGHJKMNPQRSTVWXYZ")
_TYPED = str.maketrans("OIL", "011")
"""Letters nobody should have to tell from figures."""


def digest(token: str) -> str:
    """What is stored instead of a personal link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_salt() -> str:
    """Ends an earlier link and lets a new one be made."""
    return secrets.token_hex(16)


def token_of(invitation: Invitation) -> str:
    """The secret of the personal link; "" where there is none, or where it was made with another key."""
    token = secret_of(invitation)
    return token if invitation.link_salt and digest(token) == invitation.token_hash else ""


def secret_of(invitation: Invitation) -> str:
    """The secret that belongs to the salt, whether it is the link's already or is about to be."""
    return urlsafe_b64encode(_signed("link", invitation, invitation.link_salt)[:24]).decode()


def path_of(invitation: Invitation) -> str:
    """The address of the personal page; "" where there is none."""
    token = token_of(invitation)
    return personal_path(token) if token else ""


def personal_path(token: str) -> str:
    """The personal link of an invitee; the secret in it is all that is needed to answer."""
    return f"/{jurisdictions.current().slug}/meetings/invitations/{token}/"


def code_of(invitation: Invitation) -> str:
    """The check-in code (签到码), ten characters signed for this link; "" where the link is dead."""
    if not invitation.token_hash:
        return ""
    signed = b32encode(_signed("door", invitation, invitation.token_hash)).decode()
    return signed[:CODE_LENGTH].translate(_CROCKFORD)


def spaced(code: str) -> str:
    """A code as people read it: two groups of five."""
    return f"{code[:5]}-{code[5:]}" if code else ""


def typed(text: str) -> str:
    """What somebody typed or scanned, as a code: capitals, no dashes and blanks, no look-alikes."""
    kept = "".join(character for character in text.upper() if character.isascii() and character.isalnum())
    return kept[:40].translate(_TYPED)


def code_digest(meeting_id: str, code: str) -> str:
    """What a door holds instead of the code: SHA-256 over meeting and code."""
    return hashlib.sha256(f"{meeting_id}:{code}".encode()).hexdigest()


def _signed(use: str, invitation: Invitation, salt: str) -> bytes:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, f"meetings.{use}:{invitation.id}:{salt}".encode(), "sha256")
