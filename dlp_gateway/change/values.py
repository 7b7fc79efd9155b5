"""What an edit takes and answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Once = Literal["new-text", "anywhere"]
"""Where an earlier copy must stand so that none is added: in what the author wrote, or in quoted text too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclaimerText:
    """One disclaimer in its forms. `marker` is the sentence by which an earlier copy is recognised."""

    name: str  # "disclaimer" or "disclaimer:cy": the change that adds it
    text: str  # may hold any character
    ascii_text: str  # for charsets that can't hold `text`
    html: str  # ASCII with numeric character references
    marker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the changes of a delivery are made. `wrap`: what is signed, or has no text, goes inside a new message
    that has the disclaimer. `signed_later`: a DKIM signature of the author's domain is put on the result, so that one
    which an edit breaks does not matter. `in_place`: the text that takes the place of a part which is taken away."""

    once: Once = "anywhere"
    wrap: bool = False
    signed_later: bool = False
    in_place: str = ""


USUAL = Manner()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Octets after the edits of a Delivery's changes. `notes` say in fixed words which edits were
    left undone and why ("signed", "calendar", ...)."""

    octets: bytes = field(repr=False)
    notes: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()  # paths, in the new octets, of the parts that were edited or put in


@dataclass(frozen=True, slots=True, kw_only=True)
class Protected:
    """A message that was encrypted, and how, for the record. `method`: "smime modern", "smime compatible" or "openpgp".
    `signature`: "opaque", "clear" or "openpgp"; None where it was not signed."""

    octets: bytes = field(repr=False)
    method: str
    signature: str | None

    @property
    def words(self) -> str:
        """How, in fixed words."""
        return self.method if self.signature is None else f"{self.method}, signed {self.signature}"
