"""The values of recipients' keys, and the fixed words for what is wrong with one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from ..errors import GatewayError

MAX_KEY_BYTES = 64 * 1024
"""Of a file with a key and its chain: what is larger is no key for mail, and is not read at all."""


class KeyKind(StrEnum):
    SMIME = "smime"
    OPENPGP = "openpgp"


class KeyFault(StrEnum):
    """Why a key can't be used. The words stand in records, metrics and JSON: never change one."""

    MISSING = "no-key"
    UNREADABLE = "unreadable"
    NOT_YET_VALID = "not-yet-valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    WEAK = "weak"
    WRONG_USAGE = "wrong-usage"
    WRONG_PURPOSE = "wrong-purpose"
    OTHER_NAME = "other-name"
    UNTRUSTED = "untrusted"
    NO_REVOCATION_LIST = "no-revocation-list"
    OLD_REVOCATION_LIST = "old-revocation-list"
    NO_ENCRYPTION_SUBKEY = "no-encryption-subkey"


FAULT_WORDS = {
    KeyFault.MISSING: "there is no key",
    KeyFault.UNREADABLE: "it can't be read",
    KeyFault.NOT_YET_VALID: "it is not valid yet",
    KeyFault.EXPIRED: "it has expired",
    KeyFault.REVOKED: "it was revoked",
    KeyFault.WEAK: "its key is too weak or of an unsupported kind (good are RSA from 2,048 bits, P-256, P-384, P-521)",
    KeyFault.WRONG_USAGE: "its key usage does not allow encryption",
    KeyFault.WRONG_PURPOSE: "its extended key usage does not allow e-mail",
    KeyFault.OTHER_NAME: "it is made out to another address or domain",
    KeyFault.UNTRUSTED: "no certificate authority that you trust vouches for it",
    KeyFault.NO_REVOCATION_LIST: "there is no revocation list of its certificate authority",
    KeyFault.OLD_REVOCATION_LIST: "the revocation list of its certificate authority is out of date",
    KeyFault.NO_ENCRYPTION_SUBKEY: "it has no valid subkey for encryption",
}
"""Each fault in words for an administrator, after the name of a key."""


class UnreadableKeyError(GatewayError):
    """A file holds no key that could be used. The text goes on after the file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRead:
    """What a file holds. `octets`: one certificate, as DER (smime) or as binary OpenPGP packets. `intermediates`: the
    certificates beside it, DER one after another. `fingerprint`: in small hexadecimal letters, what people compare:
    SHA-256 of a certificate, OpenPGP's own of a key (RFC 9580, 5.5.4). `not_after`: None is never. `names`: addresses
    and domains that it is made out to."""

    kind: KeyKind
    octets: bytes = field(repr=False)
    intermediates: bytes = field(default=b"", repr=False)
    fingerprint: str
    not_after: datetime | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientKey:
    """A key that an administrator trusts for a recipient. `pattern` is an exact address or `@domain` (itself only).
    `by_fingerprint`: somebody compared the fingerprint, so that no certificate authority needs to vouch for it."""

    id: int  # 0 before it is stored
    pattern: str
    kind: KeyKind
    octets: bytes = field(repr=False)
    intermediates: bytes = field(default=b"", repr=False)
    fingerprint: str
    not_after: datetime | None
    source: str  # "file", "web key directory"
    by_fingerprint: bool
    trusted_by: str
    trusted_at: datetime
    reason: str
    withdrawn_at: datetime | None = None
    withdrawn_by: str | None = None

    @classmethod
    def of(
        cls,
        read: KeyRead,
        pattern: str,
        *,
        source: str = "",
        by: str = "",
        at: datetime,
        reason: str = "",
        by_fingerprint: bool = True,
    ) -> RecipientKey:
        """What was read, trusted for a recipient `by` somebody; not stored yet."""
        return cls(
            id=0,
            pattern=pattern,
            kind=read.kind,
            octets=read.octets,
            intermediates=read.intermediates,
            fingerprint=read.fingerprint,
            not_after=read.not_after,
            source=source,
            by_fingerprint=by_fingerprint,
            trusted_by=by,
            trusted_at=at,
            reason=reason,
        )
