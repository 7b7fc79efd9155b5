"""Invented people for the traffic of a council, whole: name, home, numbers and mailbox, which fit one another."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from bench.accuracy.identifiers import KINDS, value_of

_KINDS = {kind.entity: kind for kind in KINDS}
_WOMEN = """Edith Amina Bronwen Priya Siobhan Joy Fatima Helen Zofia Mei Ngozi Carol Dilys Harpreet Ioana Yasmin Moira
Ruth Catrin Oluwaseun""".split()  # noqa: SIM905
_MEN = """Mohammed Jan Kwame Gareth Tomasz Callum Yusuf Sunil Desmond Wei Ivan Alun Rashid Peter Femi Hamish Colin Owain
Joao Liam""".split()  # noqa: SIM905
_FAMILIES = """Crowe Aslam Parry Mensah Zielinski Byrne Boateng Raman Okafor Begum Llewellyn O'Connor Nowak Hussain
Adeyemi Fraser Griffiths Gill Popescu Haddad Whitcombe Clarke Wozniak Balogun Vaughan Iqbal Akhtar Ferreira Macdonald
Rees Reid Kovalenko Malik Singh Tranter Hollis Pemberton Gilchrist""".split()  # noqa: SIM905
_STREETS = (
    "Mill Lane", "Station Road", "Church Street", "Victoria Avenue", "Orchard Close", "Nelson Way", "Elm Grove",
    "Castle Street", "Weir Bank", "Priory Walk", "Queens Drive", "Heath Road",
)  # fmt: skip
_TOWNS = ("Ashby", "Market Weir", "Thornbridge", "Kirkmuir", "Ballyhill", "Upper Weir")
_PROVIDERS = ("gmail.com", "hotmail.co.uk", "yahoo.co.uk", "btinternet.com", "outlook.com", "icloud.com", "sky.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Somebody:
    """One person, as the slots of the material name them: `{a.formal}`, `{a.nhs}`, `{a.he_small}`."""

    first: str
    last: str
    title: str
    street: str
    town: str
    postcode: str
    phone: str
    mobile: str
    email: str
    dob: str
    nino: str
    nhs: str
    upn: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def formal(self) -> str:
        return f"{self.title} {self.last}"

    @property
    def address(self) -> str:
        return f"{self.street}, {self.town}, {self.postcode}"

    @property
    def address_cell(self) -> str:
        """The address for a table of comma-separated values."""
        return f"{self.street} {self.town} {self.postcode}"

    @property
    def he(self) -> str:
        return "He" if self.title == "Mr" else "She"

    @property
    def he_small(self) -> str:
        return self.he.lower()

    @property
    def his(self) -> str:
        return "his" if self.title == "Mr" else "her"

    @property
    def him(self) -> str:
        return "him" if self.title == "Mr" else "her"


def somebody(chance: Random) -> Somebody:
    """A person of any sex, origin and age."""
    woman = chance.random() < 0.5
    first, last = chance.choice(_WOMEN if woman else _MEN), chance.choice(_FAMILIES)
    plain = "".join(c for c in f"{first}{last}".lower() if c.isalpha())
    mailbox = chance.choice(
        (f"{first}.{last}", f"{first[0]}{last}", f"{last}.{first}", f"{plain}{chance.randint(1, 99)}")
    )
    return Somebody(
        first=first,
        last=last,
        title=chance.choice(("Mrs", "Ms", "Miss")) if woman else "Mr",
        street=f"{chance.randint(1, 180)} {chance.choice(_STREETS)}",
        town=chance.choice(_TOWNS),
        postcode=_value("UK_POSTCODE", chance),
        phone=f"01632 960{chance.randint(100, 999)}",
        mobile=f"07700 900{chance.randint(100, 999)}",
        email=f"{mailbox.lower().replace(chr(39), '')}@{chance.choice(_PROVIDERS)}",
        dob=chance.choice(("{d:02}/{m:02}/{y}", "{d}.{m}.{y}", "{d} {month} {y}")).format(
            d=chance.randint(1, 28), m=chance.randint(1, 12), y=chance.randint(1931, 2018), month=chance.choice(MONTHS)
        ),
        nino=_value("UK_NINO", chance),
        nhs=_value("UK_NHS", chance),
        upn=_value("UK_UPN", chance),
    )


MONTHS = """January February March April May June July August September October November December""".split()  # noqa: SIM905


def _value(entity: str, chance: Random) -> str:
    return value_of(_KINDS[entity], chance).written
