"""What the passages of a message are read for: whether names and other values in one say something of people."""

from __future__ import annotations

from ..model import Area, Passage

_ADDRESS_FIELDS = frozenset({"from", "to", "cc", "bcc", "reply-to", "sender"})
_MACHINERY = frozenset({"links", "other attributes"})
_OF_MACHINES = frozenset({"AGE", "DEVICE_ID", "IP_ADDRESS", "SOCIAL_HANDLE", "UK_VEHICLE_REGISTRATION"})


def counts_here(passage: Passage, entity: str) -> bool:
    """The message's own header: its addresses and names, and machines on its way, are not what it says about people."""
    if passage.area is not Area.HEADER or entity not in {"EMAIL_ADDRESS", "PERSON", *_OF_MACHINES}:
        return True
    is_of_its_own = passage.part == "HEADER" or entity in _OF_MACHINES
    return not is_of_its_own and passage.place.lower().removeprefix("header ") in _ADDRESS_FIELDS


def says_the_topic(passage: Passage) -> bool:
    """Whether a passage may say what the numbers beside people are: the subject, the text, the team that writes."""
    return not passage.table and (passage.area in (Area.SUBJECT, Area.BODY) or passage.place == "header From")


def names_people(passage: Passage) -> bool:
    """Whether names in a passage are read: not in tables, which have columns for them, nor where software writes."""
    return not passage.table and counts_here(passage, "PERSON") and not _is_made_by_software(passage)


def _is_made_by_software(passage: Passage) -> bool:
    """Whether the names in a passage are those of programs and of the officers who used them, or the words of
    a page's machinery: web addresses, class names, identifiers."""
    return "properties" in passage.place or passage.place.rpartition(", ")[2] in _MACHINERY
