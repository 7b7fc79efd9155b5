"""Planted breaches of the kinds that councils report to the Commissioner, as mails: each should be stopped.

Kinds, of the incident categories that the Information Commissioner publishes and of what councils tell of: data sent to
the wrong recipient, To in place of Bcc, a hidden sheet, the wrong attachment, a private mailbox, failed redaction; and
what comes with them: a mistyped domain, what a sharing agreement does not cover, publication, markings.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from random import Random

from docx import Document
from openpyxl import Workbook
from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas

from .traffic import Template, TrafficMail, made_of, templates
from .traffic_people import Somebody, somebody

_SHEET = "application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORD = "application", "vnd.openxmlformats-officedocument.wordprocessingml.document"
_HIGH = ("surgeries", "schools")
_MISTYPED = ("hospitals.nhs.exmaple.com", "hospitls.nhs.example", "hospitals-nhs.example", "exampel-law.example")
_MISTYPED += ("example-laws.example", "riverside-home.example", "riversidehomes.example", "kindlycare.example")
OF_EACH = 10

Make = Callable[[Random, int], EmailMessage]


def breaches() -> Iterator[TrafficMail]:
    """So many of each kind, the same each time. `flow` is the kind."""
    for kind, make in KINDS.items():
        for n in range(OF_EACH):
            message = make(Random(f"{kind} {n}"), n)
            author = message["From"].addresses[0].addr_spec
            recipients = [
                a.addr_spec for field in ("To", "Cc", "Bcc") if field in message for a in message[field].addresses
            ]
            del message["Bcc"]
            octets = message.as_bytes()
            yield TrafficMail(
                id=f"{kind} {n}", flow=kind, reverse_path=author, recipients=tuple(recipients), octets=octets
            )


def _mail(chance: Random, to: str, subject: str, text: str, *, author: Somebody | None = None) -> EmailMessage:
    officer = author or somebody(chance)
    message = EmailMessage(policy=SMTP)
    message["From"] = f'"{officer.name}" <{_mailbox(officer)}>'
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = f"<{chance.randrange(10**9)}@council.example>"
    message.set_content(f"{text}\n\nKind regards\n\n{officer.name}\nWeirshire Council\n")
    return message


def _mailbox(officer: Somebody) -> str:
    return f"{officer.first}.{''.join(filter(str.isalpha, officer.last))}@council.example".lower()


def _high(chance: Random) -> Template:
    """A mail of the lawful traffic that tells much about somebody."""
    telling = [t for t in templates() if t.flow in _HIGH and any(slot in t.text for slot in ("{a.nhs}", "{a.dob}"))]
    return chance.choice(telling)


def _of_traffic(template: Template, chance: Random, to: str) -> EmailMessage:
    """A lawful mail that goes to somebody else."""
    made = made_of(template, chance, str(chance.randrange(10**6)))
    message: EmailMessage = message_from_bytes(made.octets, policy=SMTP)
    message.replace_header("To", to)
    return message


def _wrong_recipient(chance: Random, _n: int) -> EmailMessage:
    """The address book offered somebody else: a resident, a firm."""
    other = somebody(chance)
    to = chance.choice((other.email, "office@brightways-training.co.uk", "info@swiftscaffold.co.uk"))
    return _of_traffic(_high(chance), chance, to)


def _mistyped(chance: Random, n: int) -> EmailMessage:
    return _of_traffic(_high(chance), chance, f"ward.4@{_MISTYPED[n % len(_MISTYPED)]}")


def _visible_recipients(chance: Random, n: int) -> EmailMessage:
    """A service's users would see one another."""
    texts = (
        "The support group for carers meets on Tuesday at ten. Please tell me whether you come.",
        "Your hearing aid batteries can be collected from the library from Monday.",
        "The next session of the group for people recovering from alcohol is on Thursday evening.",
        "Thank you for fostering with us. The summer picnic is on the 12th.",
    )
    people = [somebody(chance) for _ in range(chance.randint(6, 25))]
    to = ", ".join(f"{person.name.replace(chr(39), '')} <{person.email}>" for person in people)
    return _mail(chance, to, "Group news", f"Dear all,\n\n{texts[n % len(texts)]}")


def _rows(chance: Random, count: int) -> list[list[str]]:
    people = [somebody(chance) for _ in range(count)]
    return [["Name", "Date of birth", "Address", "NI number"], *([p.name, p.dob, p.address, p.nino] for p in people)]


def _workbook(shown: list[list[str]], hidden: list[list[str]], how: int) -> bytes:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Summary"
    for row in shown:
        first.append(row)
    if how == 0:
        sheet = book.create_sheet("Data")
        sheet.sheet_state = "hidden"
    elif how == 1:
        sheet = book.create_sheet("Data")
        sheet.sheet_state = "veryHidden"
    else:
        sheet = first
    start = sheet.max_row
    for row in hidden:
        sheet.append(row)
    if how == 2:
        for n in range(start, sheet.max_row + 1):
            sheet.row_dimensions[n].hidden = True
    octets = io.BytesIO()
    book.save(octets)
    return octets.getvalue()


def _hidden_sheet(chance: Random, n: int) -> EmailMessage:
    """The figures were asked for; the people behind them are still in the file."""
    to = chance.choice(("editor@ashbychamber.org", somebody(chance).email, "request-771@whatdotheyknow.com"))
    message = _mail(chance, to, "Figures by ward", "Please find the figures that you asked for.")
    figures = [["Ward", "Cases"], ["Ashby North", "14"], ["Kingsmead", "9"]]
    book = _workbook(figures, _rows(chance, chance.randint(2, 40)), n % 3)
    message.add_attachment(book, *_SHEET, filename="figures.xlsx")
    return message


def _wrong_attachment(chance: Random, n: int) -> EmailMessage:
    """A letter to one resident with the file of others."""
    resident = somebody(chance)
    text = f"Dear {resident.formal}\n\nPlease find attached the form for {resident.address} that you asked for."
    message = _mail(chance, resident.email, "Your form", text)
    if n % 2:
        rows = "\n".join(",".join(f'"{cell}"' for cell in row) for row in _rows(chance, chance.randint(3, 60)))
        message.add_attachment(rows, subtype="csv", filename="form.csv")
    else:
        other = somebody(chance)
        letter = Document()
        letter.add_paragraph(f"{other.name}\n{other.address}\n\nDear {other.formal},")
        letter.add_paragraph(f"Your National Insurance number {other.nino} shows that you were paid twice. You have")
        letter.add_paragraph("been off work with depression since June, so nothing need be paid back yet.")
        octets = io.BytesIO()
        letter.save(octets)
        message.add_attachment(octets.getvalue(), *_WORD, filename="form.docx")
    return message


def _private_mailbox(chance: Random, n: int) -> EmailMessage:
    """Work taken home."""
    officer = somebody(chance)
    at_home = f"{officer.first}{''.join(filter(str.isalpha, officer.last))}{chance.randint(1, 99)}@gmail.com".lower()
    message = _mail(chance, at_home, "for tonight", "To finish at home.", author=officer)
    if n % 2:
        book = _workbook(_rows(chance, chance.randint(5, 30)), [], 0)
        message.add_attachment(book, *_SHEET, filename="caseload.xlsx")
    else:
        child = somebody(chance)
        report = Document()
        report.add_paragraph(f"Child: {child.name}, born {child.dob}, {child.address}")
        report.add_paragraph(f"{child.first} is subject to a child protection plan for neglect. Mother uses heroin.")
        octets = io.BytesIO()
        report.save(octets)
        message.add_attachment(octets.getvalue(), *_WORD, filename="report.docx")
    return message


def _failed_redaction(chance: Random, n: int) -> EmailMessage:
    """Black bars over text that is still there, and deletions that are only tracked."""
    person = somebody(chance)
    to = chance.choice(("request-5512@whatdotheyknow.com", somebody(chance).email, "newsdesk@newspaper.example"))
    message = _mail(chance, to, "Documents you asked for", "The documents are attached. Names have been taken out.")
    lines = (
        f"Complaint of {person.name}, {person.address}",
        f"Born {person.dob}, NHS number {person.nhs}, National Insurance number {person.nino}",
        f"{person.formal} has bipolar disorder and was told to wait.",
    )
    octets = io.BytesIO()
    canvas = Canvas(octets)
    for at, line in enumerate(lines):
        canvas.drawString(60, 760 - 30 * at, line)
    canvas.setFillColor(black)
    for at in range(len(lines)):
        canvas.rect(55, 755 - 30 * at, 480, 18, fill=1)
    canvas.showPage()
    canvas.save()
    message.add_attachment(octets.getvalue(), "application", "pdf", filename=f"document-{n}.pdf")
    return message


def _beyond_agreement(chance: Random, n: int) -> EmailMessage:
    """A partner, but not for this: the care agency may have names and contact details, no diagnoses and numbers."""
    person = somebody(chance)
    texts = (
        f"{person.formal} ({person.address}) was told on Monday that {person.his} cancer has spread.",
        f"New client: {person.name}, {person.address}, NHS number {person.nhs}, takes lithium.",
        f"{person.name} of {person.address} has a conviction for theft from a carer. Please send two.",
    )
    message = _mail(chance, "rota@kindly-care.example", "New client", f"Hi,\n\n{texts[n % len(texts)]}")
    message.replace_header("From", "Intake <adults.intake@council.example>")
    return message


def _publication(chance: Random, _n: int) -> EmailMessage:
    person = somebody(chance)
    text = (
        f"Dear requester,\n\nThe officer who closed the case of {person.name}, {person.address}, has since left. "
        "The figures are in the sheet."
    )
    message = _mail(chance, "request-9031@whatdotheyknow.com", "Your request", text)
    message.add_attachment(_workbook([["Year", "Cases"], ["2025", "31"]], [], 0), *_SHEET, filename="cases.xlsx")
    return message


def _locked(chance: Random, n: int) -> EmailMessage:
    """Nobody can say what is in it, and the password goes with it."""
    message = _mail(chance, somebody(chance).email, "List", f"The password is Weir{chance.randint(100, 999)}!bridge")
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        archive.writestr("clients.csv", "\n".join(",".join(row) for row in _rows(chance, 12)))
    made = bytearray(octets.getvalue())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the bit that says "encrypted"
        made[made.find(mark) + at] |= 1
    message.add_attachment(bytes(made), "application", "zip", filename=f"list-{n}.zip")
    return message


def _marked(chance: Random, n: int) -> EmailMessage:
    subjects = ("OFFICIAL-SENSITIVE: options for the depot", "NOT FOR PUBLICATION: exempt by Schedule 12A, part 1")
    texts = (
        "OFFICIAL-SENSITIVE\n\nThe options for the depot are sale, lease or closure.",
        "NOT FOR PUBLICATION by virtue of paragraph 3 of Schedule 12A.\n\nThe bids are 1.2, 1.4 and 1.9 million.",
    )
    to = chance.choice((somebody(chance).email, "info@ashbychamber.org"))
    return _mail(chance, to, subjects[n % 2], texts[n % 2])


KINDS: dict[str, Make] = {
    "wrong recipient": _wrong_recipient,
    "mistyped domain": _mistyped,
    "To in place of Bcc": _visible_recipients,
    "hidden sheet": _hidden_sheet,
    "wrong attachment": _wrong_attachment,
    "private mailbox": _private_mailbox,
    "failed redaction": _failed_redaction,
    "beyond the agreement": _beyond_agreement,
    "publication": _publication,
    "locked file": _locked,
    "marked": _marked,
}
