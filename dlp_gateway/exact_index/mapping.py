"""Which columns of the council's records are what, and which keys are made of them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from ..detect.records.normal_forms import FIELDS
from ..errors import ConfigError, Fault
from ..yaml_file import load_document, validate

FieldName = Literal[
    "contact", "name", "forename", "surname", "date_of_birth", "postcode", "phone", "email", "reference"
]
_TOO_COMMON = frozenset({"contact", "forename", "surname", "date_of_birth"})
_USUAL: tuple[tuple[str, ...], ...] = (
    ("name", "date_of_birth"),
    ("name", "postcode"),
    ("reference",),
    ("contact", "name"),
    ("contact", "reference"),
)


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


def _as_key(value: Any) -> Any:
    return tuple(part.strip() for part in value.split("+")) if isinstance(value, str) else value


Columns = Annotated[tuple[str, ...], BeforeValidator(_as_tuple), Field(min_length=1)]
Key = Annotated[tuple[FieldName, ...], BeforeValidator(_as_key), Field(min_length=1, max_length=3)]


class RecordMapping(BaseModel):
    """A mapping file. `columns`: field -> column, or several that hold one each. `record`: the column that says which
    rows are one person; without it each row is one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[FieldName, Columns] = Field(min_length=1)
    keys: tuple[Key, ...] = ()
    record: str | None = None
    date_format: str | None = None  # as Python's strptime takes it; None: the usual ones of the United Kingdom

    @field_validator("date_format")
    @classmethod
    def _real_format(cls, value: str | None) -> str | None:
        if value is not None and not {"%d", "%m"} <= {value[i : i + 2] for i in range(len(value))}:
            raise ValueError(f"“{value}” is no form of a date; write it like %d/%m/%Y")
        if value is not None:
            datetime(1980, 2, 1).strftime(value)  # noqa: DTZ001 - a day has no time zone
        return value

    @model_validator(mode="after")
    def _keys_that_tell(self) -> RecordMapping:
        for key in self.wanted_keys:
            for name in key:
                if not self.has(name):
                    raise ValueError(f"keys: {'+'.join(key)} needs a column for {name}")
            if len(key) == 1 and key[0] in _TOO_COMMON:
                raise ValueError(f"keys: {key[0]} alone tells nobody from others; join it with another field")
            if len(set(key)) < len(key):
                raise ValueError(f"keys: {'+'.join(key)} names a field twice")
            if len(key) > 1 and set(key) <= {"name", "forename", "surname"}:
                raise ValueError(f"keys: {'+'.join(key)} is a name only; write name, or join it with another field")
        if not self.wanted_keys:
            raise ValueError("keys: none can be made of these columns; a name needs a date of birth or a postcode, too")
        return self

    def has(self, field: str) -> bool:
        """Whether a field can be had from the columns; a name also from forename and surname, and these from it."""
        columns = set(self.columns)
        if field == "name":
            return "name" in columns or {"forename", "surname"} <= columns
        return field in columns or (field in ("forename", "surname") and "name" in columns)

    @property
    def wanted_keys(self) -> tuple[tuple[str, ...], ...]:
        """The keys, each with its fields in the order of an index; the usual ones where none are given."""
        given: tuple[tuple[str, ...], ...] = self.keys or tuple(
            key for key in _USUAL if all(self.has(field) for field in key)
        )
        return tuple(dict.fromkeys(tuple(sorted(key, key=FIELDS.index)) for key in given))

    def missing(self, columns: Collection[str]) -> list[str]:
        """Columns that the mapping names and that the records do not have."""
        named = [name for names in self.columns.values() for name in names]
        return [name for name in [*named, *([self.record] if self.record else [])] if name not in columns]


def load_mapping(path: Path) -> RecordMapping:
    """A mapping from its YAML file. Raises ConfigError with every fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigError([Fault(file=str(path), text="can't be read as UTF-8 text")]) from None
    return validate(load_document(text, str(path)), RecordMapping)


def mapping_of(columns: Sequence[str], keys: Sequence[str]) -> RecordMapping:
    """A mapping from words of a command line: "name=full_name", "name+date_of_birth". Raises ConfigError."""
    value: dict[str, Any] = {"columns": {}, "keys": list(keys)}
    faults = []
    for word in [word for words in columns for word in words.split(",") if word.strip()]:
        field, equals, column = word.partition("=")
        if not equals:
            faults.append(Fault(file="--columns", text=f"“{word}” is no pair; write it like name=full_name"))
        value["columns"].setdefault(field.strip(), []).append(column.strip())
    if faults:
        raise ConfigError(faults)
    faults = [
        Fault(file="--columns", text=f"unknown field “{name}”; {_meant(name)}")
        for name in dict.fromkeys([*value["columns"], *(part for key in keys for part in key.split("+"))])
        if name.strip() not in FIELDS
    ]
    if faults:
        raise ConfigError(faults)
    try:
        return RecordMapping.model_validate(value)
    except ValidationError as error:
        items = error.errors(include_url=False, include_input=False, include_context=False)
        faults = [Fault(file="--columns", text=item["msg"].removeprefix("Value error, ")) for item in items]
        raise ConfigError(faults) from None


def _meant(word: str) -> str:
    near = difflib.get_close_matches(word, FIELDS, 1)
    return f"did you mean “{near[0]}”?" if near else f"known: {', '.join(FIELDS)}"
