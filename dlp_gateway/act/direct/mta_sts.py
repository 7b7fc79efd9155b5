"""MTA Strict Transport Security (RFC 8461): what a domain has published about the servers that take its mail."""

from __future__ import annotations

import asyncio
import http.client
import re
import ssl
from collections.abc import Callable, Sequence
from enum import StrEnum

from ...secure_way import Mode, StsPolicy
from ..http_answer import answer_of
from ..outside import is_outside
from .mail_dns import DnsTroubleError, MailDns

FETCH_SECONDS = 10.0
MOST_OCTETS = 64 * 1024  # of a policy, RFC 8461, 3.3
LONGEST_AGE = 31_557_600  # seconds, RFC 8461, 3.2
HTTPS_PORT = 443
_RECORD = re.compile(r"v=STSv1\s*;\s*(.*)", re.DOTALL)
_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")


class StsFault(StrEnum):
    """What is wrong with a policy, in the words of RFC 8460, 4.3."""

    FETCH = "sts-policy-fetch-error"
    INVALID = "sts-policy-invalid"
    WEB_CERTIFICATE = "sts-webpki-invalid"


class StsError(Exception):
    """A policy is announced but can't be had."""

    def __init__(self, fault: StsFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def announced_id(texts: Sequence[str]) -> str | None:
    """The id in the TXT records at "_mta-sts."; None where there is not exactly one record of this kind (3.1)."""
    records = [match for text in texts if (match := _RECORD.fullmatch(text.strip()))]
    if len(records) != 1:
        return None
    fields = [field.strip().partition("=") for field in records[0][1].split(";") if field.strip()]
    ids = [value.strip() for name, _, value in fields if name.strip() == "id"]
    return ids[0] if len(ids) == 1 and _ID.fullmatch(ids[0]) else None


def read_policy(text: str, policy_id: str) -> StsPolicy:
    """A policy as published (3.2). Raises StsError. Keys that are not known are left alone."""
    values: dict[str, list[str]] = {}
    for line in text.replace("\r\n", "\n").split("\n"):
        key, colon, value = line.partition(":")
        if colon:
            values.setdefault(key.strip(), []).append(value.strip())
    hosts = tuple(host.lower().removesuffix(".") for host in values.get("mx", []))
    age = (values.get("max_age") or [""])[0]
    mode = (values.get("mode") or [""])[0]
    good = (
        (values.get("version") or [""])[0] == "STSv1"
        and mode in tuple(Mode)
        and age.isdigit()
        and len(age) <= 10
        and (hosts or mode == Mode.NONE)
        and all(_HOST.fullmatch(host) for host in hosts)
    )
    if not good:
        raise StsError(StsFault.INVALID)
    return StsPolicy(id=policy_id, mode=Mode(mode), hosts=hosts, max_age=min(int(age), LONGEST_AGE))


class PolicyWeb:
    """Fetches policies. `trust` answers the context by which the web server must prove its name. `private`: addresses
    that are not of the Internet are asked too (for tests and closed networks): else a domain could make us ask our own.
    """

    def __init__(self, dns: MailDns, trust: Callable[[], ssl.SSLContext], *, private: bool = False) -> None:
        self._dns = dns
        self._trust = trust
        self._private = private

    async def fetch(self, domain: str, policy_id: str) -> StsPolicy:
        """Raises StsError; never follows a redirection (3.3)."""
        host = f"mta-sts.{domain}"
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                answer = await self._get(host, "/.well-known/mta-sts.txt")
        except ssl.SSLError:
            raise StsError(StsFault.WEB_CERTIFICATE) from None
        except (TimeoutError, OSError, DnsTroubleError, asyncio.IncompleteReadError):
            raise StsError(StsFault.FETCH) from None
        return read_policy(_text_of(answer), policy_id)

    async def _get(self, host: str, path: str) -> bytes:
        found = (await self._dns.addresses(host)).addresses
        addresses = [a for a in found if self._private or is_outside(a)]
        if not addresses:
            raise StsError(StsFault.FETCH)
        reader, writer = await asyncio.open_connection(
            addresses[0], HTTPS_PORT, ssl=self._trust(), server_hostname=host, limit=MOST_OCTETS
        )
        try:
            # HTTP/1.0: the answer ends with the connection, so its octets can be counted before they are read.
            writer.write(f"GET {path} HTTP/1.0\r\nHost: {host}\r\nUser-Agent: dlp-gateway\r\n\r\n".encode("ascii"))
            answer = b""
            while len(answer) <= 2 * MOST_OCTETS and (block := await reader.read(MOST_OCTETS)):
                answer += block
            return answer
        finally:
            writer.transport.abort()


def _text_of(answer: bytes) -> str:
    try:
        response = answer_of(answer)
        body = response.read(MOST_OCTETS + 1)
    except (http.client.HTTPException, ValueError):
        raise StsError(StsFault.FETCH) from None
    kind = (response.getheader("Content-Type") or "").partition(";")[0].strip().lower()
    if response.status != http.HTTPStatus.OK:
        raise StsError(StsFault.FETCH)
    if kind != "text/plain" or len(body) > MOST_OCTETS:
        raise StsError(StsFault.INVALID)
    return body.decode("utf-8", "replace")
