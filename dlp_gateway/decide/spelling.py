"""Which addresses are nearly the same, said so that it can be asked of keyed hashes.

Two words within one slip of the fingers (a letter too many, too few, another, or two neighbours swapped) have a word in
common after each has dropped at most one letter. Whoever keeps only hashes of those words can still tell that two
words are alike (deletion neighbourhoods: Mor and Fraenkel 1982; Garbe's SymSpell).
"""

from __future__ import annotations

import re

SHORTEST_LOCAL = 5  # letters: shorter ones are a letter apart by chance
LONGEST_LOCAL = 40  # what is longer was made by a program
SHORTEST_LABEL = 4
SHORTEST_MISTYPED = 5  # one less than for look-alikes: that the council writes to the other and never to this says more
SHORTEST_NAME = 4

_LETTERS = re.compile(r"[^\W\d_]+")
_SEPARATORS = frozenset("._-")
_ROLES = frozenset((
    "accounts", "admin", "administrator", "assistant", "billing", "bookings", "bursar", "careers", "clerk",
    "complaints", "contact", "contactus", "customer", "customerservices", "deputy", "desk", "donotreply",
    "duty", "enquiries", "enquiry", "events", "feedback", "finance", "general", "head", "headteacher", "hello",
    "help", "helpdesk", "hr", "inbox", "info", "information", "invoices", "it", "jobs", "legal", "mail",
    "mailbox", "manager", "media", "membership", "news", "newsletter", "no", "noreply", "office", "orders",
    "parking", "payments", "payroll", "planning", "post", "press", "principal", "procurement", "purchasing",
    "reception", "records", "recruitment", "referrals", "repairs", "reply", "reservations", "sales", "school",
    "secretary", "security", "senco", "service", "services", "staff", "support", "team", "tenders", "training",
    "treasurer", "webmaster",
))  # fmt: skip


def local_spellings(local: str) -> frozenset[str]:
    """The local part, and what is left when one letter or separator is dropped; nothing for one that says too little.

    The first letter, initials and digits are never dropped: k.smith is not j.smith mistyped, nor ward5 ward4.
    """
    if not SHORTEST_LOCAL <= len(local) <= LONGEST_LOCAL:
        return frozenset()
    initials = {run.start() for run in _LETTERS.finditer(local) if len(run[0]) == 1}
    dropped = (
        local[:n] + local[n + 1 :]
        for n, letter in enumerate(local)
        if n > 0 and n not in initials and (letter.isalpha() or letter in _SEPARATORS)
    )
    return frozenset((local, *dropped))


def label_spellings(label: str) -> frozenset[str]:
    """The registered label, and what is left when one letter is dropped where it is long enough to be mistyped."""
    if len(label) < SHORTEST_LABEL:
        return frozenset()
    if len(label) < SHORTEST_MISTYPED:
        return frozenset((label,))
    return frozenset((label, *(label[:n] + label[n + 1 :] for n in range(len(label)))))


def names_somebody(local: str) -> bool:
    """Whether the local part is a person's or a thing's own, not what every organisation has (info, office)."""
    return len(local) >= SHORTEST_NAME and _ROLES.isdisjoint(_LETTERS.findall(local))


def is_full_name(local: str) -> bool:
    """Whether the local part names somebody so that another of that name is unlikely: two words of two letters."""
    return names_somebody(local) and sum(len(word) > 1 for word in _LETTERS.findall(local)) >= 2
