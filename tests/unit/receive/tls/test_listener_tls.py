"""Certificates of listeners that are taken up while the gateway runs."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
from hashlib import sha256
from pathlib import Path

import pytest

from dlp_gateway import metrics
from dlp_gateway.config_access import SmtpListener, Tls
from dlp_gateway.errors import ConfigError
from dlp_gateway.receive.smtp import SmtpServer
from dlp_gateway.receive.tls.listener_tls import ListenerTls
from tests.support.receive import Inbox, Talk, make_certificate, make_config, running
from tests.support.waiting import wait_until_async


def anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def shown(server: SmtpServer) -> str:
    """The hash of the certificate that a new client sees."""
    reader, writer = await asyncio.open_connection(*server.addresses[0], ssl=anybody())
    assert (await reader.readline()).startswith(b"220")
    found = sha256(writer.get_extra_info("ssl_object").getpeercert(binary_form=True)).hexdigest()
    writer.close()
    await writer.wait_closed()
    return found


def files(folder: Path, name: str) -> Tls:
    (folder / name).mkdir()
    return make_certificate(folder / name)


def put(tls: Tls, other: Tls) -> None:
    shutil.copyfile(other.certificate, tls.certificate)
    shutil.copyfile(other.key, tls.key)


def passed_over() -> float:
    return metrics.access_files_passed_over.labels("certificates")._value.get()


async def test_a_new_certificate_is_taken_up_and_sessions_with_the_old_go_on(tmp_path: Path) -> None:
    tls, new = files(tmp_path, "used"), files(tmp_path, "new")
    async with running(make_config(tls=tls, implicit_tls=True), Inbox()) as server:
        reader, writer = await asyncio.open_connection(*server.addresses[0], ssl=anybody())
        assert (await reader.readline()).startswith(b"220")
        before = await shown(server)
        put(tls, new)
        await server.look()  # the files may still be written
        assert await shown(server) == before
        await server.look()
        after = await shown(server)
        assert after != before
        assert after == sha256(ssl.PEM_cert_to_DER_cert(new.certificate.read_text())).hexdigest()
        writer.write(b"NOOP\r\n")
        assert (await reader.readline()).startswith(b"250")
        writer.close()
        await writer.wait_closed()


async def test_a_broken_certificate_is_told_of_and_the_one_before_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tls, new = files(tmp_path, "used"), files(tmp_path, "new")
    async with running(make_config(tls=tls, implicit_tls=True), Inbox()) as server:
        before = await shown(server)
        shutil.copyfile(new.certificate, tls.certificate)  # and not its key
        await server.look(at_once=True)
        assert await shown(server) == before
        assert passed_over() == 1
        (told,) = [record for record in caplog.records if record.message == "certificate:passed_over"]
        assert "can't be used" in str(told.fields)
        await server.look(at_once=True)
        assert len([record for record in caplog.records if record.message == "certificate:passed_over"]) == 1
        shutil.copyfile(new.key, tls.key)
        await server.look(at_once=True)
        assert await shown(server) != before
        assert passed_over() == 0


async def test_a_certificate_that_disappears_stays_in_use(tmp_path: Path) -> None:
    tls = files(tmp_path, "used")
    async with running(make_config(tls=tls, implicit_tls=True), Inbox()) as server:
        before = await shown(server)
        tls.key.unlink()
        await server.look(at_once=True)
        assert await shown(server) == before


def test_the_days_that_a_certificate_has_are_told(tmp_path: Path) -> None:
    ListenerTls(SmtpListener(port=465, tls=make_certificate(tmp_path)))
    assert 0.9 < metrics.listener_certificate_days.labels("127.0.0.1:465")._value.get() <= 1


def test_a_certificate_without_its_key_is_a_fault_at_the_start(tmp_path: Path) -> None:
    tls, other = files(tmp_path, "used"), files(tmp_path, "other")
    shutil.copyfile(other.key, tls.key)
    with pytest.raises(ConfigError, match="can't be used") as caught:
        ListenerTls(SmtpListener(tls=tls))
    assert str(tls.certificate) in str(caught.value)


@pytest.mark.parametrize("implicit", [True, False])
async def test_a_handshake_that_drips_in_octet_by_octet_is_ended_in_time(tmp_path: Path, implicit: bool) -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    with pytest.raises(ssl.SSLWantReadError):
        anybody().wrap_bio(incoming, outgoing).do_handshake()
    hello = outgoing.read()
    config = make_config(tls=make_certificate(tmp_path), implicit_tls=implicit, command_seconds=0.3)
    async with running(config, Inbox()) as server, Talk.to(server) as talk:
        if not implicit:
            await talk.opens("STARTTLS")
        talk.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for octet in hello[:20]:
            talk.says(bytes([octet]))
            await asyncio.sleep(0)
        assert await talk.reader.read() == b""
        assert loop.time() - began < 5
        await wait_until_async(lambda: not server.sessions, "the session to end")
        assert server.clients._total == 0


async def test_a_connection_too_many_on_a_port_for_tls_is_closed_without_a_handshake(tmp_path: Path) -> None:
    config = make_config(tls=make_certificate(tmp_path), implicit_tls=True, connections=1)
    async with running(config, Inbox()) as server:
        _, writer = await asyncio.open_connection(*server.addresses[0], ssl=anybody())
        async with Talk.to(server) as talk:
            assert await talk.hears() == ""
        writer.close()
        await writer.wait_closed()


async def test_draining_says_nothing_in_clear_text_to_who_is_in_the_handshake(tmp_path: Path) -> None:
    config = make_config(tls=make_certificate(tmp_path), implicit_tls=True)
    async with running(config, Inbox()) as server, Talk.to(server) as talk:
        await wait_until_async(lambda: server.sessions, "the session")
        await server.drain(0.05)
        assert await talk.reader.read() == b""
