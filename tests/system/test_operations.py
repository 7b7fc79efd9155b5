"""What an operator does to a gateway, and what the world does to it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import smtplib
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.support.client_mail import COLLEAGUE, OFFICER, PLAIN, SENSITIVE, STRANGER, SUPPLIER, mail, send
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import GatewayProcess, make_gateway, running_gateway
from tests.support.hop_thread import running_hop, taken_for, wait_for
from tests.support.ports import free_port
from tests.support.waiting import wait_until


@pytest.fixture
def hop() -> Iterator[FakeNextHop]:
    with running_hop() as hop:
        yield hop


def ways(hop: FakeNextHop) -> dict[str, dict[str, str]]:
    way = {"kind": "gateway", "next_hop": f"127.0.0.1:{hop.port}", "tls": "none"}
    return {"relay": way | {"kind": "relay"}, "secure": way}


class Running(NamedTuple):
    gateway: GatewayProcess
    hop: FakeNextHop
    health: int  # port


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """For tests that leave a gateway as it was, but for mail to recipients of their own and partners of their own."""
    health = free_port()
    with running_hop(features=("PIPELINING", "SIZE 104857600")) as hop:
        gateway = make_gateway(tmp_path_factory.mktemp("operations"), ways(hop))
        settings = yaml.safe_load(gateway.config.read_text())
        settings["listeners"]["health"] = {"host": "127.0.0.1", "port": health}
        gateway.config.write_text(yaml.safe_dump(settings))
        gateway.start()
        try:
            yield Running(gateway, hop, health)
        finally:
            gateway.stop()


def fails_to_start(gateway: GatewayProcess) -> list[str]:
    """The lines on standard error of a gateway that does not start, which must be exit code 2."""
    ran = subprocess.run(
        [sys.executable, "-m", "dlp_gateway", "gateway", "--config", str(gateway.config)],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert ran.returncode == 2, ran.stderr
    return [line for line in ran.stderr.splitlines() if line.startswith("dlp-gateway:")]


def test_a_transaction_that_runs_finishes_when_the_gateway_is_told_to_stop(hop: FakeNextHop, tmp_path: Path) -> None:
    with running_gateway(tmp_path, ways(hop)) as gateway:
        assert gateway.process is not None
        session = smtplib.SMTP("127.0.0.1", gateway.port, timeout=30)
        session.ehlo("desk.council.example")
        session.mail(OFFICER)
        session.rcpt(COLLEAGUE)
        assert session.docmd("DATA")[0] == 354
        os.kill(gateway.process.pid, signal.SIGTERM)
        wait_until(lambda: _refuses(gateway.port), "a listener that is gone")
        session.send(mail("last", to=COLLEAGUE) + b".\r\n")
        assert session.getreply()[0] == 250
        session.close()
        assert gateway.process.wait(timeout=60) == 0
    assert len(taken_for(hop, COLLEAGUE)) == 1


def _refuses(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            return not connection.recv(3).startswith(b"220")
    except OSError:
        return True


def test_changed_rules_act_after_sighup_and_broken_ones_change_nothing(hop: FakeNextHop, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    recipients = rules / "recipients.yaml"
    shutil.copy(Path(__file__).parents[2] / "rules" / "recipients.yaml", recipients)
    shipped = recipients.read_text(encoding="utf-8")
    with running_gateway(tmp_path / "gateway", ways(hop), rules=str(rules)) as gateway:
        assert gateway.process is not None
        assert send(gateway.port, mail("before", SENSITIVE, to=STRANGER), STRANGER).code == 250
        assert not taken_for(hop, STRANGER), "held"
        recipients.write_text(shipped.replace("internal: [", "internal: [nobody.example, ", 1), encoding="utf-8")
        os.kill(gateway.process.pid, signal.SIGHUP)
        wait_until(lambda: gateway.log().count('"rules:reloaded"') == 1, "the new rules")
        assert send(gateway.port, mail("after", SENSITIVE, to=STRANGER), STRANGER).code == 250
        assert len(taken_for(hop, STRANGER)) == 1, "internal now"
        recipients.write_text("internal: [\n", encoding="utf-8")
        os.kill(gateway.process.pid, signal.SIGHUP)
        wait_until(lambda: '"rules:reload_failed"' in gateway.log(), "the broken rules to be noticed")
        assert send(gateway.port, mail("still", SENSITIVE, to=STRANGER), STRANGER).code == 250
        assert len(taken_for(hop, STRANGER)) == 2, "the rules in force stay in force"


def run_command(gateway: GatewayProcess, *words: str) -> subprocess.CompletedProcess[str]:
    """A command beside the running gateway, which must succeed."""
    ran = gateway.run(*words)
    assert ran.returncode == 0, ran.stderr
    return ran


def entry(domain: str) -> tuple[str, ...]:
    return (
        "--organisation", "Strangers no more", "--domains", domain, "--basis", "statutory", "--owner",
        "jo@council.example", "--route", "secure", "--review-by", "2035-01-01", "--may-receive",
        "name,contact,reference,identity,financial,special,criminal,safeguarding", "--reason", "agreement signed",
    )  # fmt: skip


def test_a_partner_added_by_command_counts_within_seconds_and_no_session_is_dropped(shared: Running) -> None:
    gateway, hop, _ = shared
    stranger = "desk@soon-a-partner.example"
    assert send(gateway.port, mail("before", SENSITIVE, to=stranger), stranger).code == 250
    assert not taken_for(hop, stranger), "held"
    session = smtplib.SMTP("127.0.0.1", gateway.port, timeout=60)
    session.ehlo("desk.council.example")
    session.mail(OFFICER)
    session.rcpt(COLLEAGUE)
    before = gateway.log().count('"rules:reloaded"')
    run_command(gateway, "partners", "add", "strangers", *entry("soon-a-partner.example"))
    wait_until(lambda: gateway.log().count('"rules:reloaded"') == before + 1, "the new partner")
    assert '"pool:reloaded"' not in gateway.log(), "workers know nothing of partners"
    assert session.docmd("DATA")[0] == 354
    session.send(mail("meanwhile", to=COLLEAGUE) + b".\r\n")
    assert session.getreply()[0] == 250
    session.quit()
    assert send(gateway.port, mail("after", SENSITIVE, to=stranger), stranger).code == 250
    wait_for(hop, stranger, 1)


def test_a_registry_changed_by_file_waits_for_an_administrator_where_two_are_asked_for(
    hop: FakeNextHop, tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    partners = rules / "partners.yaml"
    shutil.copy(Path(__file__).parents[2] / "rules" / "partners.yaml", partners)
    settings = {"rules": str(rules), "partners": {"second_approval": True}}
    with running_gateway(tmp_path / "gateway", ways(hop), **settings) as gateway:
        assert gateway.process is not None
        text = partners.read_text(encoding="utf-8")
        partners.write_text(text.replace("Kindly Care Agency Ltd", "Kinder Care Ltd"), encoding="utf-8")
        os.kill(gateway.process.pid, signal.SIGHUP)
        wait_until(lambda: gateway.log().count('"rules:proposed"') == 1, "the proposal")
        assert "Kindly Care Agency Ltd" in run_command(gateway, "partners", "show", "kindly-care").stdout
        assert "Kinder Care Ltd" in run_command(gateway, "partners", "proposals", "1").stdout
        run_command(gateway, "partners", "approve", "1")
        assert "Kinder Care Ltd" in run_command(gateway, "partners", "show", "kindly-care").stdout
        wait_until(lambda: gateway.log().count('"rules:reloaded"') == 2, "the approved registry")


@pytest.fixture
def own_rules(tmp_path: Path) -> Path:
    """A rules folder with a registry and recipients of its own."""
    rules = tmp_path / "rules"
    rules.mkdir()
    for name in ("partners.yaml", "recipients.yaml"):
        shutil.copy(Path(__file__).parents[2] / "rules" / name, rules / name)
    return rules


def metrics_of(port: int) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/metrics")
    return connection.getresponse().read().decode()


def change(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")


def versions(gateway: GatewayProcess) -> list[str]:
    """Who made the versions of the registry, newest first."""
    lines = run_command(gateway, "partners", "history", "--json").stdout.splitlines()
    return [json.loads(line)["author"] for line in lines]


def test_a_file_acts_only_when_it_is_asked_for_and_never_because_somebody_used_a_command(
    hop: FakeNextHop, tmp_path: Path, own_rules: Path
) -> None:
    """Two gateways whose folders differ would otherwise import them in turn for ever; and a file that somebody is
    just writing must not keep a change by command from being taken up."""
    with running_gateway(tmp_path / "gateway", ways(hop), rules=str(own_rules)) as gateway:
        assert gateway.process is not None
        (own_rules / "partners.yaml").write_text("partners: [", encoding="utf-8")
        run_command(gateway, "partners", "export")
        change(own_rules / "recipients.yaml", "internal: [", f"internal: [{STRANGER.partition('@')[2]}, ")
        (own_rules / "partners.yaml").write_text("partners: []\n", encoding="utf-8")
        run_command(gateway, "partners", "edit", "kindly-care", "--notes", "call first", "--reason", "as they ask")
        wait_until(lambda: gateway.log().count('"rules:reloaded"') == 1, "the change by command")
        assert '"rules:reload_failed"' not in gateway.log()
        assert versions(gateway)[1:] == ["file"]
        assert send(gateway.port, mail("held", SENSITIVE, to=STRANGER), STRANGER).code == 250
        assert not taken_for(hop, STRANGER), "the file is not in force yet"
        os.kill(gateway.process.pid, signal.SIGHUP)
        wait_until(lambda: gateway.log().count('"rules:reloaded"') == 2, "the file")
        assert versions(gateway)[0] == "file"
        assert send(gateway.port, mail("passes", SENSITIVE, to=STRANGER), STRANGER).code == 250
        wait_for(hop, STRANGER, 1)


def test_a_file_that_contradicts_the_registry_in_force_never_becomes_a_version(
    hop: FakeNextHop, tmp_path: Path, own_rules: Path
) -> None:
    """It would stop the next start."""
    domain = STRANGER.partition("@")[2]
    with running_gateway(tmp_path / "gateway", ways(hop), rules=str(own_rules)) as gateway:
        assert gateway.process is not None
        run_command(gateway, "partners", "add", "strangers", *entry(STRANGER.partition("@")[2]))
        wait_until(lambda: gateway.log().count('"rules:reloaded"') == 1, "the new partner")
        recipients = own_rules / "recipients.yaml"
        shipped = recipients.read_text(encoding="utf-8")
        change(recipients, "internal: [", f"internal: [{domain}, ")
        os.kill(gateway.process.pid, signal.SIGHUP)
        wait_until(lambda: gateway.log().count('"rules:reload_failed"') == 1, "the refusal")
        assert "is the council's own" in gateway.log()
        (number,) = gateway.rows("SELECT count(*) FROM store_ruletext WHERE name = 'recipients.yaml'")
        assert number == (1,)
        assert send(gateway.port, mail("still", SENSITIVE, to=STRANGER), STRANGER).code == 250
        wait_for(hop, STRANGER, 1)
        gateway.stop()
        recipients.write_text(shipped, encoding="utf-8")
        gateway.start()
        assert send(gateway.port, mail("again", SENSITIVE, to=STRANGER), STRANGER).code == 250
        wait_for(hop, STRANGER, 2)


def test_a_version_that_cant_be_read_stops_no_mail_the_one_before_it_decides_and_all_are_told(
    hop: FakeNextHop, tmp_path: Path
) -> None:
    health = free_port()
    listeners = {"smtp": [{"host": "127.0.0.1", "port": free_port()}], "health": {"host": "127.0.0.1", "port": health}}
    with running_gateway(tmp_path, ways(hop), listeners=listeners) as gateway:
        gateway.stop()
        of_another_release = (
            "INSERT INTO store_ruletext (name, number, text, sha256, author, reason, created_at) "
            "SELECT name, number + 1, 'rules: {of: tomorrow}', '', 'admin', reason, created_at "
            "FROM store_ruletext WHERE name = 'policy.yaml'"
        )
        with closing(sqlite3.connect(tmp_path / "gateway.db")) as database, database:
            database.execute(of_another_release)
        gateway.start()
        port = listeners["smtp"][0]["port"]
        assert send(port, mail("held", SENSITIVE, to=STRANGER), STRANGER).code == 250
        assert not taken_for(hop, STRANGER), "the policy before it holds this"
        assert '"rules:passed_over"' in gateway.log()
        assert "dlp_gateway_rules_passed_over 1.0" in metrics_of(health)
        (line,) = (line for line in gateway.run("doctor").stdout.splitlines() if line.split()[1] == "rules")
        assert line.startswith("failed")
        assert "goes on with those before them: policy.yaml:1:" in line


def test_partners_due_for_review_are_counted_for_monitoring_and_named_by_doctor(shared: Running) -> None:
    gateway, _, health = shared
    metric = 'dlp_gateway_partners{standing="due_7"}'
    wait_until(lambda: f"{metric} 0.0" in metrics_of(health), "the count at the start")
    soon = (datetime.now(UTC).date() + timedelta(days=5)).isoformat()
    run_command(gateway, "partners", "edit", "kindly-care", "--review-by", soon, "--reason", "review sooner")
    wait_until(lambda: f"{metric} 1.0" in metrics_of(health), "the count after the change")
    (line,) = (line for line in gateway.run("doctor").stdout.splitlines() if " partners " in line)
    assert line.startswith("warning")
    assert "1 due within 7" in line


def test_a_second_gateway_on_the_same_store_is_refused(shared: Running) -> None:
    (line,) = fails_to_start(shared.gateway)
    assert "runs already" in line
    assert send(shared.gateway.port, mail("first"), SUPPLIER).code == 250


def test_missing_keys_a_taken_port_and_bad_configuration_are_one_line_each(hop: FakeNextHop, tmp_path: Path) -> None:
    gateway = make_gateway(tmp_path, ways(hop))
    with socket.create_server(("127.0.0.1", gateway.port)):
        (line,) = fails_to_start(gateway)
        assert "can't listen there" in line
    (tmp_path / "keys" / "mark.key").unlink()
    (line,) = fails_to_start(gateway)
    assert "mark.key" in line
    assert "dlp-gateway init" in line
    gateway.config.write_text("hostnam: x\nlimits: {hops: 1}\n")
    first, second = fails_to_start(gateway)
    assert ":1:1:" in first + second
    assert "hostname" in first + second


def test_mail_is_refused_before_it_starts_while_the_disk_is_low(hop: FakeNextHop, tmp_path: Path) -> None:
    store = {"url": "sqlite:///gateway.db", "spool": "spool", "min_free_bytes": 2**62}
    with running_gateway(tmp_path, ways(hop), store=store) as gateway:
        heard = send(gateway.port, mail("no-room"), SUPPLIER)
        assert (heard.code, heard.text[:5]) == (452, "4.3.1")
        assert "MAIL" not in hop.verbs()


def test_health_says_ready_and_counts(shared: Running) -> None:
    relayed, answered = ('dlp_gateway_outcomes_total{outcome="relayed"}', 'dlp_gateway_messages_total{code="250"}')
    before = metrics_of(shared.health)
    assert send(shared.gateway.port, mail("counted"), SUPPLIER).code == 250
    connection = http.client.HTTPConnection("127.0.0.1", shared.health, timeout=10)
    connection.request("GET", "/readyz")
    assert connection.getresponse().read() == b"ready\n"
    after = metrics_of(shared.health)
    assert [_count(after, name) - _count(before, name) for name in (relayed, answered)] == [1, 1]


def _count(metrics: str, name: str) -> float:
    return sum(float(line.split()[-1]) for line in metrics.splitlines() if line.startswith(name))


def test_doctor_is_content_with_a_good_machine_and_names_a_route_that_is_down(hop: FakeNextHop, tmp_path: Path) -> None:
    good = make_gateway(tmp_path / "good", ways(hop)).run("doctor")
    assert (good.returncode, "failed" in good.stdout) == (0, False), good.stdout + good.stderr
    assert "SQLite" in good.stdout
    down = ways(hop) | {"secure": {"kind": "tls", "next_hop": f"127.0.0.1:{free_port()}"}}
    bad = make_gateway(tmp_path / "bad", down).run("doctor")
    assert bad.returncode == 1
    assert [line.split()[2] for line in bad.stdout.splitlines() if line.startswith("failed")] == ["secure"]


def test_a_client_that_left_and_comes_back_does_not_leave_two_held_messages(shared: Running) -> None:
    gateway = shared.gateway
    stranger = "twice@nobody.example"
    octets = mail("twice", SENSITIVE, to=stranger)
    before = set(gateway.held())
    for _ in range(3):
        session = smtplib.SMTP("127.0.0.1", gateway.port, timeout=30)
        session.ehlo("desk.council.example")
        session.mail(OFFICER)
        session.rcpt(stranger)
        session.docmd("DATA")
        session.send(octets + b".\r\n")
        session.close()  # without waiting for the reply
    assert send(gateway.port, octets, stranger).code == 250
    assert len(set(gateway.held()) - before) == 1


def test_mail_that_comes_back_too_often_is_a_loop(shared: Running) -> None:
    gateway, hop, _ = shared
    colleague = "turns.in.circles@council.example"
    octets = mail("loop", to=colleague)
    for passes in range(1, 4):
        assert send(gateway.port, octets, colleague).code == 250
        octets = wait_for(hop, colleague, passes)[-1].octets
    heard = send(gateway.port, octets, colleague)
    assert (heard.code, heard.text[:5]) == (554, "5.4.6")
    assert len(taken_for(hop, colleague)) == 3


def test_a_bounce_is_relayed_unedited_and_never_answered(hop: FakeNextHop, tmp_path: Path) -> None:
    octets = mail("bounce", PLAIN)
    with running_gateway(tmp_path, ways(hop)) as gateway:
        assert send(gateway.port, octets, SUPPLIER, reverse_path="").code == 250
        assert send(gateway.port, mail("held-bounce", SENSITIVE, to=STRANGER), STRANGER, reverse_path="").code == 250
        (sent,) = taken_for(hop, SUPPLIER)
        assert sent.octets.endswith(octets)
        gateway.stop()
    assert not taken_for(hop, OFFICER)


@pytest.mark.parametrize("mebibytes", [5, 30])
def test_large_messages_pass_intact(shared: Running, mebibytes: int) -> None:
    colleague = f"takes.{mebibytes}@council.example"
    line = b"The quick brown fox jumps over the lazy dog and then goes home for tea.\r\n"
    octets = mail("large", to=colleague) + line * (mebibytes * 2**20 // len(line))
    assert send(shared.gateway.port, octets, colleague).code == 250
    (sent,) = taken_for(shared.hop, colleague)
    assert sent.octets.endswith(octets)
