from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.detect.people.addresses import identity, is_named_by, matches_pattern, words_of_name
from dlp_gateway.model import Detection
from tests.support.cpu_time import in_step

Detect = Callable[..., Detection]


@pytest.mark.parametrize(
    "body",
    [
        "John Smith, NINO JG103759A. Mr Smith also has NHS no. 943 476 5919.",
        "Client: Smith, John. NINO JG103759A.\n\nMr Smith has NHS no. 943 476 5919.",
        "J Smith, NINO JG103759A. John Smith has NHS no. 943 476 5919.",
    ],
)
def test_spellings_of_one_name_are_one_individual(body: str, detect: Detect) -> None:
    assert len(detect(body).individuals) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("Mohammed Khan", "Mr Khan", "M. Khan", "Mohamed Khan", "Mo Khan", "KHAN, Mohammed", "KHAN Mohammed"),
        ("Siân Griffiths", "Sian Griffiths", "Mrs Griffiths", "SIAN GRIFFITHS"),
        ("Ewan MacLeod", "Ewan McLeod", "Mr MacLeod"),
        ("Kathleen O'Brien", "Kath O'Brien", "Mrs O'Brien", "Kathleen OBrien"),
        ("Aisha Begum", "Ayesha Begum", "Mrs Begum"),
        ("Sarah Whitlock-Jones", "Sara Whitlock", "Ms Whitlock-Jones"),
        ("David Pettigrew", "Dave Pettigrew", "Mr D Pettigrew", "Mr D. Pettigrew"),
        ("Anneke van der Berg", "Mrs van der Berg", "Anneke Van Der Berg"),
    ],
)
def test_all_spellings_of_a_name_are_one_individual(names: tuple[str, ...], detect: Detect) -> None:
    body = "".join(f"We have written to {name} about the rent again.\n\n" for name in names)
    assert len(detect(body + "NINO JG103759A").individuals) == 1


@pytest.mark.parametrize(
    "body",
    [
        "Mr Khan came, and Mrs Khan stayed at home.",
        "We saw Liam and Ava Khan.",
        "We saw Mohammed Khan and Mahmood Khan.",
        "We saw Paul Whitlock and Paula Whitlock.",
        "We saw Joan Whitlock and John Whitlock.",
        "We saw Sarah Whitlock and Sarah Pettigrew.",
        "Dr Khan came. Sunita Kaur stayed at home.",
    ],
)
def test_two_people_stay_two(body: str, detect: Detect) -> None:
    assert len(detect(body).individuals) == 2


def test_a_first_name_alone_is_the_person_of_that_name(detect: Detect) -> None:
    assert len(detect("Priya Shah rang. Later Priya rang again, and then Mrs Shah wrote.").individuals) == 1


def test_many_people_of_one_surname_take_linear_time(detect: Detect) -> None:
    def work(count: int) -> Callable[[], object]:
        names = [
            f"Mr {chr(65 + n % 26)}{'abcdefghij'[n // 26 % 10]}{'aeiou'[n // 260 % 5]}n Whitlock" for n in range(count)
        ]
        return lambda: detect("\n".join(names))

    assert in_step(work, 1200)


def test_two_people_of_one_surname_are_two(detect: Detect) -> None:
    assert len(detect("John Smith, NINO JG103759A, and Mary Smith, NINO AB123456C.").individuals) == 2


def test_data_without_a_name_is_one_person_until_an_identifier_differs(detect: Detect) -> None:
    one = detect("NHS no. 943 476 5919, DOB 01/02/1990, 07700 900123")
    two = detect("NHS no. 943 476 5919\nNHS no. 401 023 2137")
    assert (len(one.individuals), len(two.individuals)) == (1, 2)


@pytest.mark.parametrize(
    ("to", "shown", "body", "matches"),
    [
        ("john.smith@webmail.example", "", "Dear Mr Smith,\n\nYour rent account 1234567 is paid.", True),
        ("jsmith@webmail.example", "", "John Smith, rent account 1234567", True),
        ("js88@webmail.example", "John Smith", "Dear Mr Smith,\n\nrent account 1234567", True),
        ("john.smith@webmail.example", "", "Dear Mrs Patel,\n\nYour rent account 1234567 is paid.", False),
        ("john.smith@webmail.example", "", "Mary Smith, rent account 1234567", False),
        ("info@partner.example", "", "John Smith, rent account 1234567", False),
        ("david.smith@webmail.example", "", "Dave Smith, rent account 1234567", True),
        ("m.khan@webmail.example", "", "Mohammed Khan, rent account 1234567", True),
        ("mohamed.khan@webmail.example", "", "Muhammad Khan, rent account 1234567", True),
        ("ayesha.khan@webmail.example", "", "Mohammed Khan, rent account 1234567", False),
    ],
)
def test_an_individual_knows_the_recipient_that_it_is(
    to: str, shown: str, body: str, matches: bool, detect: Detect
) -> None:
    individuals = detect(body, to=to, display_names={to: shown} if shown else {}).individuals
    assert [i.recipients for i in individuals] == [(to,) if matches else ()]


THREAD = """{greeting}

Your rent account 1234567 is paid.

Regards
Jane Doe

From: {shown} <{address}>
Sent: 3 May 2026 10:12
To: Housing

Is my rent account 1234567 paid?

Thanks
{signed}
"""


@pytest.mark.parametrize(
    ("shown", "signed", "to"),
    [
        ("Kasia Nowak", "K", "kn88@webmail.example"),
        ("kn88", "Kasia Nowak", "kn88@webmail.example"),
        ("Kasia", "Kasia Nowak", "kasia@webmail.example"),
    ],
)
def test_a_recipient_is_known_by_what_the_thread_shows_of_it(shown: str, signed: str, to: str, detect: Detect) -> None:
    body = THREAD.format(greeting="Dear Ms Nowak,", shown=shown, signed=signed, address=to)
    named = [i for i in detect(body, to=to).individuals if not i.is_author]
    assert {i.recipients for i in named} == {(to,)}


def test_a_signature_in_the_thread_gives_nobody_elses_name_to_an_address(detect: Detect) -> None:
    to = "john.smith@webmail.example"
    body = THREAD.format(greeting="Dear Ms Nowak,", shown="John Smith", signed="Kasia Nowak", address=to)
    nowak = [i for i in detect(body, to=to).individuals if not i.is_author and not i.recipients]
    assert len(nowak) == 1


def test_what_another_wrote_in_the_thread_gives_the_recipient_no_name(detect: Detect) -> None:
    body = THREAD.format(greeting="Dear Ms Nowak,", shown="Kasia Nowak", signed="Kasia", address="kn88@webmail.example")
    assert all(i.recipients == () for i in detect(body, to="other77@webmail.example").individuals)


def test_a_salutation_alone_makes_nobody_the_recipient(detect: Detect) -> None:
    body = "Dear Ms Nowak,\n\nYour rent account 1234567 is paid."
    assert [i.recipients for i in detect(body, to="kn88@webmail.example").individuals] == [()]


def test_a_recipients_own_address_is_the_recipients(detect: Detect) -> None:
    individuals = detect("We have priya99@webmail.example on file.", to="priya99@webmail.example").individuals
    assert [i.recipients for i in individuals] == [("priya99@webmail.example",)]


@pytest.mark.parametrize(
    ("to", "shown", "greeting", "mismatch"),
    [
        ("john.smith@webmail.example", "", "Dear Mrs Patel,", True),
        ("js@webmail.example", "John Smith", "Dear Mrs Patel,", True),
        ("john.smith@webmail.example", "", "Dear Anita Patel,", True),
        ("john.smith@webmail.example", "", "Dear Mrs Smith,", False),
        ("john.smith@webmail.example", "", "Hi Johnny,", False),
        ("jsmith77@webmail.example", "", "Dear Mrs Patel,", False),
        ("info@partner.example", "", "Dear Mrs Patel,", False),
    ],
)
def test_a_salutation_that_clearly_names_somebody_else_is_told(
    to: str, shown: str, greeting: str, mismatch: bool, detect: Detect
) -> None:
    detection = detect(f"{greeting}\n\nYour claim was decided.\n", to=to, display_names={to: shown} if shown else {})
    assert detection.salutation_mismatch == ((to,) if mismatch else ())


def test_a_salutation_to_two_recipients_says_nothing(detect: Detect) -> None:
    detection = detect("Dear Mrs Patel,\n\nHello.", to=("john.smith@webmail.example", "a.patel@webmail.example"))
    assert detection.salutation_mismatch == ()


def test_words_of_a_name_come_in_one_order() -> None:
    assert words_of_name("Smith, John") == words_of_name("Mr John Smith") == ("john", "smith")


def test_a_shared_mailbox_names_nobody() -> None:
    assert not is_named_by(("john", "housing"), identity("housing@partner.example", "Housing Team"))


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        ("council.example", True),
        ("*.council.example", False),
        ("jane@council.example", True),
        ("j*@council.example", True),
        ("press.*@council.example", False),
        ("example", False),
    ],
)
def test_address_patterns(pattern: str, fits: bool) -> None:
    assert matches_pattern("Jane@Council.example", [pattern]) is fits
    assert matches_pattern("jane@a.council.example", ["*.council.example"])
