"""The ordinary traffic of a council: lawful mails of the eleven flows, made of the hand-written material in `traffic/`.

A file is one flow. It holds mails parted by `----`: fields, a blank line, the text. `from` is the local part of the
author's mailbox (`o`: the officer's own), `to` who receives it (a key of `RECIPIENTS`; `r` is the resident it is
about), `quote` what it answers, `attach`, `head`, `row` and `rows` a table, `auto` a mail that no person wrote.
Slots in braces name people (`{a.formal}`, see `traffic_people.py`) and things. The truth about every one is that the
council may send it: nobody needs to look at it first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from bench.accuracy.identifiers import KINDS, value_of

from .clean_slots import BUILDINGS, FIRMS, SCHOOLS
from .traffic_people import MONTHS, Somebody, somebody

MATERIAL = Path(__file__).parent / "traffic"
FLOWS = tuple(sorted(path.stem for path in MATERIAL.glob("*.txt")))
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_SIGN_OFFS = ("", "Kind regards", "Regards", "Many thanks")
_JOBS = ("Officer", "Senior Officer", "Team Leader", "Business Support", "Caseworker", "Assistant Manager")
_DISCLAIMER = "Please think before you print. Our privacy notice is at www.council.example/privacy."
_FIRM_DOMAINS = ("hartley-surfacing.co.uk", "kestrelfacilities.com", "swiftscaffold.co.uk", "brightwell-heating.co.uk")
_UTILITY_DOMAINS = ("northerngrid-power.co.uk", "weirwater.co.uk", "thornbridgegas.com")
_LAW_DOMAINS = ("peelandmarsh-law.co.uk", "fairweather-legal.com", "templesolicitors.co.uk")
_OTHERS = ("civic-society.org.uk", "ashbychamber.org", "weirvalley-rotary.org.uk", "brightways-training.co.uk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One mail of the material."""

    flow: str
    number: int
    fields: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficMail:
    """A mail with its envelope."""

    id: str
    flow: str
    reverse_path: str
    recipients: tuple[str, ...]
    octets: bytes


class Cast:
    """Who and what fills the slots of one mail."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.people = {key: somebody(chance) for key in ("r", "a", "b", "c", "o", "mp")}

    @property
    def officer(self) -> Somebody:
        return self.people["o"]

    def recipient(self, key: str) -> tuple[str, str]:
        """Address and display name."""
        b, chance = self.people["b"], self.chance
        office = chance.choice(("office", "info", "enquiries", f"{b.first[0]}.{_plain(b.last)}".lower()))
        makers: dict[str, Callable[[], tuple[str, str]]] = {
            "r": lambda: (self.people["r"].email, self.people["r"].name),
            "surgery": lambda: (f"{_plain(b.town).lower()}.surgery@nhs.net", f"{b.town} Surgery"),
            "ward": lambda: (f"ward.{chance.randint(1, 9)}@hospitals.nhs.example", ""),
            "school": lambda: (f"office@{_plain(b.town).lower()}.weirshire.sch.uk", "School Office"),
            "ourlaw": lambda: (f"{b.first[0]}.{_plain(b.last)}@example-law.example".lower(), b.name),
            "strangelaw": lambda: (f"{office}@{chance.choice(_LAW_DOMAINS)}", ""),
            "contractor": lambda: (f"{office}@{chance.choice(_FIRM_DOMAINS)}", ""),
            "utility": lambda: (f"{office}@{chance.choice(_UTILITY_DOMAINS)}", ""),
            "housing": lambda: (f"{office}@riverside-homes.example", ""),
            "agency": lambda: ("rota@kindly-care.example", "Kindly Care"),
            "mp": lambda: (f"{self.people['mp'].first}.{_plain(self.people['mp'].last)}.mp@parliament.uk".lower(), ""),
            "stranger": lambda: (f"{office}@{chance.choice(_OTHERS)}", b.name if chance.random() < 0.5 else ""),
            "webmail": lambda: (b.email, b.name),
        }
        return makers[key]()

    def filled(self, text: str) -> str:
        """The text with its slots filled. Raises KeyError or AttributeError for a slot that does not exist."""
        return text.format_map(_Slots(self))


class _Slots(dict[str, Any]):
    """A slot is made anew each time but for people and what a mail names twice."""

    def __init__(self, cast: Cast) -> None:
        super().__init__(cast.people)
        self._cast = cast
        self._kept: dict[str, str] = cast.__dict__.setdefault("kept", {})

    def __missing__(self, key: str) -> str:
        if key in ("date", "time", "day", "n", "building"):
            return _made(key, self._cast.chance)
        return self._kept.setdefault(key, _made(key, self._cast.chance))


def _made(key: str, chance: Random) -> str:
    kinds = {
        "ct": "UK_COUNCIL_TAX_REF",
        "hb": "UK_HOUSING_BENEFIT_REF",
        "rent": "UK_RENT_REF",
        "vrm": "UK_VEHICLE_REGISTRATION",
    }
    if key in kinds:
        return value_of(next(kind for kind in KINDS if kind.entity == kinds[key]), chance).written
    number = chance.randint
    made: dict[str, Callable[[], str]] = {
        "date": lambda: f"{number(1, 28)} {chance.choice(MONTHS)}",
        "day": lambda: chance.choice(_DAYS),
        "time": lambda: chance.choice(("9am", "10:30", "2pm", "14:15", "7.30pm")),
        "n": lambda: str(number(2, 12)),
        "money": lambda: f"{number(20, 2400)}.{number(0, 99):02}",
        "town": lambda: chance.choice(("Ashby", "Thornbridge", "Kirkmuir")),
        "street": lambda: chance.choice(("Mill Lane", "Bridge End", "Castle Ditch", "Florence Avenue")),
        "building": lambda: chance.choice(BUILDINGS),
        "firm": lambda: chance.choice(FIRMS),
        "school": lambda: chance.choice(SCHOOLS),
        "url": lambda: f"https://www.council.example/{chance.choice(('housing', 'bins', 'help'))}/{number(1000, 9999)}",
        "job": lambda: f"J{number(100000, 999999)}",
        "order": lambda: f"PO{number(1000000, 9999999)}",
        "case": lambda: f"CAS-{number(100000, 999999)}",
        "court": lambda: f"ZW{number(20, 26)}C{number(10000, 99999):05}",
        "pcn": lambda: f"NV{number(10000000, 99999999)}",
        "planning": lambda: f"26/0{number(1000, 9999)}/FUL",
        "permit": lambda: f"P{number(1000000, 9999999)}",
        "licence": lambda: f"PREM/{number(1000, 9999)}",
        "asset": lambda: f"AT-{number(100000, 999999)}",
        "meter": lambda: "".join(str(number(0, 9)) for _ in range(13)),
        "ref8": lambda: str(number(10000000, 99999999)),
        "ref9": lambda: str(number(100000000, 999999999)),
        "meetingid": lambda: f"{number(100, 999)} {number(100, 999)} {number(100, 999)}",
        "passcode": lambda: str(number(100000, 999999)),
        "officephone": lambda: f"0300 123 {number(1000, 9999)}",
    }  # fmt: skip
    return made[key]()


@cache
def templates() -> tuple[Template, ...]:
    """All mails of the material, in order."""
    return tuple(template for flow in FLOWS for template in _templates_of(flow))


def _templates_of(flow: str) -> Iterator[Template]:
    text = (MATERIAL / f"{flow}.txt").read_text(encoding="utf-8")
    for number, block in enumerate(text.split("\n----\n"), 1):
        head, _, body = block.strip("\n").partition("\n\n")
        fields = dict(line.split(": ", 1) for line in head.splitlines())
        yield Template(flow=flow, number=number, fields=fields, text=body)


def traffic(of_each: int) -> Iterator[TrafficMail]:
    """So many mails of every template, the same each time."""
    for template in templates():
        for n in range(of_each):
            yield made_of(template, Random(f"{template.flow} {template.number} {n}"), f"{template.number}-{n}")


def made_of(template: Template, chance: Random, number: str) -> TrafficMail:
    """One mail of a template."""
    cast = Cast(chance)
    fields = {key: cast.filled(value) for key, value in template.fields.items() if key not in ("row", "rows")}
    to = [cast.recipient(key) for key in fields["to"].split(", ")]
    officer = cast.officer
    mailbox = f"{officer.first}.{_plain(officer.last)}".lower() if fields["from"] == "o" else fields["from"]
    author = f"{mailbox}@council.example"
    automatic = "auto" in fields
    message = EmailMessage(policy=SMTP)
    message["From"] = f'"{officer.name}" <{author}>' if not automatic else author
    message["To"] = ", ".join(f'"{name}" <{address}>' if name else address for address, name in to)
    message["Subject"] = fields["subject"]
    message["Message-ID"] = f"<{template.flow}.{number}@council.example>"
    if automatic:
        message["Auto-Submitted"] = "auto-replied" if fields["subject"].startswith("Automatic") else "auto-generated"
    if "quote" in fields:
        message["In-Reply-To"] = "<asked@elsewhere.example>"
    message.set_content("\n".join(_text(template, cast, fields, to, automatic=automatic)))
    if "attach" in fields:
        message.add_attachment(_table(template, cast), subtype="csv", filename=fields["attach"])
    return TrafficMail(
        id=f"{template.flow} {number}",
        flow=template.flow,
        reverse_path=author,
        recipients=tuple(address for address, _ in to),
        octets=message.as_bytes(),
    )


def _text(
    template: Template, cast: Cast, fields: Mapping[str, str], to: list[tuple[str, str]], *, automatic: bool
) -> Iterator[str]:
    yield cast.filled(template.text)
    officer, chance = cast.officer, cast.chance
    if not automatic:
        yield from ("", chance.choice(_SIGN_OFFS), "", officer.name, chance.choice(_JOBS))
        yield from (f"{fields['from'].replace('.', ' ').title()}, Weirshire Council", cast.filled("{officephone}"))
        if chance.random() < 0.4:
            yield from ("", _DISCLAIMER)
    if "quote" in fields:
        address, name = to[0]
        yield from ("", f"On {cast.filled('{date}')} 2026, {name or address} <{address}> wrote:")
        yield from (f"> {line}" for line in fields["quote"].splitlines())


def _table(template: Template, cast: Cast) -> str:
    least, most = map(int, template.fields["rows"].split("-"))
    rows = [template.fields["head"]]
    for _ in range(cast.chance.randint(least, most)):
        cast.people["p"] = somebody(cast.chance)
        rows.append(cast.filled(template.fields["row"]))
    return "\n".join(rows) + "\n"


def _plain(name: str) -> str:
    return "".join(c for c in name if c.isalpha())
