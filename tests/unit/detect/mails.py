"""Council mails written for the tests: each with the entities that count and, where it matters, how many people."""

from __future__ import annotations

from dataclasses import dataclass

SIGNATURE = """
Kind regards,
Jane Doe
Senior Housing Officer
Example Council
Tel: 0113 496 0987
jane.doe@council.example
www.council.example
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail from Jane Doe. `expect`: the entities of findings that are not exempt, names included."""

    id: str
    subject: str = ""
    body: str
    to: str = "someone@partner.example"
    to_name: str = ""
    expect: frozenset[str]
    people: int | None = None  # individuals but the author


def _mail(identity: str, body: str, *expect: str, **more: object) -> Mail:
    return Mail(id=identity, body=body, expect=frozenset(expect), **more)  # type: ignore[arg-type]


MAILS = (
    _mail(
        "hospital discharge",
        "Hi Tom,\n\nMrs Edith Cartwright (NHS no. 943 476 5919, DOB 12/03/1938) is ready for discharge on Friday. She "
        "lives at 14 Acacia Avenue, Leeds LS6 2AB and her daughter is on 07700 900123.\n" + SIGNATURE,
        "PERSON",
        "UK_NHS",
        "DATE_OF_BIRTH",
        "UK_ADDRESS",
        "UK_POSTCODE",
        "PHONE_NUMBER",
        people=1,
    ),
    _mail(
        "benefit query with national insurance number",
        "Dear colleague,\n\nPlease confirm the income of Mr Darren Whitlock, NI number JG103759A, housing benefit "
        "claim 7012345.\n" + SIGNATURE,
        "PERSON",
        "UK_NINO",
        "UK_HOUSING_BENEFIT_REF",
        people=1,
    ),
    _mail(
        "purchase order and invoice numbers",
        "Hello,\n\nPurchase order 4500123981 is approved. Please quote job number 9434765919 and invoice 4010232137 on "
        "the delivery note; the ISBN of the manual is 9780131103627.\n" + SIGNATURE,
    ),
    _mail(
        "meeting invitation",
        "Hi all,\n\nThe contract review is on Tuesday at 10am.\n\nMicrosoft Teams meeting\nJoin on your computer\n"
        "Meeting ID: 372 844 190 22\nPasscode: aB3dEf\nOr call in: +44 20 3855 5195 Phone conference id: 943 476 "
        "5919#\n" + SIGNATURE,
    ),
    _mail(
        "planning application",
        "Dear Sirs,\n\nPlanning application 26/01234/FUL, land at 23 Acacia Avenue, was validated on 12/03/2026. The "
        "decision is due by 7 May 2026. Application number 9434765919.\n" + SIGNATURE,
    ),
    _mail(
        "school admission",
        "Dear Mrs Begum,\n\nWe can offer Yusuf a place at Hill Top Primary School. UPN: H801200001001, date of "
        "birth 4 May 2019.\n" + SIGNATURE,
        "PERSON",
        "UK_UPN",
        "DATE_OF_BIRTH",
    ),
    _mail(
        "safeguarding referral",
        "Hello,\n\nI am making a safeguarding referral for Kayleigh Burrows (DOB 02/09/2014). Her mother told the "
        "school "
        "about physical abuse at home and a section 47 enquiry has started.\n" + SIGNATURE,
        "PERSON",
        "DATE_OF_BIRTH",
        "SAFEGUARDING",
        people=1,
    ),
    _mail(
        "safeguarding training",
        "Dear all,\n\nSafeguarding training is mandatory. The next session is on 3 June 2026 in the Civic Hall. Our "
        "safeguarding policy was updated and the domestic abuse strategy goes to cabinet.\n" + SIGNATURE,
    ),
    _mail(
        "supplier bank details",
        "Hello,\n\nPlease change the payee. Sort code 20-00-01, account number 55779911, IBAN GB29 NWBK 6016 1331 "
        "9268 19.\n" + SIGNATURE,
        "UK_BANK_ACCOUNT",
        "IBAN_CODE",
    ),
    _mail(
        "card number in an email",
        "Hi,\n\nThe resident read me her card number 4111 1111 1111 1111 over the phone, expiry 04/28. Sorry!\n"
        + SIGNATURE,
        "CREDIT_CARD",
    ),
    _mail(
        "parking appeal",
        "Dear Sir or Madam,\n\nPCN LD12345678 was issued to vehicle registration YK19 ABC in Mill Lane. The appeal "
        "is allowed.\n" + SIGNATURE,
        "UK_PCN",
        "UK_VEHICLE_REGISTRATION",
        people=1,
    ),
    _mail(
        "council tax to the resident",
        "Dear Mr Smith,\n\nYour council tax account 60012345 is in credit. We will refund you.\n" + SIGNATURE,
        "PERSON",
        "UK_COUNCIL_TAX_REF",
        to="john.smith@webmail.example",
        people=1,
    ),
    _mail(
        "rent arrears",
        "Hello,\n\nTenant: Michelle O'Connor. Rent account 0456781234 is £412.50 in arrears. Flat 3, 9 Beech Grove.\n"
        + SIGNATURE,
        "PERSON",
        "UK_RENT_REF",
        "UK_ADDRESS",
        people=1,
    ),
    _mail(
        "health of an employee",
        "Confidential.\n\nRobert Hughes has been off sick since May; he was diagnosed with multiple sclerosis and "
        "asks for a "
        "referral to occupational health.\n" + SIGNATURE,
        "PERSON",
        "SPECIAL_CATEGORY",
        people=1,
    ),
    _mail(
        "mental health week newsletter",
        "Hello everyone,\n\nMental Health Awareness Week starts on Monday. If you have diabetes or anxiety, come to "
        "the walk in "
        "the park. Book with the wellbeing team.\n" + SIGNATURE,
    ),
    _mail(
        "criminal record",
        "Hi,\n\nMr Lee Brannigan was convicted of assault in 2021 and is on probation; his DBS came back yesterday.\n"
        + SIGNATURE,
        "PERSON",
        "CRIMINAL_OFFENCE",
        people=1,
    ),
    _mail(
        "roadworks",
        "Good morning,\n\nMill Lane will be closed between 12 and 14 June for resurfacing. Diversion via Station "
        "Road and the "
        "A65. Permit number YX1234567890. Contact the highways team on 0300 123 4567.\n" + SIGNATURE,
    ),
    _mail(
        "councillor enquiry",
        "Dear Cllr Hussain,\n\nThank you for your enquiry about the bins in Beeston. The crew missed Cross Flatts "
        "Grove on Tuesday "
        "and will return tomorrow.\n" + SIGNATURE,
    ),
    _mail(
        "password sent by mail",
        "Hi,\n\nYour login is ready. Username: supplier01 password: Welcome2Leeds!\n" + SIGNATURE,
        "CREDENTIAL",
    ),
    _mail(
        "password advice", "Hi,\n\nPlease reset your password today. The password is required to be long.\n" + SIGNATURE
    ),
    _mail(
        "self-employed tax",
        "Hello,\n\nUTR 19558 39661 belongs to Mr Ian Fairweather, who asks for small business relief.\n" + SIGNATURE,
        "PERSON",
        "UK_UTR",
        people=1,
    ),
    _mail(
        "passport and licence for a taxi licence",
        "Applicant: Tariq Mahmood\nPassport number 533401372\nDriving licence MAHMO657054TM9IJ\n" + SIGNATURE,
        "PERSON",
        "UK_PASSPORT",
        "UK_DRIVING_LICENCE",
        people=1,
    ),
    _mail(
        "two clients in one mail",
        "Hello,\n\nGrace Okafor, DOB 01/02/1990, NHS 943 476 5919.\n\nPeter Lindqvist, DOB 05/06/1985, NHS 401 023 "
        "2137.\n" + SIGNATURE,
        "PERSON",
        "DATE_OF_BIRTH",
        "UK_NHS",
        people=2,
    ),
    _mail(
        "contract management",
        "Hi Paul,\n\nContract C-20456 runs to 31/03/2027. The KPI report shows 98.4% collected; version 2.1.4 of "
        "the schedule is "
        "attached. Asset number 10033544 was replaced, serial number AB123456C.\n" + SIGNATURE,
    ),
    _mail(
        "freedom of information reply",
        "Dear Requester,\n\nIn 2025/26 the council issued 12,345 penalty charge notices and spent £1,234,567 on "
        "agency staff. The "
        "data is on the website.\n" + SIGNATURE,
    ),
    _mail(
        "own council contact points",
        "Hello,\n\nPlease ring the contact centre on 0113 222 4444 or write to benefits@council.example, Civic Hall.\n"
        + SIGNATURE,
    ),
    _mail(
        "learner numbers",
        "Hi,\n\nUnique Learner Number: 4083726155 for Daniel Price, please enrol him.\n" + SIGNATURE,
        "PERSON",
        "UK_ULN",
        people=1,
    ),
    _mail(
        "property list",
        "Hi,\n\nThe boiler at UPRN 100071234567 was serviced. Works order 20261234 is closed.\n" + SIGNATURE,
        "UK_UPRN",
    ),
    _mail(
        "social care case reference",
        "Hello,\n\nRef LCS-1234567: the placement of the child with the foster carers ends on Friday.\n" + SIGNATURE,
        "UK_CASE_REF",
        "SAFEGUARDING",
    ),
    _mail(
        "job advert",
        "Dear all,\n\nWe are hiring a Head of Finance. Salary £68,000. Closing date 12 June 2026. Reference "
        "JOB20261234. "
        "Disability Confident employer.\n" + SIGNATURE,
    ),
    _mail(
        "reply with the resident's own words quoted",
        "Dear Ms Kowalska,\n\nThank you, we have noted it.\n" + SIGNATURE + "\nOn 2 June 2026 at 09:12, Ewa Kowalska "
        "<ewa.kowalska@webmail.example> wrote:\n> My number is 07700 900456 and I live at 5 Elm Close, YO24 1AB.\n",
        "PERSON",
        "EMAIL_ADDRESS",
        "PHONE_NUMBER",
        "UK_ADDRESS",
        "UK_POSTCODE",
        to="ewa.kowalska@webmail.example",
        people=1,
    ),
    _mail(
        "election logistics",
        "Hello,\n\nPolling station 14 moves to St Mark's Church Hall, Otley Road. Ballot boxes arrive at 6:30 on 7 "
        "May. "
        "Van hire booking reference 20456781.\n" + SIGNATURE,
    ),
    _mail(
        "teacher's disclosure",
        "Hi Joanne\n\nAs discussed, Aisha told her form tutor that her stepdad hits her. Mum is Shabnam Akhtar 07911 "
        "123456.\n" + SIGNATURE,
        "PERSON",
        "SAFEGUARDING",
        "PHONE_NUMBER",
        people=2,
    ),
    _mail(
        "committee minutes",
        "Dear all,\n\nPresent: Councillors A Khan (Chair), S Whitfield, J O'Neill. Apologies: Cllr P. Rigby. Item 4 "
        "was noted.\n" + SIGNATURE,
    ),
    _mail(
        "letter to a member of parliament",
        "Dear Ms Reeves MP,\n\nThank you for your letter. We will inspect the potholes on Burley Road.\n" + SIGNATURE,
    ),
    _mail(
        "capacity of a service",
        "Hello Anna,\n\nWe had 14 referrals this week. The dementia pathway is over capacity; can your trust take two "
        "more beds?\n" + SIGNATURE,
    ),
    _mail(
        "substation access",
        "Hi Mark,\n\nThe MPAN is 2200012345678 and the meter serial E10Z123456. Access on 4/12/2026 from 08:00.\n"
        + SIGNATURE,
    ),
    _mail(
        "payment without labels",
        "Please pay Miss Chloe Barraclough £1,250 compensation. Nationwide 07-01-16 44556677.\n" + SIGNATURE,
        "PERSON",
        "UK_BANK_ACCOUNT",
        people=1,
    ),
)
