"""Log-ins checked by a real Dovecot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dlp_gateway.config_access import Authentication
from dlp_gateway.receive.auth.account import AccountsSilentError, Credentials
from dlp_gateway.receive.auth.dovecot import DovecotAccounts
from tests.support.dovecot import Dovecot, running_dovecot

ANN, PASSWORD = "ann@council.example", "correct horse zoë"
IP = "192.0.2.1"


@pytest.fixture(scope="module")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    people = {
        ANN: f"{{PLAIN}}{PASSWORD}",
        "away@council.example": "{PLAIN}pw::::::nologin=yes",
    }
    with running_dovecot(tmp_path_factory.mktemp("dovecot"), people) as running:
        yield running


@asynccontextmanager
async def asking(socket: str) -> AsyncIterator[DovecotAccounts]:
    accounts = DovecotAccounts(Authentication(kind="dovecot", socket=socket))
    try:
        yield accounts
    finally:
        await accounts.close()


@pytest.mark.parametrize("way", ["socket", "tcp"])
async def test_dovecot_says_who_somebody_is_under_the_name_that_it_knows(dovecot: Dovecot, way: str) -> None:
    async with asking(getattr(dovecot, way)) as accounts:
        ann = await accounts.check(Credentials(name="Ann@Council.example", password=PASSWORD), IP)
        assert ann is not None
        assert ann.name == ANN
        assert ann.owns(ANN)
        assert not ann.may_use("bob@council.example")


async def test_dovecot_says_no(dovecot: Dovecot) -> None:
    async with asking(dovecot.socket) as accounts:
        assert await accounts.check(Credentials(name=ANN, password="wrong"), IP) is None
        assert await accounts.check(Credentials(name="nobody@council.example", password="pw"), IP) is None


async def test_somebody_whom_dovecot_lets_in_nowhere_is_not_let_in(dovecot: Dovecot) -> None:
    async with asking(dovecot.socket) as accounts:
        assert await accounts.check(Credentials(name="away@council.example", password="pw"), IP) is None


async def test_many_at_once_each_get_their_own_answer(dovecot: Dovecot) -> None:
    async with asking(dovecot.socket) as accounts:
        passwords = [PASSWORD if number % 3 else f"guess {number}" for number in range(60)]
        found = await asyncio.gather(*(accounts.check(Credentials(name=ANN, password=p), IP) for p in passwords))
        assert [account is not None for account in found] == [bool(number % 3) for number in range(60)]


async def test_what_dovecot_can_not_find_out_is_no_refusal(tmp_path: Path) -> None:
    with running_dovecot(tmp_path, {ANN: "{PLAIN}pw"}) as dovecot:
        (tmp_path / "passwd").unlink()
        (tmp_path / "passwd").symlink_to(tmp_path / "dovecot.conf" / "none")  # no file, and no answer either
        async with asking(dovecot.socket) as accounts:
            with pytest.raises(AccountsSilentError, match="could not find out"):
                await accounts.check(Credentials(name=ANN, password="pw"), IP)


async def test_a_dovecot_that_comes_back_is_asked_again(tmp_path: Path) -> None:
    right = Credentials(name=ANN, password="pw")
    async with asking(str(tmp_path / "auth-client")) as accounts:
        with running_dovecot(tmp_path, {ANN: "{PLAIN}pw"}):
            assert await accounts.check(right, IP) is not None
        with pytest.raises(AccountsSilentError, match="socket"):
            await accounts.check(right, IP)
        (tmp_path / "auth-client").unlink(missing_ok=True)
        with running_dovecot(tmp_path, {ANN: "{PLAIN}pw"}):
            assert await accounts.check(right, IP) is not None


async def test_a_dovecot_without_plain_is_told_of(tmp_path: Path) -> None:
    with running_dovecot(tmp_path, {ANN: "{PLAIN}pw"}, mechanisms="cram-md5") as dovecot:
        async with asking(dovecot.socket) as accounts:
            with pytest.raises(AccountsSilentError, match="auth_mechanisms"):
                await accounts.check(Credentials(name=ANN, password="pw"), IP)
