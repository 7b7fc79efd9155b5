"""Recipients' keys as the store would hold them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dlp_gateway.recipient_keys import KeyKind, KeyRing, NoKey, RecipientKey, Trust, read_key
from tests.support.mail_certificates import JO, MailAuthorities, pem

NOW = datetime.now(UTC)


def key_of(
    octets: bytes, pattern: str = "jo@partner.example", *, by_fingerprint: bool = False, id_: int = 1
) -> RecipientKey:
    """The key in a file, trusted for that pattern."""
    said = {"source": "file", "by": "system:root", "reason": "as they read it to us"}
    key = RecipientKey.of(read_key(octets), pattern, at=NOW, by_fingerprint=by_fingerprint, **said)
    return replace(key, id=id_)


class Keys:
    """Makes certificates and looks for them; each has the next number."""

    def __init__(self, authorities: MailAuthorities) -> None:
        self.mail = authorities.mail
        self.trust = Trust(roots=(authorities.root.certificate,))
        self.number = 0

    def add(self, pattern: str = JO, **how: object) -> RecipientKey:
        self.number += 1
        named = {"domains": [pattern[1:]], "addresses": []} if pattern[0] == "@" else {"addresses": [pattern]}
        leaf = self.mail.issue(**(named | how))  # type: ignore[arg-type]
        return key_of(pem(leaf, self.mail.certificate), pattern, id_=self.number)

    def found(
        self, *keys: RecipientKey, to: str = JO, kind: KeyKind = KeyKind.SMIME, days: float = 0
    ) -> RecipientKey | NoKey:
        return KeyRing.of(keys, self.trust).for_recipient(to, kind, NOW + timedelta(days))
