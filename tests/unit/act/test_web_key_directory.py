"""Asking a web key directory, over real HTTPS on loopback: by which way, and what is believed of its answer."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from dlp_gateway.act.transport_security import verifying_context
from dlp_gateway.act.web_key_directory import (
    MAX_BYTES,
    Asking,
    KeyFetchError,
    addresses_of,
    fetch_key,
    hashed,
)
from dlp_gateway.errors import ConfigError
from tests.support.certificates import Authority
from tests.support.key_directory import KeyDirectory, answer, until_it_closes

DOMAIN, OWN_HOST = "partner.example", "openpgpkey.partner.example"
JOE = "iy9q119eutrkn8s1mk4r39qejnbu3n5q"  # the draft, 3.1
KEY = b"\x99\x00\x01 a key"

Ask = Callable[..., bytes]


@pytest.fixture
def directory(authority: Authority) -> Callable[..., KeyDirectory]:
    def make(*hosts: str, **how: object) -> KeyDirectory:
        return KeyDirectory({host: authority.server_context(host) for host in hosts}, **how)  # type: ignore[arg-type]

    return make


def ask(server: KeyDirectory, authority: Authority, local: str = "Joe.Doe", **how: object) -> bytes:
    settings = {"private_addresses": True, "port": server.port, "look_up": server.look_up, "seconds": 10.0} | how
    return fetch_key(local, DOMAIN, Asking(context=verifying_context(authority.file, "ca_file"), **settings))  # type: ignore[arg-type]


def test_names_of_mailboxes_are_those_of_the_draft() -> None:
    assert hashed("Joe.Doe") == hashed("joe.doe") == JOE
    assert hashed("jöe") != hashed("jÖe")


def test_a_host_of_its_own_is_asked_by_the_advanced_method(directory, authority) -> None:
    with directory(OWN_HOST, DOMAIN, answers=lambda _host, _path: answer(KEY)) as server:
        assert ask(server, authority) == KEY
    assert server.asked == [(OWN_HOST, f"/.well-known/openpgpkey/{DOMAIN}/hu/{JOE}?l=Joe.Doe")]


def test_where_there_is_none_the_domain_is_asked_by_the_direct_method(directory, authority) -> None:
    with directory(DOMAIN, answers=lambda _host, _path: answer(KEY)) as server:
        assert ask(server, authority, "a+b c") == KEY
    assert server.asked == [(DOMAIN, f"/.well-known/openpgpkey/hu/{hashed('a+b c')}?l=a%2Bb%20c")]


def test_a_host_of_its_own_without_the_key_is_the_answer(directory, authority) -> None:
    """The draft, 3.1: the other method only where the name does not exist."""
    with directory(OWN_HOST, DOMAIN, answers=lambda _host, _path: answer(b"", "404 Not Found")) as server:
        with pytest.raises(KeyFetchError, match=r"openpgpkey\.partner\.example: has no key for this address"):
            ask(server, authority)
    assert len(server.asked) == 1


def test_no_web_server_at_all_is_told(directory, authority) -> None:
    with directory("elsewhere.example") as server:
        with pytest.raises(KeyFetchError, match=r"partner\.example: there is no web server of that name"):
            ask(server, authority)


def test_an_answer_that_ends_with_the_connection_is_taken_whole(directory, authority) -> None:
    with directory(OWN_HOST, answers=lambda _host, _path: until_it_closes(KEY)) as server:
        assert ask(server, authority) == KEY


@pytest.mark.parametrize(
    ("octets", "cut"),
    [
        (until_it_closes(KEY), True),
        (answer(KEY, length=len(KEY) + 1), False),
        (b"SSH-2.0-OpenSSH\r\n", False),
        (b"", False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", False),
    ],
)
def test_an_answer_that_is_not_whole_is_none(directory, authority, octets, cut) -> None:
    """The end of a key could hold its revocation."""
    with directory(OWN_HOST, answers=lambda _host, _path: octets, cut=cut) as server:
        with pytest.raises(KeyFetchError, match="is no HTTP, or was cut off"):
            ask(server, authority)


@pytest.mark.parametrize(
    "octets", [answer(bytes(MAX_BYTES + 1)), until_it_closes(bytes(MAX_BYTES + 50_000)), answer(b"", length=10**9)]
)
def test_too_large_an_answer_is_refused(directory, authority, octets) -> None:
    with directory(OWN_HOST, answers=lambda _host, _path: octets) as server:
        with pytest.raises(KeyFetchError, match="larger than 64 KiB"):
            ask(server, authority)


def test_the_largest_key_allowed_is_taken(directory, authority) -> None:
    with directory(OWN_HOST, answers=lambda _host, _path: answer(bytes(MAX_BYTES))) as server:
        assert len(ask(server, authority)) == MAX_BYTES


@pytest.mark.parametrize("where", ["https://elsewhere.example/key", "/other", "http://169.254.169.254/"])
def test_nobody_is_asked_whom_the_answer_names(directory, authority, where) -> None:
    with directory(OWN_HOST, answers=lambda _h, _p: answer(b"", "302 Found", f"Location: {where}")) as server:
        with pytest.raises(KeyFetchError, match="status 302, and what it names instead is not asked"):
            ask(server, authority)
    assert len(server.asked) == 1


@pytest.mark.parametrize("how", [{"expired": True}, {"self_signed": True}])
def test_without_a_good_certificate_nothing_is_asked(authority, how) -> None:
    with KeyDirectory({OWN_HOST: authority.server_context(OWN_HOST, **how)}) as server:
        with pytest.raises(KeyFetchError, match="its certificate does not hold"):
            ask(server, authority)
    assert server.asked == []


def test_a_certificate_of_another_host_does_not_hold(authority) -> None:
    with KeyDirectory({OWN_HOST: authority.server_context("elsewhere.example")}) as server:
        with pytest.raises(KeyFetchError, match="its certificate does not hold"):
            ask(server, authority)


def test_who_never_answers_is_left_in_time(directory, authority) -> None:
    with directory(OWN_HOST) as server:
        with pytest.raises(KeyFetchError, match=r"no whole answer within 0\.2 seconds"):
            ask(server, authority, seconds=0.2)


def test_a_closed_port_is_told(directory, authority) -> None:
    with directory(OWN_HOST) as server:
        port = server.port
    with pytest.raises(KeyFetchError, match=r"openpgpkey\.partner\.example: can't be asked"):
        ask(server, authority, port=port)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "::1", "fe80::1%eth0", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "ff02::1",
    ],
)  # fmt: skip
def test_addresses_inside_our_own_network_are_not_asked(directory, authority, address) -> None:
    """A partner's name server decides what its name stands for."""
    with directory(OWN_HOST) as server:
        for found in ([address], ["192.0.9.1", address]):
            with pytest.raises(KeyFetchError, match="private_directories allows such"):
                ask(server, authority, private_addresses=False, look_up=lambda _host, _port, found=found: found)
    assert server.asked == []


def test_a_name_service_that_fails_is_no_proof_that_there_is_no_host(directory, authority) -> None:
    def fail(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    with directory(DOMAIN) as server:
        with pytest.raises(KeyFetchError, match="its name can't be looked up now"):
            ask(server, authority, look_up=fail)
    assert server.asked == []


def test_names_are_looked_up_by_the_system() -> None:
    assert addresses_of("127.0.0.1", 443) == ["127.0.0.1"]


@pytest.mark.parametrize(("text", "said"), [("nothing", "is not a PEM file"), (None, "can't be read")])
def test_a_file_of_certificates_that_is_none_is_a_fault_of_the_configuration(tmp_path: Path, text, said) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        verifying_context(path, "ca_file")
    assert verifying_context(None, "ca_file").check_hostname
