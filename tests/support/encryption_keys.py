"""Keys and certificates of recipients, made for tests: S/MIME ones by `cryptography`, OpenPGP ones by the real gpg."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

PRESENT = datetime.now(UTC)
_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmimeKey:
    """A self-signed certificate and its key as files, for openssl to read with."""

    certificate: Path
    key: Path

    @property
    def pem(self) -> bytes:
        return self.certificate.read_bytes()

    @property
    def der(self) -> bytes:
        return x509.load_pem_x509_certificate(self.pem).public_bytes(Encoding.DER)

    def decrypt(self, octets: bytes) -> bytes:
        """What the real `openssl cms` makes of a message for this key."""
        command = ["openssl", "cms", "-decrypt", "-binary", "-recip", str(self.certificate), "-inkey", str(self.key)]
        run = subprocess.run(command, input=octets, capture_output=True, check=False)
        assert run.returncode == 0, run.stderr.decode()
        return run.stdout

    def opens(self, octets: bytes) -> bool:
        """Whether the message is one for this key."""
        command = ["openssl", "cms", "-decrypt", "-binary", "-recip", str(self.certificate), "-inkey", str(self.key)]
        return subprocess.run([*command, "-debug_decrypt"], input=octets, capture_output=True).returncode == 0


def smime_key(
    folder: Path,
    name: str,
    private: CertificateIssuerPrivateKeyTypes,
    *,
    uses: tuple[str, ...] | None = ("key_encipherment",),
    purposes: tuple[ObjectIdentifier, ...] = (ExtendedKeyUsageOID.EMAIL_PROTECTION,),
    days: tuple[int, int] = (-1, 30),
    present: datetime = PRESENT,
) -> SmimeKey:
    """`days`: from when to when it is valid, counted from `present`. `uses` None: no key usage."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name}@partner.example")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(present + timedelta(days=days[0]))
        .not_valid_after(present + timedelta(days=days[1]))
    )
    names = x509.SubjectAlternativeName([x509.RFC822Name(f"{name}@partner.example")])
    builder = builder.add_extension(names, critical=False)
    if uses is not None:
        usage = x509.KeyUsage(**{use: use in uses for use in _USES})
        builder = builder.add_extension(usage, critical=True)
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    algorithm = None if isinstance(private, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    made = SmimeKey(certificate=folder / f"{name}.pem", key=folder / f"{name}.key")
    made.certificate.write_bytes(builder.sign(private, algorithm).public_bytes(Encoding.PEM))
    made.key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return made


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def ec_key(curve: ec.EllipticCurve | None = None) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(curve or ec.SECP256R1())


class Gpg:
    """A key ring of the real gpg."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        # Else the first password costs seconds, in which gpg finds out how fast this machine is.
        (folder / "gpg-agent.conf").write_text("s2k-count 65536\n")
        self._environment = {**os.environ, "GNUPGHOME": str(folder), "LC_ALL": "C.UTF-8"}
        # gpg would start it itself, but waits five seconds for it only, which a busy machine may need.
        agent = ["gpg-agent", "--daemon", "--allow-loopback-pinentry"]
        subprocess.run(agent, env=self._environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run(self, *arguments: str, octets: bytes = b"") -> bytes:
        command = ["gpg", "--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""]
        run = subprocess.run([*command, *arguments], env=self._environment, input=octets, capture_output=True)
        assert run.returncode == 0, run.stderr.decode()
        return run.stdout

    def make(self, name: str, *how: str, at: str | None = None) -> str:
        """Fingerprint of a new key. `how`: algorithm, usage, expiry as of --quick-generate-key. `at`: the time it is
        made at, "20200101T000000"."""
        self.run(*_clock(at), "--quick-generate-key", f"{name}@partner.example", *how)
        return self.fingerprints(name)[0]

    def fingerprints(self, name: str) -> list[str]:
        """Of the primary key, then of its subkeys."""
        listing = self.run("--with-colons", "--list-keys", f"={name}@partner.example")
        return [line.split(":")[9] for line in listing.decode().splitlines() if line.startswith("fpr:")]

    def add(self, fingerprint: str, *how: str, at: str | None = None) -> None:
        self.run(*_clock(at), "--quick-add-key", fingerprint, *how)

    def certificate(self, fingerprint: str) -> bytes:
        return self.run("--export", fingerprint)

    def secret(self, fingerprint: str) -> bytes:
        return self.run("--export-secret-keys", fingerprint)

    def decrypt(self, armoured: bytes) -> tuple[bytes, str]:
        """The content, and what gpg says of it ("DECRYPTION_OKAY", "GOODSIG ...") a line each."""
        status = self._environment["GNUPGHOME"] + "/status"
        content = self.run("--yes", "--status-file", status, "--decrypt", octets=armoured)
        return content, Path(status).read_text(encoding="utf-8", errors="replace")

    def revocation(self, fingerprint: str) -> bytes:
        """The revocation that gpg made along with the key."""
        path = Path(self._environment["GNUPGHOME"]) / "openpgp-revocs.d" / f"{fingerprint}.rev"
        return path.read_bytes().replace(b":-----BEGIN", b"-----BEGIN")

    def revoke_subkey(self, fingerprint: str) -> None:
        answers = b"key 1\nrevkey\ny\n0\n\ny\nsave\n"
        self.run("--no-batch", "--command-fd", "0", "--edit-key", fingerprint, octets=answers)

    def locked(self, name: str, password: str) -> bytes:
        """A new secret key under a password."""
        how = ("--passphrase", password)
        self.run(*how, "--quick-generate-key", f"{name}@partner.example", "ed25519", "sign", "1y")
        return self.run(*how, "--export-secret-keys", f"={name}@partner.example")

    def close(self) -> None:
        subprocess.run(["gpgconf", "--kill", "all"], env=self._environment, check=True, capture_output=True)


def _clock(at: str | None) -> tuple[str, ...]:
    return () if at is None else ("--faked-system-time", at)
