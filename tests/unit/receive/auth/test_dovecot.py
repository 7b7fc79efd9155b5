"""A Dovecot that is slow, silent or something else; tests/system/test_dovecot.py has a real one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dlp_gateway.config_access import Authentication
from dlp_gateway.receive.auth.account import Accounts, AccountsSilentError, Credentials
from dlp_gateway.receive.auth.dovecot import MAX_LINE_OCTETS, DovecotAccounts
from dlp_gateway.receive.auth.log_in import _checked

ANN = Credentials(name="ann", password="pw")
IP = "192.0.2.1"
HELLO = "VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\tx\nDONE\n"


@asynccontextmanager
async def asking(folder: Path, hello: str, *answers: str) -> AsyncIterator[tuple[Accounts, list[str]]]:
    """Accounts beside something that says `hello`, then one of `answers` to each AUTH; {} is its number."""
    heard: list[str] = []
    left = list(answers)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(hello.encode())
        while line := (await reader.readline()).decode().rstrip("\n"):
            heard.append(line)
            if line.startswith("AUTH") and left:
                writer.write(left.pop(0).replace("{}", line.split("\t")[1]).encode())
        writer.close()
        try:
            await writer.wait_closed()
        except ConnectionError:
            pass  # we were not what our client had hoped for
        over.release()

    over = asyncio.Semaphore(0)
    path = str(folder / "socket")
    server = await asyncio.start_unix_server(serve, path)
    accounts = DovecotAccounts(Authentication(kind="dovecot", socket=path, addresses=("{user}@council.example",)))
    try:
        yield accounts, heard
    finally:
        await accounts.close()
        for _ in range(sum(line.startswith("VERSION") for line in heard)):
            await over.acquire()
        server.close()
        await server.wait_closed()


async def test_the_address_of_the_client_and_the_safety_of_the_way_are_told(tmp_path: Path) -> None:
    async with asking(tmp_path, HELLO, "OK\t{}\tuser=ann\n") as (accounts, heard):
        ann = await accounts.check(ANN, IP)
    assert ann is not None
    assert ann.owns("ann@council.example")
    assert heard[0].startswith("VERSION\t1\t")
    assert heard[1].startswith("CPID\t")
    words = heard[2].split("\t")
    assert words[:3] == ["AUTH", "1", "PLAIN"]
    assert {"service=smtp", "secured", f"rip={IP}"} <= set(words)
    assert words[-1] == "resp=AGFubgBwdw=="


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("FAIL\t{}\tuser=ann\ttemp\n", "could not find out"),
        ("FAIL\t{}\tuser=ann\tcode=temp_fail\n", "could not find out"),
        ("CONT\t{}\tcGxlYXNl\n", "could not find out"),
        ("OK\t{}\n", "could not find out"),
        ("x" * (MAX_LINE_OCTETS + 1), "something else"),
    ],
)
async def test_what_is_neither_yes_nor_no_is_silence(tmp_path: Path, answer: str, why: str) -> None:
    async with asking(tmp_path, HELLO, answer) as (accounts, _):
        with pytest.raises(AccountsSilentError, match=why):
            await accounts.check(ANN, IP)


@pytest.mark.parametrize(
    ("hello", "why"),
    [
        ("VERSION\t2\t0\nDONE\n", "another version"),
        ("VERSION\t1\t1\nMECH\tCRAM-MD5\nDONE\n", "auth_mechanisms"),
        ("220 mx.example ESMTP\n", "something else"),
    ],
)
async def test_a_greeting_that_is_not_dovecots_is_told_of(tmp_path: Path, hello: str, why: str) -> None:
    async with asking(tmp_path, hello) as (accounts, _):
        with pytest.raises(AccountsSilentError, match=why):
            await accounts.check(ANN, IP)


async def test_answers_to_nobody_do_no_harm(tmp_path: Path) -> None:
    stray = f"OK\t77\tuser=eve\nOK\tx\tuser=eve\nOK\t{'9' * 5000}\tuser=eve\nOK\t²\nOK\n\nNEWS\n"
    async with asking(tmp_path, HELLO, stray + "FAIL\t{}\n", "OK\t{}\tuser=zo\x011e\n") as (accounts, _):
        assert await accounts.check(ANN, IP) is None
        assert (await accounts.check(ANN, IP)).name == "zo\1e"


async def test_one_that_never_answers_is_given_up_and_asked_anew(tmp_path: Path) -> None:
    async with asking(tmp_path, HELLO, "", "OK\t{}\tuser=ann\n") as (accounts, heard):
        with pytest.raises(AccountsSilentError, match="within"):
            await _checked(accounts, ANN, IP, 0.05)
        assert await _checked(accounts, ANN, IP, 5) is not None
    assert [line.split("\t")[0] for line in heard] == ["VERSION", "CPID", "AUTH", "VERSION", "CPID", "AUTH"]


async def test_one_that_is_slow_for_somebody_is_not_for_others(tmp_path: Path) -> None:
    """The first is given up while the second waits on the same connection, which goes on."""
    async with asking(tmp_path, HELLO, "", "", "OK\t2\tuser=ann\nFAIL\t{}\n") as (accounts, heard):
        async with asyncio.TaskGroup() as group:
            given_up = group.create_task(_given_up(accounts))
            second = group.create_task(_checked(accounts, ANN, IP, 5))
            await given_up
            assert await _checked(accounts, ANN, IP, 5) is None
        assert second.result() is not None
    assert [line.split("\t")[:2] for line in heard if line.startswith(("AUTH", "CANCEL"))] == [
        ["AUTH", "1"],
        ["AUTH", "2"],
        ["CANCEL", "1"],
        ["AUTH", "3"],
    ]


async def _given_up(accounts: Accounts) -> None:
    with pytest.raises(AccountsSilentError, match="within"):
        await _checked(accounts, ANN, IP, 0.05)
