"""Which entity counts as which type: systems and labelled sets have names of their own for the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.accuracy.labelled import ENTITIES, IDENTIFIERS, TYPES_OF_SENSITIVE

MICRO, ANY = "MICRO", "ANY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """The types that are compared. An entity that a mapping does not name is no type: as a finding it counts for ANY
    only. `not_cared_for` are entities of the truth whose findings are neither right nor wrong; `groups` are further
    rows, in which any type of the group counts for any other."""

    types: tuple[str, ...]
    truth: Mapping[str, str]
    ours: Mapping[str, str]
    stock: Mapping[str, str]
    not_cared_for: frozenset[str] = frozenset()
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)  # any type counts for any other
    sums: Mapping[str, frozenset[str]] = field(default_factory=dict)  # each type counts for itself
    has_any: bool = False  # whether there is a row in which every type counts for any other


_SHARED = (
    "PERSON",
    "LOCATION",
    "ORGANIZATION",
    "NRP",
    "CREDIT_CARD",
    "DATE_TIME",
    "PHONE_NUMBER",
    "EMAIL_ADDRESS",
    "IBAN_CODE",
    "US_SSN",
    "IP_ADDRESS",
    "URL",
    "US_DRIVER_LICENSE",
)
_SAME = {entity: entity for entity in _SHARED}

SHARED = Scheme(
    types=_SHARED,
    truth=_SAME
    | {"STREET_ADDRESS": "LOCATION", "GPE": "LOCATION", "ZIP_CODE": "LOCATION", "DOMAIN_NAME": "URL"}
    | {"TITLE": "TITLE", "AGE": "AGE"},
    ours=_SAME | {"UK_ADDRESS": "LOCATION", "UK_POSTCODE": "LOCATION", "DATE_OF_BIRTH": "DATE_TIME"},
    stock=_SAME,
    not_cared_for=frozenset({"TITLE", "AGE"}),
    sums={MICRO: frozenset(_SHARED)},
    has_any=True,
)
"""presidio-research's sentences."""

_OURS = tuple(sorted(ENTITIES))

MAILS = Scheme(
    types=_OURS,
    truth={entity: entity for entity in _OURS},
    ours={entity: entity for entity in _OURS},
    stock={entity: entity for entity in _OURS}
    | {"LOCATION": "UK_ADDRESS", "DATE_TIME": "DATE_OF_BIRTH", "MAC_ADDRESS": "DEVICE_ID"},
    groups={
        "sensitive, any type": TYPES_OF_SENSITIVE,
        "case references, any type": frozenset({"UK_CASE_REF", "UK_COURT_CASE", "UK_CRIME_REF"}),
    },
    sums={"UK identifiers": IDENTIFIERS, MICRO: ENTITIES},
)
"""Our own mails."""
