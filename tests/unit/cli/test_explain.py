"""`explain`: verdicts as the interface says, without sending anything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dlp_gateway.model import RecipientClass
from tests.unit.cli.conftest import Run

AUTHOR = "jo.evans@council.example"
RESIDENT = "k.osei1958@gmail.com"
HOSPITAL = "ward.9@hospitals.nhs.example"
COLLEAGUE = "sam.ali@council.example"
BLOG = "council@post.blog.example"

VERDICT = {
    "recipient",
    "class",
    "partner",
    "action",
    "route",
    "changes",
    "notes",
    "rules",
    "observed",
    "reasons",
    "hold_until",
}
VERDICT |= {"reviewers", "notify"}


def letter(body: str, **fields: str) -> bytes:
    head = {"From": f"Jo Evans <{AUTHOR}>", "Subject": "Monday"} | fields
    return ("".join(f"{name}: {value}\r\n" for name, value in head.items()) + f"\r\n{body}\r\n").encode()


NHS = letter("The patient's NHS number is 943 476 5919.", To=f"Kofi Osei <{RESIDENT}>", Cc=HOSPITAL, Bcc=COLLEAGUE)
EMBARGO = letter("EMBARGOED UNTIL 09:00 on 1 December 2026\r\n\r\nThe new library opens.", To="desk@itv.com")


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "nhs.eml").write_bytes(NHS)
    (folder / "embargo.eml").write_bytes(EMBARGO)
    return folder


def by_recipient(line: str) -> dict[str, Mapping[str, Any]]:
    return {verdict["recipient"]: verdict for verdict in json.loads(line)["verdicts"]}


def test_json_has_a_verdict_for_each_recipient_of_each_envelope_in_order(run: Run, config: Path, mails: Path) -> None:
    lines = [
        {"file": "nhs.eml", "from": AUTHOR, "to": [RESIDENT, HOSPITAL, COLLEAGUE, BLOG, RESIDENT]},
        {"file": "nhs.eml", "from": None, "to": [BLOG, COLLEAGUE]},
        {"file": "embargo.eml", "from": AUTHOR, "to": ["desk@itv.com"]},
    ]
    envelopes = mails / "envelopes.jsonl"
    envelopes.write_text("\n".join(json.dumps(line) for line in lines) + "\n\n")
    ran = run(["explain", "--envelopes", envelopes, "--json", "--at", "2026-11-30T12:00", "--config", config])
    assert (ran.code, ran.err) == (0, "")
    first, bounce, embargo = ran.out.splitlines()

    told = json.loads(first)
    assert told.keys() == {"file", "message_id", "verdicts"}
    assert told["file"] == "nhs.eml"
    assert [v["recipient"] for v in told["verdicts"]] == [RESIDENT, HOSPITAL, COLLEAGUE, BLOG]
    assert all(v.keys() == VERDICT for v in told["verdicts"])
    assert all(v["class"] in set(RecipientClass) for v in told["verdicts"])
    verdicts = by_recipient(first)
    assert {r: v["action"] for r, v in verdicts.items()} == {
        RESIDENT: "hold",
        HOSPITAL: "encrypt",
        COLLEAGUE: "relay",
        BLOG: "reject",
    }
    assert (verdicts[HOSPITAL]["class"], verdicts[HOSPITAL]["partner"]) == ("partner", "example-hospitals")
    assert (verdicts[HOSPITAL]["route"], verdicts[COLLEAGUE]["route"]) == ("secure", "relay")
    assert "unapproved-high" in verdicts[RESIDENT]["rules"]
    assert verdicts[RESIDENT]["reviewers"] == "information-governance"
    assert verdicts[RESIDENT]["partner"] is None
    assert verdicts[HOSPITAL]["changes"] == ["disclaimer"]
    assert "943 476" not in first

    assert [v["recipient"] for v in json.loads(bounce)["verdicts"]] == [BLOG, COLLEAGUE]
    (held,) = json.loads(embargo)["verdicts"]
    assert held["action"] == "hold"
    assert held["hold_until"] == "2026-12-01T09:00:00+00:00"


def test_words_for_the_addresses_of_the_header_at_another_time(run: Run, config: Path, mails: Path) -> None:
    """The embargo is over at that time; local time is the council's; --to may stand before the path."""
    ran = run(["explain", mails, "--at", "2026-12-01T09:00:01", "--config", config])
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert f"  {RESIDENT}: HOLD" in lines
    assert f"  {HOSPITAL}: ENCRYPT" in lines
    assert f"  {COLLEAGUE}: RELAY" in lines, "Bcc counts"
    assert "  desk@itv.com: RELAY" in lines
    assert "943 476 5919" not in ran.out


def test_rules_of_a_folder_decide_and_a_route_that_is_not_configured_is_shown_with_a_warning(
    run: Run, config: Path, mails: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "partners.yaml").write_text(
        "partners:\n  - id: ward-nine\n    addresses: [ward.9@hospitals.nhs.example]\n    organisation: Ward Nine\n"
        "    basis: statutory\n    agreement: X-1\n    owner: a@council.example\n    purpose: care\n"
        "    may_receive: [name, identity]\n    route: courier\n    status: active\n"
        "    valid_from: 2024-01-01\n    review_by: 2030-01-01\n"
    )
    words = ["explain", "--from", AUTHOR, "--to", HOSPITAL, mails / "nhs.eml", "--rules", rules, "--json"]
    ran = run([*words, "--at", "2026-11-24T09:00Z", "--config", config])
    assert ran.code == 0
    assert ran.err == ("dlp-gateway: warning: the rules name the route “courier”, which the configuration lacks\n")
    verdicts = by_recipient(ran.out)
    assert list(verdicts) == [HOSPITAL]
    assert (verdicts[HOSPITAL]["partner"], verdicts[HOSPITAL]["route"]) == ("ward-nine", "courier")


def test_every_bad_line_of_envelopes_is_told_with_its_number(run: Run, config: Path, mails: Path) -> None:
    envelopes = mails / "envelopes.jsonl"
    envelopes.write_text(
        '{"file": "nhs.eml", "from": "a@b.example", "to": ["c@d.example"]}\n'
        '{"file": "nhs.eml", "to": []}\n'
        "not json\n"
        '{"file": "absent.eml", "from": null, "to": ["c@d.example"]}\n'
        '{"file": "nhs.eml", "form": "a@b.example", "to": ["c@d.example"]}\n'
        '["nhs.eml"]\n'
    )
    ran = run(["explain", "--envelopes", envelopes, "--json", "--config", config])
    assert (ran.code, ran.out) == (2, "")
    lines = ran.err.splitlines()
    assert [line.split(":")[2] for line in lines] == ["2", "3", "4", "5", "6"]
    assert "to: " in lines[0]
    assert "absent.eml does not exist" in lines[2]
    assert "form: " in lines[3]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (
            ["nhs.eml", "--at", "tomorrow"],
            "--at: “tomorrow” is not a time; write it like 2026-12-01",
        ),
        ([], "name either PATHs or --envelopes FILE"),
        (["nhs.eml", "--envelopes", "x.jsonl"], "name either PATHs or --envelopes FILE"),
        (["--envelopes", "absent.jsonl"], "absent.jsonl: can't be read"),
        (["absent.eml"], "absent.eml: does not exist"),
        (["nhs.eml", "--rules", "absent"], "--rules takes a folder"),
        (["nobody.eml"], "its header names no recipient; name them with --to"),
    ],
)
def test_bad_input_is_one_clear_line(
    run: Run, config: Path, mails: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], text: str
) -> None:
    monkeypatch.chdir(mails)
    (mails / "nobody.eml").write_bytes(letter("Hello"))
    ran = run(["explain", *words, "--config", config])
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert text in ran.err


def test_words_and_reasons_are_in_welsh_when_asked_for(run: Run, config: Path, mails: Path) -> None:
    ran = run(["explain", mails / "nhs.eml", "--to", RESIDENT, "--language", "cy", "--config", config])
    assert ran.code == 0
    assert f"Mae'r copi at {RESIDENT}, blwch e-bost personol, yn cael ei ddal ar gyfer adolygydd." in ran.out
    assert "Mae'r neges hon yn datgelu data (hunaniaeth), neu fanylion sawl person." in ran.out
    ran = run(["explain", mails / "nhs.eml", "--to", RESIDENT, "--language", "cy", "--json", "--config", config])
    (reason,) = by_recipient(ran.out)[RESIDENT]["reasons"]
    assert reason.endswith("Math o dderbynnydd: blwch e-bost personol.")


@pytest.mark.usefixtures("real_workers")
def test_why_a_disclaimer_would_be_left_out_is_told(run: Run, config: Path, tmp_path: Path) -> None:
    """Once for each recipient whose copy should have it; a colleague's should not."""
    signed = b'Content-Type: multipart/signed; boundary="s"\r\n\r\n--s\r\n\r\nHello\r\n--s\r\n\r\nx\r\n--s--\r\n'
    mail = tmp_path / "signed.eml"
    mail.write_bytes(b"From: o@council.example\r\nTo: x@supplier.example, " + COLLEAGUE.encode() + b"\r\n" + signed)
    ran = run(["explain", mail, "--config", config])
    assert ran.out.count("    Disclaimer: signed.") == 1
    (told,) = [json.loads(line) for line in run(["explain", "--json", mail, "--config", config]).out.splitlines()]
    assert {v["recipient"]: v["notes"] for v in told["verdicts"]} == {"x@supplier.example": ["signed"], COLLEAGUE: []}
