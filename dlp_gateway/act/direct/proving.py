"""The TLS of one server: the context that it is spoken to with, and what its certificate must prove."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from ..transport_security import unverifying_context, verifying_context
from .evidence import Proof, Server
from .tlsa import matches, public_key_pin


class Trust:
    """Contexts for servers, each made when it is first asked for: reading the system's authorities takes most of a
    tenth of a second, and a gateway whose routes all lead to a next hop needs none.

    Verifies by that PEM file, or by the system's certificates. Raises ConfigError where it can't be used.
    """

    def __init__(self, ca_file: Path | None) -> None:
        self._ca_file = ca_file
        if ca_file is not None:
            self._verifying()

    @cached_property
    def named(self) -> ssl.SSLContext:
        """Verifies chain and name."""
        context = self._verifying()
        context.hostname_checks_common_name = False  # RFC 8461, 4.2: names in the subjectAltName alone
        return context

    @cached_property
    def chained(self) -> ssl.SSLContext:
        """Verifies the chain alone."""
        context = self._verifying()
        context.check_hostname = False
        return context

    @cached_property
    def keyed(self) -> ssl.SSLContext:
        """Verifies nothing: TLSA records or pins say which key it must be, and authorities have no say."""
        return unverifying_context()

    def context_for(self, server: Server) -> ssl.SSLContext:
        if server.proof is Proof.MTA_STS:
            return self.named
        pinned = server.terms is not None and server.terms.pins
        return self.keyed if server.proof is Proof.DANE or pinned else self.chained

    def _verifying(self) -> ssl.SSLContext:
        return verifying_context(self._ca_file, "direct.ca_file")


def name_fits(names: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether a certificate with these DNS names carries one of the wanted: ".example.org" wants any name below it. A
    star stands for the leftmost label (RFC 6125, 6.4.3), and only for a wanted name in full."""
    for name in (n.lower().rstrip(".") for n in names):
        for want in (w.lower().rstrip(".") for w in wanted):
            if want.startswith("."):
                if name.endswith(want) and len(name) > len(want):
                    return True
            elif name == want or (name.startswith("*.") and want.partition(".")[2] == name[2:] and name.count(".") > 1):
                return True
    return False


Check = Callable[[Any], str | None]


def check_for(server: Server, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Check | None:
    """What is asked of the finished handshake (an ssl.SSLObject) before anything is said: None, all is well, or what
    is wrong in fixed words. None in place of it where the context alone proves enough."""
    if server.proof is Proof.DANE:

        def named_by_dns(tls: Any) -> str | None:
            right = matches(_chain(tls), server.tlsa, server.host, now())
            return None if right else "its certificate is not the one that DNS names"

        return named_by_dns
    terms = server.terms
    if server.proof is not Proof.LISTED or terms is None:
        return None

    def listed(tls: Any) -> str | None:
        if terms.pins:
            chain = _chain(tls)
            pinned = bool(chain) and public_key_pin(chain[0]) in terms.pins
            return None if pinned else "its key is not one that the council's list names"
        names = tuple(value for kind, value in tls.getpeercert().get("subjectAltName", ()) if kind == "DNS")
        return None if name_fits(names, terms.names) else "its certificate carries no name of the council's list"

    return listed


def _chain(tls: Any) -> list[bytes]:
    """The certificates that the server showed, its own first, DER. Python has it in public from 3.13 on; before, the
    object behind has had it since 3.10."""
    if hasattr(tls, "get_unverified_chain"):
        return [bytes(der) for der in tls.get_unverified_chain()]
    shown = tls._sslobj.get_unverified_chain()  # noqa: SLF001 - no other way to the chain before 3.13
    return [ssl.PEM_cert_to_DER_cert(certificate.public_bytes()) for certificate in shown or ()]
