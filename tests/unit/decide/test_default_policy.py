"""Every row of the default policy, with mails it must act on and mails it must leave alone."""

from datetime import timedelta

import pytest

from dlp_gateway.decide import check_examples, warnings_of
from dlp_gateway.model import Area, Attachment, DocumentMatch, Exemption, GapReason, GapScope, Likeness, MarkingKind
from tests.support.policy_mail import (
    COUNCIL_NEXT_DOOR,
    HOSPITAL,
    NOW,
    RESIDENT,
    ROUTES,
    STRANGER,
    Mail,
    Person,
    people,
    shipped,
)

ATTACHMENT, WHOLE = GapScope.ATTACHMENT, GapScope.MESSAGE
CARE_AGENCY = "rota@kindly-care.example"
HOUSING = "lettings@riverside-homes.example"
LAWYER = "r.lowe@example-law.example"
PAPER = "newsdesk@newspaper.example"
FOI = "request-118274@whatdotheyknow.com"
BLOG = "ourtown@post.blog.example"
MP = "helen.marsh.mp@parliament.uk"
COLLEAGUE = "tom.reid@council.example"
PRESS_OFFICER = "press.lead@council.example"
CARE_WORKER = "adults.intake@council.example"

RECORD = ("PERSON", "UK_NHS")
LETTER = ("PERSON", "UK_ADDRESS", "UK_COUNCIL_TAX_REF")
SHEET = Attachment(part="2", filename="a.xlsx", media_type="text/csv", size_bytes=9000, original_spreadsheet=True)
PRINT = Attachment(part="2", filename="a.pdf", media_type="application/pdf", size_bytes=9000)
LATER, EARLIER = NOW + timedelta(days=1), NOW - timedelta(minutes=1)


def mail(to, *persons, **more):
    return Mail(to=(to,) if isinstance(to, str) else to, people=persons, **more)


def person(*entities, **more):
    return Person(entities=entities, **more)


def marked(to, kind, until=None, **more):
    return Mail(to=(to,), markings=((kind, until),), **more)


def unreadable(to, scope=ATTACHMENT, reason=GapReason.ENCRYPTED):
    return Mail(to=(to,), gaps=((reason, scope),))


def registered(to, kind, partner=None):
    match = DocumentMatch(kind=kind, document="1", name="Staff news", partner=partner, part="1", words=60)
    return Mail(to=(to,), documents=(match,))


PROTECTED = {"indexes": ("protected",), "confidence": 1.0}
RESIDENT_SELF = {"recipients": (RESIDENT,)}
NEIGHBOURS = tuple(f"resident{n}@{d}" for n, d in enumerate(["gmail.com", "sky.com", "aol.com", "me.com", "gmx.com"]))
FIRMS = tuple(f"info@firm{n}-heating.co.uk" for n in range(11))
FRIEND = {"known_relationships": frozenset({(RESIDENT, "person 0")})}
NEVER_SEEN = {"never_written_to": frozenset({HOSPITAL, RESIDENT}), "history_days": 40}
ALIKE = {"similar_known": frozenset({(HOSPITAL, Likeness.LOCAL_PART), (RESIDENT, Likeness.OTHER_DOMAIN)})}
UNUSUAL = {"unusual_in_group": frozenset({HOSPITAL, RESIDENT})}
ADDED = {"added_to_internal_thread": frozenset({HOSPITAL, RESIDENT})}
JO, JO_HOME = "jo.bellamy@council.example", "jobellamy72@btinternet.com"

ROWS = [
    # internal
    ("internal", mail(COLLEAGUE, *people(30, *RECORD)), "relay"),
    ("internal", mail("hr@payroll.council.example"), "relay"),
    ("-internal", mail(HOSPITAL), "relay"),
    ("-internal", mail("tom.reid@council.example.com"), None),
    # external
    ("external", mail(STRANGER), "relay"),
    ("external", mail(HOSPITAL), "relay"),
    ("-external", mail(COLLEAGUE), "relay"),
    ("-external", mail("desk@library.council.example"), "relay"),
    # partner-secure
    ("partner-secure", mail(HOSPITAL, person(*RECORD)), "encrypt"),
    ("partner-secure", mail(COUNCIL_NEXT_DOOR, person("SAFEGUARDING", "PERSON")), "encrypt"),
    ("partner-secure", mail(MP, person("SPECIAL_CATEGORY", "PERSON")), "encrypt"),
    ("-partner-secure", mail(HOSPITAL, person(*LETTER)), "relay"),
    ("-partner-secure", mail(COUNCIL_NEXT_DOOR, person("PHONE_NUMBER")), "relay"),
    # partner-category
    ("partner-category", mail(HOUSING, person("SPECIAL_CATEGORY", "PERSON")), "hold"),
    ("partner-category", mail(MP, person("CRIMINAL_OFFENCE")), "hold"),
    ("partner-category", mail("clerk@parliament.uk", person("UK_NINO")), "hold"),
    ("-partner-category", mail(HOUSING, person("UK_NINO", "PERSON")), "encrypt"),
    ("-partner-category", mail(STRANGER, person("PERSON")), "relay"),
    # partner-group
    ("partner-group", mail(CARE_AGENCY, person("PERSON", "PHONE_NUMBER")), "hold"),
    ("partner-group", mail(CARE_AGENCY, person("UK_ADDRESS"), author="children.desk@council.example"), "hold"),
    ("-partner-group", mail(CARE_AGENCY, person("PERSON", "PHONE_NUMBER"), author=CARE_WORKER), "relay"),
    ("-partner-group", mail(CARE_AGENCY), "relay"),
    ("-partner-group", mail(HOSPITAL, person("UK_ADDRESS")), "relay"),
    # unapproved-high
    ("unapproved-high", mail(RESIDENT, person(*RECORD)), "hold"),
    ("unapproved-high", mail(STRANGER, *people(5, "PERSON", "UK_ADDRESS")), "hold"),
    ("unapproved-high", mail(PAPER, person("CRIMINAL_OFFENCE")), "hold"),
    ("-unapproved-high", mail(RESIDENT, person(*RECORD, **RESIDENT_SELF)), "encrypt"),
    ("-unapproved-high", mail(STRANGER, *people(4, "PERSON", "UK_ADDRESS")), "relay"),
    ("-unapproved-high", mail(STRANGER, *people(9, "UK_ADDRESS")), "relay"),
    ("-unapproved-high", mail(RESIDENT, person(*RECORD), facts=FRIEND), "encrypt"),
    ("-unapproved-high", mail(HOSPITAL, person(*RECORD)), "encrypt"),
    # unapproved-low (observed as shipped)
    ("?unapproved-low", mail(STRANGER, person(*LETTER)), "relay"),
    ("?unapproved-low", mail(RESIDENT, *people(4, "PERSON", "UK_RENT_REF")), "relay"),
    ("-unapproved-low", mail(RESIDENT, person(*LETTER, **RESIDENT_SELF)), "relay"),
    ("-unapproved-low", mail(STRANGER, person("PERSON")), "relay"),
    ("-unapproved-low", mail(RESIDENT, person(*LETTER), facts=FRIEND), "encrypt"),
    # data-subject
    ("data-subject", mail(RESIDENT, person(*RECORD, **RESIDENT_SELF)), "encrypt"),
    ("data-subject", mail(RESIDENT, person(*LETTER, **RESIDENT_SELF)), "relay"),
    ("data-subject", mail(RESIDENT, person("PERSON", **RESIDENT_SELF), loose=people(1, "SPECIAL_CATEGORY")), "encrypt"),
    ("-data-subject", mail(RESIDENT, person(*LETTER)), "relay"),
    ("-data-subject", mail(RESIDENT, person(*LETTER, **RESIDENT_SELF), person("PERSON", "UK_ADDRESS")), "relay"),
    ("-data-subject", mail(HOSPITAL, person("UK_ADDRESS", recipients=(HOSPITAL,))), "relay"),
    # known-relationship
    ("known-relationship", mail(RESIDENT, person("PERSON", "SPECIAL_CATEGORY"), facts=FRIEND), "encrypt"),
    ("known-relationship", mail(RESIDENT, person(*RECORD), person(*RECORD), facts=FRIEND), "hold"),
    ("-known-relationship", mail(STRANGER, person(*LETTER), facts=FRIEND), "relay"),
    ("known-relationship", mail(RESIDENT, person("PERSON", "UK_NHS", known_to=(RESIDENT.upper(),))), "encrypt"),
    ("-unapproved-high", mail(RESIDENT, person("PERSON", "UK_NHS", known_to=(RESIDENT,))), "encrypt"),
    ("unapproved-high", mail(RESIDENT, person(*RECORD, known_to=(RESIDENT,)), person(*RECORD)), "hold"),
    ("-known-relationship", mail(STRANGER, person(*LETTER, known_to=(RESIDENT,))), "relay"),
    ("-known-relationship", mail(RESIDENT, person(*LETTER)), "relay"),
    # salutation-mismatch (observed)
    ("?salutation-mismatch", mail(HOSPITAL, person(*RECORD), controls={"salutation_mismatch": (HOSPITAL,)}), "encrypt"),
    (
        "?salutation-mismatch",
        mail(RESIDENT, person(*RECORD, **RESIDENT_SELF), controls={"salutation_mismatch": (RESIDENT,)}),
        "encrypt",
    ),
    ("-salutation-mismatch", mail(HOSPITAL, person(*LETTER), controls={"salutation_mismatch": (HOSPITAL,)}), "relay"),
    ("-salutation-mismatch", mail(HOSPITAL, person(*RECORD), controls={"salutation_mismatch": (STRANGER,)}), "encrypt"),
    # attachment-other-person (observed)
    (
        "?attachment-other-person",
        mail(RESIDENT, person("PERSON", **RESIDENT_SELF), person(*LETTER, area=Area.ATTACHMENT)),
        "relay",
    ),
    ("?attachment-other-person", mail(STRANGER, person(*LETTER), person(*LETTER, area=Area.ATTACHMENT)), "relay"),
    ("-attachment-other-person", mail(STRANGER, person(*LETTER, area=Area.ATTACHMENT)), "relay"),
    ("-attachment-other-person", mail(HOSPITAL, person(*LETTER), person(*LETTER, area=Area.ATTACHMENT)), "relay"),
    # bulk
    ("bulk", mail(HOSPITAL, *people(10, *LETTER)), "hold"),
    ("bulk", mail(COUNCIL_NEXT_DOOR, *people(12, "UK_NINO")), "hold"),
    ("bulk", mail(LAWYER, loose=people(10, "UK_NHS")), "hold"),
    ("-bulk", mail(HOSPITAL, *people(9, *LETTER)), "relay"),
    ("-bulk", mail(HOUSING, *people(250, *LETTER)), "relay"),
    ("-bulk", mail(HOSPITAL, *people(40, "PERSON")), "relay"),
    # hidden-content
    ("hidden-content", mail(STRANGER, person("UK_ADDRESS", area=Area.ATTACHMENT, finding={"hidden": True})), "hold"),
    ("hidden-content", mail(PAPER, person(*LETTER, area=Area.ATTACHMENT, finding={"hidden": True})), "hold"),
    ("-hidden-content", mail(HOSPITAL, person(*LETTER, area=Area.ATTACHMENT, finding={"hidden": True})), "relay"),
    ("-hidden-content", mail(STRANGER, person("UK_ADDRESS", area=Area.ATTACHMENT)), "relay"),
    # publication
    ("publication", mail(FOI, attachments=(SHEET,)), "hold"),
    ("publication", mail(FOI, person("PERSON")), "hold"),
    ("publication", mail(FOI, person("PERSON", area=Area.ATTACHMENT, finding={"hidden": True})), "hold"),
    ("-publication", mail(FOI, person("PERSON", recipients=(FOI,)), attachments=(PRINT,)), "relay"),
    ("-publication", mail(FOI), "relay"),
    ("-publication", mail(STRANGER, attachments=(SHEET,)), "relay"),
    # social
    ("social", mail(BLOG, person("PERSON")), "reject"),
    ("social", mail(BLOG, person("PHONE_NUMBER")), "reject"),
    ("-social", mail(BLOG), "relay"),
    ("-social", mail(BLOG, person("PERSON", "PHONE_NUMBER", is_author=True)), "relay"),
    ("-social", mail(STRANGER, person("PERSON")), "relay"),
    # visible-recipients
    ("visible-recipients", mail(FIRMS), "hold"),
    ("visible-recipients", mail(NEIGHBOURS), "hold"),
    ("visible-recipients", mail(FIRMS[:3], person("SPECIAL_CATEGORY")), "hold"),
    ("-visible-recipients", mail(FIRMS[:10]), "relay"),
    ("-visible-recipients", mail(NEIGHBOURS[:4]), "relay"),
    ("-visible-recipients", mail(NEIGHBOURS, visible=()), "relay"),
    ("-visible-recipients", mail(tuple(f"team{n}@brightways-training.co.uk" for n in range(12))), "relay"),
    ("-visible-recipients", mail(tuple(f"ward.{n}@hospitals.nhs.example" for n in range(20))), "relay"),
    # bcc-sensitive
    ("bcc-sensitive", mail(FIRMS, person("SPECIAL_CATEGORY"), visible=()), "hold"),
    (
        "bcc-sensitive",
        mail(tuple(f"w{n}@hospitals.nhs.example" for n in range(11)), person("SAFEGUARDING"), visible=()),
        "hold",
    ),
    ("-bcc-sensitive", mail(FIRMS[:10], person("SPECIAL_CATEGORY"), visible=()), "hold"),
    ("-bcc-sensitive", mail(FIRMS, visible=()), "relay"),
    # look-alike (its table is in test_misdirection.py)
    ("look-alike", mail("ward.4@hosptials.nhs.example"), "hold"),
    ("look-alike", mail("tom.reid@councl.example"), "hold"),
    ("-look-alike", mail(HOSPITAL), "relay"),
    ("-look-alike", mail("a@brightways-training.co.uk"), "relay"),
    # unreadable
    ("unreadable", unreadable(STRANGER), "hold"),
    ("unreadable", unreadable(HOSPITAL), "hold"),
    ("unreadable", unreadable(LAWYER, WHOLE, GapReason.TIMED_OUT), "hold"),
    ("-unreadable", unreadable(LAWYER), "relay"),
    ("-unreadable", unreadable(COLLEAGUE, WHOLE, GapReason.TIMED_OUT), "relay"),
    # official-sensitive
    ("official-sensitive", marked(HOSPITAL, MarkingKind.OFFICIAL_SENSITIVE), "encrypt"),
    ("official-sensitive", marked(COUNCIL_NEXT_DOOR, MarkingKind.OFFICIAL_SENSITIVE), "encrypt"),
    ("official-sensitive", marked(STRANGER, MarkingKind.OFFICIAL_SENSITIVE), "hold"),
    ("official-sensitive", marked(MP, MarkingKind.OFFICIAL_SENSITIVE), "hold"),
    ("-official-sensitive", marked(COLLEAGUE, MarkingKind.OFFICIAL_SENSITIVE), "relay"),
    ("-official-sensitive", marked(STRANGER, MarkingKind.SECURE_REQUESTED), "encrypt"),
    # secret
    ("secret", marked(HOSPITAL, MarkingKind.SECRET), "hold"),
    ("secret", marked(COUNCIL_NEXT_DOOR, MarkingKind.TOP_SECRET), "hold"),
    ("-secret", marked(COLLEAGUE, MarkingKind.SECRET), "relay"),
    ("-secret", marked(HOSPITAL, MarkingKind.OFFICIAL_SENSITIVE), "encrypt"),
    # not-for-publication
    ("not-for-publication", marked(PAPER, MarkingKind.NOT_FOR_PUBLICATION), "hold"),
    ("not-for-publication", marked(COUNCIL_NEXT_DOOR, MarkingKind.NOT_FOR_PUBLICATION), "hold"),
    ("-not-for-publication", marked(LAWYER, MarkingKind.NOT_FOR_PUBLICATION), "relay"),
    ("-not-for-publication", marked(COLLEAGUE, MarkingKind.NOT_FOR_PUBLICATION), "relay"),
    # internal-communication
    ("internal-communication", marked(STRANGER, MarkingKind.INTERNAL_COMMUNICATION), "hold"),
    ("internal-communication", marked(HOSPITAL, MarkingKind.INTERNAL_COMMUNICATION), "hold"),
    ("-internal-communication", marked(COLLEAGUE, MarkingKind.INTERNAL_COMMUNICATION), "relay"),
    ("-internal-communication", mail(STRANGER), "relay"),
    # embargo
    ("embargo", marked(STRANGER, MarkingKind.EMBARGO, LATER), "hold"),
    ("embargo", marked(PAPER, MarkingKind.EMBARGO, LATER), "hold"),
    ("embargo", marked(STRANGER, MarkingKind.EMBARGO, LATER, author=PRESS_OFFICER), "hold"),
    ("embargo", marked(STRANGER, MarkingKind.EMBARGO, None), "hold"),
    ("-embargo", marked(STRANGER, MarkingKind.EMBARGO, EARLIER), "relay"),
    ("-embargo", marked(PAPER, MarkingKind.EMBARGO, LATER, author=PRESS_OFFICER), "relay"),
    ("-embargo", marked(COLLEAGUE, MarkingKind.EMBARGO, LATER), "relay"),
    # press-statement
    ("press-statement", marked(PAPER, MarkingKind.PRESS_STATEMENT), "hold"),
    ("press-statement", mail(PAPER, controls={"thread_reply": True}), "hold"),
    ("-press-statement", mail(PAPER, controls={"thread_reply": True}, author=PRESS_OFFICER), "relay"),
    ("-press-statement", mail(PAPER), "relay"),
    ("-press-statement", marked(STRANGER, MarkingKind.PRESS_STATEMENT), "relay"),
    # asked-secure
    ("asked-secure", marked(STRANGER, MarkingKind.SECURE_REQUESTED), "encrypt"),
    ("asked-secure", marked(RESIDENT, MarkingKind.SECURE_REQUESTED), "encrypt"),
    ("-asked-secure", marked(COLLEAGUE, MarkingKind.SECURE_REQUESTED), "relay"),
    ("-asked-secure", mail(RESIDENT), "relay"),
    # credentials
    ("credentials", mail(STRANGER, loose=people(1, "CREDENTIAL")), "hold"),
    ("credentials", mail(HOSPITAL, loose=people(1, "CREDENTIAL")), "hold"),
    ("-credentials", mail(COLLEAGUE, loose=people(1, "CREDENTIAL")), "relay"),
    ("-credentials", mail(STRANGER, loose=people(1, "CREDENTIAL", finding={"confidence": 0.3})), "relay"),
    # auto-forward
    ("auto-forward", mail(RESIDENT, controls={"auto_forwarded": True}), "hold"),
    ("auto-forward", mail(HOSPITAL, controls={"auto_forwarded": True}), "hold"),
    ("-auto-forward", mail(COLLEAGUE, controls={"auto_forwarded": True}), "relay"),
    ("-auto-forward", mail(RESIDENT), "relay"),
    # own-webmail (observed)
    ("?own-webmail", mail(JO_HOME, person("UK_ADDRESS"), author=JO), "relay"),
    ("?own-webmail", mail("bellamy.jo@gmail.com", person("UK_PCN"), author=JO), "relay"),
    ("-own-webmail", mail(JO_HOME, author=JO), "relay"),
    ("-own-webmail", mail(RESIDENT, person("UK_ADDRESS"), author=JO), "relay"),
    # protected-person
    ("protected-person", mail(STRANGER, person("PERSON", finding=PROTECTED)), "hold"),
    ("protected-person", mail(HOSPITAL, person("PERSON", finding=PROTECTED)), "hold"),
    ("protected-person", mail(RESIDENT, person("PERSON", finding=PROTECTED, **RESIDENT_SELF)), "hold"),
    ("protected-person", mail(PAPER, person("PERSON", finding=PROTECTED | {"exempt": Exemption.AUTHOR})), "hold"),
    ("-protected-person", mail(COLLEAGUE, person("PERSON", finding=PROTECTED)), "relay"),
    ("-protected-person", mail(STRANGER, person("PERSON", finding={"indexes": ("residents",)})), "relay"),
    # internal-communication, by fingerprint
    ("internal-communication", registered(RESIDENT, "internal"), "hold"),
    ("internal-communication", registered(HOSPITAL, "internal"), "hold"),
    ("-internal-communication", registered(COLLEAGUE, "internal"), "relay"),
    ("-internal-communication", registered(STRANGER, "partner", "example-hospitals"), "relay"),
    # partner-onward (observed)
    ("?partner-onward", registered(STRANGER, "partner", "example-hospitals"), "relay"),
    ("?partner-onward", registered(CARE_AGENCY, "partner", "example-hospitals"), "relay"),
    ("-partner-onward", registered(HOSPITAL, "partner", "example-hospitals"), "relay"),
    ("-partner-onward", registered(COLLEAGUE, "partner", "example-hospitals"), "relay"),
    # first-time (observed)
    ("?first-time", mail(HOSPITAL, person(*RECORD), facts=NEVER_SEEN), "encrypt"),
    ("?first-time", mail(RESIDENT, person(*RECORD, **RESIDENT_SELF), facts=NEVER_SEEN), "encrypt"),
    ("-first-time", mail(HOSPITAL, person(*RECORD), facts=NEVER_SEEN | {"history_days": 27}), "encrypt"),
    ("-first-time", mail(STRANGER, person(*RECORD), facts=NEVER_SEEN), "hold"),
    ("-first-time", mail(HOSPITAL, person(*RECORD)), "encrypt"),
    # similar-recipient (observed)
    ("?similar-recipient", mail(HOSPITAL, person(*RECORD), facts=ALIKE), "encrypt"),
    ("?similar-recipient", mail(RESIDENT, person("UK_PCN", **RESIDENT_SELF), facts=ALIKE), "relay"),
    ("-similar-recipient", mail(HOSPITAL, facts=ALIKE), "relay"),
    ("-similar-recipient", mail(STRANGER, person("UK_PCN"), facts=ALIKE), None),
    # unusual-recipient (observed)
    ("?unusual-recipient", mail(HOSPITAL, person(*RECORD), facts=UNUSUAL), "encrypt"),
    ("?unusual-recipient", mail(RESIDENT, person("UK_PCN", **RESIDENT_SELF), facts=UNUSUAL), "relay"),
    ("-unusual-recipient", mail(HOSPITAL, facts=UNUSUAL), "relay"),
    ("-unusual-recipient", mail(STRANGER, person("UK_PCN"), facts=UNUSUAL), None),
    # thread-outsider (observed)
    ("?thread-outsider", mail(HOSPITAL, facts=ADDED), "relay"),
    ("?thread-outsider", mail(RESIDENT, facts=ADDED, controls={"thread_reply": True}), "relay"),
    ("-thread-outsider", mail(RESIDENT, facts=ADDED, controls={"thread_reply": True, "forwarded": True}), "relay"),
    ("-thread-outsider", mail(STRANGER, facts=ADDED), "relay"),
    # automatic
    ("automatic", mail(RESIDENT, person(*RECORD, finding={"quoted": True}), reverse_path=None), "relay"),
    ("automatic", mail(RESIDENT, person(*RECORD), controls={"auto_submitted": True}), "hold"),
    ("-automatic", mail(RESIDENT, person(*RECORD, finding={"quoted": True})), "hold"),
    ("-automatic", mail(HOSPITAL), "relay"),
]


@pytest.mark.parametrize(("claim", "case", "action"), ROWS, ids=[f"{n}{row[0]}" for n, row in enumerate(ROWS)])
def test_default_policy(claim, case, action):
    """`id`: the rule acts; `?id`: it is observed; `-id`: it does neither."""
    verdict = case.verdict()
    rule = claim.lstrip("?-")
    assert shipped().rule(rule) is not None
    assert (rule in verdict.rules) == (not claim.startswith(("?", "-")))
    assert (rule in verdict.observed) == claim.startswith("?")
    assert action is None or verdict.action.word == action


def test_every_rule_has_two_mails_for_and_two_against():
    for compiled in shipped().rules:
        claims = [row[0] for row in ROWS]
        acting = sum(claim in (compiled.rule.id, f"?{compiled.rule.id}") for claim in claims)
        assert acting >= 2
        assert claims.count(f"-{compiled.rule.id}") >= 2


def test_observed_rules_are_those_that_policy_names():
    observed = {r.rule.id for r in shipped().rules if r.rule.mode == "observe"}
    assert observed == {
        "unapproved-low",
        "salutation-mismatch",
        "attachment-other-person",
        "own-webmail",
        "partner-onward",
        "first-time",
        "similar-recipient",
        "unusual-recipient",
        "thread-outsider",
    }


def test_every_shipped_example_gets_its_verdict_and_every_rule_carries_two():
    assert check_examples(shipped()) == []
    assert all(len(r.rule.examples) >= 2 for r in shipped().rules)


def test_shipped_files_raise_no_warning_but_for_the_sample_that_expired():
    found = warnings_of(shipped(), routes=ROUTES, day=NOW.date())
    assert [str(f.text) for f in found] == [
        "“oldtown-surveyors” expired after 2020-01-01; its recipients count as unapproved"
    ]
