"""Invented identifiers that pass every check of their kind, and sentences that they stand in.

Sources: NHS data dictionary (weights 10 to 2, modulus 11); HMRC, NIM39110 (National Insurance prefixes) and the
published check of the UTR; DfE, unique pupil numbers (letters for modulus 23); Learning Records Service, ULN (modulus
11); DVLA, driver number; ISO/IEC 7812-1 (Luhn); ISO 13616 (modulus 97).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_NINO_FIRST, _NINO_SECOND = "ABCEGHJKLMNOPRSTWXYZ", "ABCEGHJKLMNPRSTWXYZ"
_NINO_NEVER = frozenset({"BG", "GB", "NK", "KN", "NT", "TN", "ZZ"})
_PEOPLE = ("Edith Crowe", "Mohammed Aslam", "Mrs Okafor", "Bronwen Parry", "Mr Zielinski", "Joy Mensah")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One identifier. `written` is its usual form, `groups` its characters without separators: one group, or two for a
    sort code with its account; none where separators are part of it, as in an address of e-mail."""

    entity: str
    written: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How identifiers of one entity are made, and sentences with {person} and {value}."""

    entity: str
    make: Callable[[Random], str]  # the usual written form
    sentences: tuple[str, ...]
    separable: bool = True


def value_of(kind: Kind, chance: Random) -> Value:
    """One identifier of a kind."""
    written = kind.make(chance)
    groups: tuple[str, ...] = ()
    if kind.separable:
        pieces = written.split(", account ")
        groups = tuple("".join(c for c in piece if c.isalnum() or c == "+") for piece in pieces)
    return Value(entity=kind.entity, written=written, groups=groups)


def sentence_of(kind: Kind, chance: Random) -> str:
    """A sentence with {value} left open."""
    return chance.choice(kind.sentences).replace("{person}", chance.choice(_PEOPLE))


def _digits(chance: Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _letters(chance: Random, count: int) -> str:
    return "".join(chance.choice("ABCDEFGHJKLMNPRSTVWXY") for _ in range(count))


def _weighted(digits: str, weights: range) -> int:
    return sum(int(d) * w for d, w in zip(digits, weights, strict=True))


def _nhs(chance: Random) -> str:
    while True:
        stem = chance.choice("4679") + _digits(chance, 8)
        check = -_weighted(stem, range(10, 1, -1)) % 11
        if check != 10:
            number = f"{stem}{check}"
            return f"{number[:3]} {number[3:6]} {number[6:]}"


def _nino(chance: Random) -> str:
    while True:
        prefix = chance.choice(_NINO_FIRST) + chance.choice(_NINO_SECOND)
        if prefix not in _NINO_NEVER:
            number = _digits(chance, 6)
            return f"{prefix} {number[:2]} {number[2:4]} {number[4:]} {chance.choice('ABCD')}"


def _utr(chance: Random) -> str:
    stem = _digits(chance, 9)
    total = sum(int(d) * w for d, w in zip(stem, (6, 7, 8, 9, 10, 5, 4, 3, 2), strict=True))
    number = "21987654321"[total % 11] + stem
    return f"{number[:5]} {number[5:]}"


def _upn(chance: Random) -> str:
    stem = f"{chance.randint(201, 938)}{chance.randint(1000, 6999)}{chance.randint(8, 24):02}{_digits(chance, 3)}"
    return _UPN_LETTERS[_weighted(stem, range(2, 14)) % 23] + stem


def _uln(chance: Random) -> str:
    while True:
        stem = chance.choice("123456789") + _digits(chance, 8)
        rest = _weighted(stem, range(10, 1, -1)) % 11
        if rest:
            return f"{stem}{10 - rest}"


def _luhn(stem: str) -> str:
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(stem))]
    return f"{stem}{-sum(v - 9 if v > 9 else v for v in doubled) % 10}"


def _card(chance: Random) -> str:
    prefix = chance.choice(("4", "51", "53", "55"))
    number = _luhn(prefix + _digits(chance, 15 - len(prefix)))
    return " ".join(number[i : i + 4] for i in range(0, 16, 4))


def _iban(chance: Random) -> str:
    account = chance.choice(("NWBK", "BARC", "LOYD", "MIDL", "HBUK")) + _digits(chance, 14)
    check = 98 - int("".join(str(int(c, 36)) for c in account + "GB00")) % 97
    number = f"GB{check:02}{account}"
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def _driver(chance: Random) -> str:
    name = chance.choice(("CROWE", "ASLAM", "OKAFO", "PARRY", "ZIELI"))
    month = chance.randint(1, 12) + chance.choice((0, 50))
    born = f"{_digits(chance, 1)}{month:02}{chance.randint(1, 28):02}{_digits(chance, 1)}"
    initials = chance.choice("ABCJMS") + chance.choice("A9JM")
    return f"{name}{born}{initials}{chance.choice('23456789')}{_letters(chance, 2)}"


def _vehicle(chance: Random) -> str:
    year = chance.choice((*range(10, 26), *range(60, 76)))
    return f"{chance.choice('ABCDEFGHKLMNOPRSVWY')}{_letters(chance, 1)}{year:02} {_letters(chance, 3)}"


def _bank(chance: Random) -> str:
    bank = chance.choice(("20", "30", "40", "60", "77", "08", "09", "11"))
    return f"{bank}-{_digits(chance, 2)}-{_digits(chance, 2)}, account {_digits(chance, 8)}"


def _phone(chance: Random) -> str:
    return chance.choice((f"01632 960{_digits(chance, 3)}", f"07700 900{_digits(chance, 3)}"))


def _postcode(chance: Random) -> str:
    area = chance.choice(("LE65", "B13", "CV8", "SA15", "BT9", "EH6", "M14", "SW11"))
    ending = "".join(chance.choice("ABDEFGHJLNPQRSTUWXYZ") for _ in range(2))
    return f"{area} {chance.randint(1, 9)}{ending}"


def _mail(chance: Random) -> str:
    name = chance.choice(("edith.crowe", "m_aslam", "okafor79", "b.parry", "zielinski.jan"))
    return f"{name}{chance.randint(1, 99)}@{chance.choice(('mailbox', 'webpost', 'letterbox'))}.example.org"


KINDS = (
    Kind(entity="UK_NHS", make=_nhs, sentences=("{person}'s NHS number is {value}.", "NHS no: {value} ({person})")),
    Kind(entity="UK_NINO", make=_nino, sentences=("NI number of {person}: {value}", "NINO {value}, {person}")),
    Kind(entity="UK_UTR", make=_utr, sentences=("{person} has UTR {value}.", "Unique taxpayer reference: {value}")),
    Kind(entity="UK_UPN", make=_upn, sentences=("UPN {value} is {person}.", "Pupil number (UPN): {value}")),
    Kind(entity="UK_ULN", make=_uln, sentences=("ULN: {value} for {person}", "Unique learner number {value}")),
    Kind(
        entity="UK_UPRN",
        make=lambda chance: f"1000{_digits(chance, 8)}",
        sentences=("UPRN {value}, home of {person}", "The UPRN is {value}."),
    ),
    Kind(
        entity="UK_PASSPORT",
        make=lambda chance: chance.choice("123456789") + _digits(chance, 8),
        sentences=("Passport number of {person}: {value}", "{person}, passport no. {value}"),
    ),
    Kind(
        entity="UK_DRIVING_LICENCE",
        make=_driver,
        sentences=("Driving licence number {value} ({person})", "Licence no of {person}: {value}"),
    ),
    Kind(
        entity="UK_VEHICLE_REGISTRATION",
        make=_vehicle,
        sentences=("{person} drives a car, registration {value}.", "Vehicle reg: {value}"),
    ),
    Kind(
        entity="UK_BANK_ACCOUNT",
        make=_bank,
        sentences=("Please pay {person}, sort code {value}.", "Bank details of {person}: sort code {value}"),
    ),
    Kind(
        entity="UK_COUNCIL_TAX_REF",
        make=lambda chance: "6" + _digits(chance, 7),
        sentences=("Council tax account {value} of {person}", "Council tax reference: {value}"),
    ),
    Kind(
        entity="UK_HOUSING_BENEFIT_REF",
        make=lambda chance: "7" + _digits(chance, 7),
        sentences=("Housing benefit claim {value} of {person}", "Housing benefit reference: {value}"),
    ),
    Kind(
        entity="UK_RENT_REF",
        make=lambda chance: "4" + _digits(chance, 8),
        sentences=("Rent account {value} of {person}", "Rent reference: {value}"),
    ),
    Kind(
        entity="UK_PCN",
        make=lambda chance: chance.choice(("LD", "BM", "HR", "KT")) + _digits(chance, 8),
        sentences=("Penalty charge notice {value} of {person}", "PCN: {value}"),
    ),
    Kind(
        entity="UK_DBS",
        make=lambda chance: "001" + _digits(chance, 9),
        sentences=("DBS certificate number {value} of {person}", "DBS certificate no: {value}"),
    ),
    Kind(
        entity="UK_POSTCODE",
        make=_postcode,
        sentences=("{person} lives at 4 Mill Lane, {value}.", "Postcode of {person}: {value}"),
    ),
    Kind(entity="CREDIT_CARD", make=_card, sentences=("Card number of {person}: {value}", "Visa card {value}")),
    Kind(entity="IBAN_CODE", make=_iban, sentences=("IBAN of {person}: {value}", "Please pay to IBAN {value}")),
    Kind(
        entity="PHONE_NUMBER",
        make=_phone,
        sentences=("{person} is on {value}.", "Telephone number of {person}: {value}"),
    ),
    Kind(
        entity="EMAIL_ADDRESS",
        make=_mail,
        sentences=("{person} can be reached at {value}", "E-mail of {person}: {value}"),
        separable=False,
    ),
)
