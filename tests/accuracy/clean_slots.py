"""What fills the slots of the clean mails: numbers, dates, places, people and contact points, all invented.

Order, invoice, job and other numbers have the forms that councils use; some pass the check of an NHS number, as one
in eleven does. What a council publishes (its telephone numbers, addresses, premises) is marked as don't-care.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

FIRST = """Amina Daniel Grace Owain Siobhan Tomasz Priya Kwame Fatima Gareth Helen Ruth Yusuf Mei Oluwaseun Elena Callum
Bronwen Niamh Harpreet Ioana Samir Leanne Martin Philippa Desmond Zofia Adebayo Rhys Shabana Colin Trudi Nasreen Joao
Ewan Catrin Sunil Marcia Lesley Viktor Imran Hannah Joy Rowan April Mark Will Grant""".split()  # noqa: SIM905
LAST = """Ashworth Okafor Llewellyn O'Connor Nowak Raman Mensah Begum Prosser Whitcombe Hussain Chen Adeyemi Marin
Fraser Griffiths Gill Popescu Haddad Barnes Field Underhill Clarke Wozniak Balogun Vaughan Iqbal Sharp Parish Akhtar
Ferreira Macdonald Rees Patel-Jones Reid Street Kovalenko Malik Green Price Banks Temple Young Church""".split()  # noqa: SIM905
FIRMS = (
    "Hartley & Sons Ltd",
    "Brightwell Surfacing",
    "Kestrel Facilities Group",
    "Morgan Sindle Partnership",
    "Northgate Print LLP",
    "James Fairweather Associates",
    "Elm Tree Catering",
    "Peel & Marsh Solicitors",
    "Vectis Lifts plc",
    "Blackburn Fields Consulting",
    "Swift Scaffolding",
    "Grace Lane Interiors",
)
STREETS = (
    "Mill Lane",
    "Queen Victoria Road",
    "Station Approach",
    "Nelson Mandela Way",
    "Church Street",
    "John Clare Close",
    "Blind Lane",
    "Hospital Hill",
    "Edith Cavell Drive",
    "Priory Walk",
    "Asylum Road",
    "Bridge End",
    "Martin's Row",
    "Castle Ditch",
    "Gipsy Lane",
    "Florence Avenue",
)
BUILDINGS = (
    "Jubilee House",
    "the Town Hall",
    "Rosa Parks Centre",
    "Harold Wilson House",
    "Castle Library",
    "St Mary's Hall",
    "the Corn Exchange",
    "Elizabeth Fry Court",
    "the Old Workhouse",
    "Riverside Depot",
    "Charlotte Despard Block",
)
VENUES = ("St Aidan's church hall", "Ashby Community Centre", "the Guildhall", "the Friends' Meeting House", "Bede Hub")
WARDS = ("Ashby North", "St Margaret's", "Florence Park", "Kingsmead", "Grangetown", "Upper Weir", "Victoria")
SCHOOLS = ("St Cuthbert's Primary", "Bishop Walsh Academy", "Rosa Street Infants", "Ashby High School", "Heath Juniors")
TOWNS = ("Ashby", "Market Weir", "Thornbridge", "Llanfair", "Kirkmuir", "Ballyhill")
ROOMS = ("Committee Room 2", "the Wilberforce Room", "room 3.14", "the Pankhurst Suite", "the Council Chamber", "M07")
TITLES = (
    "Senior Engineer",
    "Approved Mental Health Professional",
    "Principal Planner",
    "Business Support Officer",
    "Social Worker, Adults with Disabilities",
    "Safeguarding Lead",
    "Head of Revenues",
    "Youth Justice Team Manager",
    "Democratic Services Officer",
    "Public Health Practitioner (Sexual Health)",
    "Contracts Manager",
    "Technical Officer",
    "Drug and Alcohol Commissioner",
    "Customer Adviser",
    "Refugee Resettlement Coordinator",
)
OFFICES = (
    "[[?UK_ADDRESS Town Hall, Market Place, Ashby [[?UK_POSTCODE AS1 4QT]]]]",
    "[[?UK_ADDRESS Jubilee House, 12-18 Station Approach, Ashby, [[?UK_POSTCODE AS2 7BD]]]]",
    "[[?UK_ADDRESS County Hall, Castle Ditch, Thornbridge [[?UK_POSTCODE TH1 1AA]]]]",
)
PREMISES = (
    "[[?UK_ADDRESS 14 Church Street, Ashby]]",
    "[[?UK_ADDRESS The Blue Lion, 3 Bridge End, Market Weir]]",
    "[[?UK_ADDRESS 27A Mill Lane, Thornbridge [[?UK_POSTCODE TH4 6PL]]]]",
)
_MONTHS = "January February March April May June July September October November December".split()  # noqa: SIM905
_WORDS = {
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "month": tuple(_MONTHS),
    "street": STREETS,
    "building": BUILDINGS,
    "venue": VENUES,
    "ward": WARDS,
    "school": SCHOOLS,
    "town": TOWNS,
    "room": ROOMS,
    "firm": FIRMS,
    "premises": PREMISES,
    "time": ("08:30", "09:00", "10:15", "19:30", "7.30pm", "2.30pm", "9am", "11am", "6pm"),
    "year": ("2019", "2021", "2023", "2024", "2025", "2026"),
    "n": ("2", "3", "4", "5", "6", "7", "8", "9", "11", "12", "14", "16", "17", "21", "24", "28", "36", "45"),
}
_FORMS = {  # "#" is a digit, never 0 where it is the first of several; "@" are ten digits
    "big": ("1##", "4##", "#,###", "1#,###"),
    "pct": ("##%", "## per cent", "##.#%"),
    "money": ("£###", "£##,###", "£1##,###", "£##.##"),
    "url": (
        "https://www.council.example/consultations/######",
        "https://www.council.example/jobs?id=######",
        "www.council.example/papers/########",
    ),
    "order": ("@", "PO#######", "SO-######"),
    "po": ("45########", "PO-######"),
    "invoice": ("INV-######", "INV########", "########", "####/####"),
    "job": ("#######", "J######", "@", "### ### ####"),
    "planning": ("24/0####/FUL", "25/0####/HOU", "26/0####/LBC", "P/26/####/TPO"),
    "licence": ("PREM/####", "LN/2026#####", "PL####"),
    "asset": ("AT-######", "######", "LT####"),
    "isbn": ("978-0-####-####-#", "978##########", "0########X"),
    "ean": ("50###########",),
    "ticket": ("INC#######", "REQ0######", "CAS-######-X#Q"),
    "contract": ("DN######", "C/#####", "CON-####-###"),
    "vat": ("GB ### #### ##", "GB#########"),
    "company": ("0#######", "SC######"),
    "charity": ("1######",),
    "meetingid": ("### #### ####", "### ### ### ###"),
    "passcode": ("######", "kT3xPq", "Weir###"),
    "gridref": ("SK ### ###", "TQ########"),
    "cost": ("R####-####", "#####.####", "E#####"),
    "permit": ("ZZ###-########-01", "P#######"),
    "column": ("LC ##", "column ##", "C0##"),
    "serial": ("SN#########", "B##X######", "5CG####ZTK"),
    "version": ("#.#", "1#.#.#", "v#"),
    "ref8": ("########",),
    "ref9": ("#########",),
    "ref10": ("@",),
}
_SLOT = re.compile(r"\{([a-z]+\d*)\}")
_DESKS = ("highways", "planning", "events", "business.support", "licensing")


class Slots:
    """Fills slots by chance, the same for the same seed. Raises KeyError for a slot that does not exist."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self._made: dict[str, Callable[[], str]] = {
            "date": self.date,
            "officer": lambda: chance.choice((chance.choice(FIRST), self.person())),
            "cllr": lambda: f"Cllr {self.person()}",
            "phone": self.phone,
            "email": lambda: self.email(chance.choice(_DESKS)),
        }

    def filled(self, text: str) -> str:
        """The text with its slots filled; a slot that it begins with begins with a capital."""
        filled = _SLOT.sub(lambda match: self.value(match[1]), text)
        return filled[:1].upper() + filled[1:] if text.startswith("{") else filled

    def value(self, slot: str) -> str:
        """What fills one slot."""
        if slot in self._made:
            return self._made[slot]()
        if slot in _WORDS:
            return self.chance.choice(_WORDS[slot])
        form = self.chance.choice(_FORMS[slot])
        if form == "@":
            return self.ten()
        return "".join(self._digit(form[i - 1 : i]) if c == "#" else c for i, c in enumerate(form))

    def _digit(self, before: str) -> str:
        return str(self.chance.randint(int(before != "#"), 9))

    def digits(self, count: int) -> str:
        """So many digits, the first not 0."""
        return str(self.chance.randint(10 ** (count - 1), 10**count - 1))

    def ten(self) -> str:
        """Ten digits; every third time with the check digit of an NHS number."""
        stem = self.digits(9)
        check = 11 - sum(int(d) * w for d, w in zip(stem, range(10, 1, -1), strict=True)) % 11
        return stem + (str(check % 11) if check != 10 and self.chance.random() < 0.33 else self.digits(1))

    def person(self) -> str:
        """First and last name of somebody who acts for a council or a firm."""
        return f"{self.chance.choice(FIRST)} {self.chance.choice(LAST)}"

    def phone(self) -> str:
        """A published number, marked, of Ofcom's ranges for drama."""
        area, local = self.chance.choice((("01632", "960"), ("07700", "900"), ("0300", "123"))), self.digits(3)
        number = self.chance.choice(("{0} {1}{2}", "({0}) {1} {2}", "{0}{1}{2}", "{0} {1} {2}")).format(*area, local)
        return f"[[?PHONE_NUMBER {number}{self.chance.choice(('', '', f' ext {self.digits(4)}'))}]]"

    def email(self, local: str) -> str:
        """A published address, marked."""
        return f"[[?EMAIL_ADDRESS {local}@council.example]]"

    def date(self) -> str:
        day, month, year = self.chance.randint(1, 28), self.chance.choice(_MONTHS), self.chance.randint(2025, 2027)
        return self.chance.choice(
            (
                f"{day} {month}",
                f"{day} {month} {year}",
                f"{day:02}/{_MONTHS.index(month) + 1:02}/{year}",
                f"{month} {day}",
                f"{day}/{_MONTHS.index(month) + 1}",
            )
        )
