"""Certificates made on the fly: an authority, and servers that are as they should be or not."""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certificate authority that exists only for one test run."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        """Its certificate as a PEM file, for those who trust it."""
        return self.folder / "authority.pem"

    def server_context(self, name: str, *, expired: bool = False, self_signed: bool = False) -> ssl.SSLContext:
        """A server's context with a new certificate for that DNS name."""
        chain, _key = self.server_files(name, expired=expired, self_signed=self_signed)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        return context

    def server_files(
        self, name: str, *, expired: bool = False, self_signed: bool = False, with_issuer: bool = False
    ) -> tuple[Path, Path]:
        """The same as one PEM file with certificate and key, given twice: as certificate and as key. `with_issuer`: the
        authority's certificate follows."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        first, last = (now - timedelta(days=60), now - timedelta(days=1)) if expired else _span(now)
        builder = _builder(name, key, first, last).add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False
        )
        issuer, signer = (name, key) if self_signed else ("Test authority", self.key)
        certificate = builder.issuer_name(_name(issuer)).sign(signer, hashes.SHA256())
        path = self.folder / f"{name}-{int(expired)}{int(self_signed)}{int(with_issuer)}.pem"
        issuer_too = self.certificate.public_bytes(Encoding.PEM) if with_issuer else b""
        path.write_bytes(certificate.public_bytes(Encoding.PEM) + issuer_too + _pem(key))
        return path, path


def make_authority(folder: Path) -> Authority:
    """A new authority, whose files lie in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = _builder("Test authority", key, *_span(datetime.now(UTC))).issuer_name(_name("Test authority"))
    certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(
        key, hashes.SHA256()
    )
    authority = Authority(folder=folder, key=key, certificate=certificate)
    authority.file.write_bytes(certificate.public_bytes(Encoding.PEM))
    return authority


def public_key_hash(certificate: x509.Certificate, algorithm: str = "sha256") -> str:
    """The hash of its SubjectPublicKeyInfo, hexadecimal: what TLSA records and pins name."""
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.new(algorithm, key).hexdigest()


def _builder(name: str, key: ec.EllipticCurvePrivateKey, first: datetime, last: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
    )


def _span(now: datetime) -> tuple[datetime, datetime]:
    return now - timedelta(days=1), now + timedelta(days=2)


def _name(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
