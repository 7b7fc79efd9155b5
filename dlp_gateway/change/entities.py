"""The MIME entities that carry what was encrypted or signed: S/MIME (RFC 8551, 3.2 to 3.5), OpenPGP (RFC 3156, 4) and
protected header fields (RFC 9788, 2)."""

from __future__ import annotations

import hashlib
from typing import TypeAlias

Octets: TypeAlias = bytes | memoryview

_SIGNATURE_HEAD = (
    b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
    b"Content-Transfer-Encoding: base64\r\n"
    b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n'
)
_VERSION_PART = (
    b"Content-Type: application/pgp-encrypted\r\n"
    b"Content-Description: PGP/MIME version identification\r\n\r\n"
    b"Version: 1\r\n"
)
_MESSAGE_HEAD = (
    b'Content-Type: application/octet-stream; name="encrypted.asc"\r\n'
    b"Content-Description: OpenPGP encrypted message\r\n"
    b'Content-Disposition: inline; filename="encrypted.asc"\r\n\r\n'
)


def smime_entity(kind: str, encoded: Octets) -> bytes:
    """A CMS structure, in lines of base64, as application/pkcs7-mime. `kind` is its smime-type: "enveloped-data",
    "authEnveloped-data" or "signed-data" (RFC 8551, 3.2.2)."""
    head = (
        f"Content-Type: application/pkcs7-mime; smime-type={kind};\r\n"
        ' name="smime.p7m"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="smime.p7m"\r\n'
        "\r\n"
    )
    return b"".join((head.encode("ascii"), encoded))


def signed_entity(entity: bytes, encoded: Octets) -> bytes:
    """multipart/signed: the entity as it is, and its signature, made with SHA-256, in lines of base64 (RFC 8551,
    3.5.3)."""
    boundary = _boundary(entity)
    return b"".join(
        (
            b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256;\r\n',
            b' boundary="' + boundary + b'"\r\n\r\n',
            b"--" + boundary + b"\r\n",
            entity,
            b"\r\n--" + boundary + b"\r\n",
            _SIGNATURE_HEAD,
            encoded,
            b"\r\n--" + boundary + b"--\r\n",
        )
    )


def openpgp_entity(armoured: Octets) -> bytes:
    """multipart/encrypted around an OpenPGP message in ASCII armour whose lines end in CRLF (RFC 3156, 4)."""
    boundary = b"=_openpgp"  # no line of armour has an underscore
    return b"".join(
        (
            b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";\r\n',
            b' boundary="' + boundary + b'"\r\n\r\n',
            b"--" + boundary + b"\r\n",
            _VERSION_PART,
            b"\r\n--" + boundary + b"\r\n",
            _MESSAGE_HEAD,
            armoured,
            b"\r\n--" + boundary + b"--\r\n",
        )
    )


def only_part(entity: bytes, header: bytes) -> bytes:
    """A multipart/mixed whose only part is the entity, and whose header carries protected fields (RFC 9788, 2.1).

    A wrapper, where the RFC writes into the entity's own header: so the author's octets stay as they are, a
    Content-Type that is hard to read needs no edit, and fields above a signed entity do not look as if its signature
    covered them.
    """
    boundary = _boundary(entity)
    return b"".join(
        (
            b'Content-Type: multipart/mixed; hp="cipher"; protected-headers="v1";\r\n',
            b' boundary="' + boundary + b'"\r\n',
            header,
            b"\r\n--" + boundary + b"\r\n",
            entity,
            b"\r\n--" + boundary + b"--\r\n",
        )
    )


def _boundary(content: bytes) -> bytes:
    """One that no line of the content can be: its hash, so that this stays a function of what it is given."""
    digest = hashlib.sha256(content)
    boundary = b"=_" + digest.hexdigest()[:40].encode("ascii")
    while boundary in content:
        digest.update(b"again")
        boundary = b"=_" + digest.hexdigest()[:40].encode("ascii")
    return boundary
