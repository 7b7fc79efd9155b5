"""Signatures as other people's verifiers read them: dkimpy and Perl's Mail::DKIM."""

import asyncio
import base64
import hashlib
import os
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from dlp_gateway.act.dkim_signing import DkimSigner
from dlp_gateway.config_dkim import Dkim, DkimSignature
from dlp_gateway.errors import ConfigError
from tests.support.untraced import untraced

AT = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
MAIL = (
    b"Received: from a by b; Fri, 27 Nov 2026 09:00:00 +0000\r\n"
    b"From: Planning <planning@council.example>\r\n"
    b"To: Sam Example <sam@supplier.example>,\r\n\tPat <pat@supplier.example>\r\n"
    b"Subject:  A  \t folded\r\n subject \r\n"
    b"Date: Fri, 27 Nov 2026 09:00:00 +0000\r\nMessage-ID: <1@council.example>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of two kinds, and the records that DNS would hold."""
    folder = tmp_path_factory.mktemp("dkim")
    rsa, ed = generate_rsa(65537, 2048), Ed25519PrivateKey.generate()
    _write(folder / "rsa.pem", rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    _write(folder / "ed.pem", ed.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = base64.b64encode(rsa.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    (folder / "rsa.txt").write_bytes(b"v=DKIM1; k=rsa; p=" + public)
    public = base64.b64encode(ed.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    (folder / "ed.txt").write_bytes(b"v=DKIM1; k=ed25519; p=" + public)
    return folder


def _write(path: Path, octets: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(octets)
    path.chmod(mode)
    return path


def settings(folder: Path, *kinds: str) -> Dkim:
    return Dkim(
        signatures=tuple(
            DkimSignature(domain="council.example", selector=kind, key=folder / f"{kind}.pem") for kind in kinds
        )
    )


async def signed(folder: Path, octets: bytes, *kinds: str) -> bytes:
    return await DkimSigner.load(settings(folder, *(kinds or ("rsa",)))).sign(octets, AT) + octets


def verifies(folder: Path, octets: bytes) -> bool:
    """By dkimpy, with the records of the folder for DNS."""

    def record(name: bytes | str, timeout: int = 5) -> bytes:
        text = name.decode() if isinstance(name, bytes) else name
        assert text == "rsa._domainkey.council.example."
        return (folder / "rsa.txt").read_bytes()

    return bool(dkim.verify(octets, dnsfunc=record))


BODIES = {
    "ordinary": b"Dear Sam,\r\n\r\nthank you.\r\n",
    "empty": b"",
    "one line end": b"\r\n",
    "no line end at the end": b"Dear Sam",
    "many empty lines at the end": b"Dear Sam\r\n\r\n\r\n\r\n",
    "empty lines alone": b"\r\n\r\n\r\n",
    "blanks at the ends of lines": b"Dear  \t Sam \t\r\n \t \r\n\t x\r\n \r\n",
    "8-bit": "Annwyl Siân, diolch – tŷ\r\n".encode(),
    "a long line": b"x " * 300_000 + b"\r\nend\r\n",
    "empty lines over a piece's end": b"a\r\n" + b"\r\n" * 200_000 + b"b\r\n" + b"\r\n" * 200_000,
    "blanks alone": b" " * 5_000,
    "blanks where a piece ends, within a line": b"x" * 65_500 + b" " * 100 + b"y" * 600_000,
    "blanks where a piece ends, at a line's end": b"x" * 65_500 + b" \t" * 50 + b"\r\ny\r\n",
    "a line end where a piece ends": b"x" * 65_535 + b"\r\n" + b"y" * 65_534 + b"\r\n\r\n",
    "a blank and a line end where a piece ends": b"x" * 65_534 + b" \r\ny",
    "pieces": b"0123456789 abcdef \t\r\n" * 40_000,
}


@pytest.mark.parametrize("name", BODIES)
async def test_another_library_verifies_every_shape_of_body(folder: Path, name: str) -> None:
    octets = await signed(folder, MAIL + BODIES[name])
    with untraced():
        assert verifies(folder, octets)
        assert not verifies(folder, octets.replace(b"\r\n\r\n", b"\r\n\r\nx", 1))


async def test_the_field_says_relaxed_and_names_what_is_closed_once_more(folder: Path) -> None:
    """A second From, Subject or To put above ours would be shown to the reader: it must break the signature."""
    octets = await signed(folder, MAIL + BODIES["ordinary"])
    field = octets[: octets.index(b"Received:")]
    tags = dict(tag.strip().split("=", 1) for tag in " ".join(field.decode().split()).partition(":")[2].split(";"))
    names = tags["h"].replace(" ", "").split(":")
    assert (tags["c"], tags["d"], tags["s"], tags["a"]) == ("relaxed/relaxed", "council.example", "rsa", "rsa-sha256")
    assert [names.count(name) for name in ("from", "subject", "to", "date")] == [2, 2, 2, 1]
    assert "received" not in names
    assert all(len(line) <= 78 for line in field.split(b"\r\n"))
    for added in (b"From: x@evil.example\r\n", b"Subject: other\r\n", b"To: other@x.example\r\n"):
        assert not verifies(folder, added + octets)


async def test_relays_may_fold_anew_and_add_trace(folder: Path) -> None:
    octets = await signed(folder, MAIL + BODIES["ordinary"])
    folded = octets.replace(b"Subject:  A  \t folded\r\n subject ", b"Subject: A folded subject")
    assert folded != octets
    assert verifies(folder, b"Received: from dlp by relay; x\r\n" + folded)
    assert not verifies(folder, octets.replace(b"thank you", b"pay now"))


@pytest.mark.parametrize(
    "author",
    [
        b"From: x@other.example",
        b"From: x@sub.council.example",
        b"From: x@council.example.evil.example",
        b"From: x@council.example, y@council.example",
        b"From: x@council.example\r\nFrom: y@council.example",
        b"X-From: x@council.example",
        b"From: ",
    ],
)
async def test_only_one_author_of_exactly_our_domain_is_signed_for(folder: Path, author: bytes) -> None:
    """Our name under somebody else's mail would vouch for it."""
    signer = DkimSigner.load(settings(folder, "rsa"))
    octets = MAIL.replace(b"From: Planning <planning@council.example>", author) + b"x\r\n"
    assert not signer.signs(octets)
    assert await signer.sign(octets, AT) == b""


async def test_without_keys_nothing_is_signed() -> None:
    signer = DkimSigner.load(Dkim())
    assert not signer.signs(MAIL)
    assert await signer.sign(MAIL, AT) == b""


PERL = """
    use Mail::DKIM::Verifier; use Mail::DKIM::PublicKey; no warnings 'redefine';
    sub record {
        my ($kind) = @_;
        open my $file, '<', "$ENV{KEYS}/$kind.txt" or die; local $/; return Mail::DKIM::PublicKey->parse(<$file>);
    }
    *Mail::DKIM::PublicKey::fetch_async = sub {
        my ($class, %wanted) = @_; my $key = record($wanted{Selector}); my $then = $wanted{Callbacks}{Success};
        return sub { return $then ? $then->($key) : $key; };
    };
    my $verifier = Mail::DKIM::Verifier->new; local $/; my $mail = <STDIN>; $verifier->PRINT($mail); $verifier->CLOSE;
    print join(' ', map { $_->algorithm . '=' . $_->result } $verifier->signatures);
"""


def _by_perl(folder: Path, octets: bytes) -> subprocess.CompletedProcess[bytes]:
    """Verified by Mail::DKIM, with the records of the folder for DNS."""
    environment = os.environ | {"KEYS": str(folder)}
    return subprocess.run(["perl", "-e", PERL], input=octets, capture_output=True, env=environment, check=False)


async def test_perl_verifies_rsa_beside_a_kind_it_does_not_know(folder: Path) -> None:
    """Debian's Mail::DKIM is older than RFC 8463: it must pass over the other signature."""
    octets = await signed(folder, MAIL + BODIES["blanks at the ends of lines"], "rsa", "ed")
    done = await asyncio.to_thread(_by_perl, folder, octets)
    assert done.stdout.split()[0] == b"rsa-sha256=pass", done.stderr.decode()


async def test_ed25519_signs_what_another_library_makes_of_the_header(folder: Path) -> None:
    """dkimpy canonicalizes, cryptography verifies (RFC 8463, 3: over the hash)."""
    octets = await signed(folder, MAIL + BODIES["8-bit"], "ed")
    headers, _ = dkim.rfc822_parse(octets)
    tags = dkim.util.parse_tag_value(headers[0][1])
    policy = dkim.CanonicalizationPolicy.from_c_value(tags[b"c"])
    names = [name.strip() for name in tags[b"h"].split(b":")]
    digest = hashlib.sha256()
    dkim.hash_headers(digest, policy, policy.canonicalize_headers(headers[1:]), names, headers[0], tags)
    public = (folder / "ed.txt").read_text().partition("p=")[2]
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public))
    key.verify(base64.b64decode(b"".join(tags[b"b"].split())), digest.digest())
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(b"".join(tags[b"b"].split())), hashlib.sha256(b"other").digest())


@pytest.mark.parametrize(
    ("filler", "mebibytes"),
    [(b"0123456789abcdef" * 4 + b"\r\n", 50), (b"\r\n", 20), (b" ", 50), (b" \r\n", 5), (b"x", 50)],
)
async def test_large_bodies_take_bounded_time_and_let_the_loop_run(folder: Path, filler: bytes, mebibytes: int) -> None:
    """A pattern that is quadratic in blanks, or one call that keeps the interpreter to itself, would stop all mail."""
    octets = MAIL + filler * (mebibytes * 2**20 // len(filler))
    signer = DkimSigner.load(settings(folder, "rsa"))
    started = time.perf_counter()
    longest = 0.0
    with untraced():
        async with asyncio.TaskGroup() as group:
            task = group.create_task(signer.sign(octets, AT))
            while not task.done():
                before = time.perf_counter()
                await asyncio.sleep(0.001)
                longest = max(longest, time.perf_counter() - before)
    took = time.perf_counter() - started
    assert took < 120  # of the clock, other tests run meanwhile; what is quadratic takes hours
    assert longest < max(0.5, took / 4)  # one call that keeps the interpreter to itself takes most of it
    assert task.result().startswith(b"DKIM-Signature: ")


def _pem(key: object, protection: object = NoEncryption()) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize(
    ("octets", "mode", "says"),
    [
        (None, 0o600, "can't be read (No such file or directory); name the file of the private key"),
        (b"nonsense", 0o600, "is not a private key in PEM without a password"),
        (_pem(generate_rsa(65537, 1024)), 0o600, "is an RSA key of 1024 bits; make one of 2048 or more"),
        (_pem(generate_private_key(SECP256R1())), 0o600, "is neither an RSA nor an Ed25519 key"),
        (_pem(Ed25519PrivateKey.generate()), 0o640, "can be used by others (mode 0640); set it to 0600 or 0400"),
        (_pem(Ed25519PrivateKey.generate(), BestAvailableEncryption(b"x")), 0o600, "in PEM without a password"),
    ],
)
def test_a_key_that_can_not_be_used_is_told_at_the_start(
    tmp_path: Path, octets: bytes | None, mode: int, says: str
) -> None:
    path = tmp_path / "bad.pem"
    if octets is not None:
        _write(path, octets, mode)
    with pytest.raises(ConfigError) as caught:
        DkimSigner.load(settings(tmp_path, "bad", "bad"))
    assert [fault.file for fault in caught.value.faults] == ["dkim.signatures.0.key", "dkim.signatures.1.key"]
    assert f"{path} " in caught.value.faults[0].text
    assert says in caught.value.faults[0].text


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"headers": ("from", "Received")}, "must not be signed"),
        ({"headers": ("from:",)}, "is not the name of a header field"),
        ({"signatures": ({"domain": "council example", "selector": "a", "key": "k"},)}, "is not a name in DNS"),
        ({"signatures": ({"domain": "council.example", "selector": "a;b", "key": "k"},)}, "is not a name in DNS"),
    ],
)
def test_settings_that_make_no_signature_are_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Dkim.model_validate(change)
