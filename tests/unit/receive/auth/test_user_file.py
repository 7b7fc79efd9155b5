from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlp_gateway import metrics
from dlp_gateway.errors import ConfigError
from dlp_gateway.receive.auth.account import Credentials
from dlp_gateway.receive.auth.user_file import FileAccounts, read_users
from tests.support.receive import PASSWORD, password_hash

ARGON2ID = "$argon2id$v=19$m=65536,t=3,p=4$eHh4eHh4eHh4eHh4eHh4eA$BytV0QVBwSlaXbH7DMrmUf5DlUmsJPK5+7Qj2bSZHPc"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "users"


def test_a_line_is_a_user_with_hash_and_addresses(path: Path) -> None:
    path.write_text(
        f"# our scanners\n\nscanner-1:{password_hash()}: scan.*@council.example , council.example\n"
        f"zoë@council.example:{{ARGON2ID}}{ARGON2ID}\n",
        encoding="utf-8",
    )
    users = read_users(path)
    assert list(users) == ["scanner-1", "zoë@council.example"]
    assert users["scanner-1"].account.owns("scan.hall@council.example")
    assert not users["scanner-1"].account.may_use("x@elsewhere.example")
    assert users["zoë@council.example"].account.patterns is None


def test_every_line_that_can_not_be_used_is_named_and_none_quoted(path: Path) -> None:
    lines = [
        "no colon",
        ":hash",
        "ann:secret words",
        "bob:$2y$10$" + "A" * 53,
        f"eve:{password_hash()}:a b@@",
        f"eve:{password_hash()}",
        f"eve:{password_hash()}",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_users(path)
    assert [fault.line for fault in caught.value.faults] == [1, 2, 3, 4, 5, 7]
    told = str(caught.value)
    assert "name:hash" in told
    assert "users hash" in told
    assert "bcrypt" in told
    assert "twice" in told
    assert "secret words" not in told
    assert "scrypt" not in told


@pytest.mark.parametrize("octets", [None, b"\xff\xfe\x00"])
def test_a_file_that_can_not_be_read_is_a_fault_of_the_configuration(path: Path, octets: bytes | None) -> None:
    if octets is not None:
        path.write_bytes(octets)
    with pytest.raises(ConfigError, match="file of users"):
        FileAccounts(path)


def rewrite(path: Path, text: str, at: int) -> None:
    path.write_text(text, encoding="utf-8")
    os.utime(path, (at, at))


async def test_a_changed_file_is_taken_up_once_it_is_quiet_and_a_broken_one_never(path: Path) -> None:
    rewrite(path, f"ann:{password_hash()}\n", 1)
    accounts = FileAccounts(path)
    right = Credentials(name="bob", password=PASSWORD)
    assert await accounts.check(right, "192.0.2.1") is None
    rewrite(path, f"bob:{password_hash()}\n", 2)
    await accounts.look()
    assert accounts.named("bob") is None
    await accounts.look()
    assert await accounts.check(right, "192.0.2.1") is not None
    assert accounts.named("ann") is None
    rewrite(path, "bob:nonsense\n", 3)
    await accounts.look(at_once=True)
    assert accounts.named("bob") is not None
    passed_over = metrics.access_files_passed_over.labels("users")
    assert passed_over._value.get() == 1
    rewrite(path, f"eve:{password_hash()}\n", 4)
    await accounts.look(at_once=True)
    assert accounts.named("eve") is not None
    assert accounts.named("bob") is None
    assert passed_over._value.get() == 0
    await accounts.close()


async def test_a_file_with_nobody_in_it_still_offers_to_log_in(path: Path) -> None:
    rewrite(path, "", 1)
    accounts = FileAccounts(path)
    assert accounts.offered
    await accounts.close()
