"""The gateway on PostgreSQL: a setting, and everything else as on SQLite."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.client_mail import COLLEAGUE, HOSPITAL, OFFICER, SENSITIVE, STRANGER, mail, send
from tests.support.gateway_process import make_gateway, running_gateway
from tests.support.hop_thread import running_hop, wait_for
from tests.support.postgresql import run_postgresql
from tests.support.waiting import wait_until

SECURE = {"kind": "tls", "next_hop": "127.0.0.1:26"}


def test_split_mail_is_relayed_encrypted_held_and_released_on_postgresql(tmp_path: Path) -> None:
    with run_postgresql() as cluster, running_hop() as relay, running_hop() as secure:
        cluster.run("CREATE DATABASE gateway")
        store = {"url": cluster.url("gateway"), "spool": "spool", "min_free_bytes": 0}
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{secure.port}", "tls": "none"},
        }
        with running_gateway(tmp_path, ways, store=store) as gateway:
            assert send(gateway.port, mail("pg", SENSITIVE), COLLEAGUE, HOSPITAL, STRANGER).code == 250
            wait_for(relay, COLLEAGUE)
            wait_for(secure, HOSPITAL)
            wait_for(relay, OFFICER)
            (line,) = gateway.run("holds", "list", "--json").stdout.splitlines()
            ran = gateway.run("holds", "release", json.loads(line)["id"], "--reason", "Checked with the team.")
            assert ran.returncode == 0, ran.stderr
            wait_for(secure, STRANGER)
            doctor = gateway.run("doctor")
            assert "PostgreSQL" in doctor.stdout
            assert doctor.returncode == 0, doctor.stdout
    assert not list(tmp_path.glob("*.db"))


def test_an_index_is_built_from_a_query_that_may_only_read(tmp_path: Path) -> None:
    with run_postgresql() as cluster:
        cluster.run("CREATE DATABASE records")
        cluster.run(
            "CREATE TABLE person (id int, who text, born date)",
            "INSERT INTO person SELECT n, 'Ann Hill' || chr(97 + n % 26), DATE '1950-01-01' + n"
            " FROM generate_series(1, 12000) n",
            database="records",
        )
        gateway = make_gateway(
            tmp_path,
            {"relay": {"kind": "relay", "next_hop": "127.0.0.1:25"}, "secure": SECURE},
            exact_match={"folder": "exact-match"},
        )
        words = ("exact-match", "build", "--index", "residents", "--sql", cluster.url("records"), "--query")
        columns = ("--columns", "name=who", "date_of_birth=born")
        built = gateway.run(*words, "SELECT who, born FROM person", *columns)
        assert built.returncode == 0, built.stderr
        assert "12,000 recorded" in built.stdout
        refused = gateway.run(*words, "DELETE FROM person RETURNING who, born", *columns)
        assert (refused.returncode, "the database refused" in refused.stderr) == (2, True)
        assert "12,000 recorded" in gateway.run("exact-match", "list").stdout
        cluster.run("DO $$ BEGIN ASSERT (SELECT count(*) FROM person) = 12000; END $$", database="records")


ENTRY = (
    "--organisation", "Strangers no more", "--domains", STRANGER.partition("@")[2], "--basis", "statutory", "--owner",
    "jo@council.example", "--route", "secure", "--review-by", "2035-01-01", "--may-receive",
    "name,contact,reference,identity,financial,special,criminal,safeguarding",
)  # fmt: skip


def test_a_partner_added_once_counts_in_every_gateway_of_the_store(tmp_path: Path) -> None:
    """Their rules folders differ, as on two machines in the middle of an upgrade: that must not make versions."""
    other_rules = tmp_path / "rules"
    other_rules.mkdir()
    (other_rules / "partners.yaml").write_text("# of the second machine\npartners: []\n", encoding="utf-8")
    with run_postgresql() as cluster, running_hop() as hop:
        cluster.run("CREATE DATABASE gateway")
        way = {"kind": "gateway", "next_hop": f"127.0.0.1:{hop.port}", "tls": "none"}
        ways = {"relay": way | {"kind": "relay"}, "secure": way}
        more = {
            "store": {"url": cluster.url("gateway"), "spool": str(tmp_path / "spool"), "min_free_bytes": 0},
            "keys": {"folder": str(tmp_path / "keys")},
        }
        with (
            running_gateway(tmp_path / "one", ways, hostname="one.council.example", **more) as one,
            running_gateway(
                tmp_path / "two", ways, hostname="two.council.example", rules=str(other_rules), **more
            ) as two,
        ):
            wait_until(lambda: '"rules:reloaded"' in one.log(), "the second folder's registry, as a version")
            added = one.run("partners", "add", "strangers", *ENTRY, "--reason", "agreement signed")
            assert added.returncode == 0, added.stderr
            number = len(one.run("partners", "history", "--json").stdout.splitlines())
            for n, gateway in enumerate((one, two), 1):
                wait_until(lambda g=gateway, n=n: g.log().count('"rules:reloaded"') == 3 - n, "the new partner")
                assert send(gateway.port, mail(f"to {n}", SENSITIVE, to=STRANGER), STRANGER).code == 250
                wait_for(hop, STRANGER, n)
            assert len(two.run("partners", "history", "--json").stdout.splitlines()) == number == 3
