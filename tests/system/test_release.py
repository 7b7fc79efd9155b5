"""Held mail let go or refused by the command line, carried out by a gateway that runs."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.client_mail import HOSPITAL, OFFICER, PLAIN, SENSITIVE, STRANGER, mail, send
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop, taken_for, wait_for
from tests.support.waiting import wait_until

LOOK_ALIKE = "ward@hospitols.nhs.example"
REASON = "Checked with the head of service."
SECRET = b"943 476 5919"


@contextmanager
def stand(folder: Path, **sections: Any) -> Iterator[tuple[GatewayProcess, FakeNextHop, FakeNextHop]]:
    """A gateway between its ordinary and its secure next hop."""
    with running_hop() as relay, running_hop() as secure:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{secure.port}", "tls": "none"},
        }
        with running_gateway(folder, ways, **sections) as gateway:
            yield gateway, relay, secure


def held(gateway: GatewayProcess) -> list[dict[str, Any]]:
    ran = gateway.run("holds", "list", "--json")
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def release(gateway: GatewayProcess, held_id: str) -> None:
    ran = gateway.run("holds", "release", held_id, "--reason", REASON)
    assert ran.returncode == 0, ran.stderr


def test_a_released_message_is_sent_with_its_own_reverse_path_and_octets(tmp_path: Path) -> None:
    with stand(tmp_path) as (gateway, relay, _):
        octets = mail("asked", PLAIN, to=LOOK_ALIKE)
        assert send(gateway.port, octets, LOOK_ALIKE).code == 250
        (one,) = held(gateway)
        assert one["recipients"] == [LOOK_ALIKE]
        assert one["rules"][-1] == "look-alike"
        assert not taken_for(relay, LOOK_ALIKE)
        release(gateway, one["id"])
        (sent,) = wait_for(relay, LOOK_ALIKE)
        assert sent.mail.startswith(f"MAIL FROM:<{OFFICER}>".encode())
        assert sent.octets.partition(b"From: <")[2].startswith(octets.removeprefix(b"From: <"))
        wait_until(lambda: held(gateway) == [], "an empty hold queue")
        notices = wait_for(relay, OFFICER, 2)
    assert all(notice.mail.startswith(b"MAIL FROM:<>") for notice in notices)
    subjects = [line for notice in notices for line in notice.octets.splitlines() if line.startswith(b"Subject:")]
    assert any(b"NOT SENT" in subject for subject in subjects)


def test_what_is_high_goes_out_encrypted_although_a_reviewer_released_it(tmp_path: Path) -> None:
    with stand(tmp_path) as (gateway, relay, secure):
        assert send(gateway.port, mail("high", SENSITIVE, to=STRANGER), STRANGER).code == 250
        (one,) = held(gateway)
        release(gateway, one["id"])
        (sent,) = wait_for(secure, STRANGER)
        assert SECRET in sent.octets
        assert not taken_for(relay, STRANGER)
        for notice in wait_for(relay, OFFICER, 2):
            assert SECRET not in notice.octets
            assert b"Archer" not in notice.octets


def test_a_rejected_message_is_sent_to_nobody_and_the_sender_is_told(tmp_path: Path) -> None:
    with stand(tmp_path) as (gateway, relay, secure):
        assert send(gateway.port, mail("no", SENSITIVE, to=STRANGER), STRANGER).code == 250
        (one,) = held(gateway)
        ran = gateway.run("holds", "reject", one["id"], "--reason", REASON, "--message", "Please ask us first.")
        assert ran.returncode == 0, ran.stderr
        notices = wait_for(relay, OFFICER, 2)
        assert held(gateway) == []
        assert not taken_for(secure, STRANGER)
        assert not taken_for(relay, STRANGER)
        again = gateway.run("holds", "release", one["id"], "--reason", REASON)
        assert again.returncode == 1
        assert len(again.stderr.splitlines()) == 1
    assert b"Please ask us first." in notices[-1].octets


def test_a_release_under_rules_that_have_changed_goes_back_to_the_queue(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    policy = rules / "policy.yaml"
    shutil.copy(Path(__file__).parents[2] / "rules" / "policy.yaml", policy)
    with stand(tmp_path / "gateway", rules=str(rules)) as (gateway, relay, secure):
        assert send(gateway.port, mail("changed", SENSITIVE, to=STRANGER), STRANGER).code == 250
        (one,) = held(gateway)
        policy.write_text(policy.read_text(encoding="utf-8") + "\n# a later version\n", encoding="utf-8")
        assert gateway.process is not None
        os.kill(gateway.process.pid, signal.SIGHUP)
        wait_until(lambda: '"rules:reloaded"' in gateway.log(), "the new rules")
        release(gateway, one["id"])
        wait_until(lambda: '"release:held_again"' in gateway.log(), "the release to be judged by the new rules")
        wait_until(lambda: [h["state"] for h in held(gateway)] == ["held"], "the message back in the queue")
        assert not taken_for(secure, STRANGER)
        release(gateway, one["id"])  # now the reviewer has seen the rules of today
        wait_for(secure, STRANGER)
        assert not taken_for(relay, STRANGER)


def test_only_the_recipients_named_are_released(tmp_path: Path) -> None:
    other = "b.stranger@nobody.example"
    with stand(tmp_path) as (gateway, _, secure):
        assert send(gateway.port, mail("some", SENSITIVE, to=STRANGER), STRANGER, other, HOSPITAL).code == 250
        (one,) = held(gateway)
        assert sorted(one["recipients"]) == [STRANGER, other]
        ran = gateway.run("holds", "release", one["id"], "--reason", REASON, "--to", other)
        assert ran.returncode == 0, ran.stderr
        wait_for(secure, other)
        wait_until(lambda: [h["recipients"] for h in held(gateway)] == [[STRANGER]], "one recipient still held")
        assert not taken_for(secure, STRANGER)


def test_show_tells_who_why_and_what_without_a_value(tmp_path: Path) -> None:
    with stand(tmp_path) as (gateway, _, _):
        assert send(gateway.port, mail("shown", SENSITIVE, to=STRANGER), STRANGER).code == 250
        (one,) = held(gateway)
        shown = gateway.run("holds", "show", one["id"])
        assert shown.returncode == 0
        assert STRANGER in shown.stdout
        assert "UK_NHS" in shown.stdout
        assert "943 476" not in shown.stdout
        assert f"became      {STRANGER}: held" in shown.stdout
        for words in (
            ["show", "no-such-id"],
            ["release", one["id"], "--reason", "x"],
            ["extend", one["id"], "--reason", REASON, "--until", "2026-01-01"],
        ):
            ran = gateway.run("holds", *words)
            assert (ran.returncode, len(ran.stderr.splitlines())) == (2, 1)
        ran = gateway.run("holds", "extend", one["id"], "--reason", REASON, "--until", "2096-01-01T12:00+00:00")
        assert (ran.returncode, ran.stdout) == (0, "It expires 2096-01-01 12:00Z now.\n")
        (extended,) = held(gateway)
        assert extended["expires_at"] == "2096-01-01T12:00:00+00:00"
