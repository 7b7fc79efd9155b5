"""The sample mails are what their maker writes, complete, and about nobody real."""

from __future__ import annotations

import email
import email.policy
import io
import re
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from dlp_gateway.demo.samples import FOLDER, Sample, load_samples
from dlp_gateway.rules_folder import load_texts
from dlp_gateway.yaml_file import load_document
from tests.support.demo_letters import RESIDENTS, Resident
from tests.support.make_demo_mails import expectations, samples

# Rules that need what a single mail can't bring: history, an index, a decision by a person.
NEED_STATE = {
    "first-time", "known-relationship", "protected-person", "partner-onward", "similar-recipient", "unusual-recipient",
    "thread-outsider",
}  # fmt: skip

SAMPLES = load_samples()


def parsed(sample: Sample) -> EmailMessage:
    message = email.message_from_bytes(sample.octets, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def contents(octets: bytes) -> list[tuple[str, object]]:
    """What a mail holds, archives opened: deflate may differ between builds of zlib."""
    found: list[tuple[str, object]] = []
    for part in email.message_from_bytes(octets, policy=email.policy.SMTP).walk():
        body = b"" if part.is_multipart() else part.get_payload(decode=True)
        assert isinstance(body, bytes)
        found.append((str(part.items()), dict(_members(body)) if body.startswith(b"PK\x03\x04") else body))
    return found


def _members(octets: bytes) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(octets)) as archive:
        for member in archive.infolist():
            encrypted = member.flag_bits & 1
            yield member.filename, archive.read(member, b"not-in-this-mail" if encrypted else None)


def test_the_committed_mails_are_those_that_their_maker_writes() -> None:
    made = {sample.file: sample.octets() for sample in samples()}
    committed = {path.name: path.read_bytes() for path in (FOLDER / "mails").glob("*.eml")}
    assert made.keys() == committed.keys()
    for name, octets in made.items():
        assert contents(octets) == contents(committed[name]), name


def test_expected_yaml_is_what_the_maker_writes() -> None:
    assert (FOLDER / "expected.yaml").read_text(encoding="utf-8") == expectations(samples())


def test_every_stateless_rule_that_is_enforced_has_a_mail() -> None:
    policy = load_document(load_texts(None)["policy.yaml"], "policy.yaml").value
    enforced = {rule["id"] for rule in policy["rules"] if rule.get("mode", "enforce") == "enforce"}
    shown = {rule for sample in SAMPLES for expected in sample.expected.values() for rule in expected.rules}
    assert enforced - NEED_STATE <= shown


def test_one_mail_has_four_recipients_with_four_different_verdicts() -> None:
    actions = [{expected.action for expected in sample.expected.values()} for sample in SAMPLES]
    assert {"relay", "encrypt", "hold", "reject"} in actions


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
def test_who_stands_in_to_and_cc_is_a_recipient_or_inside_the_council(sample: Sample) -> None:
    message = parsed(sample)
    visible = {a.addr_spec for name in ("To", "Cc") if message[name] for a in message[name].addresses}
    assert {a for a in visible if not a.endswith("@council.example")} <= set(sample.expected)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.file)
def test_every_address_telephone_number_and_postcode_is_kept_for_fiction(sample: Sample) -> None:
    text = "\n".join(
        part.get_content() for part in parsed(sample).walk() if part.get_content_maintype() == "text"
    ) + "\n".join(sample.expected)
    assert all(domain.endswith(".example") for domain in re.findall(r"@([\w.-]+\w)", text))
    assert not re.search(r"\b0(?!1632 960\d{3}\b|7700 900\d{3}\b)\d{3,4} \d{6}\b", text)
    assert set(re.findall(r"\b[A-Z]{1,2}\d{1,2} \d[A-Z]{2}\b", text)) <= {p.address[-8:] for p in RESIDENTS}


@pytest.mark.parametrize("resident", RESIDENTS, ids=lambda resident: resident.name)
def test_nhs_numbers_are_of_the_range_for_tests_and_pass_the_check(resident: Resident) -> None:
    digits = [int(digit) for digit in resident.nhs_number.replace(" ", "")]
    assert digits[:3] == [9, 9, 9]
    assert sum(digit * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True)) % 11 == 0
