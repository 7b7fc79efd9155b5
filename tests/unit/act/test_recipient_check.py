"""The next hop is asked about a recipient as a delivery would ask it, seldom, and never for more than its word."""

from __future__ import annotations

import pytest

from dlp_gateway.act import recipient_check
from dlp_gateway.act.recipient_check import KEEP_SECONDS, SILENT_SECONDS, RecipientCheck
from dlp_gateway.errors import NextHopError
from dlp_gateway.model import MailParams
from tests.support.fake_next_hop import ORDINARY, Act, FakeNextHop
from tests.support.sending import PLAIN, A, B, client_of, prepare

SENDER = "jo@council.example"
LOCK_STEP = tuple(feature for feature in ORDINARY if feature != "PIPELINING")


@pytest.mark.parametrize("features", [ORDINARY, LOCK_STEP, ()], ids=["pipelining", "lock-step", "plain"])
async def test_its_word_is_the_next_hops(features: tuple[str, ...]) -> None:
    """Both recipients on one connection, as long as none is refused; no message follows."""
    script = {"RCPT": "250 2.1.5 Ok", f"RCPT {B}": "550 5.1.1 Nobody here"}
    async with FakeNextHop(script, features=features) as hop:
        check = RecipientCheck(client_of(hop))
        assert await check.ask(SENDER, A, PLAIN) == "250 2.1.5 Ok"
        assert await check.ask(None, A, PLAIN) == "250 2.1.5 Ok"
        assert await check.ask(SENDER, B, PLAIN) == "550 5.1.1 Nobody here"
        await check.close()
    (session,) = hop.sessions
    assert session.verbs().count("RSET") == 3
    assert "DATA" not in session.verbs()


async def test_a_reverse_path_that_the_next_hop_refuses_is_its_word_for_each_recipient() -> None:
    async with FakeNextHop({"MAIL": "553 5.7.1 Not yours"}) as hop:
        check = RecipientCheck(client_of(hop))
        assert await check.ask(SENDER, A, PLAIN) == "553 5.7.1 Not yours"
        await check.close()


async def test_what_it_said_counts_for_minutes_and_a_refusal_for_now_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second attempt at a greylisted recipient must reach the next hop."""
    now = [0.0]
    async with FakeNextHop({f"RCPT {B}": ["450 4.2.0 Greylisted", "250 2.1.5 Ok"]}) as hop:
        check = RecipientCheck(client_of(hop), clock=lambda: now[0])
        for _ in range(3):
            assert (await check.ask(SENDER, A, MailParams(envid="x", forwarded=(("PORT", "1"),))))[:3] == "250"
        assert hop.verbs().count("RCPT") == 1
        assert [(await check.ask(SENDER, B, PLAIN))[:3] for _ in range(3)] == ["450", "250", "250"]
        assert hop.verbs().count("RCPT") == 3
        now[0] = KEEP_SECONDS
        await check.ask(SENDER, A, PLAIN)
        assert hop.verbs().count("RCPT") == 4
        monkeypatch.setattr(recipient_check, "MOST_KEPT", 2)
        for n in range(5):
            await check.ask(SENDER, f"n{n}@hospital.example", PLAIN)
        assert len(check._kept) == 2
        await check.close()


@pytest.mark.parametrize(
    "script", [{"RCPT": Act.DROP}, {"CONNECT": Act.RESET}, {"RCPT": "354 What?"}, {"RCPT": "421 4.3.2 Later"}]
)
async def test_no_word_is_an_error(script: dict[str, str | Act]) -> None:
    async with FakeNextHop(script) as hop:
        check = RecipientCheck(client_of(hop))
        with pytest.raises(NextHopError):
            await check.ask(SENDER, A, PLAIN)
        await check.close()


async def test_silence_has_an_end_and_is_remembered_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client with a hundred recipients must not wait a hundred times."""
    now = [0.0]
    monkeypatch.setattr(recipient_check, "ASK_SECONDS", 0.1)
    async with FakeNextHop({"RCPT": [Act.SILENCE, "250 2.1.5 Ok"]}) as hop:
        check = RecipientCheck(client_of(hop), clock=lambda: now[0])
        with pytest.raises(NextHopError, match=r"within 0\.1 s"):
            await check.ask(SENDER, A, PLAIN)
        with pytest.raises(NextHopError, match="lately"):
            await check.ask(SENDER, B, PLAIN)
        assert hop.verbs().count("RCPT") == 1
        now[0] = SILENT_SECONDS
        assert await check.ask(SENDER, B, PLAIN) == "250 2.1.5 Ok"
        await check.close()


async def test_a_next_hop_that_rests_is_not_asked() -> None:
    """Deliveries found it down: clients hear so at once instead of waiting for it, too."""
    async with FakeNextHop({"CONNECT": "421 4.3.2 Down"}) as hop:
        client = client_of(hop)
        with pytest.raises(NextHopError):
            await prepare(client)
        check = RecipientCheck(client)
        with pytest.raises(NextHopError):
            await check.ask(SENDER, A, PLAIN)
        assert len(hop.sessions) == 1
        await check.close()


async def test_what_its_greeting_refuses_need_not_be_asked() -> None:
    async with FakeNextHop(features=("PIPELINING",)) as hop:
        check = RecipientCheck(client_of(hop))
        assert (await check.ask(SENDER, "zoë@hospital.example", MailParams(smtputf8=True)))[:9] == "550 5.6.7"
        await check.close()
    assert "RCPT" not in hop.verbs()
