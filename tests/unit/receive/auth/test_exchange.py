from __future__ import annotations

from base64 import b64encode

import pytest

from dlp_gateway.model import Reply
from dlp_gateway.receive import reply
from dlp_gateway.receive.auth.account import Credentials
from dlp_gateway.receive.auth.exchange import MECHANISMS, ExchangeError


async def converse(mechanism: str, initial: bytes | None, *lines: bytes | None) -> tuple[Credentials, list[bytes]]:
    challenges: list[bytes] = []
    answers = list(lines)

    async def ask(challenge: bytes) -> bytes | None:
        challenges.append(challenge)
        return answers.pop(0)

    credentials = await MECHANISMS[mechanism](initial, ask)
    assert not answers
    return credentials, challenges


def b64(octets: bytes) -> bytes:
    return b64encode(octets)


@pytest.mark.parametrize("authorised", [b"", b"ann"])
async def test_plain_takes_name_and_password(authorised: bytes) -> None:
    message = b64(authorised + b"\0ann\0zo\xc3\xab")
    assert await converse("PLAIN", message) == (Credentials(name="ann", password="zoë"), [])
    assert await converse("PLAIN", None, message) == (Credentials(name="ann", password="zoë"), [b""])


async def test_login_asks_for_both_or_takes_the_name_at_once() -> None:
    expected = Credentials(name="ann", password="pw")
    assert await converse("LOGIN", None, b64(b"ann"), b64(b"pw")) == (expected, [b"Username:", b"Password:"])
    assert await converse("LOGIN", b64(b"ann"), b64(b"pw")) == (expected, [b"Password:"])


@pytest.mark.parametrize(
    ("mechanism", "initial", "lines", "why"),
    [
        ("PLAIN", b"!!!", (), reply.BAD_BASE64),
        ("PLAIN", b"YQ", (), reply.BAD_BASE64),
        ("PLAIN", b"=", (), reply.BAD_CREDENTIALS),
        ("PLAIN", b"*", (), reply.BAD_BASE64),
        ("PLAIN", b64(b"ann"), (), reply.BAD_CREDENTIALS),
        ("PLAIN", b64(b"\0ann\0"), (), reply.WRONG_CREDENTIALS),
        ("PLAIN", b64(b"\0\0pw"), (), reply.WRONG_CREDENTIALS),
        ("PLAIN", b64(b"\0ann\0pw\0more"), (), reply.BAD_CREDENTIALS),
        ("PLAIN", b64(b"\0\xff\0pw"), (), reply.BAD_CREDENTIALS),
        ("PLAIN", b64(b"boss\0ann\0pw"), (), reply.WRONG_CREDENTIALS),
        ("PLAIN", None, (b"*",), reply.AUTHENTICATION_ABORTED),
        ("PLAIN", None, (b"",), reply.BAD_CREDENTIALS),
        ("PLAIN", None, (None,), None),
        ("LOGIN", None, (b"*",), reply.AUTHENTICATION_ABORTED),
        ("LOGIN", None, (b64(b"ann"), b"*"), reply.AUTHENTICATION_ABORTED),
        ("LOGIN", None, (b64(b"ann"), b"not base64"), reply.BAD_BASE64),
        ("LOGIN", b"=", (b64(b"pw"),), reply.WRONG_CREDENTIALS),
        ("LOGIN", b64(b"a\0b"), (b64(b"pw"),), reply.BAD_CREDENTIALS),
    ],
)
async def test_what_is_no_credentials_is_refused(
    mechanism: str, initial: bytes | None, lines: tuple[bytes | None, ...], why: Reply | None
) -> None:
    with pytest.raises(ExchangeError) as caught:
        await converse(mechanism, initial, *lines)
    assert caught.value.reply == why
