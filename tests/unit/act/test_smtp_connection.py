from __future__ import annotations

import ssl
import warnings

import pytest

from dlp_gateway.errors import NextHopError
from dlp_gateway.model import MailParams
from tests.support.fake_next_hop import ORDINARY, Act, FakeNextHop
from tests.support.sending import OCTETS, client_of, prepare, send


def verifying(authority, **changes) -> dict[str, object]:
    context = ssl.create_default_context(cafile=str(authority.file))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return {"tls": context, "tls_required": True, "tls_name": "hop.example"} | changes


async def test_mail_goes_through_verified_tls(authority):
    big = OCTETS + (b"y" * 900 + b"\r\n") * 2000
    async with FakeNextHop(tls=authority.server_context("hop.example")) as hop:
        client = client_of(hop, **verifying(authority))
        for octets in (OCTETS, big):
            assert (await send(client, octets=octets)).taken
        words = await client.probe(5)
        await client.close()
    assert [taken.octets for taken in hop.taken] == [OCTETS, big]
    assert hop.sessions[0].clear_commands == [b"EHLO gateway.example", b"STARTTLS"]
    assert hop.verbs()[:4] == ["EHLO", "STARTTLS", "EHLO", "MAIL"]
    assert "TLSv1.3" in words
    assert "certificate verified" in words


def tls_1_1(authority) -> ssl.SSLContext:
    context = authority.server_context("hop.example")
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it is what we test
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def with_client_certificate(authority) -> ssl.SSLContext:
    context = authority.server_context("hop.example")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(str(authority.file))
    return context


DOWNGRADES = {
    "STARTTLS not offered": lambda a: FakeNextHop(),
    "STARTTLS not offered to HELO": lambda a: FakeNextHop({"EHLO": "502 What?"}, tls=a.server_context("hop.example")),
    "STARTTLS stripped from the offer": lambda a: FakeNextHop(
        {"EHLO": "250-fake.example\n250 XXXXXXXA"}, tls=a.server_context("hop.example")
    ),
    "STARTTLS refused for now": lambda a: FakeNextHop({"STARTTLS": "454 Later"}, tls=a.server_context("hop.example")),
    "STARTTLS refused": lambda a: FakeNextHop({"STARTTLS": "502 No"}, tls=a.server_context("hop.example")),
    "wrong name": lambda a: FakeNextHop(tls=a.server_context("other.example")),
    "expired": lambda a: FakeNextHop(tls=a.server_context("hop.example", expired=True)),
    "self-signed": lambda a: FakeNextHop(tls=a.server_context("hop.example", self_signed=True)),
    "TLS 1.1": lambda a: FakeNextHop(tls=tls_1_1(a)),
    "wants a certificate of ours": lambda a: FakeNextHop(tls=with_client_certificate(a)),
    "hangs up in the handshake": lambda a: FakeNextHop({"HANDSHAKE": Act.RESET}, tls=a.server_context("hop.example")),
    "garbage for a handshake": lambda a: FakeNextHop(
        {"HANDSHAKE": b"250 ok\r\n250 ok\r\n"}, tls=a.server_context("hop.example")
    ),
    "clear text slipped in after the reply": lambda a: FakeNextHop(
        {"STARTTLS": b"220 go\r\n250-fake.example\r\n250 PIPELINING\r\n"}, tls=a.server_context("hop.example")
    ),
    "half a reply slipped in": lambda a: FakeNextHop(
        {"STARTTLS": b"220 go\r\n250-fake"}, tls=a.server_context("hop.example")
    ),
    "silent in the handshake": lambda a: FakeNextHop({"HANDSHAKE": Act.SILENCE}, tls=a.server_context("hop.example")),
}


@pytest.mark.parametrize("downgrade", DOWNGRADES)
async def test_required_tls_that_fails_lets_nothing_out(authority, downgrade):
    async with DOWNGRADES[downgrade](authority) as hop:
        client = client_of(hop, **verifying(authority), user="gateway", password="secret-word")
        with pytest.raises(NextHopError) as caught:
            await prepare(client, seconds=0.3 if "silent" in downgrade else 5)
        assert "secret" not in str(caught.value)
        await client.close()
    assert set(hop.verbs()) <= {"EHLO", "HELO", "STARTTLS"}
    assert (hop.body_octets, hop.taken) == (0, [])


async def test_an_authority_we_do_not_trust_lets_nothing_out(authority):
    async with FakeNextHop(tls=authority.server_context("hop.example")) as hop:
        client = client_of(hop, **verifying(authority, tls=ssl.create_default_context()))
        with pytest.raises(NextHopError):
            await prepare(client)
        await client.close()
    assert "MAIL" not in hop.verbs()


def opportunistic() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def test_opportunistic_tls_is_used_where_offered_and_else_mail_goes_in_the_clear(authority):
    for context, words in (
        (authority.server_context("other.example", self_signed=True), "not verified"),
        (None, "no TLS"),
    ):
        async with FakeNextHop(tls=context) as hop:
            client = client_of(hop, tls=opportunistic())
            assert (await send(client)).taken
            assert words in await client.probe(5)
            await client.close()
        assert hop.sessions[0].tls is (context is not None)


@pytest.mark.parametrize("way", ["verified", "not verified", "clear"])
async def test_an_offer_of_requiretls_counts_under_proven_tls_only(authority, way):
    """RFC 8689, 4.2.1: anybody on the way could offer it."""
    tls = None if way == "clear" else authority.server_context("hop.example")
    async with FakeNextHop(features=(*ORDINARY, "REQUIRETLS"), tls=tls) as hop:
        client = client_of(hop, **(verifying(authority) if way == "verified" else {"tls": opportunistic()}))
        prepared = await prepare(client, params=MailParams(require_tls=True))
        refused = [str(reply)[:10] for reply in prepared.refused.values()]
        await prepared.abort()
        assert (await prepare(client)).accepted  # mail that does not ask for it goes as ever
        await client.close()
    assert client.features.require_tls is (way == "verified")
    assert refused == ([] if way == "verified" else ["550 5.7.30"])


async def test_what_a_next_hop_offers_is_asked_again_when_it_is_old(authority):
    """And what was known counts on where it can't be asked."""
    async with FakeNextHop({"CONNECT": ["220 fake.example", "421 4.3.2 Later"]}, features=("SIZE 5000",)) as hop:
        client = client_of(hop)
        assert client.features is None
        await client.refresh(60, 5)
        await client.refresh(60, 5)
        assert len(hop.sessions) == 1
        with pytest.raises(NextHopError):
            await client.refresh(0, 5)
        assert client.features.size == 5000
        await client.close()


async def test_no_tls_is_used_where_none_is_wanted(authority):
    async with FakeNextHop(tls=authority.server_context("hop.example")) as hop:
        client = client_of(hop)
        assert (await send(client)).taken
        await client.close()
    assert "STARTTLS" not in hop.verbs()


@pytest.mark.parametrize("mechanisms", ["PLAIN LOGIN", "LOGIN"])
async def test_we_log_in_under_tls(authority, mechanisms):
    async with FakeNextHop(
        features=(*ORDINARY, f"AUTH {mechanisms}"), tls=authority.server_context("hop.example")
    ) as hop:
        client = client_of(hop, **verifying(authority), user="gäteway", password="pass word")
        assert (await send(client)).taken
        await client.close()
    said = b"\n".join(hop.sessions[0].commands)
    if mechanisms == "LOGIN":
        assert b"AUTH LOGIN\nZ8OkdGV3YXk=\ncGFzcyB3b3Jk\n" in said
    else:
        assert b"AUTH PLAIN AGfDpHRld2F5AHBhc3Mgd29yZA==\n" in said


@pytest.mark.parametrize(
    ("script", "features"),
    [
        ({"AUTH": "535 5.7.8 Wrong"}, ("AUTH PLAIN",)),
        ({"AUTH": "535 5.7.8 Wrong"}, ("AUTH LOGIN",)),
        ({}, ("AUTH GSSAPI",)),
        ({}, ()),
    ],
)
async def test_without_the_log_in_that_is_configured_nothing_is_sent(authority, script, features):
    async with FakeNextHop(script, features=features, tls=authority.server_context("hop.example")) as hop:
        client = client_of(hop, **verifying(authority), user="gateway", password="secret-word")
        with pytest.raises(NextHopError) as caught:
            await prepare(client)
        assert "secret" not in str(caught.value)
        await client.close()
    assert "MAIL" not in hop.verbs()


async def test_a_password_is_never_told_in_the_clear():
    async with FakeNextHop(features=("AUTH PLAIN LOGIN",)) as hop:
        client = client_of(hop, tls=opportunistic(), user="gateway", password="secret")
        with pytest.raises(NextHopError):
            await prepare(client)
        await client.close()
    assert hop.verbs() == ["EHLO"]


async def test_probe_says_why_it_failed():
    async with FakeNextHop({"CONNECT": "554 5.7.1 Go away"}) as hop:
        with pytest.raises(NextHopError, match="554"):
            await client_of(hop).probe(5)
