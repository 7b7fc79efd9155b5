"""The labelled mails themselves: whether they are what measuring needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from bench.accuracy.alignment import align
from dlp_gateway.detect import checks
from dlp_gateway.extract import extract_text
from dlp_gateway.model import Area
from dlp_gateway.parse import parse_message, views
from tests.accuracy.labelled import IDENTIFIERS, LabelledMail, Part, read_mails

CHECKS: dict[str, Callable[[str], bool]] = {
    "UK_NHS": checks.nhs_mod_11,
    "UK_NINO": checks.nino,
    "UK_UTR": checks.utr,
    "UK_UPN": checks.upn,
    "UK_ULN": checks.uln,
    "CREDIT_CARD": checks.luhn,
    "IBAN_CODE": checks.iban,
}


@cache
def mails() -> tuple[LabelledMail, ...]:
    return tuple(read_mails())


def marked(entity: str) -> list[tuple[str, str]]:
    return [
        (mail.id, piece.text[truth.start : truth.end])
        for mail in mails()
        for piece in mail.pieces
        for truth in piece.truths
        if truth.entity == entity and truth.cared_for
    ]


@pytest.mark.parametrize("entity", sorted(CHECKS))
def test_every_marked_identifier_passes_the_check_of_its_kind(entity):
    wrong = [
        (mail, words)
        for mail, words in marked(entity)
        if not CHECKS[entity]("".join(c for c in words.upper() if c.isascii() and c.isalnum()))
    ]
    assert wrong == []


def test_there_are_at_least_three_hundred():
    assert len(mails()) >= 300


def test_a_third_of_the_mails_or_nearly_so_are_hard_negatives():
    assert 0.25 < sum(mail.is_hard_negative for mail in mails()) / len(mails()) < 0.45


def test_every_kind_of_identifier_is_marked_often_enough_to_measure():
    assert {entity: len(marked(entity)) for entity in IDENTIFIERS if len(marked(entity)) < 12} == {}


def test_both_parts_hold_mails_of_nearly_every_service():
    services = {mail.id.partition("-")[0] for mail in mails()}
    for part in Part:
        assert len(services - {mail.id.partition("-")[0] for mail in mails() if mail.part is part}) <= 1


def test_what_the_gateway_reads_of_a_mail_is_what_was_written():
    for mail in mails():
        parsed = parse_message(mail.octets())
        extraction = extract_text(parsed, parse_message, views)
        assert not parsed.gaps + extraction.gaps, mail.id
        texts = {p.part: p.text for p in reversed(extraction.passages) if p.area in (Area.BODY, Area.ATTACHMENT)}
        for number, piece in enumerate(mail.pieces[1:], 1):
            align(texts[str(number)], piece.text)
