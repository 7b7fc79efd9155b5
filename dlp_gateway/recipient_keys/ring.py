"""The keys of all recipients, to be looked up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..decide.addresses import parse_address
from .judge import fault_of
from .trust import Trust
from .values import KeyFault, KeyKind, RecipientKey


@dataclass(frozen=True, slots=True, kw_only=True)
class NoKey:
    """Nothing can be encrypted to a recipient. `key` is the one that comes nearest, None where there is none."""

    why: KeyFault
    key: RecipientKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """All keys that somebody trusts and nobody withdrew, with the trust to judge them by. Made by `of`."""

    trust: Trust = field(default_factory=Trust)
    by_pattern: Mapping[tuple[str, KeyKind], tuple[RecipientKey, ...]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, keys: Iterable[RecipientKey], trust: Trust) -> KeyRing:
        """Of several for one recipient the newest stands first."""
        found: dict[tuple[str, KeyKind], tuple[RecipientKey, ...]] = {}
        for key in sorted(keys, key=lambda one: one.id, reverse=True):
            if key.withdrawn_at is None:
                found[key.pattern, key.kind] = (*found.get((key.pattern, key.kind), ()), key)
        return cls(trust=trust, by_pattern=found)

    @property
    def keys(self) -> tuple[RecipientKey, ...]:
        """All, the oldest first."""
        return tuple(sorted((key for keys in self.by_pattern.values() for key in keys), key=lambda one: one.id))

    def for_recipient(self, address: str, kind: KeyKind, now: datetime) -> RecipientKey | NoKey:
        """The newest key of that kind that can be used now: of the exact address, else of its domain. Each is judged
        anew, so a key that ends at noon is not used at one minute past. `now` is aware."""
        recipient = parse_address(address)
        nearest: NoKey | None = None
        for pattern in (str(recipient), f"@{recipient.domain}"):
            for key in self.by_pattern.get((pattern, kind), ()):
                why = fault_of(key, self.trust, now)
                if why is None:
                    return key
                nearest = nearest or NoKey(why=why, key=key)
        return nearest or NoKey(why=KeyFault.MISSING)
