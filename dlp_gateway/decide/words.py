"""Words of the rule files: what an administrator may write, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from enum import Enum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from ..model import HIGH, PERSONAL, Category, GapReason, MarkingKind, RecipientClass

E = TypeVar("E", bound=Enum)

OUTSIDE = tuple(c for c in RecipientClass if c is not RecipientClass.INTERNAL)


class Section(BaseModel):
    """One mapping of a rule file: unknown keys are faults."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def meant(word: str, known: Iterable[str]) -> str:
    """How a fault ends: the nearest known word, else all of them."""
    known = sorted(known)
    near = difflib.get_close_matches(word, known, 1)
    return f"did you mean “{near[0]}”?" if near else f"known: {', '.join(known)}"


def _member(value: Any, kind: type[E], what: str, more: Collection[str] = ()) -> E:
    for member in kind:
        if value == member.value:
            return member
    raise ValueError(f"unknown {what} “{value}”; {meant(str(value), [*(m.value for m in kind), *more])}")


def _category(value: Any) -> Category:
    return _member(value, Category, "category")


def _categories(value: Any) -> Any:
    """`high` and `personal` stand for the categories they cover."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        return words
    found: list[Category] = []
    for word in words:
        if word == "high":
            found += sorted(HIGH)
        elif word == "personal":
            found += sorted(PERSONAL)
        else:
            found.append(_member(word, Category, "category", ("high", "personal")))
    return frozenset(found)


def _classes(value: Any) -> Any:
    """`outside` stands for every class but internal."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        return words
    found: list[RecipientClass] = []
    for word in words:
        found += OUTSIDE if word == "outside" else [_member(word, RecipientClass, "recipient class", ("outside",))]
    return frozenset(found)


def _reason(value: Any) -> GapReason:
    return _member(value, GapReason, "gap reason")


def _marking(value: Any) -> MarkingKind:
    return _member(value, MarkingKind, "marking")


CategoryWord = Annotated[Category, BeforeValidator(_category)]
CategoryWords = Annotated[frozenset[Category], BeforeValidator(_categories)]
ClassWords = Annotated[frozenset[RecipientClass], BeforeValidator(_classes)]
GapReasonWord = Annotated[GapReason, BeforeValidator(_reason)]
MarkingWord = Annotated[MarkingKind, BeforeValidator(_marking)]
