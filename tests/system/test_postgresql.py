"""The gateway on PostgreSQL: a setting, and everything else as on SQLite."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.client_mail import COLLEAGUE, HOSPITAL, OFFICER, SENSITIVE, STRANGER, mail, send
from tests.support.gateway_process import make_gateway, running_gateway
from tests.support.hop_thread import running_hop, wait_for
from tests.support.postgresql import run_postgresql

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
