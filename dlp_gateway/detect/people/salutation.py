"""A greeting that names somebody else than the address: "Dear Mrs Patel" to john.smith@..."""

from __future__ import annotations

from collections.abc import Sequence

from ...model import Area
from ..found import Reading
from ..names import NameFinder
from .addresses import words_of_name
from .individuals import Recipients

_HEAD = 400  # characters of a body in which its greeting stands


def mismatched_recipients(readings: Sequence[Reading], recipients: Recipients, names: NameFinder) -> tuple[str, ...]:
    """The only outside recipient, where its address clearly names somebody else than the one addressed.

    Judged only for one recipient, a greeting with a title or two names, and an address or display
    name of two words or more; first names alone are too often nicknames.
    """
    if len(recipients.identities) != 1:
        return ()
    address, who = recipients.identities[0]
    if not who.clear:
        return ()
    body = next((r for r in readings if r.passage.area is Area.BODY and not r.passage.table), None)
    if body is None:
        return ()
    head = body.canonical.text[:_HEAD]
    greeting = names.greeting(head)
    if greeting is None or body.layout.is_quoted(greeting.start):
        return ()
    words = words_of_name(head[greeting.start : greeting.end])
    if (len(words) < 2 and not greeting.title) or recipients.named(head[greeting.start : greeting.end], greeting.title):
        return ()
    return () if set(words) & {w for w in who.words if len(w) > 1} else (address,)
