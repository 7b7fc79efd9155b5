"""How the sample mails of the demonstration are put together: officers, residents, one way to write a letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

DATE = "Tue, 24 Nov 2026 09:{minute:02}:00 +0000"

RELAY, ENCRYPT, HOLD, REJECT = "relay", "encrypt", "hold", "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What must become of one recipient; `rules` must be among those that acted or were observed."""

    action: str
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One mail with its envelope and what must become of it."""

    file: str
    what: str  # for the committee: what happened, in one sentence
    message: EmailMessage = field(repr=False)
    reverse_path: str | None
    expected: dict[str, Expected]  # by recipient, in the order of RCPT

    def octets(self) -> bytes:
        for number, part in enumerate(part for part in self.message.walk() if part.is_multipart()):
            if part.get_content_type() != "message/rfc822":
                part.set_boundary(f"=-{self.file.removesuffix('.eml')}-{number}")
        return self.message.as_bytes(policy=SMTP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    name: str
    address: str
    role: str
    telephone: str

    @property
    def signature(self) -> str:
        return f"\nKind regards,\n\n{self.name}\n{self.role}\nExample Council\nTel: {self.telephone}\n{self.address}\n"


# Telephone numbers: 01632 960000 to 960999 and 07700 900000 to 900999 are kept for fiction by Ofcom.
ADULTS = Officer(
    name="Priya Nair", address="adults.priya.nair@council.example", role="Social Worker, Hospital Discharge Team",
    telephone="01632 960121",
)  # fmt: skip
HOUSING = Officer(
    name="Tom Reed", address="housing.tom.reed@council.example", role="Housing Officer", telephone="01632 960134"
)
REVENUES = Officer(
    name="Dev Shah", address="revenues.dev.shah@council.example", role="Revenues Officer", telephone="01632 960147"
)
PRESS = Officer(
    name="Helen Marsh", address="press.helen.marsh@council.example", role="Senior Press Officer",
    telephone="01632 960158",
)  # fmt: skip
PARKS = Officer(
    name="Owen Pritchard", address="parks.owen.pritchard@council.example", role="Parks Manager",
    telephone="01632 960163",
)  # fmt: skip
ICT = Officer(
    name="Grace Bello", address="ict.grace.bello@council.example", role="Systems Analyst", telephone="01632 960172"
)
DEMOCRATIC = Officer(
    name="Martin Hale", address="democratic.martin.hale@council.example", role="Democratic Services Officer",
    telephone="01632 960185",
)  # fmt: skip
INFORMATION = Officer(
    name="Sara Lindqvist", address="information.sara.lindqvist@council.example", role="Information Rights Officer",
    telephone="01632 960196",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """An invented person. The NHS numbers begin with 999, which is never issued; no house lies in postcode LS99."""

    name: str
    born: str
    address: str
    nhs_number: str
    telephone: str


RESIDENTS = tuple(
    Resident(
        name=name, born=born, address=f"{number} Larkspur Close, Millford LS99 {unit}", nhs_number=nhs, telephone=tel
    )
    for name, born, number, unit, nhs, tel in (
        ("Margaret Holroyd", "14/03/1941", 3, "2NJ", "999 123 4578", "01632 960201"),
        ("Desmond Achebe", "02/11/1938", 7, "2NJ", "999 145 2206", "01632 960202"),
        ("Eileen Fairweather", "27/06/1945", 12, "2NL", "999 167 3318", "01632 960203"),
        ("Harjit Sandhu", "19/01/1950", 15, "2NL", "999 210 0028", "01632 960204"),
        ("Rosemary Tiplady", "08/08/1936", 21, "2NP", "999 234 7716", "01632 960205"),
        ("Winston Clarke", "30/12/1943", 24, "2NP", "999 256 1203", "01632 960206"),
        ("Agnieszka Nowak", "11/05/1952", 28, "2NQ", "999 278 4407", "01632 960207"),
        ("Geoffrey Ormerod", "23/09/1939", 33, "2NQ", "999 301 9909", "01632 960208"),
        ("Shirin Karimi", "05/04/1947", 36, "2NR", "999 323 6616", "01632 960209"),
        ("Norman Blackwood", "17/07/1940", 41, "2NR", "999 345 0022", "01632 960210"),
        ("Bridget Mulcahy", "26/02/1944", 45, "2NS", "999 367 8821", "01632 960211"),
        ("Cyril Pemberton", "09/10/1937", 52, "2NS", "999 389 5547", "01632 960212"),
    )
)


def letter(
    author: Officer,
    to: list[str],
    subject: str,
    text: str,
    *,
    number: int,
    cc: list[str] | None = None,
    html: str | None = None,
    in_reply_to: str | None = None,
    headers: dict[str, str] | None = None,
) -> EmailMessage:
    """A mail of one officer with their signature; an empty `text` makes it HTML only."""
    message = EmailMessage()
    message["Date"] = DATE.format(minute=number)
    message["From"] = Address(author.name, addr_spec=author.address)
    message["To"] = ", ".join(to)
    if cc:
        message["Cc"] = ", ".join(cc)
    message["Subject"] = subject
    message["Message-ID"] = f"<sample-{number:02}@council.example>"
    if in_reply_to:
        message["In-Reply-To"] = message["References"] = in_reply_to
    for name, value in (headers or {}).items():
        message[name] = value
    if text:
        message.set_content(text + author.signature, charset="utf-8", cte="quoted-printable")
        if html:
            message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    else:
        message.set_content(html or "", subtype="html", charset="utf-8", cte="quoted-printable")
    return message


def attach(message: EmailMessage, octets: bytes, media_type: str, filename: str) -> EmailMessage:
    """The same message with one attachment more."""
    main, _, sub = media_type.partition("/")
    message.add_attachment(octets, maintype=main, subtype=sub, filename=filename)
    return message


PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
