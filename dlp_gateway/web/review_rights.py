"""Who may see and decide which held message, beyond their permissions. Pure.

A reviewer sees what is held for the groups that they are a member or a deputy of (what is nobody's in particular is
the default group's), and what was escalated to one of their groups. An auditor sees
all and decides nothing. Nobody decides a message that they wrote, receive, are named in as a recipient of its header,
or in which their name or address was found."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ..decide import Rulebook
from ..model import Exemption
from ..store import HeldMessage, StoredMessage
from .permissions import Permission, Staff

_NOBODYS = frozenset({Exemption.COUNCIL, Exemption.CONTEXT})
"""A shared mailbox of the council, and places: an account may have the address of the one."""


def groups_of(email: str, rulebook: Rulebook) -> tuple[str, ...]:
    """The reviewer groups of somebody with this address."""
    address = email.casefold()
    return tuple(
        name
        for name, group in rulebook.reviewers.items()
        if address and address in {one.casefold() for one in (*group.members, *group.deputies)}
    )


def groups_seen_by(someone: Staff, rulebook: Rulebook) -> tuple[str, ...] | None:
    """None: those of all."""
    return None if someone.may(Permission.AUDIT_READ) else groups_of(someone.email, rulebook)


def sees(someone: Staff, reviewers: str | None, escalated_to: str | None, rulebook: Rulebook) -> bool:
    """Whether a message that is held for this group, and was escalated to that one, is theirs to see."""
    groups = groups_seen_by(someone, rulebook)
    return groups is None or (reviewers or rulebook.policy.default_reviewers) in groups or escalated_to in groups


def can_be_asked(held: HeldMessage, stored: StoredMessage | None, rulebook: Rulebook) -> bool:
    """Whether its author can be put a question: one of the council's own for whom the client vouches, who is a person
    and can be answered. A mail to anybody else would tell a stranger that it is held."""
    inspection = stored.record.inspection if stored is not None else None
    author = held.author
    return (
        author is not None
        and held.envelope.vouches_for(author)
        and rulebook.recipients.is_internal(author)
        and not (inspection is not None and inspection.controls.auto_submitted)
    )


class Part(StrEnum):
    """What somebody has to do with a message besides deciding about it."""

    NONE = "none"
    TAKES = "takes"  # they wrote it, or receive it
    FEATURES = "features"  # their address or name was found in it
    UNKNOWN = "unknown"  # the gateway has not told yet by what they would be found


def part_in(email: str, marks: frozenset[str] | None, held: HeldMessage, stored: StoredMessage | None) -> Part:
    """Of somebody with this address, who is known in findings by these marks."""
    inspection = stored.record.inspection if stored is not None else None
    in_header = inspection.controls.visible_recipients if inspection is not None else ()
    if has_part_in(email, [held.author, held.reverse_path, *held.envelope.recipients, *in_header]):
        return Part.TAKES
    if marks is None:
        return Part.UNKNOWN
    found = inspection.findings if inspection is not None else ()
    told = (one.fingerprint for one in found if one.exempt not in _NOBODYS)
    return Part.FEATURES if any(mark in marks for mark in told) else Part.NONE


def has_part_in(email: str, addresses: Iterable[str | None]) -> bool:
    """Whether somebody with this address wrote it or receives it."""
    address = email.casefold()
    return bool(address) and any(other is not None and other.casefold() == address for other in addresses)
