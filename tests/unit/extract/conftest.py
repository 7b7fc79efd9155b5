"""Reads one file or one message as the gateway would, with the real parser beside."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable, Mapping

import pytest

from dlp_gateway.extract import Budget, extract_text
from dlp_gateway.extract.source import Run, no_programs
from dlp_gateway.model import Extraction, GapReason, Passage
from dlp_gateway.parse import parse_message, views


class Reading:
    """What came out, with the questions that tests ask."""

    def __init__(self, extraction: Extraction) -> None:
        self.extraction = extraction
        self.passages = extraction.passages
        self.gaps = extraction.gaps
        self.attachments = extraction.attachments

    @property
    def text(self) -> str:
        return "\n".join(passage.text for passage in self.passages)

    @property
    def reasons(self) -> list[GapReason]:
        return [gap.reason for gap in self.gaps]

    def where(self, words: str) -> list[tuple[str, str, bool]]:
        """(part, place, hidden) of each passage that holds the words."""
        return [(p.part, p.place, p.hidden) for p in self.passages if words in p.text]

    def one(self, words: str) -> Passage:
        found = [p for p in self.passages if words in p.text]
        assert len(found) == 1, f"{words!r} stands in {[(p.part, p.place) for p in found]}"
        return found[0]

    def at(self, place: str) -> list[Passage]:
        return [p for p in self.passages if p.place == place]


def read_message(octets: bytes, budget: Budget | None = None, run: Run = no_programs) -> Reading:
    return Reading(extract_text(parse_message(octets), parse_message, views, budget or Budget(), run=run))


def message_with(octets: bytes, filename: str, media_type: str = "application/octet-stream") -> bytes:
    head = (
        b"From: jo@council.example\r\nTo: a@b.example\r\nSubject: papers\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="=_b"\r\n\r\n'
        b"--=_b\r\nContent-Type: text/plain\r\n\r\nSee attached.\r\n"
        b"--=_b\r\nContent-Transfer-Encoding: base64\r\nContent-Type: " + media_type.encode() + b"\r\n"
        b'Content-Disposition: attachment; filename="' + filename.encode() + b'"\r\n\r\n'
    )
    return head + base64.encodebytes(octets).replace(b"\n", b"\r\n") + b"--=_b--\r\n"


@pytest.fixture
def read() -> Callable[..., Reading]:
    """Read octets as an attachment: `read(octets, "name.docx")`; the attachment is part 2."""

    def reader(
        octets: bytes,
        filename: str,
        media_type: str = "application/octet-stream",
        budget: Budget | None = None,
        run: Run = no_programs,
    ) -> Reading:
        return read_message(message_with(octets, filename, media_type), budget, run)

    return reader


@pytest.fixture
def read_mail() -> Callable[..., Reading]:
    return read_message


@pytest.fixture
def make_zip() -> Callable[[Mapping[str, bytes]], bytes]:
    def make(files: Mapping[str, bytes]) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, octets in files.items():
                archive.writestr(name, octets)
        return buffer.getvalue()

    return make
