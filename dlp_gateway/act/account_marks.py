"""By what the owner of an account would be found in mail: keyed hashes of their address and name.

Findings hold no value, only its fingerprint under a key that the console does not have. So the gateway makes the
fingerprints of those who decide, and the console compares: whoever has the console alone can't ask who stands in a
mail.
"""

from __future__ import annotations

import re

from ..detect.fingerprint import fingerprint
from ..store import Store

_IN_BRACKETS = re.compile(r"\([^()]{0,200}\)")
_FEWEST_WORDS = 2  # a first or a last name alone is anybody's


def marks_of(key: bytes, display_name: str, email: str) -> frozenset[str]:
    """Fingerprints of the address, and of the name as people write it, as far as the account tells it."""
    marks = {fingerprint(key, "PERSON", name) for name in _names(display_name, email)}
    return frozenset(marks | ({fingerprint(key, "EMAIL_ADDRESS", email)} if "@" in email else set()))


def _names(display_name: str, email: str) -> set[str]:
    """“Patel, Raj (IG)” is “Raj Patel”; “Raj K. Patel” may stand without what is in the middle; “raj.patel@” says the
    same as a name."""
    last, comma, first = _IN_BRACKETS.sub(" ", display_name).partition(",")
    found = set()
    for words in (f"{first} {last}".split() if comma else last.split(), re.split(r"[._-]", email.partition("@")[0])):
        letters = [word for word in words if any(c.isalpha() for c in word)]
        if len(letters) >= _FEWEST_WORDS:
            found |= {" ".join(letters), f"{letters[0]} {letters[-1]}"}
    return found


async def mark_accounts(store: Store, key: bytes, *, every: bool = False) -> int:
    """Mark the accounts that are new, or whose name or address changed; with `every` those, too, that were marked under
    another key. Answers how many."""
    done = 0
    for account in await store.users.all():
        if account.marks is not None and not every:
            continue
        wanted = marks_of(key, account.display_name, account.email)
        if account.marks != wanted:
            await store.users.mark(account, wanted)
            done += 1
    return done
