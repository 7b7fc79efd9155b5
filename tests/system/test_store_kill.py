"""What the store said is durable is there after SIGKILL; what it did not promise is cleared up."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dlp_gateway import config
from dlp_gateway.store import MessageState, Store
from tests.support.postgresql import run_postgresql
from tests.support.store_values import NOON
from tests.support.store_victim import KEYS, octets_of

KILLS = 3
ACKNOWLEDGED_BEFORE_A_KILL = 300


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'gateway.db'}"
        return
    with run_postgresql() as cluster:
        cluster.run("CREATE DATABASE gateway")
        yield cluster.url("gateway")


def run_until_killed(url: str, spool: Path, first: int, repository: Path) -> list[list[str]]:
    """All lines the victim said before it died, whole lines only."""
    command = [sys.executable, "-m", "tests.support.store_victim", url, str(spool), str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=repository, text=True) as victim:
        assert victim.stdout is not None
        lines = [victim.stdout.readline() for _ in range(ACKNOWLEDGED_BEFORE_A_KILL)]
        victim.kill()
        lines += victim.stdout.readlines()
    assert victim.returncode == -9
    return [line.split() for line in lines if line.endswith("\n")]


async def test_nothing_acknowledged_is_lost_under_kills(url, tmp_path, repository):
    said: list[list[str]] = []
    for kill in range(KILLS):
        said += run_until_killed(url, tmp_path / "spool", (kill + 1) * 1_000_000, repository)
    store = Store.open(config.Store(url=url, spool=tmp_path / "spool"), KEYS, gateway_id="gateway-1")
    try:
        assert len(said) >= KILLS * ACKNOWLEDGED_BEFORE_A_KILL
        live = {words[1]: words[2] for words in said if words[0] == "live"}
        for message_id in {words[1] for words in said}:
            stored = await store.message_record(message_id)
            assert stored is not None
            assert stored.state is not MessageState.OPEN
        claimed = await store.claim_due(NOON + timedelta(days=3650), 100_000, 60)
        promised = {delivery.message_id: delivery.octets_key for delivery in claimed}
        assert live.items() <= promised.items()
        for message_id, key in promised.items():
            assert await store.unseal(key) == octets_of(message_id)
        names = {path.name for path in (tmp_path / "spool").glob("*.*") if not path.name.endswith(".lock")}
        files = {name for name in names if not name.startswith(".in-hand-")}
        assert files == {f"{key}.sealed" for key in promised.values()}
        assert await store.verify_audit() == []
    finally:
        store.close()
