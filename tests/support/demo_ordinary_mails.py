"""Sample mails that should pass, plain or encrypted: a council's ordinary day."""

from __future__ import annotations

from email.message import EmailMessage

from tests.support.demo_documents import logo, pdf, spreadsheet, word
from tests.support.demo_letters import (
    ADULTS,
    DOCX,
    ENCRYPT,
    HOUSING,
    ICT,
    INFORMATION,
    PARKS,
    PDF,
    PRESS,
    RELAY,
    RESIDENTS,
    REVENUES,
    XLSX,
    Expected,
    Sample,
    attach,
    letter,
)

PASSES = Expected(action=RELAY, rules=("external",))
INSIDE = Expected(action=RELAY, rules=("internal",))

MARGARET, DESMOND, EILEEN, HARJIT, *_ = RESIDENTS


def meeting_notes() -> Sample:
    to = "site.team@greenline-contractors.example"
    message = letter(
        PARKS,
        [to],
        "Notes of Monday's site meeting, Riverside Park",
        "Hello all,\n\nThanks for coming out in the rain. What we agreed:\n\n"
        "1. The bandstand path is resurfaced in the week of 7 December.\n"
        "2. Greenline bring the two litter bins back before the Christmas market.\n"
        "3. We meet again on 14 December at 10:30 at the depot gate.\n\n"
        "Spend to date is £18,450 of £24,000.\n",
        number=1,
        cc=[ICT.address],
    )
    return Sample(
        file="01-meeting-notes.eml",
        what="Notes of a site meeting: nothing about anybody, so they leave as they are, with the disclaimer.",
        message=message,
        reverse_path=PARKS.address,
        expected={to: PASSES, ICT.address: INSIDE},
    )


def supplier_order() -> Sample:
    to = "orders@brightstart-supplies.example"
    lines = [
        ["Item", "Catalogue number", "Quantity", "Price"],
        ["Copier paper A4, box", "4500186723", 40, 12.5],
        ["Toner, black", "9434765928", 6, 61.2],
        ["Lever arch file", "3301129847", 120, 1.15],
    ]
    message = letter(
        ICT,
        [to],
        "Purchase order 4500186723",
        "Good morning,\n\nPlease find our purchase order 4500186723 attached, as a PDF and as a spreadsheet for your\n"
        "system. Delivery to the Civic Centre, goods entrance, before noon on 3 December.\n\n"
        "Our account with you: BS-0044817. Please quote order 4500186723 on the invoice.\n",
        number=2,
    )
    attach(
        message,
        pdf("Purchase order", ["PURCHASE ORDER 4500186723\n\n" + "\n".join(map(str, lines))]),
        PDF,
        "PO-4500186723.pdf",
    )
    attach(message, spreadsheet({"Order": lines}), XLSX, "PO-4500186723.xlsx")
    return Sample(
        file="02-supplier-order.eml",
        what="An order with long order and catalogue numbers: numbers that merely look like identifiers don't stop it.",
        message=message,
        reverse_path=ICT.address,
        expected={to: PASSES},
    )


def newsletter() -> Sample:
    readers = ["moor.walker@webmail.example", "allotment.fan@webmail.example", "info@millford-traders.example"]
    message = letter(
        PARKS,
        [PARKS.address],
        "What's on in Millford parks this December",
        "",
        html="<html><body><p><img src='cid:logo' alt='Example Council'></p><h1>What's on in December</h1>"
        "<p>The <b>Christmas market</b> opens on Friday 4 December at 4 pm. Carols round the tree on the 12th.</p>"
        "<p>The leisure pool closes for repairs from 14 December. "
        "<a href='https://www.council.example/parks'>All events</a></p>"
        "<p>You get this because you asked for it. <a href='https://www.council.example/unsubscribe'>Leave the list</a></p>"
        "</body></html>",
        number=3,
        headers={"List-Unsubscribe": "<https://www.council.example/unsubscribe>", "Precedence": "bulk"},
    )
    message.add_related(logo(), maintype="image", subtype="png", cid="<logo>", filename="logo.png")
    return Sample(
        file="03-newsletter.eml",
        what="A newsletter in HTML with the council's logo, to readers in Bcc: it passes unnoticed.",
        message=message,
        reverse_path=PARKS.address,
        expected=dict.fromkeys(readers, PASSES),
    )


def invitation() -> Sample:
    to = "site.team@greenline-contractors.example"
    calendar = "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Example Council//Calendar//EN",
            "METHOD:REQUEST",
            "BEGIN:VEVENT",
            "UID:sample-04@council.example",
            "DTSTAMP:20261124T090400Z",
            "DTSTART;TZID=Europe/London:20261214T103000",
            "DTEND;TZID=Europe/London:20261214T113000",
            "SUMMARY:Riverside Park\\, site meeting",
            f"ORGANIZER;CN=Owen Pritchard:mailto:{PARKS.address}",
            f"ATTENDEE;CN=Grace Bello;RSVP=TRUE:mailto:{ICT.address}",
            f"ATTENDEE;CN=Site Team;RSVP=TRUE:mailto:{to}",
            "LOCATION:Online",
            "DESCRIPTION:Join at https://meet.council.example/j/84412907735\\nMeeting ID: 844 1290 7735\\nPasscode: 402113",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )
    message = letter(
        PARKS,
        [to],
        "Invitation: Riverside Park, site meeting",
        "Owen Pritchard invites you to a meeting.\n\nJoin at https://meet.council.example/j/84412907735\n"
        "Meeting ID: 844 1290 7735\nPasscode: 402113\n",
        number=4,
    )
    message.add_alternative(calendar, subtype="calendar", charset="utf-8", params={"method": "REQUEST"})
    return Sample(
        file="04-invitation.eml",
        what="A meeting invitation: organiser, attendees, link and passcode are no secrets to those invited.",
        message=message,
        reverse_path=PARKS.address,
        expected={to: PASSES},
    )


def own_matter() -> Sample:
    to = "margaret.holroyd@webmail.example"
    message = letter(
        REVENUES,
        [to],
        "Your council tax account",
        f"Dear Mrs Holroyd,\n\nThank you for telling us that you have moved to {MARGARET.address}.\n\n"
        "Your council tax account 60012345 is now in credit by £84.20. We will take this off your next bill.\n",
        number=5,
    )
    return Sample(
        file="05-own-matter.eml",
        what="A resident is told about her own council tax: nobody else's business is in it, so it goes as it is.",
        message=message,
        reverse_path=REVENUES.address,
        expected={to: PASSES},
    )


def own_matter_high() -> Sample:
    to = "desmond.achebe@webmail.example"
    message = letter(
        REVENUES,
        [to],
        "Your refund",
        "Dear Mr Achebe,\n\nWe hold these details for you, Desmond Achebe, and will pay your refund of £212.40 to them:\n\n"
        "National Insurance number JG 10 37 59 A\nSort code 20-00-01, account number 55779911\n\n"
        "Please tell us within seven days if they are not right.\n",
        number=6,
    )
    return Sample(
        file="06-own-matter-bank-details.eml",
        what="A resident's own bank details and National Insurance number, to himself: allowed, but only encrypted.",
        message=message,
        reverse_path=REVENUES.address,
        expected={to: Expected(action=ENCRYPT, rules=("external", "data-subject"))},
    )


def hospital_discharge() -> Sample:
    to = "discharge.team@hospitals.nhs.example"
    message = letter(
        ADULTS,
        [to],
        "Discharge plan, ward 7",
        f"Dear colleagues,\n\nAs discussed, the care package for our patient starts on Friday.\n\n"
        f"Name: {EILEEN.name}\nDate of birth: {EILEEN.born}\nNHS number: {EILEEN.nhs_number}\n"
        f"Address: {EILEEN.address}\nTelephone: {EILEEN.telephone}\n\n"
        "She has type 2 diabetes and early dementia and needs two carers for transfers. The assessment is attached.\n",
        number=7,
    )
    assessment = word(
        "Care assessment",
        [
            f"Assessment of {EILEEN.name}, born {EILEEN.born}.",
            "Mobility: walks with a frame, two carers for the stairs.",
        ],
        [["Need", "Visits a day"], ["Washing and dressing", 2], ["Insulin injection", 1]],
    )
    return Sample(
        file="07-hospital-discharge.eml",
        what="A care plan to the hospital, which may receive health data under its sharing agreement: it goes encrypted.",
        message=attach(message, assessment, DOCX, "Care assessment.docx"),
        reverse_path=ADULTS.address,
        expected={to: Expected(action=ENCRYPT, rules=("external", "partner-secure"))},
    )


def nomination_list() -> Sample:
    to = "lettings@riverside-homes.example"
    rows = [["Name", "Date of birth", "Address", "Telephone"]]
    rows += [[person.name, person.born, person.address, person.telephone] for person in RESIDENTS]
    message = letter(
        HOUSING,
        [to],
        "Nominations for Weaver's Court",
        "Hello,\n\nOur twelve nominations for the new flats at Weaver's Court are in the attached list.\n",
        number=8,
    )
    return Sample(
        file="08-nominations.eml",
        what="Twelve names and addresses to a housing association whose agreement allows lists: it goes as it is.",
        message=attach(message, spreadsheet({"Nominations": rows}), XLSX, "Nominations.xlsx"),
        reverse_path=HOUSING.address,
        expected={to: PASSES},
    )


def quoted_reply() -> Sample:
    to = "harjit.sandhu@webmail.example"
    message = letter(
        REVENUES,
        [to],
        "Re: My council tax",
        "Dear Mr Sandhu,\n\nYour direct debit is set up; the first payment leaves on 1 December.\n",
        number=9,
        in_reply_to="<7731@webmail.example>",
    )
    quoted = (
        f"\nOn 23 November 2026 Harjit Sandhu <{to}> wrote:\n"
        f"> My date of birth is {HARJIT.born} and I live at\n> {HARJIT.address}.\n"
        f"> Please call me on {HARJIT.telephone}.\n> Harjit Sandhu\n"
    )
    message.set_content(message.get_content() + quoted, charset="utf-8", cte="quoted-printable")
    return Sample(
        file="09-reply-with-quote.eml",
        what="A reply that quotes what the resident himself wrote: he may have his own words back.",
        message=message,
        reverse_path=REVENUES.address,
        expected={to: PASSES},
    )


def press_release() -> Sample:
    to = "newsdesk@newspaper.example"
    message = letter(
        PRESS,
        [to],
        "Press release: new library to open in spring",
        "EMBARGOED until 00:01 on Monday 3 March 2031\n\nPRESS RELEASE\n\n"
        "Example Council will open its new library in the former corn exchange. The library has room for 60,000 books\n"
        "and will open seven days a week.\n\nENDS\n",
        number=10,
    )
    return Sample(
        file="10-press-officer.eml",
        what="A press officer sends an embargoed release to a newspaper: that is her task, so it passes.",
        message=message,
        reverse_path=PRESS.address,
        expected={to: PASSES},
    )


def asked_secure() -> Sample:
    to = "claims@northern-mutual.example"
    message = letter(
        HOUSING,
        [to],
        "[secure] Claim for water damage at Weaver's Court",
        "Dear Sir or Madam,\n\nPlease find below what you asked for about our claim of 12 October. The lift shaft was dry\n"
        "again on 19 October; the contractor's invoice follows.\n",
        number=11,
    )
    return Sample(
        file="11-asked-secure.eml",
        what="The officer wrote [secure] in the subject, so it goes encrypted although nothing was found.",
        message=message,
        reverse_path=HOUSING.address,
        expected={to: Expected(action=ENCRYPT, rules=("external", "asked-secure"))},
    )


def out_of_office() -> Sample:
    to = "rosemary.tiplady@webmail.example"
    message = letter(
        INFORMATION,
        [to],
        "Automatic reply: my late husband's records",
        "I am away until Monday. For anything urgent please ring 01632 960000.\n",
        number=12,
        headers={"Auto-Submitted": "auto-replied"},
    )
    return Sample(
        file="12-out-of-office.eml",
        what="An out-of-office reply with the empty sender: it passes, and is never answered.",
        message=message,
        reverse_path=None,
        expected={to: Expected(action=RELAY, rules=("external", "automatic"))},
    )


def councillor() -> Sample:
    to = "winston.clarke@webmail.example"
    message = EmailMessage()
    message["Date"] = "Tue, 24 Nov 2026 09:13:00 +0000"
    message["From"] = "Cllr Ruth Amoah <ruth.amoah@members.council.example>"
    message["To"] = to
    message["Subject"] = "Your neighbour's extension"
    message["Message-ID"] = "<sample-13@members.council.example>"
    message.set_content(
        f"Dear Mr Clarke,\n\nI have spoken with {EILEEN.name} of {EILEEN.address} (tel. {EILEEN.telephone}), who will\n"
        "keep the hedge below two metres.\n\nRuth Amoah\nWard councillor, Millford East\n",
        charset="utf-8",
        cte="quoted-printable",
    )
    return Sample(
        file="13-councillor.eml",
        what="An elected member writes: the policy does not cover members, so the mail is neither inspected nor changed.",
        message=message,
        reverse_path="ruth.amoah@members.council.example",
        expected={to: Expected(action=RELAY)},
    )


ORDINARY = (
    meeting_notes,
    supplier_order,
    newsletter,
    invitation,
    own_matter,
    own_matter_high,
    hospital_discharge,
    nomination_list,
    quoted_reply,
    press_release,
    asked_secure,
    out_of_office,
    councillor,
)
