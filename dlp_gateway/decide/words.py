"""Words of the rule files: what an administrator may write, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import Enum
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, WithJsonSchema

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


def _category_or_group(value: Any) -> Category:
    return _member(value, Category, "category", ("high", "personal"))


def _class(value: Any) -> RecipientClass:
    return _member(value, RecipientClass, "recipient class", ("outside",))


def _expand(value: Any, groups: Mapping[str, Sequence[Enum]]) -> Any:
    """The words with group words spelled out. Every other word keeps its index, so that a fault in it
    has its place: what a group word covers beyond its first goes to the end."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        return words
    covered = [groups.get(word, (word,)) if isinstance(word, str) else (word,) for word in words]
    return [group[0] for group in covered] + [word for group in covered for word in group[1:]]


def _categories(value: Any) -> Any:
    return _expand(value, {"high": sorted(HIGH), "personal": sorted(PERSONAL)})


def _classes(value: Any) -> Any:
    return _expand(value, {"outside": OUTSIDE})


def _reason(value: Any) -> GapReason:
    return _member(value, GapReason, "gap reason")


def _marking(value: Any) -> MarkingKind:
    return _member(value, MarkingKind, "marking")


def one_or_more(words: Iterable[str] | None = None) -> dict[str, Any]:
    """The JSON Schema of a word or a list of words: of these, or any."""
    word: dict[str, Any] = {"type": "string"} if words is None else {"enum": list(words)}
    return {"anyOf": [word, {"type": "array", "items": word}]}


def _values(kind: type[E]) -> list[str]:
    return [member.value for member in kind]


CATEGORY_SCHEMA = one_or_more([*_values(Category), "high", "personal"])
_CLASS_SCHEMA = one_or_more([*_values(RecipientClass), "outside"])

CategoryWord = Annotated[Category, BeforeValidator(_category)]
CategoryWords = Annotated[
    frozenset[Annotated[Category, BeforeValidator(_category_or_group)]],
    BeforeValidator(_categories),
    WithJsonSchema(CATEGORY_SCHEMA),
]
"""`high` and `personal` stand for the categories they cover."""
ClassWords = Annotated[
    frozenset[Annotated[RecipientClass, BeforeValidator(_class)]],
    BeforeValidator(_classes),
    WithJsonSchema(_CLASS_SCHEMA),
]
"""`outside` stands for every class but internal."""
GapReasonWord = Annotated[GapReason, BeforeValidator(_reason)]
MarkingWord = Annotated[MarkingKind, BeforeValidator(_marking)]


def as_tuple(value: Any) -> Any:
    """A single word is a list of one."""
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(as_tuple), WithJsonSchema(one_or_more())]
