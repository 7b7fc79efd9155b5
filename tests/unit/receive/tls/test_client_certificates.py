"""Clients that are known by their certificate: over real sockets, with certificates of every kind."""

from __future__ import annotations

import asyncio
import logging
import ssl
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from dlp_gateway.config_access import Client, ClientCertificate, Tls
from dlp_gateway.errors import ConfigError
from dlp_gateway.octets import whole
from dlp_gateway.receive.clients import Clients
from dlp_gateway.receive.smtp import SmtpServer
from dlp_gateway.receive.tls.peer import PeerCertificate, peer_certificate
from tests.support.certificates import Authority, make_authority, public_key_hash
from tests.support.receive import LOCAL, STRANGERS_ONLY, Inbox, Talk, make_certificate, make_config, running, user
from tests.support.waiting import wait_until_async

MAIL, RCPT = "MAIL FROM:<ann@council.example>", "RCPT TO:<bob@partner.example>"
HERE = ("127.0.0.0/8",)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_certificate(tmp_path_factory.mktemp("listener"))


@pytest.fixture(scope="module")
def pinned(authority: Authority) -> Path:
    """A certificate that nobody vouches for, as Exchange makes one for itself."""
    return authority.server_files("exchange.council.example", self_signed=True)[0]


def loaded(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def fingerprint(path: Path) -> str:
    return sha256(loaded(path).public_bytes(Encoding.DER)).hexdigest()


def exchange(*, networks: Sequence[str] = (), **certificate) -> Client:
    return Client(name="exchange", networks=tuple(networks), certificate=ClientCertificate(**certificate))


def by_name(authority: Authority, *, networks: Sequence[str] = ()) -> Client:
    return exchange(networks=networks, names=("mail.council.example",), authorities=authority.file)


def showing(path: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if path is not None:
        context.load_cert_chain(path)
    return context


@asynccontextmanager
async def secured(server: SmtpServer, path: Path | None) -> AsyncIterator[Talk]:
    async with Talk.to(server) as talk:
        await talk.opens("STARTTLS")
        await talk.writer.start_tls(showing(path))
        assert (await talk.asks("EHLO client.test")).startswith("250")
        yield talk


async def answer(client: Client, tls: Tls, path: Path | None, **more) -> str:
    """What such a client, the only one, hears to MAIL after it has shown this under TLS."""
    async with running(make_config(tls=tls, clients=(client,), **more), Inbox()) as server:
        async with secured(server, path) as talk:
            return await talk.asks(MAIL)


# ---- who is let in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("networks", [(), HERE])
async def test_a_fingerprint_lets_in_its_certificate_alone(
    tls: Tls, pinned: Path, authority: Authority, networks: Sequence[str]
) -> None:
    client = exchange(networks=networks, fingerprints=(fingerprint(pinned),))
    assert (await answer(client, tls, pinned)).startswith("250")
    other, _ = authority.server_files("exchange.council.example")
    assert (await answer(client, tls, other)).startswith("550 5.7.1 The certificate")
    assert (await answer(client, tls, None)).startswith("550 5.7.1 This host is let in by its certificate")


async def test_a_fingerprint_may_be_that_of_the_key_and_then_outlives_the_certificate(
    tls: Tls, authority: Authority
) -> None:
    old, _ = authority.server_files("old.council.example", expired=True)
    key = public_key_hash(loaded(old)).upper()
    written = ":".join(key[i : i + 2] for i in range(0, 64, 2))
    assert (await answer(exchange(fingerprints=(written,)), tls, old)).startswith("250")


async def test_a_name_counts_only_under_the_named_authority_and_in_its_time(
    tls: Tls, authority: Authority, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    client = by_name(authority)
    (tmp_path / "other").mkdir()
    elsewhere = make_authority(tmp_path / "other")
    right, _ = authority.server_files("mail.council.example")
    assert (await answer(client, tls, right)).startswith("250")
    wrong = [
        (authority.server_files("mail.elsewhere.example")[0], "carries none of the names"),
        (authority.server_files("mail.council.example", expired=True)[0], "certificate has expired"),
        (authority.server_files("mail.council.example", self_signed=True)[0], "self-signed certificate"),
        (elsewhere.server_files("mail.council.example")[0], "certificate signature failure"),
    ]
    for path, why in wrong:
        caplog.clear()
        assert (await answer(client, tls, path)).startswith("550 5.7.1 The certificate")
        (told,) = [record.fields for record in caplog.records if record.message == "session:not-a-client"]
        assert why in told["why"]["exchange"]
        assert told["certificate"] == fingerprint(path)


async def test_a_wildcard_in_a_certificate_stands_for_one_label(tls: Tls, authority: Authority) -> None:
    wild, _ = authority.server_files("*.council.example")
    assert (await answer(by_name(authority), tls, wild)).startswith("250")
    too_wide, _ = authority.server_files("*.example")
    assert (await answer(by_name(authority), tls, too_wide)).startswith("550")


async def test_network_and_certificate_are_both_needed_where_both_are_named(
    tls: Tls, pinned: Path, authority: Authority
) -> None:
    elsewhere = exchange(networks=("192.0.2.0/24",), fingerprints=(fingerprint(pinned),))
    assert (await answer(elsewhere, tls, pinned)).startswith("550 5.7.1 This host may not")


async def test_a_certificate_that_is_wanted_is_not_replaced_by_a_wider_network(tls: Tls, pinned: Path) -> None:
    wanting = exchange(networks=("127.0.0.1/32",), fingerprints=(fingerprint(pinned),))
    async with running(make_config(tls=tls, clients=(LOCAL, wanting)), Inbox()) as server:
        async with Talk.to(server) as talk:
            await talk.opens()
            assert (await talk.asks(MAIL)).startswith("530 5.7.0 This host is let in by its certificate: send STARTTLS")
        async with secured(server, None) as talk:
            assert (await talk.asks(MAIL)).startswith("550 5.7.1")


async def test_whoever_is_known_by_its_network_may_show_any_certificate_or_none(
    tls: Tls, pinned: Path, authority: Authority
) -> None:
    """A mail server shows the certificate that it has: that must never cost it its mail."""
    config = make_config(tls=tls, clients=(LOCAL, by_name(authority)))
    async with running(config, Inbox()) as server:
        for path in (pinned, authority.server_files("x.example", expired=True)[0], None):
            async with secured(server, path) as talk:
                assert (await talk.asks(MAIL)).startswith("250")


async def test_a_stranger_who_may_log_in_is_asked_to(tls: Tls, authority: Authority, pinned: Path) -> None:
    assert (await answer(by_name(authority), tls, pinned, users=(user(),))).startswith("530 5.7.0 Authentication")


async def test_the_record_names_the_entry_and_its_rights(tls: Tls, pinned: Path) -> None:
    client = exchange(fingerprints=(fingerprint(pinned),)).model_copy(update={"vouches_for_sender": True})
    inbox = Inbox()
    async with running(make_config(tls=tls, clients=(client,)), inbox) as server, secured(server, pinned) as talk:
        for command in (MAIL, RCPT, "DATA"):
            assert (await talk.asks(command))[0] in "23"
        talk.says(b"x\r\n.\r\n")
        assert (await talk.hears()).startswith("250")
        assert (server.clients._total, server.clients._strangers) == (1, 0)
    envelope = inbox.messages[0].envelope
    assert (envelope.client_name, envelope.vouches_for_sender, envelope.tls) == ("exchange", True, True)
    assert server.clients._total == 0


async def test_a_client_known_by_its_certificate_has_its_own_share_of_connections(tls: Tls, pinned: Path) -> None:
    client = exchange(fingerprints=(fingerprint(pinned),)).model_copy(update={"max_connections": 1})
    async with running(make_config(tls=tls, clients=(client,)), Inbox()) as server, secured(server, pinned):
        async with Talk.to(server) as second:
            await second.opens("STARTTLS")
            await second.writer.start_tls(showing(pinned))
            assert (await second.hears()).startswith("421 4.7.0 Too many connections")
            assert await second.hears() == ""


async def test_nobody_is_asked_for_a_certificate_where_nobody_is_known_by_one(tls: Tls, pinned: Path) -> None:
    async with running(make_config(tls=tls), Inbox()) as server, secured(server, pinned):
        (session,) = server.sessions
        assert session.certificate is None
        assert isinstance(session.transport.get_extra_info("ssl_object"), ssl.SSLObject)


# ---- the TLS itself ---------------------------------------------------------------------------------


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_large_message_comes_whole_on_every_loop_and_version(
    loop: str, implicit: bool, version: ssl.TLSVersion, tls: Tls, pinned: Path
) -> None:
    octets = b"\r\n" + (b"x" * 998 + b"\r\n") * 3000

    async def story() -> None:
        inbox = Inbox()
        client = exchange(fingerprints=(fingerprint(pinned),))
        context = showing(pinned)
        context.minimum_version = context.maximum_version = version
        config = make_config(tls=tls, clients=(client,), implicit_tls=implicit)
        async with running(config, inbox) as server, Talk.to(server) as talk:
            if not implicit:
                await talk.opens("STARTTLS")
            await talk.writer.start_tls(context)
            if implicit:
                await talk.opens()
            for command in ("EHLO client.test", MAIL, RCPT, "DATA"):
                assert (await talk.asks(command))[0] in "23"
            talk.says(octets + b".\r\nNOOP\r\n")
            assert (await talk.hears()).startswith("250 2.0.0 Message accepted")
            assert (await talk.hears()).startswith("250")
            assert (await talk.asks("QUIT")).startswith("221")
            assert await talk.hears() == ""
        assert whole(inbox.messages[0].octets) == octets

    factory = uvloop.new_event_loop if loop == "uvloop" else asyncio.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(story())


async def test_openssls_own_client_with_a_session_to_resume_is_still_known(
    tls: Tls, pinned: Path, tmp_path: Path
) -> None:
    """A resumed session would show no certificate."""
    client = exchange(fingerprints=(fingerprint(pinned),))
    async with running(make_config(tls=tls, clients=(client,)), Inbox()) as server:
        host, port = server.addresses[0]
        for direction in ("-sess_out", "-sess_in"):
            if direction == "-sess_in" and not (tmp_path / "session").exists():
                break  # there was nothing to resume
            process = await asyncio.create_subprocess_exec(
                *("openssl", "s_client", "-quiet", "-starttls", "smtp", "-crlf", "-cert", str(pinned)),
                *("-key", str(pinned), "-connect", f"{host}:{port}", direction, str(tmp_path / "session")),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            said, _ = await process.communicate(f"HELO c.test\n{MAIL}\nQUIT\n".encode())
            assert b"250 2.1.0 Ok" in said


async def test_a_client_that_breaks_off_or_talks_nonsense_frees_its_place(tls: Tls, pinned: Path) -> None:
    client = exchange(fingerprints=(fingerprint(pinned),))
    async with running(make_config(tls=tls, clients=(client, STRANGERS_ONLY)), Inbox()) as server:
        async with Talk.to(server) as garbage, Talk.to(server) as leaver:
            await garbage.opens("STARTTLS")
            await leaver.opens("STARTTLS")
            garbage.says(b"MAIL FROM:<a@b.example>\r\n" * 9)
            leaver.writer.close()
            await wait_until_async(lambda: not server.sessions, "both sessions to end")
        assert server.clients._total == 0


async def test_nothing_older_than_tls_1_2_is_spoken_while_asking_for_certificates(tls: Tls, pinned: Path) -> None:
    context = showing(None)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    client = exchange(fingerprints=(fingerprint(pinned),))
    async with running(make_config(tls=tls, clients=(client,)), Inbox()) as server, Talk.to(server) as talk:
        await talk.opens("STARTTLS")
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await talk.writer.start_tls(context)


# ---- values ----------------------------------------------------------------------------------------


def test_other_tls_shows_nothing() -> None:
    assert peer_certificate(None) is None
    assert peer_certificate(ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO())) is None


def test_a_file_of_authorities_that_can_not_be_used_is_a_fault_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("nonsense")
    for name in ("none.pem", "missing.pem"):
        client = exchange(names=("mail.council.example",), authorities=tmp_path / name)
        with pytest.raises(ConfigError, match=name):
            Clients((client,), 10)


def test_the_first_entry_that_fits_is_the_client(pinned: Path, authority: Authority) -> None:
    one = exchange(networks=HERE, fingerprints=("a" * 64,)).model_copy(update={"name": "one"})
    two = exchange(networks=HERE, fingerprints=("b" * 64,)).model_copy(update={"name": "two"})
    roaming = exchange(fingerprints=("c" * 64,)).model_copy(update={"name": "roaming"})
    clients = Clients((one, two, roaming), 10)
    for letter, name in (("a", "one"), ("b", "two"), ("c", "roaming")):
        shown = PeerCertificate(fingerprint=letter * 64, key_fingerprint="", names=(), chain=())
        found = clients.find("127.0.0.1", shown)
        assert found is not None
        assert found.name == name
    assert clients.find("127.0.0.1") is None
