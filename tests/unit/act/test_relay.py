from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from dlp_gateway.act.direct.set_up import set_up_direct
from dlp_gateway.act.relay import Relay
from dlp_gateway.act.smtp_client import SmtpReply
from dlp_gateway.act.transact import MAX_DETAIL, disposition_for
from dlp_gateway.act.transport_security import tls_context
from dlp_gateway.config import Config, Times
from dlp_gateway.config_access import Tls
from dlp_gateway.config_ways import Route
from dlp_gateway.errors import ConfigError, NextHopError
from dlp_gateway.model import MailParams, Outcome
from tests.support.certificates import make_authority
from tests.support.fake_next_hop import ORDINARY, Act, FakeNextHop

A, B, C = "ann@hospital.example", "bob@hospital.example", "cy@hospital.example"
OCTETS = b"Subject: rota\r\n\r\nAll well.\r\n"


def configured(config: Config) -> Relay:
    return Relay(config, set_up_direct(config))


def relay_of(hop: FakeNextHop, final_dot_seconds=5.0, **secure) -> Relay:
    return configured(
        Config(
            hostname="gateway.example",
            times=Times(final_dot_seconds=final_dot_seconds, next_hop_seconds=5),
            routes={
                "relay": Route(kind="relay", next_hop=f"127.0.0.1:{hop.port}"),
                "secure": Route(kind="tls", next_hop=f"127.0.0.1:{hop.port}", **secure),
                "portal": Route(kind="gateway", next_hop=f"127.0.0.1:{hop.port}", tls="none"),
            },
        )
    )


async def deliver(relay: Relay, *recipients: str, route="relay", octets=OCTETS):
    return (await relay.deliver(route, "jo@council.example", recipients, MailParams(), (), octets)).dispositions


async def test_each_recipient_gets_its_own_outcome_in_the_order_given():
    script = {f"RCPT {A}": "550 5.1.1 No such user", f"RCPT {C}": "451 4.7.1 Greylisted"}
    async with FakeNextHop(script) as hop:
        relay = relay_of(hop)
        dispositions = await deliver(relay, A, B, C)
        await relay.close()
    assert [(d.recipient, d.outcome, d.detail) for d in dispositions] == [
        (A, Outcome.REFUSED, "550 5.1.1 No such user"),
        (B, Outcome.RELAYED, "250 2.0.0 Ok: queued"),
        (C, Outcome.DEFERRED, "451 4.7.1 Greylisted"),
    ]


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ({"DOT": "554 5.7.1 Spam"}, Outcome.REFUSED),
        ({"DOT": "452 4.3.1 Full"}, Outcome.DEFERRED),
        ({"DOT": "421 4.3.2 Closing"}, Outcome.DEFERRED),
        ({"DOT": Act.TAKE_AND_DROP}, Outcome.IN_DOUBT),
        ({"DOT": Act.SILENCE}, Outcome.IN_DOUBT),
        ({"MAIL": "550 5.7.1 No"}, Outcome.REFUSED),
        ({"DATA": "451 4.3.0 Later"}, Outcome.DEFERRED),
        ({"CONNECT": Act.DROP}, Outcome.DEFERRED),
        ({"MAIL": Act.DROP}, Outcome.DEFERRED),
        ({"RCPT": "421 4.3.2 Closing"}, Outcome.DEFERRED),
    ],
)
async def test_what_the_next_hop_does_becomes_the_outcome(script, outcome):
    async with FakeNextHop(script) as hop:
        relay = relay_of(hop, final_dot_seconds=0.1)
        dispositions = await deliver(relay, A, B)
        await relay.close()
    assert [d.outcome for d in dispositions] == [outcome, outcome]
    assert all(d.detail and d.detail.isascii() and d.detail.isprintable() for d in dispositions)


async def test_a_long_odd_reply_is_cut_and_cleaned():
    reply = SmtpReply(code=550, enhanced=None, text="x" * 1000)
    assert len(disposition_for(A, reply).detail) == MAX_DETAIL
    async with FakeNextHop({"DOT": "550-5.7.1 \x1b[31mBl\u00f6d\n550 5.7.1 " + "y" * 500}) as hop:
        relay = relay_of(hop)
        (disposition,) = await deliver(relay, A)
        await relay.close()
    assert disposition.outcome is Outcome.REFUSED
    assert disposition.detail.isprintable()
    assert disposition.detail.isascii()


async def test_the_tls_route_never_sends_in_the_clear_and_the_relay_route_may(authority):
    async with FakeNextHop() as hop:
        relay = relay_of(hop, ca_file=authority.file, tls_name="hop.example", tls="none")
        (secure,) = await deliver(relay, A, route="secure")
        assert (secure.outcome, hop.verbs()) == (Outcome.DEFERRED, ["EHLO"])
        (plain,) = await deliver(relay, A)
        assert plain.outcome is Outcome.RELAYED
        await relay.close()


async def test_the_tls_route_delivers_where_the_certificate_verifies(authority):
    async with FakeNextHop(tls=authority.server_context("hop.example")) as hop:
        relay = relay_of(hop, ca_file=authority.file, tls_name="hop.example")
        (disposition,) = await deliver(relay, A, route="secure")
        assert disposition.outcome is Outcome.RELAYED
        assert hop.sessions[0].tls
        assert "certificate verified" in await relay.probe("secure")
        assert "not verified" in await relay.probe("relay")
        assert "no TLS" in await relay.probe("portal")
        await relay.close()


async def test_an_eight_bit_message_goes_as_it_is_only_by_an_ordinary_relay():
    async with FakeNextHop(features=()) as hop:
        relay = relay_of(hop)
        outcomes = [(await deliver(relay, A, route=r, octets=b"\r\n\xe9\r\n"))[0].outcome for r in ("relay", "portal")]
        await relay.close()
    assert outcomes == [Outcome.RELAYED, Outcome.REFUSED]


async def test_only_an_ordinary_relay_hears_of_a_messages_origin():
    """Secure-mail products and other organisations' servers are none of the council's own."""
    async with FakeNextHop(features=("XFORWARD ADDR",)) as hop:
        relay = relay_of(hop)
        told = MailParams(forwarded=(("ADDR", "10.1.0.9"),))
        for route in ("relay", "portal"):
            await relay.deliver(route, "jo@council.example", (A,), told, (), OCTETS)
        await relay.close()
    assert [session.verbs().count("XFORWARD") for session in hop.sessions] == [1, 0]


async def test_doctor_is_told_what_the_next_hop_does_not_offer():
    async with FakeNextHop(features=("PIPELINING", "8BITMIME", "DSN")) as hop:
        relay = relay_of(hop)
        assert (await relay.probe("portal")).endswith("; does not offer SMTPUTF8")
        await relay.close()


async def test_a_route_that_does_not_exist_defers():
    async with FakeNextHop() as hop:
        relay = relay_of(hop)
        (disposition,) = await deliver(relay, A, route="gone")
        assert disposition.outcome is Outcome.DEFERRED
        with pytest.raises(NextHopError):
            await relay.probe("gone")
        await relay.close()


async def test_the_password_comes_from_its_file(authority, tmp_path):
    secret = tmp_path / "password"
    secret.write_text("pass word\n")
    async with FakeNextHop(features=("AUTH PLAIN",), tls=authority.server_context("hop.example")) as hop:
        relay = relay_of(hop, ca_file=authority.file, tls_name="hop.example", user="gateway", password_file=secret)
        await deliver(relay, A, route="secure")
        await relay.close()
    assert b"AUTH PLAIN AGdhdGV3YXkAcGFzcyB3b3Jk" in hop.sessions[0].commands


async def test_a_next_hop_that_knows_its_clients_by_certificate_is_shown_ours_and_no_other_is_served(authority):
    """Microsoft 365 takes the council's mail back by the name in it."""
    asking = authority.server_context("hop.example")
    asking.load_verify_locations(authority.file)
    asking.verify_mode = ssl.CERT_REQUIRED
    pair = dict(zip(("certificate", "key"), authority.server_files("gateway.example"), strict=True))
    async with FakeNextHop(tls=asking) as hop:
        for shown, outcome in ((Tls(**pair), Outcome.RELAYED), (None, Outcome.DEFERRED)):
            relay = relay_of(hop, ca_file=authority.file, tls_name="hop.example", certificate=shown)
            (disposition,) = await deliver(relay, A, route="secure")
            assert disposition.outcome is outcome
            await relay.close()


def test_a_certificate_without_its_key_or_without_verified_tls_is_a_fault(authority, tmp_path):
    (tmp_path / "key.pem").write_text("hello")
    shown = Tls(certificate=authority.server_files("gateway.example")[0], key=tmp_path / "key.pem")
    secure = Route(kind="tls", next_hop="a.example:25", certificate=shown)
    with pytest.raises(ConfigError) as caught:
        configured(Config(routes={"relay": Route(kind="relay", next_hop="a.example:25"), "secure": secure}))
    assert "certificate of route “secure” and its key can't be used" in caught.value.faults[0].text
    with pytest.raises(ValueError, match="set tls: verify"):
        Route(kind="relay", next_hop="a.example:25", certificate=shown)


def test_every_fault_of_the_routes_is_told_at_once(tmp_path):
    (tmp_path / "not.pem").write_text("hello")
    (tmp_path / "empty").write_text("\n")
    routes = {
        "relay": Route(kind="relay", next_hop="a.example:25"),
        "secure": Route(kind="tls", next_hop="a.example:25", ca_file=tmp_path / "missing.pem"),
        "other": Route(kind="tls", next_hop="a.example:25", ca_file=tmp_path / "not.pem"),
        "loose": Route(kind="relay", next_hop="a.example:25", user="u", password_file=tmp_path / "empty"),
        "no-file": Route(kind="tls", next_hop="a.example:25", user="u"),
        "no-such-file": Route(kind="tls", next_hop="a.example:25", user="u", password_file=tmp_path / "none"),
        "empty": Route(kind="tls", next_hop="a.example:25", user="u", password_file=tmp_path / "empty"),
    }
    with pytest.raises(ConfigError) as caught:
        configured(Config(routes=routes))
    assert len(caught.value.faults) == 6


@pytest.mark.parametrize(
    ("kind", "tls", "verify"),
    [
        ("relay", "none", None),
        ("relay", "may", ssl.CERT_NONE),
        ("relay", "verify", ssl.CERT_REQUIRED),
        ("tls", "none", ssl.CERT_REQUIRED),
        ("tls", "may", ssl.CERT_REQUIRED),
        ("gateway", "verify", ssl.CERT_REQUIRED),
    ],
)
def test_the_context_is_as_strict_as_the_route(kind, tls, verify):
    context = tls_context("x", Route(kind=kind, next_hop="a.example:25", tls=tls))
    if verify is None:
        assert context is None
        return
    assert context.verify_mode == verify
    assert context.check_hostname is (verify == ssl.CERT_REQUIRED)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize(("features", "sent"), [((*ORDINARY, "REQUIRETLS"), True), (ORDINARY, False)])
async def test_a_next_hop_that_must_pass_it_on_under_tls_says_that_it_can_or_gets_nothing(
    tmp_path: Path, features: tuple[str, ...], sent: bool
) -> None:
    """RFC 8689, 4.2.1."""
    authority = make_authority(tmp_path)
    tls = authority.server_context("localhost")
    async with FakeNextHop(features=features, tls=tls) as hop:
        relay = relay_of(hop, ca_file=authority.file, tls_name="localhost", require_tls=True)
        (became,) = await deliver(relay, A, route="secure")
        await relay.close()
    assert ("MAIL" in hop.verbs()) is sent
    assert became.outcome is (Outcome.RELAYED if sent else Outcome.DEFERRED)
    assert all(b" REQUIRETLS" in taken.mail for taken in hop.taken)
