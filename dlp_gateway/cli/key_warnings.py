"""What `check-config` and `doctor` say of recipients' keys and of the files that vouch for them."""

from __future__ import annotations

from datetime import UTC, datetime

from ..config import Config
from ..errors import Fault, StoreUnavailableError
from ..key_trust import load_trust
from ..recipient_keys import FAULT_WORDS, NO_WORRY, KeyRing, RecipientKey, fault_of, state_of
from ..store import keys_in_store


def ring_in_store(config: Config, *, with_store: bool) -> KeyRing:
    """The keys that a gateway under this configuration would hold; none where the store can't be read, which others
    tell. Raises ConfigError for files that the configuration names."""
    trust = load_trust(config.recipient_keys)
    try:
        keys = keys_in_store(config.store.url) if with_store else None
    except StoreUnavailableError:
        keys = None
    return KeyRing.of(keys or (), trust)


def key_warnings(config: Config, *, with_store: bool) -> list[Fault]:
    """Of files that are out of date, and of keys that end or can't be used. Raises ConfigError as above."""
    ring, now = ring_in_store(config, with_store=with_store), datetime.now(UTC)
    found = file_warnings(ring, now)
    for key in ring.keys:
        state = state_of(key, ring, now)
        if state not in NO_WORRY:
            found.append(Fault(file=f"key {key.id} of {key.pattern}", text=_words(key, ring, now)))
    return found


def file_warnings(ring: KeyRing, now: datetime) -> list[Fault]:
    """Revocation lists and authorities that have ended: what depends on them is not used."""
    found = []
    for one in ring.trust.lists:
        if not one.is_current(now):
            text = (
                "the revocation list is out of date, so certificates of its authority are not used; bring a newer one"
            )
            found.append(Fault(file=one.name, text=text))
    for ended in ring.trust.ended_roots(now):
        text = f"the authority “{ended}” has ended, so certificates that it vouches for are not used"
        found.append(Fault(file="recipient_keys.authorities", text=text))
    return found


def _words(key: RecipientKey, ring: KeyRing, now: datetime) -> str:
    why = fault_of(key, ring.trust, now)
    if why is not None:
        return f"can't be used: {FAULT_WORDS[why]}"
    assert key.not_after is not None, "only what ends is due"
    return f"works until {key.not_after:%Y-%m-%d}; ask for the next one"
