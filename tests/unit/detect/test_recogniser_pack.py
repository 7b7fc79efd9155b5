"""The shipped recognisers as a whole: complete, documented, and quiet about ordinary letters."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp_gateway.detect.patterns.recogniser_file import RecogniserFile
from dlp_gateway.detect.ruleset import load_ruleset
from dlp_gateway.model import Detection
from dlp_gateway.yaml_file import load_document, validate

REPOSITORY = Path(__file__).parents[3]
PAGE = (REPOSITORY / "docs" / "recognisers.md").read_text(encoding="utf-8")
FILES = {
    path.stem: validate(load_document(path.read_text(encoding="utf-8"), path.name), RecogniserFile)
    for path in sorted((REPOSITORY / "rules" / "recognisers").glob("*.yaml"))
    if not path.stem.startswith(("uk-address", "address-abroad"))
}
WANTED = {
    "identity": "UK_NHS UK_NINO UK_UTR UK_UPN UK_ULN UK_PASSPORT UK_DRIVING_LICENCE UK_DBS UK_HOME_OFFICE_REF US_SSN",
    "reference": "UK_UPRN UK_VEHICLE_REGISTRATION UK_COUNCIL_TAX_REF UK_HOUSING_BENEFIT_REF UK_RENT_REF UK_PCN "
    "DEVICE_ID UK_BLUE_BADGE UK_CASE_REF UK_COURT_CASE UK_CRIME_REF UK_PROFESSIONAL_REG UK_TV_LICENCE",
    "financial": "UK_BANK_ACCOUNT IBAN_CODE CREDIT_CARD",
    "contact": "UK_POSTCODE PHONE_NUMBER EMAIL_ADDRESS DATE_OF_BIRTH AGE SOCIAL_HANDLE IP_ADDRESS",
    "credentials": "CREDENTIAL",
}


def test_every_identifier_is_there_with_its_category() -> None:
    shipped = {(file.category.value, file.entity) for file in FILES.values()}
    assert shipped == {(category, entity) for category, names in WANTED.items() for entity in names.split()}


@pytest.mark.parametrize("name", FILES)
def test_a_recogniser_has_a_source_and_enough_examples(name: str) -> None:
    file = FILES[name]
    assert file.source
    assert min(len(set(file.matches)), len(set(file.no_match))) >= 8


def test_the_page_for_administrators_lists_what_is_shipped() -> None:
    rows = re.findall(r"^\| (\w+) \| `(\w+)` \| `([\w-]+)` \|", PAGE, flags=re.MULTILINE)
    assert sorted(rows) == sorted((file.category.value, file.entity, name) for name, file in FILES.items())


def test_the_page_names_every_key_of_a_file() -> None:
    keys = {
        key for row in re.findall(r"^\| (`[^|]+`) \|", PAGE, flags=re.MULTILINE) for key in re.findall(r"`(\w+)`", row)
    }
    assert keys == set(RecogniserFile.model_fields)


def test_the_examples_of_the_page_hold() -> None:
    fostering, weights = re.findall(r"```yaml\n# (?:\S+)\n(.*?)```", PAGE, flags=re.DOTALL)
    ruleset = load_ruleset({"recognisers/fostering-ref.yaml": fostering, "lexicons/modulus-weights.yaml": weights})
    (rule,) = ruleset.scanner.rules
    text = "\n".join(rule.file.matches)
    assert len(list(ruleset.scanner.scan(text))) == len(rule.file.matches)


@pytest.mark.parametrize(
    "text",
    [
        "Planning application 26/00417/FUL, order 4500123456, invoice 9434765919, permit ZZ363-93152168-01.",
        "Join the meeting. Meeting ID: 943 476 5919, passcode: 884422. Dial in 0204 567 8901, PIN 884422#.",
        "ISBN 978-0-14-044913-6, asset tag 100071234567, serial no AB123456C, MPAN 2300001234567.",
        "The survey closes on 12/03/2026; average age 47, aged 18 to 90, people aged 65 and over.",
        "Version 10.4.2.1 is out. See section 4.2.1.12 of the guide, page 83, table 7, figure (3).",
        "Ring the contact centre on 0300 123 4567 or 0800 111 222; follow us on Twitter @northmere.",
        "Council tax is due on 01/04/2026. Council tax bands are in report 2026/017. The NHS trust has 9,434 staff.",
        "Roundabouts on the A1234 and B5678 close from 10:00 to 16:30. Bus routes X12 and 44A are diverted.",
        "Your claim was heard at committee item 7, ward 3. Case closed. Our ref HW/2026/00123.",
        "Reset your password today. The password policy says twelve letters. The door code is changed each month.",
    ],
)
def test_ordinary_letters_hold_no_identifier(text: str, detect: Callable[..., Detection]) -> None:
    assert [(f.entity, text[f.start : f.end]) for f in detect(text).findings if f.entity != "PERSON"] == []
