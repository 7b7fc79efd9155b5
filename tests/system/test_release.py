"""Held mail let go or refused by the command line, carried out by a gateway that runs."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.client_mail import HOSPITAL, OFFICER, PLAIN, SENSITIVE, STRANGER, mail, send
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop, taken_for, wait_for
from tests.support.waiting import wait_until

LOOK_ALIKE = "ward@hospitols.nhs.example"
REASON = "Checked with the head of service."
SECRET = b"943 476 5919"


class Stand(NamedTuple):
    gateway: GatewayProcess
    relay: FakeNextHop
    secure: FakeNextHop


@contextmanager
def stand(folder: Path, **sections: Any) -> Iterator[Stand]:
    """A gateway between its ordinary and its secure next hop."""
    with running_hop() as relay, running_hop() as secure:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{secure.port}", "tls": "none"},
        }
        with running_gateway(folder, ways, **sections) as gateway:
            yield Stand(gateway, relay, secure)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """For all tests with the shipped rules, each with an author and recipients of its own."""
    with stand(tmp_path_factory.mktemp("release")) as shared:
        yield shared


def listed(gateway: GatewayProcess) -> dict[str, dict[str, Any]]:
    """What `holds list` says, by id."""
    ran = gateway.run("holds", "list", "--json")
    assert ran.returncode == 0, ran.stderr
    return {line["id"]: line for line in map(json.loads, ran.stdout.splitlines())}


def hold(gateway: GatewayProcess, octets: bytes, *recipients: str, author: str = OFFICER) -> str:
    """Send a message that is held; answers the id of what is held."""
    before = set(gateway.held())
    assert send(gateway.port, octets, *recipients, reverse_path=author).code == 250
    (one,) = set(gateway.held()) - before
    return one


def release(gateway: GatewayProcess, held_id: str) -> None:
    ran = gateway.run("holds", "release", held_id, "--reason", REASON)
    assert ran.returncode == 0, ran.stderr


def test_a_released_message_is_sent_with_its_own_reverse_path_and_octets(shared: Stand) -> None:
    gateway, relay, _ = shared
    author = "asks@council.example"
    octets = mail("asked", PLAIN, author=author, to=LOOK_ALIKE)
    one = hold(gateway, octets, LOOK_ALIKE, author=author)
    shown = listed(gateway)[one]
    assert shown["recipients"] == [LOOK_ALIKE]
    assert shown["rules"][-1] == "look-alike"
    assert not taken_for(relay, LOOK_ALIKE)
    release(gateway, one)
    (sent,) = wait_for(relay, LOOK_ALIKE)
    assert sent.mail.startswith(f"MAIL FROM:<{author}>".encode())
    assert sent.octets.partition(b"From: <")[2].startswith(octets.removeprefix(b"From: <"))
    wait_until(lambda: one not in gateway.held(), "what was released to be held no more")
    assert one not in listed(gateway)
    notices = wait_for(relay, author, 2)
    assert all(notice.mail.startswith(b"MAIL FROM:<>") for notice in notices)
    subjects = [line for notice in notices for line in notice.octets.splitlines() if line.startswith(b"Subject:")]
    assert any(b"NOT SENT" in subject for subject in subjects)


def test_what_is_high_goes_out_encrypted_although_a_reviewer_released_it(shared: Stand) -> None:
    gateway, relay, secure = shared
    author, stranger = "high@council.example", "high@nobody.example"
    release(gateway, hold(gateway, mail("high", SENSITIVE, author=author, to=stranger), stranger, author=author))
    (sent,) = wait_for(secure, stranger)
    assert SECRET in sent.octets
    assert not taken_for(relay, stranger)
    for notice in wait_for(relay, author, 2):
        assert SECRET not in notice.octets
        assert b"Archer" not in notice.octets


def test_a_rejected_message_is_sent_to_nobody_and_the_sender_is_told(shared: Stand) -> None:
    gateway, relay, secure = shared
    author, stranger = "rejected@council.example", "rejected@nobody.example"
    one = hold(gateway, mail("no", SENSITIVE, author=author, to=stranger), stranger, author=author)
    ran = gateway.run("holds", "reject", one, "--reason", REASON, "--message", "Please ask us first.")
    assert ran.returncode == 0, ran.stderr
    notices = wait_for(relay, author, 2)
    assert one not in listed(gateway)
    assert not taken_for(secure, stranger)
    assert not taken_for(relay, stranger)
    again = gateway.run("holds", "release", one, "--reason", REASON)
    assert again.returncode == 1
    assert len(again.stderr.splitlines()) == 1
    assert b"Please ask us first." in notices[-1].octets


def test_a_release_under_rules_that_have_changed_goes_back_to_the_queue(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    policy = rules / "policy.yaml"
    shutil.copy(Path(__file__).parents[2] / "rules" / "policy.yaml", policy)
    with stand(tmp_path / "gateway", rules=str(rules)) as (gateway, relay, secure):
        one = hold(gateway, mail("changed", SENSITIVE, to=STRANGER), STRANGER)
        policy.write_text(policy.read_text(encoding="utf-8") + "\n# a later version\n", encoding="utf-8")
        assert gateway.process is not None
        os.kill(gateway.process.pid, signal.SIGHUP)
        wait_until(lambda: '"rules:reloaded"' in gateway.log(), "the new rules")
        release(gateway, one)
        wait_until(lambda: '"release:held_again"' in gateway.log(), "the release to be judged by the new rules")
        wait_until(lambda: gateway.held() == [one], "the message back in the queue")
        assert not taken_for(secure, STRANGER)
        release(gateway, one)  # now the reviewer has seen the rules of today
        wait_for(secure, STRANGER)
        assert not taken_for(relay, STRANGER)


def test_only_the_recipients_named_are_released(shared: Stand) -> None:
    gateway, _, secure = shared
    one_stranger, other = "kept@nobody.example", "let.go@nobody.example"
    octets = mail("some", SENSITIVE, to=one_stranger)
    one = hold(gateway, octets, one_stranger, other, HOSPITAL)
    assert sorted(listed(gateway)[one]["recipients"]) == [one_stranger, other]
    ran = gateway.run("holds", "release", one, "--reason", REASON, "--to", other)
    assert ran.returncode == 0, ran.stderr
    wait_for(secure, other)
    wait_until(
        lambda: [one_stranger] in [h["recipients"] for h in listed(gateway).values()], "one recipient still held"
    )
    assert not taken_for(secure, one_stranger)


def test_show_tells_who_why_and_what_without_a_value(shared: Stand) -> None:
    gateway, _, _ = shared
    stranger = "shown@nobody.example"
    one = hold(gateway, mail("shown", SENSITIVE, to=stranger), stranger)
    shown = gateway.run("holds", "show", one)
    assert shown.returncode == 0
    assert stranger in shown.stdout
    assert "UK_NHS" in shown.stdout
    assert "943 476" not in shown.stdout
    assert f"became      {stranger}: held" in shown.stdout
    for words in (
        ["show", "no-such-id"],
        ["release", one, "--reason", "x"],
        ["extend", one, "--reason", REASON, "--until", "2026-01-01"],
    ):
        ran = gateway.run("holds", *words)
        assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1)
    ran = gateway.run("holds", "extend", one, "--reason", REASON, "--until", "2096-01-01T12:00+00:00")
    assert (ran.returncode, ran.stdout) == (0, "It expires 2096-01-01 12:00Z now.\n")
    assert listed(gateway)[one]["expires_at"] == "2096-01-01T12:00:00+00:00"
