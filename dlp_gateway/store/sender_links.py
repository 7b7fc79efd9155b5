"""Links in hold notices: which message a link is about, signed for this purpose alone, with the time it was made.

A link holds our message id and a signature, nothing of anybody. It opens a page and does no more; whoever opens it
signs in. That it leads to one decision at most is kept by `sender_requests.py`, by the link's digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner

from ..errors import GatewayError

PURPOSE = "dlp-gateway: what the sender of held mail may decide"
_SEPARATOR = "."


class LinkError(GatewayError):
    """The link leads nowhere: not made by us for this, altered, or too old (`expired`)."""

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("the link is too old" if expired else "the link is not one of ours")
        self.expired = expired


def sender_link(key: bytes, message_id: str) -> str:
    """The token of a link to the page of this message, of letters that need no escape in an address."""
    return _signer(key).sign(message_id)


def message_of_link(key: bytes, token: str, good_for: timedelta) -> str:
    """The message id that a token was made for. Raises LinkError."""
    try:
        return str(_signer(key).unsign(token, max_age=good_for))
    except SignatureExpired:
        raise LinkError(expired=True) from None
    except BadSignature:
        raise LinkError from None


def link_maker(url: str, key: bytes, good_for: timedelta) -> Callable[[str, datetime], tuple[str, datetime]]:
    """Makes, of a message id and the time, the whole address of its page below `url`, and until when it works."""
    return lambda message_id, now: (f"{url}/sender/{sender_link(key, message_id)}/", now + good_for)


def link_digest(token: str) -> str:
    """What the store knows a link by: of no use for opening it."""
    return hashlib.sha256(token.encode()).hexdigest()[:32]


def _signer(key: bytes) -> TimestampSigner:
    return TimestampSigner(key=key.hex(), sep=_SEPARATOR, salt=PURPOSE, fallback_keys=[])
