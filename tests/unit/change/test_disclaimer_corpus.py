"""Whole mails through the checks of `bench/disclaimer_corpus.py`: those kept here, the demonstration's, and generated
ones of every kind of text in every kind of structure."""

import base64
import itertools
import quopri
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.disclaimer_corpus import CHANGES, Count, as_ours, count_mail, count_path, faults_of, verified
from dlp_gateway.change import USUAL, Changed, DisclaimerText, disclaimer_texts
from dlp_gateway.inspection import EDIT_FAILED, make_changes
from tests.support import shipped_rules
from tests.support.untraced import untraced

ROOT = Path(__file__).parents[3]
HEAD = b"From: a@council.example\r\nTo: b@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
WORDS = {
    "utf-8": "Annwyl Siân,\r\n\r\nFrom here: tŷ – £5.\r\n-- \r\nPat\r\n\r\nOn Monday Sam wrote:\r\n> Hello\r\n",
    "iso-8859-1": "Café £5 \r\nend without a line end",
    "us-ascii": "Hello =\r\n\r\n-----Original Message-----\r\nFrom: Sam\r\nSent: Monday\r\nTo: Pat\r\n\r\nHello\r\n",
    "iso-2022-jp": "日本語\r\n",
    "utf-16le": "Hello €\r\n",
}


@pytest.fixture(scope="module")
def texts() -> dict[str, DisclaimerText]:
    return disclaimer_texts(shipped_rules.texts(), "Exampleshire Council")


def part(charset: str, encoding: str, subtype: str, words: str) -> bytes:
    if subtype == "html":
        words = f"<html><body><p>{words}</p></body></html>\r\n"
    octets = words.encode(charset)
    if encoding == "base64":
        octets = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        octets = quopri.encodestring(octets).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    kind = f"Content-Type: text/{subtype}; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return kind.encode() + octets


def together(kind: str, boundary: str, *parts: bytes) -> bytes:
    body = b"".join(f"--{boundary}\r\n".encode() + one + b"\r\n" for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode() + body + f"--{boundary}--".encode()


PDF = (
    b"Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0x"
)
MAIL = b"Content-Type: message/rfc822\r\n\r\nFrom: c@y.example\r\nSubject: t\r\n\r\nTheirs\r\n"


def generated() -> Iterator[tuple[str, bytes]]:
    encodings = ("7bit", "8bit", "quoted-printable", "base64")
    for (charset, words), encoding in itertools.product(WORDS.items(), encodings):
        if (charset == "utf-16le" and encoding != "base64") or (encoding == "7bit" and not words.isascii()):
            continue
        plain, page = (part(charset, encoding, subtype, words) for subtype in ("plain", "html"))
        both = together("alternative", "=_a", plain, page)
        picture = b"Content-Type: image/png\r\nContent-ID: <i>\r\n\r\nx"
        structures = {
            "plain": plain,
            "html": page,
            "alternative": both + b"\r\n",
            "mixed": together("mixed", "=_m", both, PDF) + b"\r\n",
            "related": together("related", "=_r", page, picture) + b"\r\n",
            "deep": together("mixed", "=_m", together("related", "=_r", both, picture), MAIL, PDF) + b"\r\n",
            "attached": together("mixed", "=_m", PDF, MAIL) + b"\r\n",
            "epilogue": together("mixed", "=_m", plain, PDF) + b"\r\nThis is the epilogue.\r\n",
        }
        for name, body in structures.items():
            yield f"{charset} {encoding} {name}", HEAD + body


@pytest.mark.parametrize("folder", ["tests/corpus", "dlp_gateway/demo/mails"])
def test_no_mail_of_this_folder_is_harmed(folder: str, texts: dict[str, DisclaimerText]) -> None:
    with untraced():
        count = count_path(ROOT / folder, texts, ours=True)
    assert count.edited > 25
    assert count.faults == {}, count.names


def test_no_generated_mail_is_harmed(texts: dict[str, DisclaimerText]) -> None:
    count = Count()
    with untraced():
        for name, octets in generated():
            count_mail(count, name, octets, texts)
    assert (count.mails, count.faults) == (112, {}), count.names
    assert count.left == {"charset": 6}, "HTML alone in a charset with shifts"


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A clear-signed entity as openssl makes it."""
    folder = tmp_path_factory.mktemp("smime")

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "k", "-out", "c")
    openssl("req", "-x509", *new_key, "-subj", "/CN=Pat")
    (folder / "content").write_bytes(b"Content-Type: text/plain\r\n\r\nI agree. \r\n")
    openssl("cms", "-sign", "-binary", "-crlfeol", "-signer", "c", "-inkey", "k", "-in", "content", "-out", "signed")
    entity = (folder / "signed").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return entity.removeprefix(b"MIME-Version: 1.0\r\n")


def test_signatures_of_attached_mails_verify_after_the_edit(signed: bytes, texts: dict[str, DisclaimerText]) -> None:
    inside = b"Content-Type: message/rfc822\r\n\r\nFrom: c@y.example\r\nMIME-Version: 1.0\r\n" + signed
    count = Count()
    octets = HEAD + together("mixed", "=_m", b"\r\nSee below.", inside) + b"\r\n"
    count_mail(count, "attached", octets, texts)
    count_mail(count, "signed itself", HEAD + signed, texts)
    assert (count.mails, count.edited, count.signatures, count.faults) == (2, 1, 2, {})
    assert verified(octets.replace(b"I agree", b"I refuse")) == 0, "the check can tell"


def test_the_checks_notice_what_they_are_for(texts: dict[str, DisclaimerText]) -> None:
    """An editor that harms is found out."""
    octets = HEAD + together("mixed", "=_m", b"\r\nHello", PDF) + b"\r\n"
    good = make_changes(octets, CHANGES, texts)
    assert list(faults_of(octets, good, texts, USUAL)) == []

    def found(old: bytes, new: bytes) -> set[str]:
        harmed = Changed(octets=good.octets.replace(old, new), edited=good.edited)
        return set(faults_of(octets, harmed, texts, USUAL))

    assert found(b"JVBERi0x", b"JVBERi0y") == {"another leaf changed"}
    assert found(b"Subject: s", b"Subject: t") == {"the header changed"}
    assert "newly ambiguous" in found(b"Content-Disposition", b"Content-Type: text/plain\r\nContent-Disposition")
    assert list(faults_of(octets, Changed(octets=octets, notes=(EDIT_FAILED,)), texts, USUAL)) == [
        "an edit was undone",
        "a second pass changed something",
    ]


def test_fields_of_others_are_taken_off_and_no_more() -> None:
    octets = b"List-Id: x\r\n\ty\r\nFrom: a@x\r\ndkim-signature: v=1;\r\n b=z\r\nX: y\r\n\r\nList-Id: stays\r\n"
    assert as_ours(octets) == b"From: a@x\r\nX: y\r\n\r\nList-Id: stays\r\n"
