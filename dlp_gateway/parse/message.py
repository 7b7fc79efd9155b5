"""`parse_message`: the one entry of `parse` for a whole message."""

from __future__ import annotations

from ..model import ParsedMessage
from .mime import split_message
from .second_opinion import with_second_opinions


def parse_message(octets: bytes) -> ParsedMessage:
    """The MIME tree of a message, its decoded leaves, and what was unclear.

    Tree and byte map are those of our strict splitter alone (`split_message`, which says how parts are counted); a leaf
    that only other mail programs see follows them as "OTHER.1", with a gap. Never raises but MemoryError.
    """
    return with_second_opinions(octets, split_message(octets))
