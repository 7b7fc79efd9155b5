"""Log-ins passed through: over a real socket, verified TLS, and never a password where it may not go."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from dlp_gateway.act.smtp_client import NextHop, SmtpClient
from dlp_gateway.config_access import Authentication
from dlp_gateway.receive.auth.account import AccountsSilentError, Credentials
from dlp_gateway.receive.auth.next_hop import NextHopAccounts
from tests.support.certificates import Authority, make_authority
from tests.support.fake_next_hop import ORDINARY, Act, Answer, FakeNextHop

ANN = Credentials(name="ann@council.example", password="pw zoë")
IP = "192.0.2.1"
FEATURES = (*ORDINARY, "AUTH PLAIN")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@asynccontextmanager
async def asking(
    authority: Authority, script: Mapping[str, Answer] | None = None, *, name: str = "localhost", seconds: float = 5
) -> AsyncIterator[tuple[NextHopAccounts, FakeNextHop]]:
    context = authority.server_context(name)
    trust = ssl.create_default_context(cafile=authority.file)
    async with FakeNextHop(script, features=FEATURES, tls=context) as hop:
        next_hop = NextHop(
            host="localhost",
            address="127.0.0.1",
            port=hop.port,
            helo="g.test",
            tls=trust,
            tls_required=True,
            user="gateway",
            password="own",
        )
        client = SmtpClient(next_hop)

        async def ask(route: str, user: str, password: str, seconds: float) -> int:
            assert route == "relay"
            return await client.log_in(user, password, seconds)

        yield NextHopAccounts(Authentication(kind="next_hop", seconds=seconds), "relay", ask), hop
        await client.close()


async def test_whoever_the_next_hop_lets_in_is_let_in(authority: Authority) -> None:
    async with asking(authority) as (accounts, hop):
        ann = await accounts.check(ANN, IP)
        assert ann is not None
        assert ann.owns("ann@council.example")
        assert not ann.may_use("bob@council.example")
        (session,) = hop.sessions
        await session.ended.wait()
        assert session.verbs() == ["EHLO", "STARTTLS", "EHLO", "AUTH", "QUIT"]
        assert not any(command.startswith(b"AUTH") for command in session.clear_commands)


@pytest.mark.parametrize("answer", ["535 5.7.8 No", "534 5.7.9 Use another password"])
async def test_whoever_the_next_hop_refuses_is_refused(authority: Authority, answer: str) -> None:
    async with asking(authority, {"AUTH": answer}) as (accounts, _):
        assert await accounts.check(ANN, IP) is None


@pytest.mark.parametrize(
    "script",
    [
        {"AUTH": "454 4.7.0 Later"},
        {"AUTH": "538 5.7.11 Not like this"},
        {"AUTH": "250 Ok"},
        {"AUTH": Act.DROP},
        {"AUTH": Act.SILENCE},
        {"CONNECT": "421 4.3.2 Busy"},
        {"CONNECT": Act.SILENCE},
        {"STARTTLS": "454 4.7.0 No TLS"},
    ],
    ids=str,
)
async def test_every_other_answer_is_silence(authority: Authority, script: Mapping[str, Answer]) -> None:
    async with asking(authority, script, seconds=0.3) as (accounts, _):
        with pytest.raises(AccountsSilentError) as caught:
            await accounts.check(ANN, IP)
    assert "pw" not in str(caught.value)
    assert "ann" not in str(caught.value)


async def test_a_password_is_never_told_to_somebody_else(authority: Authority) -> None:
    async with asking(authority, name="other.example") as (accounts, hop):
        with pytest.raises(AccountsSilentError):
            await accounts.check(ANN, IP)
        assert "AUTH" not in hop.verbs()
