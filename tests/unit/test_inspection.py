"""Parse, extract, detect and change together, on a small rules folder of its own."""

from __future__ import annotations

import pytest

from dlp_gateway.errors import ConfigError
from dlp_gateway.inspection import NO_SUCH_CHANGE, Inspector
from dlp_gateway.model import AskNames, GapReason, GapScope, Question
from tests.support import shipped_rules
from tests.support.untraced import untraced

KEY = b"k" * 32
BODY = "Dear Ms Example,\r\n\r\nYour NHS number is 943 476 5919.\r\n"
QUESTION = Question(names=AskNames.NEVER)


def mail(body: str = BODY, *fields: str) -> bytes:
    lines = [
        "From: Jo Bloggs <jo.bloggs@council.example>",
        "To: Pat <pat@webmail.example>",
        "Subject: Your appointment",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        *fields,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


@pytest.fixture(scope="module")
def inspector() -> Inspector:
    texts = dict(shipped_rules.texts()) | {"senders.yaml": 'groups: {asc: {trusted_header: "X-Department: ASC"}}'}
    return Inspector(texts, names=False, fingerprint_key=KEY, council="Example Council")


def test_a_finding_says_where_it_stands_and_not_what_it_is(inspector: Inspector) -> None:
    inspection = inspector.inspect(mail(), QUESTION)
    (finding,) = [f for f in inspection.findings if f.entity == "UK_NHS"]
    body = BODY.replace("\r\n", "\n")
    assert body[finding.start : finding.end] == "943 476 5919"
    assert (finding.part, finding.place) == ("1", "")
    assert "943 476" not in repr(inspection)
    assert inspection.ruleset == inspector.version
    assert inspection.question == QUESTION


def test_controls_come_from_the_header_with_the_fields_that_sender_groups_ask_for(inspector: Inspector) -> None:
    controls = inspector.inspect(mail(BODY, "X-Department: ASC"), QUESTION).controls
    assert controls.author == "jo.bloggs@council.example"
    assert controls.trusted_headers == ("X-Department: ASC",)


def test_gaps_of_parsing_and_of_reading_stand_together(inspector: Inspector) -> None:
    octets = mail().replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b")
    octets += b"--b\r\nContent-Type: application/octet-stream\r\n\r\n" + bytes(range(1, 32)) * 9 + b"\r\n--b\r\n"
    gaps = inspector.inspect(octets, QUESTION).gaps
    assert GapReason.AMBIGUOUS in [gap.reason for gap in gaps]
    assert (GapReason.UNSUPPORTED, GapScope.ATTACHMENT) in [(gap.reason, gap.scope) for gap in gaps]


def test_passages_show_the_text_in_clear(inspector: Inspector) -> None:
    assert "943 476 5919" in "".join(passage.text for passage in inspector.passages(mail()).passages)


def test_a_disclaimer_names_the_council_and_comes_once(inspector: Inspector) -> None:
    once = inspector.change(mail(), ("disclaimer",))
    assert b"Example Council" in once.octets
    assert once.octets.startswith(mail().rstrip(b"\r\n"))
    assert inspector.change(once.octets, ("disclaimer",)).octets == once.octets


def test_both_languages_in_the_order_asked(inspector: Inspector) -> None:
    changed = inspector.change(mail(), ("disclaimer:cy", "disclaimer"))
    assert len(changed.octets) > len(inspector.change(mail(), ("disclaimer",)).octets)
    assert changed.notes == ()


def test_an_ambiguous_message_is_left_alone_with_a_note(inspector: Inspector) -> None:
    octets = mail(BODY, "Subject: again")
    changed = inspector.change(octets, ("disclaimer",))
    assert changed.octets == octets
    assert changed.notes == ("ambiguous",)


def test_a_change_that_no_template_knows_is_a_note(inspector: Inspector) -> None:
    changed = inspector.change(mail(), ("disclaimer:xx",))
    assert (changed.octets, changed.notes) == (mail(), (NO_SUCH_CHANGE,))


def test_every_fault_of_every_file_is_told_at_once() -> None:
    broken = {"templates/disclaimer.txt": "short", "recognisers/uk-nhs-number.yaml": "entity: [1"}
    with pytest.raises(ConfigError) as caught, untraced():
        Inspector(dict(shipped_rules.texts()) | broken, names=False, fingerprint_key=KEY)
    assert {"templates/disclaimer.txt", "recognisers/uk-nhs-number.yaml"} <= {
        fault.file for fault in caught.value.faults
    }
