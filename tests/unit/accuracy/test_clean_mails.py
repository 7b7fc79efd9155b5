from __future__ import annotations

from random import Random

import pytest

from tests.accuracy.clean_mails import clean_mails, topics
from tests.accuracy.clean_slots import Slots
from tests.accuracy.labelled import Part


def test_the_same_mails_are_written_each_time():
    first = [mail.octets() for mail in clean_mails(Part.DEVELOPMENT, 20)]
    assert first == [mail.octets() for mail in clean_mails(Part.DEVELOPMENT, 20)]


def test_no_two_mails_have_the_same_body():
    bodies = [mail.pieces[1].text for mail in clean_mails(Part.DEVELOPMENT, 630)]
    assert len(set(bodies)) == 630


def test_what_is_sealed_shares_no_topic_with_development():
    of_development = {mail.note for mail in clean_mails(Part.DEVELOPMENT, 200)}
    of_sealed = {mail.note for mail in clean_mails(Part.SEALED, 200)}
    assert len(of_development) > 20
    assert len(of_sealed) > 5
    assert not of_development & of_sealed


def test_every_line_of_the_material_can_be_filled():
    slots = Slots(Random(1))
    for topic in topics():
        for lines in topic.lines.values():
            for line in lines:
                assert "{" not in slots.filled(line)


def test_a_slot_that_does_not_exist_is_an_error():
    with pytest.raises(KeyError):
        Slots(Random(1)).filled("{nothing}")


def test_every_topic_but_the_asides_has_what_a_mail_needs():
    for topic in topics():
        wanted = {"text"} if topic.name == "asides" else {"subject", "open", "text", "close"}
        assert wanted <= topic.lines.keys(), topic.name


def test_only_what_is_published_or_of_nobody_is_marked_and_nobody_cares_for_it():
    truths = [t for mail in clean_mails(Part.DEVELOPMENT, 630) for piece in mail.pieces for t in piece.truths]
    published = {"PHONE_NUMBER", "EMAIL_ADDRESS", "UK_ADDRESS", "UK_POSTCODE"}
    # The account into which the council is paid, its land, vans and machines, its cases and reports of no person.
    of_nobody = {"UK_BANK_ACCOUNT", "UK_UPRN", "UK_VEHICLE_REGISTRATION", "DEVICE_ID", "IP_ADDRESS"}
    of_nobody |= {"UK_COURT_CASE", "UK_CRIME_REF"}
    assert published < {t.entity for t in truths} <= published | of_nobody
    assert not any(t.cared_for for t in truths)


def test_some_order_numbers_pass_the_check_of_an_nhs_number():
    slots = Slots(Random(2))
    numbers = [slots.ten() for _ in range(200)]
    valid = [n for n in numbers if sum(int(d) * w for d, w in zip(n, range(10, 0, -1), strict=True)) % 11 == 0]
    assert all(len(number) == 10 for number in numbers)
    assert 30 < len(valid) < 110
