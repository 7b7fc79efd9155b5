"""The console's queue page with many held messages: `python -m bench.held_queue [HOW_MANY] [postgresql]`.

Fills a store with held messages of made-up councils' mail, signs a reviewer in, and asks for pages as a browser
does. Prints the median and the slowest of twenty of each, and the processor time of one, of console and database
together, which a machine that does other things meanwhile does not lengthen much.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg

from dlp_gateway.config import Store as StoreSettings
from dlp_gateway.keys import load_keys
from dlp_gateway.model import Action, Delivery, Envelope
from dlp_gateway.model_json import encode
from dlp_gateway.store import Store
from dlp_gateway.store.django_setup import alias_of
from tests.support.console_process import running_console
from tests.support.gateway_process import GatewayProcess, make_gateway
from tests.support.ports import free_port
from tests.support.postgresql import PostgreSQL, run_postgresql
from tests.support.staff import account, add_accounts, signed_in
from tests.support.store_values import record

NOWHERE = {"next_hop": "127.0.0.1:1", "tls": "none"}
WAYS = {"relay": {"kind": "relay", **NOWHERE}, "secure": {"kind": "gateway", **NOWHERE}}
LEAD = "information.governance@council.example"
RULES = ("unapproved-high", "bulk", "partner-category", "look-alike", "unreadable", "credentials")
GROUPS = ("information-governance",) * 3 + (None, "communications")
PAGES = {
    "a page without a queue": "/",
    "first page": "/held",
    "one reason": "/held?rule=look-alike",
    "search that finds": "/held?text=resident77",
    "search that finds nothing": "/held?text=nobody-has-this",
    "one group": "/held?group=information-governance",
    "escalated": "/held?show=escalated",
    "escalated, finds nothing": "/held?show=escalated&text=nobody-has-this",
    "waits for an answer": "/held?question=waiting",
    "answered": "/held?question=answered",
    "answered, one reason": "/held?question=answered&rule=look-alike",
    "deep in the queue": "/held?after={deep}",
}
TIMES = 20


def fill(url: str, folder: Path, many: int) -> str:
    """By the ORM and many at once: it is the reading that is measured. Answers a place nine tenths down the queue."""
    store = Store.open(StoreSettings(url=url, spool=folder / "spool"), load_keys(folder / "keys"), gateway_id="bench")
    alias = alias_of(url)
    from dlp_gateway.store.models import Delivery as Row  # noqa: PLC0415 - Django is set up by the store
    from dlp_gateway.store.models import Message  # noqa: PLC0415 - the same

    inspection = encode(record().inspection).decode()
    began = datetime.now(UTC) - timedelta(days=10)
    for start in range(0, many, 2000):
        messages, rows = [], []
        for n in range(start, min(start + 2000, many)):
            to, author, at = (
                f"resident{n}@post.example",
                f"officer{n % 500}@council.example",
                began + timedelta(seconds=n),
            )
            messages.append(
                Message(
                    id=f"m{n:019}",
                    received_at=at,
                    state="closed",
                    boot="b",
                    gateway_id="g",
                    identity=str(n),
                    size_bytes=20_000,
                    scope="inspected",
                    policy_version="v1",
                    author=author,
                    envelope=encode(Envelope(reverse_path=author, recipients=(to,))).decode(),
                    inspection=inspection,
                    verdicts="[]",
                )
            )
            rows.append(
                Row(
                    id=f"h{n:019}",
                    message_id=f"m{n:019}",
                    kind="hold",
                    state="held",
                    boot="b",
                    delivery=encode(Delivery(recipients=(to,), action=Action.HOLD, route="relay")).decode(),
                    recipients=json.dumps([to]),
                    reverse_path=author,
                    params="{}",
                    recipient_params="[]",
                    octets_key=f"k{n}",
                    created_at=at,
                    due_at=at,
                    expires_at=at + timedelta(days=14),
                    reviewers=GROUPS[n % len(GROUPS)],
                    rules=json.dumps([[RULES[n % len(RULES)], "v1"]]),
                    reasons=json.dumps(["This mail tells identity data to somebody who may not have it."]),
                    main_rule=RULES[n % len(RULES)],
                    question="waiting" if n % 7 == 0 else "answered" if n % 997 == 0 else None,
                    escalated_to="information-governance" if n % 5 == 4 and n % 3 == 0 else None,
                    escalated_at=at if n % 5 == 4 and n % 3 == 0 else None,
                    clock_since=at + timedelta(days=1) if n % 11 == 0 else None,
                    urgent=n % 5000 == 0,
                    search=f"m{n:019} h{n:019} {author} {to} <{n}@council.example> ### ### ##{n % 100:02}",
                )
            )
        Message.objects.using(alias).bulk_create(messages)
        Row.objects.using(alias).bulk_create(rows)
    store.close()
    return quote(f"{(began + timedelta(seconds=many * 9 // 10)).isoformat()}~h")


@contextmanager
def database(postgresql: bool) -> Iterator[tuple[str | None, PostgreSQL | None]]:
    if not postgresql:
        yield None, None
        return
    with run_postgresql() as cluster:
        cluster.run("CREATE DATABASE bench")
        yield cluster.url("bench"), cluster


def cpu_ms(console: int, cluster: PostgreSQL | None) -> float:
    """Processor time so far of the console, of the sessions that it has with PostgreSQL, and of helpers of these."""
    pids = [console]
    ticks = 0
    if cluster is not None:
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            pids += [row[0] for row in connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = 'bench'")]
            postmaster = int(_stat(connection.info.backend_pid)[1])
        ticks += sum(int(one) for one in _stat(postmaster)[13:15])
    ticks += sum(int(one) for pid in pids for one in _stat(pid)[11:13])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """Fields 3 and on of /proc/PID/stat: parent 1, own time 11 and 12, that of children that ended 13 and 14."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def measure(gateway: GatewayProcess, url: str, deep: str, console: int, cluster: PostgreSQL | None) -> None:
    client = signed_in(url, "lead")
    for name, page in PAGES.items():
        path = page.replace("{deep}", deep)
        times, cpu = [], cpu_ms(console, cluster)
        for _ in range(TIMES):
            began = time.perf_counter()
            answer = client.ask(path)
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status == 200, answer.status
        cpu = (cpu_ms(console, cluster) - cpu) / TIMES
        median, slowest = statistics.median(times), max(times)
        print(f"{name:<28} median {median:6.0f} ms   slowest {slowest:6.0f} ms   processor {cpu:6.0f} ms", flush=True)
    assert gateway.folder.exists()


def main() -> None:
    many = int(next((one for one in sys.argv[1:] if one.isdigit()), "100000"))
    with database("postgresql" in sys.argv) as (url, cluster), tempfile.TemporaryDirectory() as name:
        folder, port = Path(name) / "gateway", free_port()
        console = f"http://127.0.0.1:{port}"
        sections: dict[str, object] = {
            "console": {"url": console},
            "listeners": {"console": {"port": port}, "health": {"enabled": False}},
        }
        if url is not None:
            sections["store"] = {"url": url, "spool": "spool", "min_free_bytes": 0}
        gateway = make_gateway(folder, WAYS, **sections)
        store_url = url or f"sqlite:///{folder}/gateway.db"
        began = time.perf_counter()
        deep = fill(store_url, folder, many)
        if cluster is not None:
            cluster.run("VACUUM ANALYZE", database="bench")  # what its own daemon does in a minute
        print(f"{many:,} held messages made in {time.perf_counter() - began:.0f} s", flush=True)
        gateway.start()  # it brings the rules in; then the console alone is asked
        gateway.stop()
        add_accounts(gateway, [account("lead", "reviewer", email=LEAD)])
        with running_console(gateway) as process:
            measure(gateway, console, deep, process, cluster)


if __name__ == "__main__":
    main()
