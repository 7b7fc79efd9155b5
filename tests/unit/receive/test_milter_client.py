"""Who the client is, by what a mail server says; with the rule that decides whether the milter is an open door."""

from __future__ import annotations

import pytest

from dlp_gateway.config_access import Client, ClientCertificate
from dlp_gateway.config_milter import MilterListener
from dlp_gateway.receive.clients import Clients
from dlp_gateway.receive.milter_client import origin_of
from dlp_gateway.receive.milter_codec import Connect

CERTIFICATE = ClientCertificate(fingerprints=("ab" * 32,))
CLIENTS = Clients(
    (
        Client(name="desks", networks=("10.1.0.0/16", "2001:db8::/32"), vouches_for_sender=True),
        Client(name="scanners", networks=("10.2.0.0/16",)),
        Client(name="by-certificate", networks=("10.3.0.0/16",), certificate=CERTIFICATE),
    ),
    100,
)
LISTENER = MilterListener(port=0, name="mx", vouches_for_sender=True)


def at(address: str, family: str = "4") -> Connect:
    return Connect(b"desk", family.encode(), 25, address.encode())


@pytest.mark.parametrize(
    ("connect", "user", "name", "vouches"),
    [
        (at("10.1.2.3"), None, "desks", True),
        (at("10.2.2.3"), None, "scanners", False),
        (at("10.2.2.3"), "ann", "scanners", True),
        (at("IPv6:2001:db8::1", "6"), None, "desks", True),
        (at("2001:db8::1", "6"), None, "desks", True),
        (at("::ffff:10.1.2.3", "6"), None, "desks", True),
        (at("192.0.2.1"), "ann", "mx", True),
        (at("10.3.2.3"), "ann", "mx", True),
        (Connect(b"unknown", b"U"), "ann", "mx", True),
        (at("127.0.0.1"), None, "mx", False),
        (at("::1", "6"), None, "mx", False),
        (at("/run/socket", "L"), None, "mx", False),
    ],
)
def test_a_client_is_known_by_address_or_log_in(connect, user, name, vouches):
    origin = origin_of(connect, user, LISTENER, CLIENTS)
    assert origin is not None
    assert (origin.name, origin.user, origin.vouches) == (name, user, vouches)


@pytest.mark.parametrize(
    "connect",
    [
        None,
        at("192.0.2.1"),
        at("10.3.2.3"),
        at("2001:db9::1", "6"),
        at("::ffff:192.0.2.1", "6"),
        at("127.0.0.1.evil.example"),
        at("10.1.2.3\n"),
        at("10.1.2"),
        at(""),
        Connect(b"10.1.2.3", b"U"),
    ],
)
def test_all_others_are_strangers(connect):
    """Also one whose entry wants a certificate, which a mail server does not show."""
    assert origin_of(connect, None, LISTENER, CLIENTS) is None


def test_a_log_in_proves_nothing_where_the_mail_server_does_not_vouch():
    origin = origin_of(at("192.0.2.1"), "ann", MilterListener(port=0), CLIENTS)
    assert origin is not None
    assert not origin.vouches
