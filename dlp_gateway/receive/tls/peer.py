"""Certificates that clients show: the only door to pyOpenSSL.

Python's own ssl ends the handshake with a client whose certificate it can't verify. A client may show one that only its
fingerprint makes known, or one for somebody else while its address lets it in: so any is taken here, as evidence
that is judged afterwards, and refused in words.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from OpenSSL import SSL, crypto

from ...config_access import Tls

_CHUNK = 64 * 1024
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerCertificate:
    """What a client has shown, and proven to hold the key of. Hashes are SHA-256 in lower-case hexadecimal; `names` are
    its DNS names in lower case. Whether anybody vouches for it is not known yet."""

    fingerprint: str
    key_fingerprint: str
    names: tuple[str, ...]
    chain: tuple[Any, ...] = field(repr=False, compare=False)


class AskingContext:
    """Looks to asyncio like an ssl.SSLContext of a server that asks for a client's certificate. Raises OSError or
    SSL.Error for a certificate and key that can't be used."""

    def __init__(self, tls: Tls, ciphers: str) -> None:
        context = SSL.Context(SSL.TLS_SERVER_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        context.set_cipher_list(ciphers.encode("ascii"))
        context.set_options(SSL.OP_NO_COMPRESSION | SSL.OP_NO_RENEGOTIATION | SSL.OP_NO_TICKET)
        # A session that is resumed shows no certificates.
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.set_session_id(b"dlp-gateway")
        context.use_certificate_chain_file(str(tls.certificate))
        context.use_privatekey_file(str(tls.key))
        context.check_privatekey()
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        self._context = context

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = True,  # noqa: ARG002 - the form is that of ssl.SSLContext
        server_hostname: str | None = None,  # noqa: ARG002 - as above
    ) -> _TlsObject:
        """As ssl.SSLContext.wrap_bio."""
        return _TlsObject(SSL.Connection(self._context, None), incoming, outgoing)


class _TlsObject:
    """Looks to asyncio like an ssl.SSLObject."""

    def __init__(self, connection: SSL.Connection, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> None:
        self._connection = connection
        self._incoming = incoming
        self._outgoing = outgoing
        connection.set_accept_state()

    def do_handshake(self) -> None:
        self._with_octets(self._connection.do_handshake)

    def read(self, size: int, _buffer: Any = None) -> bytes:
        try:
            return self._with_octets(lambda: self._connection.recv(size))
        except ssl.SSLZeroReturnError:
            return b""

    def write(self, data: bytes | memoryview) -> int:
        return self._with_octets(lambda: self._connection.send(bytes(data)))

    def unwrap(self) -> None:
        if not self._with_octets(self._connection.shutdown):
            raise ssl.SSLWantReadError

    def getpeercert(self) -> None:
        """Nothing: `peer_certificate` has it."""

    def cipher(self) -> tuple[str | None, str, int]:
        connection = self._connection
        return connection.get_cipher_name(), connection.get_protocol_version_name(), connection.get_cipher_bits() or 0

    def version(self) -> str:
        return self._connection.get_protocol_version_name()

    def compression(self) -> None:
        """None is ever used."""

    def shown(self) -> list[crypto.X509]:
        """What the client showed, its own certificate first."""
        own = self._connection.get_peer_certificate()
        others = (
            self._connection.get_peer_cert_chain() or []
        )  # of a server's side, OpenSSL leaves the own one out, or not
        return [] if own is None else [own, *others]

    def _with_octets(self, action: Callable[[], T]) -> T:
        """Do it with what has come in, send what comes of it, and raise what asyncio expects."""
        if octets := self._incoming.read():
            self._connection.bio_write(octets)
        try:
            return action()
        except SSL.WantReadError:
            raise ssl.SSLWantReadError from None
        except SSL.ZeroReturnError:
            raise ssl.SSLZeroReturnError from None
        except SSL.Error as error:
            told = error.args[0] if error.args and isinstance(error.args[0], list) else []
            raise ssl.SSLError(1, told[0][2] if told else type(error).__name__) from None
        finally:
            self._send()

    def _send(self) -> None:
        while True:
            try:
                self._outgoing.write(self._connection.bio_read(_CHUNK))
            except SSL.WantReadError:
                return


def peer_certificate(tls_object: object) -> PeerCertificate | None:
    """What the client has shown in the handshake of this `ssl_object`; None where it was not asked, showed nothing or
    something that can't be read."""
    if not isinstance(tls_object, _TlsObject) or not (shown := tls_object.shown()):
        return None
    try:
        own = shown[0].to_cryptography()
        key = own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        octets = own.public_bytes(Encoding.DER)
        names = _names(own)
    except Exception:  # noqa: BLE001 - whatever a library makes of a stranger's octets: they prove nothing
        return None
    return PeerCertificate(
        fingerprint=sha256(octets).hexdigest(),
        key_fingerprint=sha256(key).hexdigest(),
        names=names,
        chain=tuple(shown),
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(name.lower() for name in alternatives.value.get_values_for_type(x509.DNSName))


class Authorities:
    """Who may vouch for clients' certificates. Raises OSError or ValueError for a file that holds none."""

    def __init__(self, path: Path) -> None:
        certificates = x509.load_pem_x509_certificates(path.read_bytes())
        self._store = crypto.X509Store()
        for certificate in certificates:
            self._store.add_cert(crypto.X509.from_cryptography(certificate))
        self._store.set_flags(crypto.X509StoreFlags.PARTIAL_CHAIN)  # an intermediate authority may be named alone

    def fault(self, certificate: PeerCertificate) -> str | None:
        """Why none of them vouches for it now, in OpenSSL's words; None when one does. What it may be used for is not
        asked: mail servers show the certificate that they have, and authorities no longer write "client" into it."""
        own, *others = certificate.chain
        try:
            crypto.X509StoreContext(self._store, own, others).verify_certificate()
        except crypto.X509StoreContextError as error:
            return str(error)
        return None
