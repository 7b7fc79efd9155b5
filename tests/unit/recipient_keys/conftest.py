"""Authorities for e-mail, made once, and keys as the store would hold them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dlp_gateway.recipient_keys import RecipientKey, read_key
from tests.support.mail_certificates import MailAuthorities

NOW = datetime.now(UTC)


@pytest.fixture(scope="session")
def authorities() -> MailAuthorities:
    return MailAuthorities()


def key_of(
    octets: bytes, pattern: str = "jo@partner.example", *, by_fingerprint: bool = False, id_: int = 1
) -> RecipientKey:
    """The key in a file, trusted for that pattern."""
    read = read_key(octets)
    return RecipientKey(
        id=id_,
        pattern=pattern,
        kind=read.kind,
        octets=read.octets,
        intermediates=read.intermediates,
        fingerprint=read.fingerprint,
        not_after=read.not_after,
        source="file",
        by_fingerprint=by_fingerprint,
        trusted_by="system:root",
        trusted_at=NOW,
        reason="as they read it to us",
    )
