"""`inspect`: its JSON as the interface says, its table, and the text the gateway sees."""

from __future__ import annotations

import io
import json
import mailbox
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from dlp_gateway.cli import explain, inspect
from dlp_gateway.model import Category, GapReason, GapScope
from tests.support.workers_here import workers_here
from tests.unit.cli.conftest import Run

NHS_MAIL = (
    b"From: Jo Evans <jo.evans@council.example>\r\nTo: k.osei1958@gmail.com\r\nSubject: OFFICIAL-SENSITIVE: Monday\r\n"
    b"Message-ID: <1@council.example>\r\n\r\nThe patient's NHS number is 943 476 5919.\r\n"
)
DULL_MAIL = b"From: jo.evans@council.example\r\nSubject: Bins\r\n\r\nThe bins are emptied on Monday.\r\n"
HOSTILE_NAME = b"clients \x1b]0;owned\x07.zip"
LOCKED_MAIL = (
    b"From: jo.evans@council.example\r\nSubject: Files\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: application/octet-stream; name="' + HOSTILE_NAME + b'"\r\n'
    b'Content-Disposition: attachment; filename="' + HOSTILE_NAME + b'"\r\n\r\n' + b"\x01\x02\x03\xfe no format" * 30
)

FIELDS = {"file", "message_id", "size_bytes", "findings", "gaps", "markings", "individuals", "ruleset", "seconds"}
FINDING = {"entity", "category", "recogniser", "part", "place", "start", "end", "confidence", "masked"}
GAP = {"part", "scope", "reason", "detail"}
MARKING = {"kind", "part", "place", "until"}


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    folder = tmp_path / "mails"
    folder.mkdir()
    (folder / "nhs.eml").write_bytes(NHS_MAIL)
    (folder / "locked.eml").write_bytes(LOCKED_MAIL)
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.eml")).write_bytes(DULL_MAIL)
    return folder


@pytest.mark.usefixtures("real_workers")
def test_json_is_one_object_a_message_in_input_order_from_every_kind_of_input(
    run: Run, config: Path, mails: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = mailbox.mbox(tmp_path / "sent.mbox")
    box.add(DULL_MAIL.replace(b"\r\n", b"\n"))
    box.add(NHS_MAIL.replace(b"\r\n", b"\n"))
    box.close()
    maildir = mailbox.Maildir(tmp_path / "Maildir")
    maildir.add(NHS_MAIL)
    maildir.close()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(NHS_MAIL)))
    ran = run(["inspect", mails, tmp_path / "sent.mbox", tmp_path / "Maildir", "-", "--json", "--config", config])
    assert (ran.code, ran.err) == (0, "")
    told: list[dict[str, Any]] = [json.loads(line) for line in ran.out.splitlines()]
    names = [Path(one["file"]).name for one in told]
    assert names[1:5] == ["locked.eml", "nhs.eml", "sent.mbox#1", "sent.mbox#2"]
    assert os.fsencode(names[0]) == b"caf\xe9.eml"
    assert Path(told[5]["file"]).parent.name == "new"
    assert names[6] == "-"
    for one in told:
        assert one.keys() == FIELDS
        assert all(finding.keys() == FINDING for finding in one["findings"])
        assert all(gap.keys() == GAP for gap in one["gaps"])
        assert all(marking.keys() == MARKING for marking in one["markings"])
        assert all(finding["category"] in set(Category) for finding in one["findings"])
        assert one["seconds"] > 0
    assert len({one["message_id"] for one in told}) == len(told)
    assert len({one["ruleset"] for one in told}) == 1

    for number in (2, 4, 5, 6):
        (finding,) = [f for f in told[number]["findings"] if f["entity"] == "UK_NHS"]
        body = "The patient's NHS number is 943 476 5919."
        assert body[finding["start"] : finding["end"]] == "943 476 5919"
        assert (finding["category"], finding["part"], finding["place"]) == ("identity", "1", "")
        assert "943" not in finding["masked"]
        assert [marking["kind"] for marking in told[number]["markings"]] == ["official-sensitive"]
    assert told[2]["size_bytes"] == len(NHS_MAIL)
    (gap,) = told[1]["gaps"]
    assert (gap["reason"], gap["scope"]) == (GapReason.UNSUPPORTED, GapScope.ATTACHMENT)
    assert told[3]["findings"] == told[3]["gaps"] == []


@pytest.mark.usefixtures("real_workers")
def test_real_workers_answer_what_those_of_other_tests_do(
    run: Run, config: Path, mails: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(command: str, path: Path) -> list[dict[str, Any]]:
        ran = run([command, path, "--json", "--config", config])
        assert (ran.code, ran.err) == (0, "")
        return [json.loads(line) | {"seconds": 0, "message_id": ""} for line in ran.out.splitlines()]

    letter, texts = mails / "nhs.eml", ["inspect", "--text", mails, "--config", config]
    really = told("inspect", mails), told("explain", letter), run(texts)
    for command in (explain, inspect):
        monkeypatch.setattr(command, "worker_pool", workers_here)
    assert (told("inspect", mails), told("explain", letter), run(texts)) == really


def test_a_table_says_what_was_found_and_what_was_not_seen_without_the_values(
    run: Run, config: Path, mails: Path
) -> None:
    ran = run(["inspect", mails, "--config", config])
    assert (ran.code, ran.err) == (0, "")
    assert "UK_NHS" in ran.out
    assert "943 476 5919" not in ran.out
    assert "not inspected: unsupported (attachment), part 1" in ran.out
    assert "marking: official-sensitive" in ran.out
    assert "\x1b" not in ran.out


def test_the_text_is_shown_part_by_part_and_can_not_steer_the_terminal(run: Run, config: Path, mails: Path) -> None:
    ran = run(["inspect", "--text", mails, "--config", config])
    assert (ran.code, ran.err) == (0, "")
    assert "--- part HEADER, subject\nOFFICIAL-SENSITIVE: Monday" in ran.out
    assert "--- part 1\nThe patient's NHS number is 943 476 5919." in ran.out
    assert "\x1b" not in ran.out
    assert "\x07" not in ran.out
    assert "not inspected: part 1: unsupported" in ran.out


def test_every_missing_path_is_a_line_and_nothing_starts(run: Run, config: Path) -> None:
    ran = run(["inspect", "a.eml", "b.eml", "--config", config])
    assert (ran.code, ran.out) == (2, "")
    assert [line.split(": ")[1] for line in ran.err.splitlines()] == ["a.eml", "b.eml"]


def test_json_and_text_exclude_one_another(run: Run) -> None:
    assert run(["inspect", "--json", "--text", "a.eml"]).code == 2


def test_rules_that_are_broken_are_faults_with_their_places(
    run: Run, config: Path, mails: Path, tmp_path: Path
) -> None:
    rules = tmp_path / "rules" / "recognisers"
    rules.mkdir(parents=True)
    (rules / "own.yaml").write_text("entity: UK_NHS\ncategory: identiti\npatterns: ['(']\n")
    ran = run(["inspect", mails, "--rules", rules.parent, "--config", config])
    assert (ran.code, ran.out) == (2, "")
    assert any("recognisers/own.yaml:2:1: " in line for line in ran.err.splitlines())
