"""The health port, asked by a real HTTP client."""

from __future__ import annotations

import asyncio
import http.client
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dlp_gateway import metrics
from dlp_gateway.config import HealthListener
from dlp_gateway.health import HealthServer


@asynccontextmanager
async def serving(reason: str | None = None, request_seconds: float = 5.0) -> AsyncIterator[tuple[str, int]]:
    server = HealthServer(HealthListener(port=0), lambda: reason, request_seconds=request_seconds)
    await server.start()
    assert server.address is not None
    try:
        yield server.address
    finally:
        await server.stop()


def asked(address: tuple[str, int], method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(*address, timeout=10)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


async def ask(address: tuple[str, int], method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    return await asyncio.to_thread(asked, address, method, path)


async def test_the_process_runs() -> None:
    async with serving() as address:
        status, headers, body = await ask(address, "GET", "/healthz")
    assert (status, body) == (200, b"ok\n")
    assert headers["Cache-Control"] == "no-store"


async def test_a_gateway_that_takes_mail_is_ready() -> None:
    async with serving() as address:
        assert (await ask(address, "GET", "/readyz"))[0::2] == (200, b"ready\n")


async def test_one_that_does_not_says_why() -> None:
    async with serving("disk is low") as address:
        assert (await ask(address, "GET", "/readyz"))[0::2] == (503, b"disk is low\n")
        assert (await ask(address, "GET", "/healthz"))[0] == 200


async def test_metrics_are_in_the_form_of_prometheus() -> None:
    metrics.messages.labels("250").inc()
    async with serving() as address:
        status, headers, body = await ask(address, "GET", "/metrics")
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert b'dlp_gateway_messages_total{code="250"}' in body


async def test_another_path_is_not_found_and_another_method_not_allowed() -> None:
    async with serving() as address:
        assert (await ask(address, "GET", "/"))[0] == 404
        for method in ("POST", "DELETE", "OPTIONS"):
            status, headers, _ = await ask(address, method, "/healthz")
            assert (status, headers["Allow"]) == (405, "GET, HEAD")  # RFC 9110, 15.5.6


async def test_head_has_the_headers_of_get_and_no_body() -> None:
    async with serving() as (host, port):
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"HEAD /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = await reader.read()
        writer.close()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"Content-Length: 3\r\n" in answer
    assert answer.endswith(b"\r\n\r\n")


async def test_a_client_that_never_ends_its_question_is_dropped_and_others_are_answered() -> None:
    async with serving(request_seconds=0.05) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"GET /healthz HTTP/1.1\r\n")
        assert await reader.read() == b""
        writer.close()
    async with serving() as address:
        _, writer = await asyncio.open_connection(*address)
        writer.write(b"GET /healthz HTTP/1.1\r\n")
        assert (await ask(address, "GET", "/healthz"))[0] == 200
        writer.close()


async def test_nonsense_and_endless_headers_are_dropped() -> None:
    async with serving() as address:
        for octets in (b"\r\n\r\n", b"\x16\x03\x01\x02\r\n\r\n", b"GET /healthz\r\n\r\n"):
            reader, writer = await asyncio.open_connection(*address)
            writer.write(octets)
            assert (await reader.read()).startswith(b"HTTP/1.1 405 ")
            writer.close()
        reader, writer = await asyncio.open_connection(*address)
        writer.write(b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 20_000)
        try:
            assert b"200 OK" not in await reader.read()
        except ConnectionResetError:
            pass  # it closed with octets of ours unread
        writer.close()


async def test_it_can_be_switched_off() -> None:
    server = HealthServer(HealthListener(enabled=False), lambda: None)
    await server.start()
    assert server.address is None
    await server.stop()


async def test_it_listens_on_loopback_unless_told_otherwise() -> None:
    async with serving() as (host, _):
        assert host == "127.0.0.1"
    assert socket.inet_aton(HealthListener().host)[0] == 127
