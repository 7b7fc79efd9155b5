"""YAML read with its positions, so that every fault can say where it stands. The only door to PyYAML.

Pure: text in, values out. `load_document` keeps line and column of every key and item; `validate`
checks a document against a pydantic model and reports *all* faults at once, each with its place and,
for a misspelt key, the name that was probably meant.
"""

from __future__ import annotations

import difflib
import types
import typing
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from .errors import ConfigError, Fault

Location = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A YAML file's value, and the (line, column), both from 1, of each of its nodes. `sources` names where
    values came from that do not stand in the file."""

    file: str
    value: Any
    positions: dict[Location, tuple[int, int]]
    sources: dict[Location, str] = field(default_factory=dict)

    def position(self, location: Location) -> tuple[int, int] | tuple[None, None]:
        """Where `location` stands; its nearest ancestor where it does not exist."""
        while location:
            if location in self.positions:
                return self.positions[location]
            location = location[:-1]
        return self.positions.get((), (None, None))

    def fault(self, location: Location, text: str) -> Fault:
        """A fault at that place; `text` says what is wrong and what would be right."""
        for end in range(len(location), 0, -1):
            if location[:end] in self.sources:
                return Fault(file=self.sources[location[:end]], text=text)
        below = [name for place, name in self.sources.items() if location and place[: len(location)] == location]
        if below:
            text = f"{text} (set in part by {', '.join(below)})"
        line, column = self.position(location)
        return Fault(file=self.file, line=line, column=column, text=text)


def load_document(text: str, file: str) -> Document:
    """Read one YAML document. An empty file is an empty mapping.

    Raises ConfigError for broken syntax and for a key that stands twice in one mapping (YAML 1.2,
    3.2.1.3: keys are unique; PyYAML would silently keep the last).
    """
    try:
        loader = _Loader(text)
    except UnicodeEncodeError:
        raise ConfigError([Fault(file=file, text="not valid YAML: it holds half a character (a surrogate)")]) from None
    try:
        node = loader.get_single_node()
        faults: list[Fault] = []
        positions: dict[Location, tuple[int, int]] = {(): (1, 1)}
        if node is not None:
            _note_positions(node, (), loader, positions, faults, file)
        if faults:
            raise ConfigError(faults)
        value = {} if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise ConfigError(
            [Fault(file=file, line=line, column=column, text=f"not valid YAML: {error.problem}")]
        ) from None
    except yaml.YAMLError as error:
        raise ConfigError([Fault(file=file, text=f"not valid YAML: {' '.join(str(error).split())}")]) from None
    except RecursionError:  # an alias inside its own anchor, or brackets without end
        raise ConfigError(
            [Fault(file=file, text="not valid YAML: it contains itself, or is nested too deep")]
        ) from None
    except ValueError as error:  # an impossible date such as 2026-02-30
        raise ConfigError([Fault(file=file, text=f"not a valid value: {error}")]) from None
    finally:
        loader.dispose()
    return Document(file=file, value=value, positions=positions)


def scalar(value: Any) -> str:
    """A value as YAML on one line, for files that we write."""
    text: str = yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True)
    return text.removesuffix("\n").removesuffix("...").strip()


def _note_positions(
    node: yaml.Node,
    location: Location,
    loader: Any,
    positions: dict[Location, tuple[int, int]],
    faults: list[Fault],
    file: str,
) -> None:
    mark = node.start_mark
    positions.setdefault(location, (mark.line + 1, mark.column + 1))
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            key = loader.construct_object(key_node, deep=True)
            here = (*location, key if isinstance(key, int | str) else str(key))
            key_mark = key_node.start_mark
            if here in positions:
                faults.append(
                    Fault(
                        file=file,
                        line=key_mark.line + 1,
                        column=key_mark.column + 1,
                        text=f"“{key}” stands twice in one mapping; keep one of them",
                    )
                )
            positions[here] = (key_mark.line + 1, key_mark.column + 1)
            _note_positions(value_node, here, loader, positions, faults, file)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _note_positions(item, (*location, index), loader, positions, faults, file)


def validate(document: Document, model: type[M]) -> M:
    """The document as `model`. Raises ConfigError with every fault."""
    try:
        return model.model_validate(document.value if document.value is not None else {})
    except ValidationError as error:
        raise ConfigError(faults_of(error, document, model)) from None


def faults_of(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Fault]:
    """A pydantic error as faults with places, in the order of the file."""
    faults: list[Fault] = []
    items = error.errors(include_url=False, include_input=False, include_context=False)
    for item in items:
        length = len(item["loc"])
        if item["type"] == "too_short" and any(x["loc"][:length] == item["loc"] != x["loc"] for x in items):
            continue  # too short only because of entries that have their own faults
        absent = item["type"] in ("missing", "extra_forbidden")
        on_path = _keys_on_path(document.value, item["loc"])
        location = tuple(x for n, x in enumerate(item["loc"], 1) if x in on_path or (absent and n == length))
        message = item["msg"].removeprefix("Value error, ")
        if not location:
            location, message = _place_in_words(message, model)
        name = ".".join(str(x) for x in location) or "the file"
        if item["type"] == "missing":
            text = f"{name}: missing; it is required"
        elif item["type"] == "extra_forbidden":
            text = f"{name}: unknown key{_suggestion(model, location)}"
        else:
            text = f"{name}: {message}"
        fault = document.fault(location, text)
        if fault not in faults:
            faults.append(fault)
    return sorted(faults, key=lambda fault: (fault.line or 0, fault.column or 0))


def _keys_on_path(value: Any, location: Location) -> set[str | int]:
    """The elements of a pydantic location that are keys of the document: pydantic also puts the
    names of union members there, which would only puzzle the reader."""
    keys: set[str | int] = set()
    for key in location:
        if (isinstance(value, dict) and key in value) or _is_index(value, key):
            keys.add(key)
            value = value[key]
    return keys


def _place_in_words(message: str, model: type[BaseModel]) -> tuple[Location, str]:
    """A check of a whole document starts its words with the field it is about ("notices.route: ...")."""
    name, _, text = message.partition(": ")
    location = tuple(name.split("."))
    if text and location[-1] in _fields_at(model, location[:-1]):
        return location, text
    return (), message


def _is_index(value: Any, key: str | int) -> bool:
    return isinstance(value, list) and isinstance(key, int) and key < len(value)


def _suggestion(model: type[BaseModel], location: Location) -> str:
    candidates = _fields_at(model, location[:-1])
    near = difflib.get_close_matches(str(location[-1]), candidates, 1)
    if near:
        return f"; did you mean “{near[0]}”?"
    return f"; known here: {', '.join(sorted(candidates))}" if candidates else ""


def _fields_at(annotation: Any, location: Location) -> list[str]:
    """Names of the fields of the model that stands at `location` below `annotation`."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _fields_at(typing.get_args(annotation)[0], location)
    if origin in (typing.Union, types.UnionType):
        return [n for arg in typing.get_args(annotation) for n in _fields_at(arg, location)]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        names = {(info.alias or name): info for name, info in annotation.model_fields.items()}
        if not location:
            return list(names)
        info = names.get(str(location[0]))
        return _fields_at(info.annotation, location[1:]) if info else []
    if origin in (list, tuple, frozenset, set) and location:
        return _fields_at(typing.get_args(annotation)[0], location[1:])
    if origin is dict and location:
        return _fields_at(typing.get_args(annotation)[1], location[1:])
    return []
