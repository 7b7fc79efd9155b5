import pytest

from dlp_gateway.model import Part
from dlp_gateway.parse.encrypted import encryption_of

SIGNED = bytes.fromhex("308006092a864886f70d010702")
ENVELOPED = bytes.fromhex("308006092a864886f70d010703")
AUTH_ENVELOPED = bytes.fromhex("3080060b2a864886f70d0109100117")


def part(media_type: str, octets: bytes, label: str | None = None) -> Part:
    params = (("smime-type", label),) if label else ()
    return Part(
        path="1",
        media_type=media_type,
        charset=None,
        filename=None,
        disposition=None,
        params=params,
        is_body=False,
        octets=octets,
    )


@pytest.mark.parametrize(
    ("media_type", "octets", "label", "encrypted"),
    [
        ("application/pkcs7-mime", ENVELOPED, None, True),
        ("application/pkcs7-mime", ENVELOPED, "signed-data", True),
        ("application/x-pkcs7-mime", AUTH_ENVELOPED, None, True),
        ("application/pkcs7-mime", SIGNED, None, False),
        ("application/pkcs7-mime", SIGNED, "enveloped-data", False),
        ("application/pkcs7-mime", b"?", "enveloped-data", True),
        ("application/pkcs7-mime", b"?", "signed-data", False),
        ("application/pkcs7-mime", b"?", None, True),
        ("application/pgp-encrypted", b"Version: 1", None, True),
        ("application/x-microsoft-rpmsg-message", b"", None, True),
        ("text/plain", b"see\r\n-----BEGIN PGP MESSAGE-----\r\n", None, True),
        ("text/plain", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\r\n", None, False),
        ("application/pdf", b"%PDF", None, False),
    ],
)
def test_content_decides_before_the_label(media_type: str, octets: bytes, label: str | None, encrypted: bool) -> None:
    assert (encryption_of(part(media_type, octets, label)) is not None) is encrypted
