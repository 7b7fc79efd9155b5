"""Where somebody who works here can go: the same list for the bar on every page and for the page they begin at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from .language import say
from .permissions import Permission, Staff

PLACES: Mapping[str, Permission] = {
    "holds": Permission.HOLDS_READ,
    "partners": Permission.PARTNERS_READ,
    "policy": Permission.POLICY_READ,
    "documents": Permission.DOCUMENTS_READ,
    "insight": Permission.INSIGHT_READ,
    "record": Permission.AUDIT_READ,
}
"""The first page of each subject, in the order of the bar, and what leads there."""

PLACES_WORDS: Mapping[str, tuple[str, str]] = {
    "holds": ("Held e-mail", "what waits for a decision, the oldest first."),
    "partners": ("Partners", "who may receive what, under which agreement, until when."),
    "policy": ("Rules", "what is held, encrypted or let go; try a change over recorded mail before it counts."),
    "documents": ("Documents", "whose passages must not go out unseen: register, take off, compare."),
    "insight": ("Figures", "what is held and why, how long decisions take, how often a rule is wrong."),
    "record": ("Record", "what was found, decided and done, and proof that nobody changed it."),
}
"""What the bar says of it, and what the page they begin at adds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    name: str
    text: str
    about: str
    address: str


def places(request: HttpRequest) -> tuple[Place, ...]:
    """Those that whoever is signed in may go to; none where nobody is."""
    someone = getattr(request, "staff", None)
    if not isinstance(someone, Staff):
        return ()
    return tuple(_place(name) for name, needed in PLACES.items() if someone.may(needed))


def _place(name: str) -> Place:
    words = PLACES_WORDS[name]
    return Place(name=name, text=say(words[0]), about=say(words[1]), address=reverse(name))
