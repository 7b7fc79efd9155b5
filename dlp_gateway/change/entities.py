"""The MIME entities that carry what was encrypted or signed: S/MIME (RFC 8551, 3.2 to 3.5), OpenPGP (RFC 3156, 4) and
protected header fields (RFC 9788, 2)."""

from __future__ import annotations

import base64
import hashlib

_LINE = 76  # RFC 2045, 6.8
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


def smime_entity(kind: str, der: bytes) -> bytes:
    """A CMS structure as application/pkcs7-mime. `kind` is its smime-type: "enveloped-data", "authEnveloped-data" or
    "signed-data" (RFC 8551, 3.2.2)."""
    head = (
        f"Content-Type: application/pkcs7-mime; smime-type={kind};\r\n"
        ' name="smime.p7m"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="smime.p7m"\r\n'
        "\r\n"
    )
    return head.encode("ascii") + _base64(der)


def signed_entity(entity: bytes, der: bytes) -> bytes:
    """multipart/signed: the entity as it is, and its signature (RFC 8551, 3.5.3), made with SHA-256."""
    boundary = _boundary(entity, der)
    return b"".join(
        (
            b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256;\r\n',
            b' boundary="' + boundary + b'"\r\n\r\n',
            b"--" + boundary + b"\r\n",
            entity,
            b"\r\n--" + boundary + b"\r\n",
            _SIGNATURE_HEAD,
            _base64(der),
            b"\r\n--" + boundary + b"--\r\n",
        )
    )


def openpgp_entity(armoured: bytes) -> bytes:
    """multipart/encrypted around an OpenPGP message in ASCII armour, with any line ends (RFC 3156, 4)."""
    boundary = _boundary(armoured)
    return b"".join(
        (
            b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted";\r\n',
            b' boundary="' + boundary + b'"\r\n\r\n',
            b"--" + boundary + b"\r\n",
            _VERSION_PART,
            b"\r\n--" + boundary + b"\r\n",
            _MESSAGE_HEAD,
            armoured.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"),
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


def _boundary(*contents: bytes) -> bytes:
    """One that no line of the contents can be: the hash of them, so that this stays a function of what it is given."""
    digest = hashlib.sha256()
    for content in contents:
        digest.update(content)
    boundary = b"=_" + digest.hexdigest()[:40].encode("ascii")
    while any(boundary in content for content in contents):
        digest.update(b"again")
        boundary = b"=_" + digest.hexdigest()[:40].encode("ascii")
    return boundary


def _base64(octets: bytes) -> bytes:
    encoded = base64.b64encode(octets)
    lines = [encoded[i : i + _LINE] for i in range(0, len(encoded), _LINE)]
    return b"\r\n".join((*lines, b""))
