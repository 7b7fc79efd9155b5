"""Asks a partner's web server for an OpenPGP key (draft-koch-openpgp-webkey-service-19). An administrator's act, never
done in the way of a message; what is found is trusted by nobody yet.

The server is whoever the address's domain names, so it is asked with care: verified HTTPS alone, no address inside our
own network, nothing it sends us elsewhere for, 64 KiB, and so many seconds for all of it.
"""

from __future__ import annotations

import hashlib
import http.client
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import quote

from ..errors import GatewayError
from .http_answer import answer_of
from .outside import is_outside

MAX_BYTES = 64 * 1024
_HEAD_BYTES = 16 * 1024
_BLOCK_BYTES = 16 * 1024
_ALPHABET = "ybndrfg8ejkmcpqxot1uwisza345h769"  # the draft, 3.1: Z-Base-32 (RFC 6189, 5.1.6)
_ABSENT = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


class KeyFetchError(GatewayError):
    """The directory could not be asked, or has no key. The text names its host and what happened."""


class _NoSuchHostError(Exception):
    """The name does not exist."""


def addresses_of(host: str, port: int) -> list[str]:
    """What the name service says. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How directories are asked. `seconds`: for all of one answer, from the first address tried."""

    context: ssl.SSLContext
    private_addresses: bool = False
    seconds: float = 15.0
    port: int = 443
    look_up: Callable[[str, int], list[str]] = addresses_of


def fetch_key(local: str, domain: str, asking: Asking) -> bytes:
    """The octets that the directory has for an address, whatever they are. `local` as it is written, `domain` as
    A-label. Blocks. Raises KeyFetchError.

    The advanced method asks a host of its own; only where that name does not exist, the domain itself is asked.
    """
    mailbox = f"hu/{hashed(local)}?l={quote(local, safe='')}"
    try:
        return _get(f"openpgpkey.{domain}", f"/.well-known/openpgpkey/{domain}/{mailbox}", asking)
    except _NoSuchHostError:
        pass
    try:
        return _get(domain, f"/.well-known/openpgpkey/{mailbox}", asking)
    except _NoSuchHostError:
        raise KeyFetchError(f"{domain}: there is no web server of that name") from None


def hashed(local: str) -> str:
    """How a directory names a local part: 32 letters (the draft, 3.1)."""
    lower = "".join(c.lower() if c.isascii() else c for c in local)
    digest = hashlib.sha1(lower.encode(), usedforsecurity=False).digest()
    bits = int.from_bytes(digest, "big")
    return "".join(_ALPHABET[(bits >> shift) & 31] for shift in range(155, -1, -5))


def _get(host: str, path: str, asking: Asking) -> bytes:
    """The content of an answer 200. Raises KeyFetchError, and _NoSuchHostError where there is no such host."""
    addresses = _allowed_addresses(host, asking)
    until = time.monotonic() + asking.seconds
    try:
        with closing(_connection(host, addresses, asking, until)) as connection:
            request = f"GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            connection.sendall(request.encode("ascii"))
            octets, whole = _read(connection, until)
    except ssl.SSLCertVerificationError as error:
        raise KeyFetchError(f"{host}: its certificate does not hold ({error.verify_message})") from None
    except TimeoutError:
        raise KeyFetchError(f"{host}: no whole answer within {asking.seconds:g} seconds") from None
    except OSError as error:
        raise KeyFetchError(f"{host}: can't be asked ({error.strerror or type(error).__name__})") from None
    return _content(host, octets, whole=whole)


def _allowed_addresses(host: str, asking: Asking) -> list[str]:
    try:
        addresses = asking.look_up(host, asking.port)
    except socket.gaierror as error:
        if error.errno in _ABSENT:
            raise _NoSuchHostError from None
        raise KeyFetchError(f"{host}: its name can't be looked up now") from None
    except (OSError, UnicodeError):
        raise KeyFetchError(f"{host}: its name can't be looked up") from None
    if not asking.private_addresses and not all(map(is_outside, addresses)):
        text = "is an address of this machine or a private network; recipient_keys.private_directories allows such"
        raise KeyFetchError(f"{host}: {text}")
    return addresses


def _connection(host: str, addresses: list[str], asking: Asking, until: float) -> ssl.SSLSocket:
    """To the addresses that were looked at, and no others: the name is not asked for again."""
    fault: OSError = TimeoutError()
    for address in addresses:
        try:
            plain = socket.create_connection((address, asking.port), timeout=_left(until))
        except OSError as error:
            fault = error
            continue
        try:
            plain.settimeout(_left(until))
            # An end of the stream that the server did not sign for is told, not taken for the end of the answer.
            return asking.context.wrap_socket(plain, server_hostname=host, suppress_ragged_eofs=False)
        except BaseException:
            plain.close()
            raise
    raise fault


def _read(connection: ssl.SSLSocket, until: float) -> tuple[bytes, bool]:
    """All that comes, up to a little more than is allowed; and whether it ended as it should."""
    octets = bytearray()
    while len(octets) <= MAX_BYTES + _HEAD_BYTES:
        connection.settimeout(_left(until))
        try:
            block = connection.recv(_BLOCK_BYTES)
        except ssl.SSLEOFError:
            return bytes(octets), False
        if not block:
            break
        octets += block
    return bytes(octets), True


def _left(until: float) -> float:
    """Seconds. Raises TimeoutError when none are left."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _content(host: str, octets: bytes, *, whole: bool) -> bytes:
    try:
        answer = answer_of(octets)
        if answer.status == http.HTTPStatus.NOT_FOUND:
            raise KeyFetchError(f"{host}: has no key for this address")
        if answer.status != http.HTTPStatus.OK:
            elsewhere = ", and what it names instead is not asked" if 300 <= answer.status < 400 else ""
            raise KeyFetchError(f"{host}: answers with status {answer.status}{elsewhere}")
        if (answer.length or 0) > MAX_BYTES or len(octets) > MAX_BYTES + _HEAD_BYTES:
            raise KeyFetchError(f"{host}: its answer is larger than {MAX_BYTES // 1024} KiB, which no key is")
        counted = answer.length is not None or answer.chunked
        content = answer.read()
    except (http.client.HTTPException, ValueError):
        raise KeyFetchError(f"{host}: its answer is no HTTP, or was cut off") from None
    if not whole and not counted:
        raise KeyFetchError(f"{host}: its answer is no HTTP, or was cut off")
    if len(content) > MAX_BYTES:
        raise KeyFetchError(f"{host}: its answer is larger than {MAX_BYTES // 1024} KiB, which no key is")
    return content
