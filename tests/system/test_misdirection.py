"""Contacts are learned from mail by wire, and what they betray stands in the record."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.support.client_mail import COLLEAGUE, OFFICER, PLAIN, mail, send
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop
from tests.support.waiting import wait_until

SMITH = "john.smith@hospital-trust.co.uk"
SLIP = "jon.smith@hospital-trust.co.uk"
WARD = "ward.sister@hospital-trust.co.uk"
STRANGER = "david@quarry-lawyers.co.uk"
BOSS = "boss@council.example"
TELLING = "Patient Joan Archer, NHS number 943 476 5919, date of birth 12/03/1957, has moved.\r\n"
RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    with running_hop() as relay, running_hop() as secure:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{secure.port}", "tls": "none"},
        }
        with running_gateway(tmp_path_factory.mktemp("gateway"), ways) as gateway:
            for n in range(5):
                if n == 4:
                    age(gateway, days=0)  # what is gathered is written: counts are told a little late
                assert send(gateway.port, mail(f"usual-{n}", to=f"{SMITH}, {WARD}"), SMITH, WARD).code == 250
            assert send(gateway.port, mail("inside", to=COLLEAGUE), COLLEAGUE).code == 250
            age(gateway, days=28)
            yield gateway


def age(gateway: GatewayProcess, *, days: int) -> None:
    """What was learned so far was learned so many days ago."""
    gateway.stop()
    with sqlite3.connect(gateway.folder / "gateway.db") as connection:
        connection.execute("UPDATE store_learningday SET day = day - ?", (days,))
        connection.execute("UPDATE store_habit SET last_day = last_day - ?", (days,))
        connection.execute("UPDATE store_internalthread SET last_day = last_day - ?", (days,))
    connection.close()
    gateway.start()


def observed(gateway: GatewayProcess, name: str) -> dict[str, set[str]]:
    """The rules that were observed, by recipient, from the record of the mail of that name."""
    query = f"SELECT verdicts FROM store_message WHERE message_id_header = '<{name}@council.example>'"
    ((verdicts,),) = wait_until(lambda: gateway.rows(query), f"the record of {name}")
    return {verdict["recipient"]: set(verdict["observed"]) for verdict in json.loads(verdicts)}


def test_high_risk_data_to_somebody_new_is_observed_after_28_days(gateway: GatewayProcess) -> None:
    assert send(gateway.port, mail("new", TELLING), SMITH, STRANGER).code == 250
    rules = observed(gateway, "new")
    assert ("first-time" in rules[STRANGER], "first-time" in rules[SMITH]) == (True, False)


def test_a_slip_in_the_address_of_somebody_who_is_often_written_to_is_observed(gateway: GatewayProcess) -> None:
    assert send(gateway.port, mail("slip", TELLING), SLIP, WARD).code == 250
    rules = observed(gateway, "slip")
    assert ("similar-recipient" in rules[SLIP], "similar-recipient" in rules[WARD]) == (True, False)


def test_somebody_unusual_in_a_usual_group_is_observed(gateway: GatewayProcess) -> None:
    assert send(gateway.port, mail("group", TELLING), SMITH, WARD, STRANGER).code == 250
    rules = observed(gateway, "group")
    assert {r for r, ids in rules.items() if "unusual-recipient" in ids} == {STRANGER}


def test_a_reply_that_shows_an_internal_thread_outside_is_observed(gateway: GatewayProcess) -> None:
    reply = mail("outward", PLAIN, In_Reply_To="<inside@council.example>")
    assert send(gateway.port, reply, COLLEAGUE, WARD, reverse_path=BOSS).code == 250
    rules = observed(gateway, "outward")
    assert {r for r, ids in rules.items() if "thread-outsider" in ids} == {WARD}


def test_replay_tries_the_rules_enforced_by_what_was_known_then(gateway: GatewayProcess, tmp_path: Path) -> None:
    policy = yaml.safe_load((RULES / "policy.yaml").read_text(encoding="utf-8"))
    for rule in policy["rules"]:
        if rule["id"] == "thread-outsider":
            rule["mode"] = "enforce"
    (tmp_path / "draft.yaml").write_text(yaml.safe_dump(policy))
    assert send(gateway.port, mail("inside-2", to=COLLEAGUE), COLLEAGUE).code == 250
    age(gateway, days=0)
    reply = mail("outward-2", PLAIN, In_Reply_To="<inside-2@council.example>")
    assert send(gateway.port, reply, WARD).code == 250
    ran = gateway.run("replay", "--policy", str(tmp_path / "draft.yaml"), "--list")
    assert ran.returncode == 0, ran.stderr
    assert "thread-outsider" in ran.stdout


def test_no_address_stands_in_the_tables_of_what_was_learned(gateway: GatewayProcess) -> None:
    """Nothing but numbers: a 64-bit hash is no address."""
    for table in ("store_habit", "store_spelling", "store_internalthread", "store_learningday"):
        rows = gateway.rows(f"SELECT * FROM {table}")
        assert rows, table
        assert {type(value) for row in rows for value in row} == {int}, table


def test_doctor_says_how_much_was_learned(gateway: GatewayProcess) -> None:
    line = next(line for line in gateway.run("doctor").stdout.splitlines() if " contacts " in line)
    assert line.startswith("ok")
    assert "learned since" in line
    assert OFFICER not in line
