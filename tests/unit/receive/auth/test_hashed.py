from __future__ import annotations

import asyncio

import pytest

from dlp_gateway.config_access import User
from dlp_gateway.errors import ConfigError
from dlp_gateway.receive.auth import hashed
from dlp_gateway.receive.auth.account import AccountsSilentError, Credentials
from dlp_gateway.receive.auth.hashed import HashedAccounts, own_users
from tests.support.receive import PASSWORD, user

IP = "192.0.2.1"


async def test_a_password_is_checked_without_naming_who_exists() -> None:
    accounts = HashedAccounts(own_users((user("ann"),)))
    found = await accounts.check(Credentials(name="ann", password=PASSWORD), IP)
    assert found is not None
    assert found.name == "ann"
    assert await accounts.check(Credentials(name="ann", password="wrong"), IP) is None
    assert await accounts.check(Credentials(name="bob", password=PASSWORD), IP) is None
    assert accounts.named("ann") == found
    assert accounts.named("bob") is None
    await accounts.close()


async def test_more_checks_than_can_be_made_in_time_are_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashed, "MAX_WAITING_CHECKS", 2)
    accounts = HashedAccounts(own_users((user("ann"),)))
    asked = [accounts.check(Credentials(name="ann", password=PASSWORD), IP) for _ in range(3)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(answer, AccountsSilentError) for answer in answers) == 1
    await accounts.close()


def test_every_fault_of_the_accounts_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        own_users((User(name="ann", password_hash="plain words", addresses=("a b@@",)), user("bob"), user("bob")))
    assert len(caught.value.faults) == 3
    assert "plain words" not in str(caught.value)


def test_credentials_and_entries_never_show_a_password() -> None:
    assert PASSWORD not in repr(Credentials(name="ann", password=PASSWORD))
    assert "scrypt" not in repr(own_users((user("ann"),)))
