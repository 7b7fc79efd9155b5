"""What the console says of registered documents."""

from __future__ import annotations

from ..store import DocumentFault
from .language import say

KIND_WORDS = {
    "internal": "Internal: for people who work here",
    "partner": "Content of a partner",
    "common": "Common text: letterheads and the like, which never count",
}
SHORT_KIND_WORDS = {"internal": "Internal", "partner": "Of a partner", "common": "Common text"}
FAULT_WORDS = {
    "file": "Choose a document",
    "too_large": "The document is larger than 4 MB. Save it without its pictures, or ask whoever runs the gateway to "
    "register it by the command “fingerprints add”",
    "empty": "The document is empty",
    "name": "Write what reviewers are told that it is, in 120 characters at most",
    "kind": "Choose what it is",
    "partner": "Choose whose content it is; only content of a partner has one",
    "nothing": "Type a text or choose a document",
    "both": "Type a text or choose a document, not both",
    "busy": "Other documents wait to be read. Try again in a minute",
}
ANSWER_WORDS: dict[DocumentFault, str] = {
    DocumentFault.UNREADABLE: "It could not be read whole, so it was not registered.",
    DocumentFault.TOO_SHORT: "It has too few words to know it again by. About 20 are the least.",
    DocumentFault.FAILED: "It could not be read in the time allowed. Try again, or save it in another format.",
    DocumentFault.NO_FOLDER: "The configuration of the gateway names no folder to keep fingerprints in "
    "(exact_match.folder). Nothing was registered.",
}


def kind_words(kind: str) -> str:
    """In the form to register one."""
    return say(KIND_WORDS[kind]) if kind in KIND_WORDS else kind


def short_kind(kind: str) -> str:
    return say(SHORT_KIND_WORDS[kind]) if kind in SHORT_KIND_WORDS else kind
