from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.detect.detector import Detector
from dlp_gateway.model import Area, AskNames, Category, Detection, Exemption, Passage
from dlp_gateway.model_json import encode
from tests.support.cpu_time import grows_linearly
from tests.unit.detect.mails import MAILS, SIGNATURE, Mail

Detect = Callable[..., Detection]


def counted(detection: Detection) -> set[str]:
    return {f.entity for f in detection.findings if f.exempt is None}


def people(detection: Detection) -> int:
    return sum(not individual.is_author for individual in detection.individuals)


@pytest.mark.parametrize("mail", MAILS, ids=lambda m: m.id)
def test_a_council_mail_has_exactly_the_entities_that_it_should(mail: Mail, detect: Detect) -> None:
    detection = detect(mail.body, subject=mail.subject, to=mail.to)
    assert counted(detection) == mail.expect
    if mail.people is not None:
        assert people(detection) == mail.people


@pytest.mark.parametrize("mail", MAILS, ids=lambda m: m.id)
def test_the_language_model_finds_nothing_else_in_council_mail(
    mail: Mail, detect: Detect, with_model: Detector
) -> None:
    assert counted(detect(mail.body, subject=mail.subject, to=mail.to, detector=with_model)) == mail.expect


def test_every_example_of_the_shipped_files_holds(by_rule: Detector) -> None:
    assert [str(fault) for fault in by_rule.check_examples()] == []


def test_a_broken_example_is_a_fault_with_its_place(texts: dict[str, str]) -> None:
    name = "recognisers/uk-nhs-number.yaml"
    broken = {name: texts[name].replace("no_match:", 'no_match:\n  - "NHS no. 943 476 5919"')}
    faults = Detector(broken, names=False, fingerprint_key=b"k").check_examples()
    assert [fault.file for fault in faults] == [name]
    assert faults[0].line is not None
    assert "should not be" in faults[0].text


def test_no_clear_value_leaves_the_worker(detect: Detect) -> None:
    planted = (
        "943 476 5919",
        "9434765919",
        "Cartwright",
        "cartwright",
        "Acacia",
        "07700 900123",
        "LS6 2AB",
        "12/03/1938",
        "edith.c@webmail.example",
        "JG103759A",
        "schizophrenia",
    )
    body = (
        "Edith Cartwright, NHS no. 943 476 5919, DOB 12/03/1938, NINO JG103759A, 14 Acacia Avenue, Leeds LS6 2AB, "
        "07700 900123, "
        "edith.c@webmail.example. She was diagnosed with schizophrenia."
    )
    row = Passage(
        part="2",
        place="sheet A",
        area=Area.ATTACHMENT,
        table=True,
        text="Name\tNHS number\tEmail\nEdith Cartwright\t9434765919\tedith.c@webmail.example",
    )
    detection = detect(body, extra=(row,))
    assert len(detection.findings) >= 10
    record = encode(detection).decode()
    assert [value for value in planted if value in record] == []


def test_equal_values_have_equal_fingerprints_in_every_spelling(detect: Detect) -> None:
    detection = detect("NHS no. 943 476 5919 and again NHS no. 9434765919")
    assert len({f.fingerprint for f in detection.findings}) == 1
    assert len(detection.findings) == 2
    assert len(detection.findings[0].fingerprint) == 32


def test_a_mask_shows_only_what_the_file_allows(detect: Detect) -> None:
    masks = {f.entity: f.masked for f in detect("NHS no. 943 476 5919, NINO JG103759A").findings}
    assert masks == {"UK_NHS": "### ### ##19", "UK_NINO": "## ## ## ## A"}


def test_names_that_cannot_matter_run_no_language_model(detect: Detect, with_model: Detector) -> None:
    before = with_model.model_runs
    detection = detect(
        "Hi,\n\nNHS no. 943 476 5919 of Mr Whitlock and Priya Shah.\n", detector=with_model, names=AskNames.NEVER
    )
    assert with_model.model_runs == before
    assert not detection.names_asked
    assert {f.recogniser for f in detection.findings if f.entity == "PERSON"} == {"name-titled"}


def test_names_with_other_data_run_the_model_only_where_there_is_other_data(
    detect: Detect, with_model: Detector
) -> None:
    before = with_model.model_runs
    plain = detect("Hi,\n\nPriya Shah will chair." + SIGNATURE, detector=with_model, names=AskNames.WITH_OTHER_DATA)
    assert with_model.model_runs == before
    assert not plain.names_asked
    asked = detect("Priya Shah, NINO JG103759A", detector=with_model, names=AskNames.WITH_OTHER_DATA)
    assert with_model.model_runs > before
    assert asked.names_asked
    assert "PERSON" in counted(asked)


def test_a_sensitive_term_is_other_data_enough_to_ask_for_names(detect: Detect, by_rule: Detector) -> None:
    detection = detect("He was diagnosed with dementia. Tell Priya Shah.", names=AskNames.WITH_OTHER_DATA)
    assert detection.names_asked
    assert {"PERSON", "SPECIAL_CATEGORY"} <= counted(detection)


def test_only_the_entities_asked_for_are_sought(detect: Detect) -> None:
    body = "Mr Whitlock, NINO JG103759A, NHS no. 943 476 5919, has dementia"
    assert counted(detect(body, entities=frozenset({"UK_NHS"}))) == {"UK_NHS"}


@pytest.mark.parametrize(
    "piece",
    [
        "mental health awareness he ",
        "thanks\n",
        "-----Original Message-----\n",
        "Mr Aa has dementia. ",
        "From: a\nSent: b\n",
        "07700 900123 ",
        "a@b.cc,",
        "1 ",
        "0 1-",
        "A",
        "a@",
        "Mr ",
        "Aa ",
        "12 Aa Bb ",
        "> ",
        "password: ",
        "eyJ",
        "\n\n",
        "Dear Aa",
        "é",
        "\u200b1",
    ],
)
def test_hostile_repetition_takes_linear_time(piece: str, detect: Detect) -> None:
    assert grows_linearly(detect, piece, longest=40_000)


def test_findings_lead_back_to_the_text_as_it_was(detect: Detect) -> None:
    body = "Caf\u00e9 \ufb01le: NHS\u00a0no. 9\u200b43\u2011476\u20115919, NINO \uff2a\uff27103759\uff21"
    found = {f.entity: body[f.start : f.end] for f in detect(body).findings}
    assert found == {"UK_NHS": "9\u200b43\u2011476\u20115919", "UK_NINO": "\uff2a\uff27103759\uff21"}


def test_quoted_text_is_marked(detect: Detect) -> None:
    history = "-----Original Message-----\nFrom: A B <a.b@webmail.example>\nSent: today\n\nNHS no. 401 023 2137"
    body = f"NHS no. 943 476 5919\n\n{history}"
    quoted = {f.quoted: body[f.start : f.end] for f in detect(body).findings if f.entity == "UK_NHS"}
    assert quoted == {False: "943 476 5919", True: "401 023 2137"}


def test_the_authors_signature_is_exempt_but_not_what_hides_in_it(detect: Detect) -> None:
    detection = detect("See below." + SIGNATURE + "NHS no. 943 476 5919\n")
    assert counted(detection) == {"UK_NHS"}
    assert {f.exempt for f in detection.findings if f.entity == "PHONE_NUMBER"} == {Exemption.AUTHOR}


def test_a_long_list_below_the_sign_off_is_no_signature(detect: Detect) -> None:
    listed = "\n".join(f"07700 9001{n:02d}" for n in range(12))
    assert "PHONE_NUMBER" in counted(detect(f"See below.\n\nRegards\nJane\n{listed}\n"))


@pytest.mark.parametrize(
    ("body", "exemption"),
    [
        ("Ask pat.lee@adults.council.example about it.", Exemption.COLLEAGUE),
        ("Pat Lee (pat.lee@council.example) decides.", Exemption.COLLEAGUE),
        ("Ring us on 0113 222 4444.", Exemption.COUNCIL),
        ("Councillor Sarah Whitfield will open it.", Exemption.PUBLIC_ROLE),
        ("Sarah Whitfield, Director of Housing, will open it.", Exemption.PUBLIC_ROLE),
        ("Hi Sarah,\n\nthanks for the figures.", Exemption.COLLEAGUE),
        ("I am Jane Doe and I wrote this.", Exemption.AUTHOR),
    ],
)
def test_people_and_points_that_do_not_count(body: str, exemption: Exemption, detect: Detect) -> None:
    findings = detect(body).findings
    assert findings
    assert {f.exempt for f in findings} == {exemption}


def test_the_messages_own_header_holds_no_personal_data_of_others(detect: Detect) -> None:
    header = Passage(part="HEADER", place="header To", text="Priya Shah <priya.shah@webmail.example>", area=Area.HEADER)
    nested = Passage(
        part="2.HEADER", place="header From", text="Priya Shah <priya.shah@webmail.example>", area=Area.HEADER
    )
    assert counted(detect("x", extra=(header,))) == set()
    assert "EMAIL_ADDRESS" in counted(detect("x", extra=(nested,)))


def test_an_identifier_in_a_header_field_or_file_name_counts(detect: Detect) -> None:
    header = Passage(part="HEADER", place="header X-Note", text="NHS no. 943 476 5919", area=Area.HEADER)
    name = Passage(part="2", place="file name", text="NINO JG103759A.pdf", area=Area.FILE_NAME)
    assert counted(detect("x", extra=(header, name))) == {"UK_NHS", "UK_NINO"}


def test_hidden_passages_make_hidden_findings(detect: Detect) -> None:
    hidden = Passage(part="2", place="comment", text="NHS no. 943 476 5919", area=Area.ATTACHMENT, hidden=True)
    assert [(f.hidden, f.area, f.category) for f in detect("x", extra=(hidden,)).findings] == [
        (True, Area.ATTACHMENT, Category.IDENTITY)
    ]


def test_the_version_follows_the_texts(texts: dict[str, str]) -> None:
    few = {f"recognisers/{name}.yaml": texts[f"recognisers/{name}.yaml"] for name in ("uk-nino", "uk-nhs-number")}

    def version(given: dict[str, str], key: bytes) -> str:
        return Detector(given, names=False, fingerprint_key=key).version

    changed = {name: text + "\n# changed\n" if "nino" in name else text for name, text in few.items()}
    assert version(dict(reversed(few.items())), b"other") == version(few, b"k") != version(changed, b"k")


@pytest.mark.parametrize("piece", ["a\t", "\t", "1\n", "Name\t1\n", "9434765919\t", "a\tb\n", "é\tb\n"])
def test_hostile_tables_take_linear_time(piece: str, detect: Detect) -> None:
    def read(text: str) -> object:
        return detect("x", extra=(Passage(part="2", place="", text=text, area=Area.ATTACHMENT, table=True),))

    assert grows_linearly(read, piece)


def test_a_job_title_in_a_signature_is_no_term_about_a_person(detect: Detect) -> None:
    body = "Mr Whitlock rang.\n\nKind regards\nJane Doe\nSocial Worker, Mental Health\n"
    assert counted(detect(body)) == {"PERSON"}


def test_attendees_of_an_invitation_do_not_count(detect: Detect) -> None:
    text = (
        "BEGIN:VCALENDAR\nATTENDEE;CN=Priya Shah:mailto:priya.shah@partner.example\nDESCRIPTION:about NINO JG103759A\n"
    )
    calendar = Passage(part="2", place="", text=text, area=Area.ATTACHMENT)
    assert counted(detect("x", extra=(calendar,))) == {"UK_NINO"}


def test_names_in_document_properties_do_not_count(detect: Detect) -> None:
    properties = Passage(part="2", place="document properties", text="Priya Shah", area=Area.ATTACHMENT)
    assert counted(detect("x", extra=(properties,))) == set()
