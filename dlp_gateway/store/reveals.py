"""What a held message says, on its way from the gateway to the page of the one who asked (`console_seal.py`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from .console_seal import seal, unseal

_PURPOSE = b"revealed to reviewers"

MOST_CHARACTERS = 400_000
"""Of text that is shown of one message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A run of text and where it stands."""

    part: str
    place: str
    text: str = field(repr=False)


def seal_shown(console_key: bytes, request_id: str, shown: Sequence[Shown]) -> bytes:
    """Cut to what a page can hold."""
    left, kept = MOST_CHARACTERS, []
    for one in shown:
        kept.append([one.part, one.place, one.text[:left]])
        left -= len(one.text)
        if left <= 0:
            break
    return seal(console_key, _PURPOSE, request_id, json.dumps(kept).encode())


def open_shown(console_key: bytes, request_id: str, sealed: bytes) -> tuple[Shown, ...] | None:
    """None where there is nothing, or it was not sealed for this request."""
    text = unseal(console_key, _PURPOSE, request_id, sealed)
    if text is None:
        return None
    return tuple(Shown(part=part, place=place, text=text) for part, place, text in json.loads(text))
