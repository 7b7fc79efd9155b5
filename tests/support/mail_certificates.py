"""S/MIME certificates made on the fly: a root, an authority for e-mail below it, and those whom it vouches for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

EMAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION
SERVER = ExtendedKeyUsageOID.SERVER_AUTH
JO = "jo@partner.example"

Moment = datetime


def name(text: str, address: str | None = None) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, text)]
    if address is not None:
        parts.append(x509.NameAttribute(NameOID.EMAIL_ADDRESS, address))
    return x509.Name(parts)


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """Made once: that takes long."""
    return rsa.generate_private_key(65537, bits)


def usage(*allowed: str) -> x509.KeyUsage:
    every = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{one: one in allowed for one in every})


@dataclass(frozen=True, kw_only=True)
class Authority:
    """One that signs certificates and revocation lists. `key` is private."""

    certificate: x509.Certificate
    key: CertificateIssuerPrivateKeyTypes

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def issue(
        self,
        *,
        title: str = "Jo",
        addresses: Sequence[str] = (JO,),
        domains: Sequence[str] = (),
        in_subject: str | None = None,
        days: tuple[float, float] = (-1, 365),
        key: object | None = None,
        key_usage: x509.KeyUsage | None = None,
        purposes: Sequence[x509.ObjectIdentifier] = (EMAIL,),
        more: Sequence[tuple[x509.ExtensionType, bool]] = (),
    ) -> x509.Certificate:
        """A certificate for encryption: of a P-256 key that agrees on keys, where nothing else is said."""
        public = (key or ec.generate_private_key(ec.SECP256R1())).public_key()  # type: ignore[attr-defined]
        builder = begin(name(title, in_subject), self.certificate.subject, public, days)
        names = [*(x509.RFC822Name(one) for one in addresses), *(x509.DNSName(one) for one in domains)]
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        wanted = key_usage or usage("key_encipherment" if isinstance(public, rsa.RSAPublicKey) else "key_agreement")
        builder = builder.add_extension(wanted, critical=True)
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), critical=False)
        for extension, critical in more:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256())

    def list_of(
        self,
        *revoked: x509.Certificate,
        days: tuple[float, float] = (-1, 7),
        point: x509.IssuingDistributionPoint | None = None,
        signed_by: CertificateIssuerPrivateKeyTypes | None = None,
    ) -> bytes:
        """A revocation list as PEM."""
        now = datetime.now(UTC)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.certificate.subject)
        builder = builder.last_update(now + timedelta(days[0])).next_update(now + timedelta(days[1]))
        for one in revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(one.serial_number).revocation_date(now)
            builder = builder.add_revoked_certificate(entry.build())
        if point is not None:
            builder = builder.add_extension(point, critical=True)
        return builder.sign(signed_by or self.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def begin(subject: x509.Name, issuer: x509.Name, public: object, days: tuple[float, float]) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days[0]))
        .not_valid_after(now + timedelta(days[1]))
    )


def make_authority(
    title: str,
    above: Authority | None = None,
    *,
    days: tuple[float, float] = (-10, 3650),
    depth: int | None = None,
    more: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Authority:
    """A root, or an authority below another."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = name(title) if above is None else above.certificate.subject
    builder = begin(name(title), issuer, key.public_key(), days)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
    builder = builder.add_extension(usage("key_cert_sign", "crl_sign"), critical=True)
    for extension, critical in more:
        builder = builder.add_extension(extension, critical)
    return Authority(certificate=builder.sign(key if above is None else above.key, hashes.SHA256()), key=key)


@dataclass(frozen=True)
class MailAuthorities:
    """A root that signs an authority for e-mail alone, as the trade has it."""

    root: Authority = field(default_factory=lambda: make_authority("Test root"))

    @cached_property
    def mail(self) -> Authority:
        return make_authority("Test mail authority", self.root, depth=0, more=[(x509.ExtendedKeyUsage([EMAIL]), False)])


def pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def self_signed(*, addresses: Sequence[str] = (JO,), domains: Sequence[str] = ()) -> x509.Certificate:
    """As a gateway product or `openssl req -x509` makes it."""
    key = ec.generate_private_key(ec.SECP256R1())
    names = [*(x509.RFC822Name(one) for one in addresses), *(x509.DNSName(one) for one in domains)]
    builder = begin(name("Mail gateway"), name("Mail gateway"), key.public_key(), (-1, 365))
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256())
