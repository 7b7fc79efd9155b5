"""Registered documents as the store keeps them, and what people ask of the gateway about documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredDocument:
    """A document that is known by its fingerprints. `keys`: these, one behind the other, under the key and in the
    form that `made_with` names; empty where nobody asked for them. `version` counts what was registered under this
    name: an earlier one stays registered until somebody takes it off."""

    id: str
    kind: str
    name: str
    partner: str | None = None  # id of the partner whose content it is
    words: int
    fingerprints: int
    added_at: datetime
    added_by: str
    reason: str = ""
    made_with: str
    version: int = 1
    keys: bytes = field(default=b"", repr=False)
    is_removed: bool = False


class DocumentAsk(StrEnum):
    REGISTER = "register"
    TRY = "try"  # is a passage of anything registered in this?


class DocumentState(StrEnum):
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"  # `DocumentAnswer.fault` says why
    TOO_LATE = "too_late"  # no gateway was there to do it


class DocumentFault(StrEnum):
    """Why a document was not read, or not registered."""

    UNREADABLE = "unreadable"  # in part: `gap` says why
    TOO_SHORT = "too_short"
    FAILED = "failed"  # the process that reads it died, or took too long
    NO_FOLDER = "no_folder"  # the configuration names none


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDocument:
    """A registered document of which there was a passage: about so many words of it."""

    id: str
    name: str
    kind: str
    partner: str | None
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentAnswer:
    """What the gateway says. `document`: the id under which it was registered. `gap`: why a part of it could
    not be read (`GapReason`); of what was tried there may be passages all the same, in the rest."""

    document: str = ""
    fault: DocumentFault | None = None
    gap: str = ""
    words: int = 0
    found: tuple[FoundDocument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentWish:
    """What somebody asks for. `sealed`: the document, under the console's key, until it was read."""

    id: str
    ask: DocumentAsk
    by: str
    name: str = ""
    kind: str = ""
    partner: str | None = None
    reason: str = ""
    sealed: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRequest:
    """A wish that was written down, and what became of it."""

    wish: DocumentWish
    state: DocumentState
    asked_at: datetime
    answer: DocumentAnswer | None = None
