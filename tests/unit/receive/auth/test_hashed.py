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


def test_an_unknown_name_costs_what_one_of_the_known_costs_and_always_the_same() -> None:
    """Else the time would tell which names exist."""
    dear = "$argon2id$v=19$m=65536,t=3,p=1$" + "A" * 22 + "$" + "A" * 43
    accounts = HashedAccounts(own_users((user("ann"), User(name="bob", password_hash=dear))))

    def cost(name: str) -> list[str]:
        return accounts._nobodys(name).split("$")[:4]

    known = [entry.password_hash.split("$")[:4] for entry in accounts.entries.values()]
    costs = [cost(f"somebody {number}") for number in range(50)]
    assert all(costs.count(one) > 5 for one in known)
    assert all(one in known for one in costs)
    assert costs == [cost(f"somebody {number}") for number in range(50)]
