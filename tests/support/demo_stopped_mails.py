"""Sample mails that must not leave as they are: each one slip that happens in councils."""

from __future__ import annotations

from email.message import EmailMessage

from tests.support.demo_documents import archive, csv, encrypted_archive, pdf, spreadsheet, word
from tests.support.demo_letters import (
    ADULTS,
    DEMOCRATIC,
    DOCX,
    ENCRYPT,
    HOLD,
    HOUSING,
    ICT,
    INFORMATION,
    PARKS,
    PDF,
    PRESS,
    REJECT,
    RELAY,
    RESIDENTS,
    REVENUES,
    XLSX,
    ZIP,
    Expected,
    Officer,
    Sample,
    attach,
    letter,
)

MARGARET, DESMOND, EILEEN, HARJIT, ROSEMARY, WINSTON, AGNIESZKA, GEOFFREY, *_ = RESIDENTS

HOSPITAL = "discharge.team@hospitals.nhs.example"


def _held(*rules: str) -> Expected:
    return Expected(action=HOLD, rules=("external", *rules))


def _sample(file: str, what: str, message: EmailMessage, author: Officer, expected: dict[str, Expected]) -> Sample:
    return Sample(file=file, what=what, message=message, reverse_path=author.address, expected=expected)


def partner_category() -> Sample:
    message = letter(
        ADULTS,
        [HOSPITAL],
        "Deposit for Mr Achebe's key safe",
        f"Hello,\n\nPlease refund the key safe deposit to {DESMOND.name}, NHS number {DESMOND.nhs_number}:\n"
        "sort code 20-00-01, account number 55779911.\n",
        number=14,
    )
    what = "Bank details to the hospital: its agreement covers health, not money, so a reviewer looks first."
    return _sample("14-partner-category.eml", what, message, ADULTS, {HOSPITAL: _held("partner-category")})


def partner_group() -> Sample:
    to = "rota@kindly-care.example"
    message = letter(
        HOUSING,
        [to],
        "New tenant at Larkspur Close",
        f"Hello,\n\n{HARJIT.name} now lives at {HARJIT.address}, telephone {HARJIT.telephone}. "
        "Could somebody look in?\n",
        number=15,
    )
    what = "A housing officer writes to a care agency that only adult social care may send people's details to."
    return _sample("15-wrong-team.eml", what, message, HOUSING, {to: _held("partner-group")})


def wrong_recipient() -> Sample:
    to = "j.fairclough@webmail.example"
    report = pdf(
        "Assessment",
        [
            "Occupational therapy assessment\n\nPage 1: how we work. We visit within ten working days.",
            f"Findings\n\nPatient: {EILEEN.name}\nDate of birth: {EILEEN.born}\nNHS number: {EILEEN.nhs_number}\nAddress: {EILEEN.address}\n\nDiagnosis: early dementia, type 2 diabetes.",
        ],
    )
    message = letter(ADULTS, [to], "Report", "Dear Ms Fairclough,\n\nHere is the report you asked for.\n", number=16)
    what = "The address book offered another Fair...: somebody else's medical report, page 2 of a PDF, to a stranger."
    attach(message, report, PDF, "report.pdf")
    return _sample("16-wrong-recipient.eml", what, message, ADULTS, {to: _held("unapproved-high")})


def mailing_list() -> Sample:
    to = "print@quickmail-house.example"
    rows = [["Name", "Address", "Telephone"]]
    rows += [[person.name, f'"{person.address}"', person.telephone] for person in RESIDENTS]
    message = letter(REVENUES, [to], "Addresses for the leaflet", "Hi,\n\nThe addresses are attached.\n", number=17)
    message.add_attachment(csv(rows), maintype="text", subtype="csv", filename="residents.csv")
    what = "A list of twelve residents to a printer that the council has no agreement with."
    return _sample("17-mailing-list.eml", what, message, REVENUES, {to: _held("unapproved-high", "bulk")})


def partner_bulk() -> Sample:
    rows = [["NHS number", "Name", "Date of birth", "Care needs"]]
    rows += [[person.nhs_number, person.name, person.born, "Two visits a day"] for person in RESIDENTS]
    message = letter(ADULTS, [HOSPITAL], "Winter list", "Dear all,\n\nThe winter list is attached.\n", number=18)
    attach(message, spreadsheet({"Winter": rows}), XLSX, "Winter list.xlsx")
    what = "Twelve patients at once to the hospital, which may receive each, but not a list: two approvals."
    return _sample("18-too-many-people.eml", what, message, ADULTS, {HOSPITAL: _held("bulk", "partner-secure")})


def hidden_sheet() -> Sample:
    to = "research@millford-university.example"
    people = [["Name", "Address", "Telephone"]]
    people += [[person.name, person.address, person.telephone] for person in RESIDENTS[:6]]
    table = [["Ward", "Visits"], ["Millford East", 412], ["Millford West", 388]]
    message = letter(
        INFORMATION, [to], "Visits by ward", "Dear Dr Stone,\n\nThe figures by ward are attached.\n", number=19
    )
    attach(message, spreadsheet({"Visits by ward": table, "Source": people}, hidden=["Source"]), XLSX, "Visits.xlsx")
    what = "Harmless totals, but the hidden sheet behind them still holds the people they were counted from."
    return _sample("19-hidden-sheet.eml", what, message, INFORMATION, {to: _held("hidden-content")})


def information_request() -> Sample:
    to = "request-4821@foi-portal.example"
    table = [["Year", "Potholes repaired"], [2024, 3120], [2025, 3377]]
    message = letter(
        INFORMATION,
        [to],
        "Freedom of information request 4821: potholes",
        "Dear requester,\n\nThe figures you asked for are attached.\n",
        number=20,
    )
    attach(message, spreadsheet({"Potholes": table}), XLSX, "Potholes.xlsx")
    what = "An original spreadsheet to a site that publishes what it receives: looked at by two people first."
    return _sample("20-published-spreadsheet.eml", what, message, INFORMATION, {to: _held("publication")})


def social_media() -> Sample:
    to = "millford.parks@post.blog.example"
    message = letter(
        PARKS,
        [to],
        "Volunteer of the month",
        f"Our volunteer of the month is {AGNIESZKA.name}, who lives at {HARJIT.address}. Give her a ring on {HARJIT.telephone}!\n",
        number=21,
    )
    what = "A volunteer's name, address and telephone number by e-mail to a blog: refused, and the sender told why."
    expected = {to: Expected(action=REJECT, rules=("external", "social"))}
    return _sample("21-posted-to-blog.eml", what, message, PARKS, expected)


def visible_recipients() -> Sample:
    to = [f"{name}@webmail.example" for name in ("a.thorpe", "b.quigley", "c.dhillon", "d.marsden", "e.osei", "f.lamb")]
    message = letter(
        HOUSING,
        to,
        "Residents' meeting at Weaver's Court",
        "Dear residents,\n\nWe meet on 9 December at 6 pm in the common room. There will be tea.\n",
        number=22,
    )
    what = "Six residents' private addresses in To: each would see the others'. Held with the advice to use Bcc."
    return _sample(
        "22-everybody-sees-everybody.eml", what, message, HOUSING, dict.fromkeys(to, _held("visible-recipients"))
    )


def hidden_recipients() -> Sample:
    readers = [f"{person.name.lower().replace(' ', '.')}@webmail.example" for person in RESIDENTS]
    message = letter(
        ADULTS,
        [ADULTS.address],
        "Peer support group",
        "Dear all,\n\nYou are living with HIV and told us that you would like to meet others. The peer support group for\n"
        "people with HIV meets on Thursdays at 7 pm.\n",
        number=23,
    )
    what = "Twelve people in Bcc of a mail that says they have HIV: one slip to Cc would tell all of them."
    return _sample("23-sensitive-bcc.eml", what, message, ADULTS, dict.fromkeys(readers, _held("bcc-sensitive")))


def look_alike() -> Sample:
    to = "discharge.team@hospitols.nhs.example"
    message = letter(ADULTS, [to], "Friday's rota", "Hello,\n\nCould you confirm Friday's rota?\n", number=24)
    what = "One letter wrong in the hospital's domain, which would belong to whoever registered it."
    return _sample("24-look-alike.eml", what, message, ADULTS, {to: _held("look-alike")})


def locked_archive() -> Sample:
    to = "office@hartley-chambers.example"
    content = f"Witness: {GEOFFREY.name}, {GEOFFREY.address}\r\n".encode()
    message = letter(
        HOUSING, [to], "Bundle", "Dear clerk,\n\nThe bundle, as agreed. I will text the word.\n", number=25
    )
    attach(message, encrypted_archive("bundle.txt", content, b"not-in-this-mail"), ZIP, "bundle.zip")
    what = "A locked archive to somebody unknown: what can't be read can't be judged, so a person looks."
    return _sample("25-locked-archive.eml", what, message, HOUSING, {to: _held("unreadable")})


def official_sensitive() -> Sample:
    law, consultant = "a.whitby@example-law.example", "team@strategy-partners.example"
    message = letter(
        DEMOCRATIC,
        [law, consultant],
        "Depot sale: position before negotiation",
        "OFFICIAL-SENSITIVE\n\nDear both,\n\nOur lowest price for the depot is set by the valuation of October. Please keep\n"
        "this among us.\n\nOFFICIAL-SENSITIVE\n",
        number=26,
    )
    what = "Marked OFFICIAL-SENSITIVE: encrypted to the council's solicitors, held for the consultant."
    expected = {
        law: Expected(action=ENCRYPT, rules=("external", "official-sensitive")),
        consultant: _held("official-sensitive"),
    }
    return _sample("26-official-sensitive.eml", what, message, DEMOCRATIC, expected)


def secret() -> Sample:
    message = letter(
        DEMOCRATIC,
        [HOSPITAL],
        "Exercise",
        "SECRET\n\nThe exercise begins on 8 December at 05:00.\n\nSECRET\n",
        number=27,
    )
    what = "Marked SECRET: never by e-mail, not even to a partner; the administrators hear of it."
    return _sample("27-secret.eml", what, message, DEMOCRATIC, {HOSPITAL: _held("secret")})


def exempt_report() -> Sample:
    to = "bids@greenline-contractors.example"
    report = word(
        "Cabinet, 8 December 2026: grounds maintenance contract",
        [
            "NOT FOR PUBLICATION by virtue of paragraph 3 of Part 1 of Schedule 12A of the Local Government Act 1972",
            "Officers recommend that the contract is not renewed.",
        ],
    )
    message = letter(DEMOCRATIC, [to], "Papers", "Hello,\n\nThe papers for the 8th.\n", number=28)
    attach(message, report, DOCX, "Item 9.docx")
    what = "An exempt committee paper to a bidder whose own contract it is about."
    return _sample("28-exempt-paper.eml", what, message, DEMOCRATIC, {to: _held("not-for-publication")})


def forwarded_bulletin() -> Sample:
    to = "my.old.colleague@webmail.example"
    bulletin = letter(
        PRESS,
        ["all.staff@council.example"],
        "In Touch: staff bulletin 47",
        "INTERNAL COMMUNICATION - not for onward circulation\n\nThe restructure of the depot starts in February.\n",
        number=28,
    )
    message = letter(ICT, [to], "You will like this", "See attached.\n", number=29)
    message.add_attachment(bulletin)
    what = "The staff bulletin, attached as a mail within a mail, to a former colleague."
    return _sample("29-forwarded-bulletin.eml", what, message, ICT, {to: _held("internal-communication")})


def embargo() -> Sample:
    to = "chair@millford-traders.example"
    message = letter(
        PRESS,
        [to],
        "The new library",
        "EMBARGOED until 00:01 on Monday 3 March 2031\n\nThe new library opens in the former corn exchange.\n",
        number=30,
    )
    what = "The same news as the newspaper's, but to the traders, before its hour: held until the embargo ends."
    return _sample("30-embargo.eml", what, message, PRESS, {to: _held("embargo")})


def press_reply() -> Sample:
    to = "newsdesk@newspaper.example"
    message = letter(
        HOUSING,
        [to],
        "Re: Damp at Weaver's Court",
        "Hello,\n\nYou asked for a comment. The works at Weaver's Court are finished and nobody had to move out.\n",
        number=31,
        in_reply_to="<enquiry-88@newspaper.example>",
    )
    what = "A housing officer answers a newspaper himself: communications check it first."
    return _sample("31-press-reply.eml", what, message, HOUSING, {to: _held("press-statement")})


def password() -> Sample:
    to = "support@bluebird-software.example"
    message = letter(
        ICT,
        [to],
        "Access to the test system",
        "Hello,\n\nFor the upgrade tonight:\n\nUsername: svc-upgrade\nPassword: Kettle-94-Orchard!\n",
        number=32,
    )
    what = "A user name and its password in one mail to a supplier."
    return _sample("32-password.eml", what, message, ICT, {to: _held("credentials")})


def automatic_forward() -> Sample:
    to = "tom.reed.home@webmail.example"
    message = letter(
        HOUSING,
        [to],
        "Fwd: Rota for January",
        "The January rota is on the shared drive.\n",
        number=33,
        headers={"X-MS-Exchange-Organization-AutoForwarded": "true"},
    )
    what = "A mailbox rule forwards everything to a private mailbox: stopped, whatever the mail says."
    return _sample("33-automatic-forward.eml", what, message, HOUSING, {to: _held("auto-forward")})


def archive_of_clients() -> Sample:
    to = "quotes@northern-mutual.example"
    rows = [["NHS number", "Patient", "Condition"]]
    rows += [[person.nhs_number, person.name, "dementia"] for person in RESIDENTS[:3]]
    message = letter(HOUSING, [to], "For your quotation", "Hi,\n\nThe file you need is attached.\n", number=34)
    attach(message, archive({"export/clients.csv": csv(rows)}), ZIP, "export.zip")
    what = "NHS numbers and diagnoses in a CSV in a ZIP, to an insurer that wanted head counts."
    return _sample("34-archive.eml", what, message, HOUSING, {to: _held("unapproved-high")})


def four_verdicts() -> Sample:
    colleague, relative, blog = (
        "adults.duty@council.example",
        "carol.whitfield@webmail.example",
        "millford.carers@post.blog.example",
    )
    message = letter(
        ADULTS,
        [HOSPITAL],
        "Mrs Nowak's return home",
        f"Dear all,\n\nOur patient {AGNIESZKA.name} (NHS number {AGNIESZKA.nhs_number}, born {AGNIESZKA.born}) comes home on\n"
        f"Thursday to {AGNIESZKA.address}. She is recovering from a stroke and needs a hoist.\n",
        number=35,
        cc=[colleague, relative, blog],
    )
    what = "One mail, four recipients, four fates: inside as it is, encrypted to the hospital, held, and refused."
    expected = {
        colleague: Expected(action=RELAY, rules=("internal",)),
        HOSPITAL: Expected(action=ENCRYPT, rules=("external", "partner-secure")),
        relative: _held("unapproved-high"),
        blog: Expected(action=REJECT, rules=("external", "social")),
    }
    return _sample("35-four-fates.eml", what, message, ADULTS, expected)


def observed() -> Sample:
    to = "jobs@pipeworks-plumbing.example"
    message = letter(
        HOUSING,
        [to],
        "Leaking tap",
        f"Hi,\n\nPlease see to the kitchen tap of our tenant Mr {WINSTON.name}, {WINSTON.address}. He is in after noon,\n"
        f"telephone {WINSTON.telephone}.\n",
        number=36,
    )
    what = "One tenant's address to a plumber: a rule that only observes counts it, and the mail goes."
    expected = {to: Expected(action=RELAY, rules=("external", "unapproved-low"))}
    return _sample("36-observed.eml", what, message, HOUSING, expected)


STOPPED = (
    partner_category, partner_group, wrong_recipient, mailing_list, partner_bulk, hidden_sheet, information_request,
    social_media, visible_recipients, hidden_recipients, look_alike, locked_archive, official_sensitive, secret,
    exempt_report, forwarded_bulletin, embargo, press_reply, password, automatic_forward, archive_of_clients,
    four_verdicts, observed,
)  # fmt: skip
